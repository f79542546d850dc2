"""Each venue's own formula and brackets, through the words of a command."""

from dataclasses import replace

import pytest

from liqbot.commands._assessment import Assessment, assess
from liqbot.errors import CommandError
from liqbot.heatmap.liquidation import liquidation_price
from liqbot.heatmap.venues import RULES
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.units import Side
from liqbot.rules.rule import Scene
from tests.charts.histories import a_history
from tests.fakes.desk import a_desk


def flat(rate: float) -> MarginSchedule:
    return schedule_from([(1e9, rate, 1 / (1.5 * rate))], "a test")


async def sized_up(
    words: str, brackets: dict[str, MarginSchedule] | None = None, *, price: float = 50_000.0
) -> Assessment:
    history = a_history(price=price, venues=tuple(RULES))
    desk, markets, _ = a_desk(history, a_history(base="ETH", price=2_000.0, venues=tuple(RULES)))
    scene = Scene(history=replace(markets.histories[_base(words)]), brackets=brackets or {})
    markets.staged = scene
    return await assess(desk, words)


def _base(words: str) -> str:
    return "ETH" if "ETH" in words else "BTC"


@pytest.mark.parametrize(
    ("words", "rate", "price"),
    [
        ("BTC long 20000 50x size 1 bybit", 0.005, 19_700.0),
        ("ETH long 1198.45 4.2x size 0.1 bybit", 0.005, 919.10),
        ("BTC long 50000 10x size 1 okx", 0.004, 45_203.42),
        ("BTC short 50000 10x size 1 okx", 0.004, 54_753.61),
        ("BTC long 50000 10x size 1 gate", 0.004, 45_203.42),
        ("BTC short 50000 10x size 1 gate", 0.004, 54_753.61),
        ("BTC long 50000 10x size 1 bitget", 0.004, 45_207.96),
        ("BTC short 50000 10x size 1 bitget", 0.004, 54_748.16),
        ("ETH short 3000 9x size 3 dydx", 0.05, 3_174.60),
        ("BTC long 50000 10x binance", 0.004, 45_180.72),
        ("BTC short 50000 10x binance", 0.004, 54_780.88),
    ],
)
async def test_the_published_examples_come_out(words: str, rate: float, price: float) -> None:
    venue = words.rsplit(" ", 1)[-1]
    found = await sized_up(words, {venue: flat(rate)})
    assert list(found.quotes) == [venue]
    assert round(found.first.price, 2) == price
    assert found.told == (venue,)
    assert found.holding.liquidation == found.first.price
    assert found.holding.venue == venue


async def test_hyperliquids_own_example_comes_out() -> None:
    leverage = 0.2259 * 2213.9 / 24.88097
    found = await sized_up(
        f"ETH long 2213.9 {leverage!r}x size 0.2259 hyperliquid", {"hyperliquid": flat(0.01)}
    )
    assert found.first.price == pytest.approx(2125.0086, abs=1e-2)


async def test_deribit_counts_what_is_held() -> None:
    found = await sized_up("BTC long 100000 25x size 25 deribit", price=100_000.0)
    assert found.first.maintenance_rate * 25 * 100_000 == pytest.approx(28_125)


async def test_every_venue_is_quoted_the_first_to_liquidate_in_front() -> None:
    for side in Side:
        found = await sized_up(f"BTC {side} 50000 10x")
        assert set(found.quotes) == set(RULES)
        prices = [side.sign * each.price for each in found.quotes.values()]
        assert prices == sorted(prices, reverse=True)
        assert found.told == ()
        assert (found.mark, found.holding.venue) == (50_000.0, "")


async def test_what_venues_tell_counts_before_what_is_built_in() -> None:
    usual = await sized_up("BTC long 50000 10x okx")
    told = await sized_up("BTC long 50000 10x", {"okx": flat(0.02)})
    by_hand = liquidation_price("okx", Side.LONG, 50_000, 10, margin_rate=0.02)
    assert told.quotes["okx"].price == by_hand.price > usual.first.price
    assert told.told == ("okx",)


async def test_the_size_decides_the_bracket() -> None:
    small, large = [await sized_up(f"BTC long 50000 10x size {n} binance") for n in (0.1, 1000)]
    assert large.first.price > small.first.price
    with pytest.raises(CommandError, match="permits at most"):
        await sized_up("BTC long 50000 100x size 1000 binance")


async def test_a_venue_that_does_not_permit_it_is_left_out_with_its_reason() -> None:
    found = await sized_up("BTC long 50000 140x")
    assert set(found.quotes) | set(found.refused) == set(RULES)
    assert "okx permits at most" in found.refused["okx"]


async def test_without_a_map_the_formulas_still_hold() -> None:
    desk, markets, _ = a_desk(a_history(price=50_000.0))

    async def nothing(*_: object) -> None:
        return None

    markets.scene = nothing  # type: ignore[method-assign,assignment]
    found = await assess(desk, "BTC long 50000 10x")
    assert (found.scene, found.mark) == (None, None)
    assert set(found.quotes) == {"binance", "bybit", "okx"}
