"""Liquidation prices with what goes into them, and what stands on the way."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.errors import CommandError
from liqbot.heatmap.liquidation import liquidation_price
from liqbot.heatmap.venues import RULES
from liqbot.market.units import Side
from liqbot.tracing.positions import met_lines, quote_lines, source_lines, way_lines
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
    told = plain(tuple(quote_lines(quotes, ("okx",), NUMBERS))).splitlines()
    assert told[0] == (
        "In all formulas s +1 (long), q 10, E 65,000, M q·E/10, m and A of the bracket,"
        " f closing fee"
    )
    assert told[1].startswith("Binance 58,")
    assert " = (M + A − s·q·E) / (q·(m − s)): m 0." in told[1]
    assert told[1].endswith(", built in")
    assert "f 0.05%, bracket $0–$1.00M, told by it" in told[2]
    assert len(told) == 3
    (source,) = source_lines(quotes, ("okx",))
    assert (
        plain((source,))
        == "Built in for Binance: Binance's published brackets, third quarter of 2026"
    )


def test_a_price_that_none_liquidates_is_said_and_a_small_size() -> None:
    quotes = {"binance": liquidation_price("binance", Side.LONG, 65_000.0, 1.0, base="BTC")}
    told = plain(tuple(quote_lines(quotes, (), NUMBERS))).splitlines()
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
    assert at.startswith(f"Cluster around 64,025: 64,025–64,415 {usd} = ")
    assert at.endswith("; outside keeps 0.6% from its edge")
    far = plain(tuple(met_lines(history, Side.LONG, 50_000.0, 50_000.0, NUMBERS))).splitlines()
    assert far[0].startswith(f"Nearest on the way 64,025–64,415 {usd} = ")
    assert far[1] == "No cluster of longs within 0.5% of 50,000"
