"""What /check says of a position, and to whom."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.message import LONGEST_WORDS
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.heatmap.clusters import Cluster
from liqbot.market.margin import schedule_from
from liqbot.market.units import Side
from tests.charts.histories import a_cluster, a_history
from tests.commands.conversation import BOB, Conversation, a_conversation, words
from tests.rules.scenes import a_scene

PROMISES = re.compile(r"target|will go to|guarantee|will (rise|fall|reach)|certain", re.IGNORECASE)
NEAR = a_cluster(Side.LONG, 63_700.0, 64_100.0)
LINE = "check BTC long 65000 25x stop 63800"


def about(*clusters: Cluster, days: int = 0, **scene: Any) -> Conversation:  # noqa: ANN401
    staged = a_scene(*clusters, scene=scene)
    at = staged.history.at + timedelta(days)
    staged = replace(staged, history=replace(staged.history, at=at))
    talk = a_conversation([staged.history])
    talk.markets.staged = staged
    return talk


async def test_an_answer_says_where_it_ends_and_what_stands_there() -> None:
    talk = about(NEAR)
    found = await talk.ask(LINE)
    said = plain(found.text).splitlines()
    assert said[:5] == [
        "BTC long 65,000 25x, stop 63,800 · price 65,000, +0.0% from the entry",
        "Liquidation price, for a small position:",
        "Bybit           62,725  −3.5%",
        "OKX             62,682  −3.6%",
        "Binance         62,651  −3.6%",
    ]
    assert said[5] == "Margin brackets built in for Bybit, OKX, Binance"
    assert said[6] == "Nearest longs on the way: 63,700 to 64,100, −1.4%, about $106M expected."
    assert said[7] == (
        "If price went there, about so much would fire on the way: to the stop $40.5M, to"
        " liquidation on Bybit $149M."
    )
    assert said[8] == "The stop is inside a cluster of longs, 63,700 to 64,100."
    assert said[9] == "A stop at 63,318 beyond it or 64,485 before it would stand 0.6% outside."
    assert said[10].startswith("ESTIMATE · 12 s old · ✓ 3 venues")
    assert "Information, not advice" in said[11]
    assert found.private
    assert words(found) == [
        "watch BTC long 65000 25x stop 63800",
        "check BTC long 65000 25x stop 63800",
        "/levels BTC",
        "/heatmap BTC",
        "why check BTC long 65000 25x stop 63800",
    ]
    assert COMMANDS["check"].personal


async def test_a_stop_at_a_price_that_was_told_stands_outside() -> None:
    told = re.search(r"A stop at (\S+) beyond it or (\S+) before it", await about(NEAR).said(LINE))
    assert told is not None
    for price in told.groups():
        said = await about(NEAR).said(f"check BTC long 65000 25x stop {price}")
        assert "The stop stands outside of all clusters." in said


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ("63500", "The stop is 0.31% from a cluster"),
        ("63900", "The stop is inside a cluster"),
        ("63300", "The stop stands outside of all clusters."),
        ("62700", "Liquidation comes before the stop on Bybit."),
        ("62000", "Liquidation comes before the stop on Bybit, OKX, Binance."),
    ],
)
async def test_a_stop_is_judged_by_clusters_and_by_liquidation(stop: str, said: str) -> None:
    assert said in await about(NEAR).said(f"check BTC long 65000 25x stop {stop}")


@pytest.mark.parametrize("line", ["long 65000 25x stop 62000", "short 65000 25x stop 68000"])
async def test_what_fires_before_a_stop_that_comes_too_late_is_not_told(line: str) -> None:
    said = await about(NEAR).said(f"check BTC {line} okx")
    assert "Liquidation comes before the stop on OKX." in said
    assert "would fire on the way: to liquidation on OKX $" in said


async def test_a_stop_of_a_short_before_liquidation_is_no_warning() -> None:
    said = await about(NEAR).said("check BTC short 65000 25x stop 66000")
    assert "comes before" not in said
    assert "would fire on the way: to the stop $" in said


async def test_what_no_button_can_say_has_none() -> None:
    line = "check BTC long 65000.125 25.125x stop 63800.125 size 1.23456 bybit"
    assert words(await about(NEAR).ask(line)) == ["/levels BTC", "/heatmap BTC"]


async def test_at_a_weekend_a_stop_is_kept_half_a_percent_farther_outside() -> None:
    said = await about(NEAR, days=3).said(LINE)
    assert "A stop at 62,999 beyond it or 64,805 before it would stand 1.1% outside." in said
    assert "WEEKEND" in said


async def test_a_liquidation_price_in_a_cluster_is_marked_by_venue() -> None:
    talk = about(a_cluster(Side.LONG, 62_300.0, 62_660.0))
    said = (await talk.said("check BTC long 65000 25x")).splitlines()
    assert [line[-1] for line in said[2:5]] == ["○", "○", "●"]
    assert "● inside a cluster, ○ within 0.5% of one" in said
    assert "The liquidation price is 0.10% from a cluster of longs, 62,300 to 62,660." in said
    assert "A stop at 63,036 before it would stand 0.6% outside." in said


async def test_where_no_stop_fits_it_says_so() -> None:
    wide = a_cluster(Side.LONG, 62_400.0, 64_950.0)
    assert "No stop fits 0.6% outside it" in await about(wide).said(LINE)


async def test_brackets_are_said_to_be_told_or_built_in() -> None:
    told = {"okx": schedule_from([(1e6, 0.01, 50.0)], "a test")}
    said = await about(NEAR, brackets=told).said("check BTC long 65000 25x size 0.5")
    assert "Margin brackets as told by OKX, built in for Bybit, Binance" in said
    assert "Liquidation price, for $32.5K:" in said


async def test_a_venue_that_does_not_permit_so_much_says_why() -> None:
    said = await about(NEAR).said("check BTC long 65000 125x")
    assert "OKX: permits at most 100x, not 125x." in said


async def test_a_price_that_is_past_liquidation_is_told() -> None:
    said = await about(NEAR).said("check BTC long 70000 25x binance")
    assert "Price is past the liquidation price on Binance." in said


@pytest.mark.parametrize(
    "line", ["BTC long 70000 10x stop 66000", "BTC short 60000 10x stop 64000 binance"]
)
async def test_a_stop_that_price_is_past_is_told_and_nothing_more_of_it(line: str) -> None:
    said = await about(NEAR).said(f"check {line}")
    assert "\nPrice is past the stop; it should have closed the position.\n" in said
    assert "to the stop" not in said
    assert "The stop " not in said
    assert "fire on the way: to liquidation on " in said
    assert "Price is past the stop" not in await about(NEAR).said(
        "check BTC long 60000 10x stop 64999"
    )


async def test_what_no_price_liquidates_is_told() -> None:
    said = (await about(NEAR).said("check BTC long 65000 1x binance")).splitlines()
    assert said[2] == "Binance     none above 0"
    assert said[3] == "Margin brackets built in for Binance"


async def test_the_price_of_a_cheap_market_is_told_to_the_last_digit() -> None:
    talk = a_conversation([a_history(base="PEPE", price=1.2e-5)])
    said = (await talk.said("check PEPE long 10x okx")).splitlines()
    assert said[2] == "OKX         0.00001091  −9.0%"


async def test_without_words_it_shows_how_it_is_asked() -> None:
    said = (await about().said("check")).splitlines()
    assert said[:2] == ["Say a position, such as", "/check BTC long 65000 25x stop 63800"]


@given(
    side=st.sampled_from(list(Side)),
    entry=st.floats(5_000, 900_000),
    leverage=st.floats(0.5, 160),
    stop=st.none() | st.floats(1, 900_000),
    size=st.none() | st.floats(1e-6, 1e9),
    venue=st.sampled_from(["", "okx", "binance", "gate", "all"]),
)
async def test_any_position_is_answered_within_limits_and_without_promises(
    *,
    side: Side,
    entry: float,
    leverage: float,
    stop: float | None,
    size: float | None,
    venue: str,
) -> None:
    talk = about(NEAR, a_cluster(Side.SHORT, 66_000.0, 67_000.0))
    line = f"check btc {side} {entry:.3f} {leverage:.2f}x {venue}"
    line += "" if stop is None else f" stop {stop:.3f}"
    line += "" if size is None else f" size {size:.6f}"
    found = await talk.ask(line, BOB)
    assert 0 < length(found.text) <= 2000
    assert found.private
    assert not PROMISES.search(plain(found.text))
    assert all(len(each.encode()) <= LONGEST_WORDS for each in words(found))
