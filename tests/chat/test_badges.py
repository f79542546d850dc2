from datetime import UTC, datetime, timedelta

import pytest

from liqbot.chat.badges import badges, kind
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.clusters import Asymmetry
from liqbot.heatmap.history import History
from liqbot.market.units import HOUR_MS, Usd
from tests.charts.histories import a_cluster, a_history

NUMBERS = Numbers("en", "UTC")
SATURDAY = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


def said(history: History, macro_at: datetime | None = None) -> dict[str, str]:
    return {each.text: each.tone for each in badges(history, NUMBERS, macro_at)}


def test_every_picture_is_an_estimate_and_a_simulated_one_says_so_first() -> None:
    assert [each.text for each in kind(a_history())] == ["ESTIMATE"]
    assert [each.text for each in kind(a_history(simulated=True))] == ["SIMULATED", "ESTIMATE"]


@pytest.mark.parametrize(
    ("seconds", "text", "tone"),
    [
        (0.0, "data 0 s old", "plain"),
        (60.0, "data 1 min old", "plain"),
        (61.0, "data 1 min old", "amber"),
        (300.0, "data 5 min old", "amber"),
        (301.0, "STALE: 5 min old", "red"),
        (90_000.0, "STALE: 1 d old", "red"),
    ],
)
def test_old_data_turn_amber_then_red(seconds: float, text: str, tone: str) -> None:
    assert said(a_history(data_age_s=seconds))[text] == tone


def test_a_map_of_the_past_says_of_when_it_is_and_not_how_old() -> None:
    past = a_history(is_past=True, data_age_s=400.0)
    assert said(past)["AS OF 2026-01-07 02:00 UTC"] == "amber"
    assert not any("data" in text or "old" in text.lower() for text in said(past))
    late = a_history(is_past=True, data_age_s=7_300.0)
    assert said(late)["BY THEN DATA 2 h OLD"] == "red"


def test_venues_are_ticked_and_a_single_one_is_a_caution() -> None:
    assert "✓ Binance  ✓ Bybit  ✓ OKX" in said(a_history())
    assert said(a_history(venues=("okx",)))["SINGLE VENUE: OKX"] == "amber"


def test_a_map_of_what_opened_lately_says_so() -> None:
    assert said(a_history(age_ms=12 * HOUR_MS))["OPENED WITHIN 12 h"] == "amber"
    assert not any("OPENED" in text for text in said(a_history()))


def test_a_heavier_side_is_told_from_two_to_one_on() -> None:
    def of(long: float, short: float) -> dict[str, str]:
        ratio = max(long, short) / min(long, short)
        both = Asymmetry(long_usd=Usd(long), short_usd=Usd(short), ratio=ratio, reach=0.05)
        return said(a_history(asymmetry=both))

    assert of(2.4, 1.0)["▼ 2.4:1 longs below"] == "long"
    assert of(1.0, 3.0)["▲ 3.0:1 shorts above"] == "short"
    assert not any("longs" in text for text in of(1.9, 1.0))


def test_a_quiet_weekday_has_no_cautions() -> None:
    assert not any(each.is_caution for each in badges(a_history(), NUMBERS))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"warm": False}, "WARMING UP"),
        ({"coverage": 0.9}, "LOW QUALITY"),
        ({"clusters": (a_cluster(zone="A", grade="D"),)}, "LOW QUALITY"),
        ({"at": SATURDAY}, "WEEKEND"),
        ({"at": SATURDAY + timedelta(days=2)}, None),
    ],
)
def test_what_lowers_trust_is_said(changes: dict[str, object], text: str | None) -> None:
    cautions = [text for text, tone in said(a_history(**changes)).items() if tone == "amber"]  # type: ignore[arg-type]
    assert cautions == ([text] if text else [])


@pytest.mark.parametrize(("hours", "near"), [(-1, False), (0, True), (3.9, True), (4, False)])
def test_a_release_is_near_for_four_hours(hours: float, near: bool) -> None:
    history = a_history()
    macro_at = history.at + timedelta(hours=hours)
    assert ("MACRO < 4 h" in said(history, macro_at)) == near
