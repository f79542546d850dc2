"""Liquidation prices with what goes into them, and what stands on the way."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.errors import CommandError
from liqbot.heatmap.exposure import buffer
from liqbot.heatmap.liquidation import liquidation_price
from liqbot.heatmap.venues import RULES
from liqbot.market.units import Side
from liqbot.tracing.positions import met_lines, outside_lines, quote_lines, source_lines, way_lines
from tests.charts.histories import a_history

NUMBERS = Numbers("en", "UTC")


@given(
    venue=st.sampled_from([*RULES]),
    side=st.sampled_from(Side),
    leverage=st.floats(1.5, 60),
    quantity=st.floats(0.001, 200),
)
def test_the_price_follows_from_the_parts_that_are_told(
    venue: str, side: Side, leverage: float, quantity: float
) -> None:
    entry = 65_000.0
    try:
        quote = liquidation_price(venue, side, entry, leverage, quantity=quantity, base="BTC")
    except CommandError:
        return  # not permitted
    price = RULES[venue].solve(
        side,
        quantity=quantity,
        entry=entry,
        margin=quantity * entry / leverage,
        rate=quote.maintenance_rate,
        amount=quote.maintenance_amount,
        fee=quote.fee,
    )
    assert quote.price == pytest.approx(max(price, 0.0))
    low, high = quote.bracket
    assert 0 <= low < high


def test_each_venue_tells_its_formula_bracket_and_source() -> None:
    size: dict[str, Any] = {"quantity": 10.0, "base": "BTC"}
    quotes = {
        venue: liquidation_price(venue, Side.LONG, 65_000.0, 10.0, **size)
        for venue in ("binance", "okx")
    }
    told = plain(tuple(quote_lines(quotes, ("okx",), 64_350.0, NUMBERS))).splitlines()
    assert told[0] == (
        "In all formulas s +1 (long), q 10, E 65,000, M q·E/10, m and A of the bracket,"
        " f closing fee"
    )
    assert told[1] == "−1.0% from the entry = price 64,350 ÷ 65,000 − 1"
    away = NUMBERS.percent(quotes["binance"].price / 64_350.0 - 1)
    assert told[2].startswith("Binance 58,")
    assert f" {away} = (M + A − s·q·E) / (q·(m − s)): m 0." in told[2]
    assert told[2].endswith(", built in")
    assert "f 0.05%, bracket $0–$1.00M, told by it" in told[3]
    assert len(told) == 4
    (source,) = source_lines(quotes, ("okx",))
    assert (
        plain((source,))
        == "Built in for Binance: Binance's published brackets, third quarter of 2026"
    )


def test_a_price_that_none_liquidates_is_said_and_a_small_size() -> None:
    quotes = {"binance": liquidation_price("binance", Side.LONG, 65_000.0, 1.0, base="BTC")}
    told = plain(tuple(quote_lines(quotes, (), None, NUMBERS))).splitlines()
    assert "q small: the lowest bracket" in told[0]
    assert told[1].startswith("Binance none = ")


def test_what_fires_on_the_way_is_told_to_each_price() -> None:
    prices = {"the stop": 64_025.0, "liquidation on OKX": 60_000.0, "behind": 66_000.0}
    told = plain(tuple(way_lines(a_history(), Side.LONG, prices, NUMBERS))).splitlines()
    assert [each.partition(" $")[0] for each in told] == ["To the stop", "To liquidation on OKX"]
    assert " modelled × 0.75 realised, longs from 65,000 to 64,025, " in told[0]
    assert " price bins (Binance $" in told[0]


def test_whose_the_cluster_at_a_price_is_and_the_nearest_on_the_way() -> None:
    history = a_history()
    zone = next(each for each in history.clusters if each.zone == "B")
    usd = NUMBERS.usd(zone.expected_usd)
    (at,) = plain(tuple(met_lines(history, Side.LONG, zone.low, zone.low, NUMBERS))).splitlines()
    assert at.startswith(f"Cluster around 64,025: 64,025–64,415 −0.9% {usd} = ")
    far = plain(tuple(met_lines(history, Side.LONG, 50_000.0, 50_000.0, NUMBERS))).splitlines()
    assert far[0].startswith(f"Nearest on the way 64,025–64,415 −0.9% {usd} = ")
    assert far[1] == "No cluster of longs within 0.5% of 50,000"


def test_how_a_better_stop_was_found_is_told_and_that_there_is_none() -> None:
    room = NUMBERS.percent(buffer(a_history()))[1:]
    found = outside_lines({"beyond": 63_641.0, "before": 64_801.0}, a_history(), NUMBERS)
    assert plain(tuple(found)).splitlines() == [
        f"Outside 63,641 = the first price beyond it that keeps {room} from every cluster's edge",
        f"Outside 64,801 = the first price before it that keeps {room} from every cluster's edge",
    ]
    (none,) = outside_lines({}, a_history(), NUMBERS)
    assert plain((none,)).startswith("Outside: none that keeps ")
