"""Brackets that join, and the one that counts."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.errors import OutOfRange
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.units import Usd
from tests.builders import SHARED_DATA

ROWS = ((50_000.0, 0.004, 125.0), (250_000.0, 0.005, 100.0), (1_000_000.0, 0.01, 50.0))
PUBLISHED = SHARED_DATA / "binance_leverage_tiers.json"


@pytest.fixture
def schedule() -> MarginSchedule:
    return schedule_from(ROWS, "the Binance FAQ")


def test_maintenance_amounts_are_as_binance_computes_them(schedule: MarginSchedule) -> None:
    assert [tier.amount for tier in schedule.tiers] == pytest.approx([0, 50, 1300])
    assert [tier.floor for tier in schedule.tiers] == pytest.approx([0, 50_000, 250_000])


@given(st.floats(1, 1e6))
def test_margin_never_jumps_and_never_falls(usd: float) -> None:
    def margin(notional: float) -> float:
        tier = schedule_from(ROWS, "").for_notional(notional)
        return notional * tier.rate - tier.amount

    assert margin(usd) == pytest.approx(
        max(usd * rate - a for (_, rate, _), a in zip(ROWS, (0, 50, 1300), strict=True))
    )
    assert margin(usd) >= margin(usd * 0.999)


@pytest.mark.parametrize(
    ("leverage", "rate"), [(125, 0.004), (100.5, 0.004), (100, 0.005), (51, 0.005), (1, 0.01)]
)
def test_the_largest_bracket_that_permits_a_leverage_is_found(
    schedule: MarginSchedule, leverage: float, rate: float
) -> None:
    assert schedule.permitting(leverage).rate == rate


@pytest.mark.parametrize("leverage", [126, 0.5, 0, -3, float("nan"), float("inf")])
def test_a_leverage_no_bracket_permits_is_refused(
    schedule: MarginSchedule, leverage: float
) -> None:
    with pytest.raises(OutOfRange, match="within 1 … 125"):
        schedule.permitting(leverage)


@pytest.mark.parametrize(("usd", "rate"), [(0, 0.004), (50_000, 0.004), (50_001, 0.005)])
def test_a_notional_finds_its_bracket(schedule: MarginSchedule, usd: float, rate: float) -> None:
    assert schedule.for_notional(usd).rate == rate


@pytest.mark.parametrize("usd", [-1, 1_000_001, float("nan")])
def test_a_notional_beyond_the_last_bracket_is_refused(
    schedule: MarginSchedule, usd: float
) -> None:
    with pytest.raises(OutOfRange, match=r"\$1,000,000"):
        schedule.for_notional(usd)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "no brackets"),
        ([(100, 0.01, 50), (100, 0.02, 25)], "cannot be"),
        ([(100, 0.02, 50), (200, 0.01, 25)], "loosen"),
        ([(100, 0.01, 25), (200, 0.02, 50)], "loosen"),
        ([(100, 0, 50)], "cannot be"),
        ([(100, 1, 50)], "cannot be"),
        ([(100, 0.01, 0.5)], "cannot be"),
        ([(100, float("nan"), 50)], "cannot be"),
    ],
)
def test_brackets_that_cannot_be_are_refused(
    rows: list[tuple[float, float, float]], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        schedule_from(rows, "a test")


@pytest.mark.parametrize(
    ("tier", "change", "why"),
    [
        (0, {"floor": Usd(10)}, "start at nothing"),
        (1, {"floor": Usd(60_000)}, "part at 50,000"),
        (2, {"amount": Usd(1301)}, "jumps by -1.0 at 250,000"),
    ],
)
def test_brackets_that_do_not_join_are_refused(
    schedule: MarginSchedule, tier: int, change: dict[str, Usd], why: str
) -> None:
    tiers = list(schedule.tiers)
    tiers[tier] = replace(tiers[tier], **change)
    with pytest.raises(ValueError, match=why):
        replace(schedule, tiers=tuple(tiers))


@pytest.mark.skipif(not PUBLISHED.exists(), reason="../shared/data is not beside the project")
def test_every_bracket_binance_publishes_joins_with_the_published_amount() -> None:
    for symbol, brackets in json.loads(PUBLISHED.read_text()).items():
        rows = [(b["maxNotional"], b["maintenanceMarginRate"], b["maxLeverage"]) for b in brackets]
        amounts = [tier.amount for tier in schedule_from(rows, symbol).tiers]
        assert amounts == pytest.approx([b["info"]["cum"] for b in brackets], rel=1e-6, abs=0.01)
