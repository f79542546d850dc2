"""/feed: what was force-closed lately."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.charts.chart import View
from liqbot.chat.arguments import read_duration
from liqbot.chat.message import LONGEST_WORDS, Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.commands.feed import _SPANS
from liqbot.desk import Desk
from liqbot.heatmap.history import History
from liqbot.live.watcher import Watcher
from liqbot.market.condition import Condition
from liqbot.market.status import VenueStatus
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Side, ms_of
from tests.builders import a_liquidation
from tests.charts.histories import a_history
from tests.commands.conversation import words
from tests.fakes.desk import CALLER, PNG, FakeMarkets, a_desk, a_status
from tests.heatmap.test_eaten import eaten_history
from tests.rules.tapes import a_cascade


def test_each_span_is_as_long_as_it_is_called() -> None:
    assert all(read_duration(name) == span for name, span in _SPANS.items())


def ordered(history: History, *told: tuple[float, Side, float]) -> Tape:
    """Return orders at the mark: minutes before the end, side, dollars."""
    price = history.snapshot.mark
    return Tape.of(
        a_liquidation(
            side,
            at_ms=ms_of(history.at) - int(ago * MINUTE_MS),
            price=price,
            quantity=usd / price,
        )
        for ago, side, usd in told
    )


def a_feed_desk(
    *told: tuple[float, Side, float], history: History | None = None, view: View | None = None
) -> tuple[Desk, FakeMarkets]:
    """Return a desk whose Binance told so much."""
    there = history or a_history()
    desk, markets, _ = a_desk(there, view=view)
    markets.told = {"binance": ordered(there, *told)}
    return desk, markets


async def ask(line: str = "btc", desk: Desk | None = None) -> Message:
    return await COMMANDS["feed"].invoke(desk or a_feed_desk()[0], CALLER, line)


async def said(line: str = "btc", desk: Desk | None = None) -> list[str]:
    return plain((await ask(line, desk)).text).splitlines()


async def test_sides_venues_and_the_largest_are_told() -> None:
    desk, _ = a_feed_desk((5, Side.LONG, 2e6), (30, Side.SHORT, 1e6), (90, Side.LONG, 9e6))
    assert await said("btc", desk) == [
        "BTC realised liquidations · 1h",
        "65,000  −2.4% in 24 h",
        "REALISED · 2026-01-07 02:00 UTC · newest 5 min ago",
        "▼ longs $2.00M in 1 order",
        "▲ shorts $1.00M in 1 order",
        "Largest ▼ $2.00M at 65,000, Binance 01:55",
        "Largest ▲ $1.00M at 65,000, Binance 01:30",
        "Whether there is a cascade cannot be told: no venue's forced orders are heard",
        "Binance ▼ $2.00M ▲ $1.00M · tells about 62%",
        "Bybit ▼ $0 ▲ $0 · tells about 62%",
        "OKX ▼ $0 ▲ $0 · tells about 62%",
        "Realised: what these venues tell. The rest is modelled. Not advice.",
    ]


async def test_the_range_is_as_asked_for_and_another_is_a_button_away() -> None:
    desk, _ = a_feed_desk((90, Side.LONG, 9e6))
    found = await ask("4h btc", desk)
    assert "▼ longs $9.00M in 1 order" in plain(found.text)
    assert found.in_place
    assert found.picture is not None
    assert found.picture.name == "btc-feed-20260107-0200.png"
    assert found.picture.content.startswith(PNG[:8])
    spans = [f"feed BTC {each}" for each in ("15m", "1h", "12h", "24h")]
    assert words(found) == [
        *spans,
        "heatmap BTC",
        "levels BTC",
        "feed BTC 4h",
        "why feed BTC 4h",
    ]


@pytest.mark.parametrize("line", ["btc range=3d", "btc range=soon", "btc 3d"])
async def test_another_range_is_refused_with_those_there_are(line: str) -> None:
    assert (await said(line))[0].startswith("There is no range “")
    assert (await ask(line)).picture is None


async def test_looks_are_kept_by_the_buttons() -> None:
    found = await ask("btc light size=hd venue=bybit")
    assert found.picture is None
    assert found.document is not None
    assert words(found)[-2:] == ["feed BTC 1h bybit light hd", "why feed BTC 1h bybit"]


async def test_one_venue_is_asked_alone() -> None:
    desk, markets = a_feed_desk((5, Side.LONG, 2e6))
    told = await said("btc okx", desk)
    assert markets.asked[-1][0].venue == "okx"
    assert markets.asked[-1][1] == timedelta(hours=24)
    assert "▼ longs none" in told
    assert not any(each.startswith("Binance") for each in told)


async def test_a_cluster_that_price_is_in_is_told_as_an_estimate() -> None:
    desk, _ = a_feed_desk(history=eaten_history([64_900.0, 64_500.0, 64_400.0]))
    told = [each for each in await said("btc", desk) if "ESTIMATE" in each]
    assert len(told) == 1
    assert told[0].startswith("ESTIMATE, price in a cluster: ▼ 64,1")


async def test_where_no_tape_is_heard_that_is_told_first() -> None:
    desk, markets = a_feed_desk()
    well = Condition(answers=1)
    deaf = VenueStatus(venue="binance", asking=well, listening=None, completeness=None)
    markets.seen = a_status(venues=(deaf,))
    told = await said("btc", desk)
    assert told[3] == "No venue's forced orders are heard now."
    assert "Binance ▼ $0 ▲ $0 · no public tape" in told


async def test_what_is_simulated_says_so() -> None:
    desk, _ = a_feed_desk(history=a_history(simulated=True))
    assert (await said("btc", desk))[2].startswith("SIMULATED · REALISED")


async def test_a_cascade_is_told_as_the_rule_sees_it() -> None:
    desk, markets = a_feed_desk()
    running = a_cascade(pace=4.0, move=0.01)
    markets.staged = replace(running, history=replace(running.history, tape=Tape.of(())))
    assert "No cascade now" in await said("btc", desk)
    markets.staged = running
    assert (
        "Forced orders of longs come in a cascade: realised so far $4.00M, orders 10, lasting 45 s"
        in await said("btc", desk)
    )


async def test_a_rule_that_does_not_run_sees_nothing() -> None:
    desk, _ = a_feed_desk()
    assert isinstance(desk.alerts, Watcher)
    desk.alerts.terms = replace(desk.alerts.terms, rules={})
    assert "Nobody looks for cascades here" in await said("btc", desk)


async def test_the_picture_says_what_the_text_does() -> None:
    desk, _, studio = a_desk(draws=True)
    found = await ask("btc 15m", desk)
    assert found.picture is not None
    assert found.picture.alt.startswith("BTC realised liquidations, 15m, Binance+Bybit+OKX")
    assert "Whether there is a cascade cannot be told" in found.picture.alt
    assert len(studio.made) == 1


@given(
    base=st.sampled_from(["BTC", "1000000MOG", "币安人生"]),
    price=st.floats(1e-6, 1e6),
    count=st.integers(0, 40),
    venues=st.integers(1, 8),
)
async def test_the_caption_fits_and_buttons_are_short(
    base: str, price: float, count: int, venues: int
) -> None:
    names = ("binance", "bybit", "okx", "hyperliquid", "bitget", "gate", "dydx", "deribit")
    history = a_history(base=base, price=price, venues=names[:venues], bars=300)
    desk, markets, _ = a_desk(history)
    markets.told = {
        name: ordered(history, *((i, Side.LONG, 9e9) for i in range(count)))
        for name in names[:venues]
    }
    found = await ask(base, desk)
    assert length(found.text) <= 1024
    assert all(len(each.encode()) <= LONGEST_WORDS for each in words(found))
