"""What a position's quote says, and what the engine multiplies entry prices with."""

from itertools import pairwise
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.errors import OutOfRange, UnknownName
from liqbot.heatmap.brackets import bracket_schedule
from liqbot.heatmap.liquidation import LiquidationQuote, factor, factors, liquidation_price
from liqbot.heatmap.model import TIERS
from liqbot.heatmap.venues import RULES
from liqbot.market.margin import schedule_from
from liqbot.market.units import Side

venues = st.sampled_from(list(RULES))
sides = st.sampled_from(list(Side))
markets = st.sampled_from(["BTC", "ETH", "SOL", "DOGE", "AVAX", "PEPE", "XYZ"])
prices = st.floats(1e-6, 1e6)


@pytest.mark.parametrize(
    ("venue", "side", "entry", "leverage", "quantity", "rate", "price"),
    [
        ("bybit", Side.LONG, 20_000.0, 50.0, 1.0, 0.005, 19_700.0),
        ("bybit", Side.LONG, 1198.45, 4.2, 0.10, 0.005, 919.10),
        ("okx", Side.LONG, 50_000.0, 10.0, 1.0, 0.004, 45_203.42),
        ("okx", Side.SHORT, 50_000.0, 10.0, 1.0, 0.004, 54_753.61),
        ("gate", Side.LONG, 50_000.0, 10.0, 1.0, 0.004, 45_203.42),
        ("gate", Side.SHORT, 50_000.0, 10.0, 1.0, 0.004, 54_753.61),
        ("bitget", Side.LONG, 50_000.0, 10.0, 1.0, 0.004, 45_207.96),
        ("bitget", Side.SHORT, 50_000.0, 10.0, 1.0, 0.004, 54_748.16),
        ("hyperliquid", Side.LONG, 2213.9, 0.2259 * 2213.9 / 24.88097, 0.2259, 0.01, 2125.01),
        ("dydx", Side.SHORT, 3000.0, 9.0, 3.0, 0.05, 3174.60),
        ("deribit", Side.SHORT, 50_000.0, 10.0, None, 0.01, 54_455.45),
        ("binance", Side.LONG, 50_000.0, 10.0, None, 0.004, 45_180.72),
        ("binance", Side.SHORT, 50_000.0, 10.0, None, 0.004, 54_780.88),
    ],
)
def test_each_venue_quotes_its_own_price(
    *,
    venue: str,
    side: Side,
    entry: float,
    leverage: float,
    quantity: float | None,
    rate: float,
    price: float,
) -> None:
    quote = liquidation_price(venue, side, entry, leverage, quantity=quantity, margin_rate=rate)
    assert round(quote.price, 2) == price
    assert quote.distance == pytest.approx(quote.price / entry - 1)
    assert (quote.maintenance_rate, quote.maintenance_amount) == (rate, 0.0)
    assert quote.source == "the margin rate that was given"


def test_a_hundredfold_bitcoin_long_sits_0_60_percent_under_its_entry() -> None:
    quote = liquidation_price("binance", Side.LONG, 100_000, 100)
    assert round(quote.distance * 100, 2) == -0.60
    assert round((factor("binance", Side.LONG, 100, "BTC") - 1) * 100, 2) == -0.60


def test_deribit_asks_more_the_more_is_held() -> None:
    quote = liquidation_price("deribit", Side.LONG, 100_000, 25, quantity=25)
    assert quote.maintenance_rate * 25 * 100_000 == pytest.approx(28_125)
    assert liquidation_price("deribit", Side.LONG, 100_000, 50).maintenance_rate == 0.01
    with pytest.raises(OutOfRange, match="at most 47"):
        liquidation_price("deribit", Side.LONG, 100_000, 50, quantity=25)


def test_okx_applies_one_rate_to_the_whole_position() -> None:
    quote = liquidation_price("okx", Side.LONG, 50_000, 10, quantity=100, base="BTC")
    assert (quote.maintenance_rate, quote.maintenance_amount) == (0.005, 0.0)
    assert quote.price == pytest.approx(45_000 / (1 - 0.0055))


@given(sides, st.floats(1, 20), st.floats(1e-3, 1000))
def test_the_binance_bracket_is_that_of_the_notional_at_liquidation(
    side: Side, leverage: float, quantity: float
) -> None:
    quote = liquidation_price("binance", side, 100_000, leverage, quantity=quantity, base="BTC")
    if quote.price <= 0:
        return
    notional = quantity * quote.price
    tiers = bracket_schedule("binance", "BTC").tiers
    by_hand = max(notional * tier.rate - tier.amount for tier in tiers)
    assert notional * quote.maintenance_rate - quote.maintenance_amount == pytest.approx(
        by_hand, abs=1e-3
    )
    (tier,) = [t for t in tiers if t.rate == quote.maintenance_rate]
    assert tier.floor * (1 - 1e-9) <= notional <= tier.cap * (1 + 1e-9)
    equity = quantity * 100_000 / leverage + side.sign * quantity * (quote.price - 100_000)
    assert equity == pytest.approx(by_hand, abs=1e-3)


def test_a_large_position_is_liquidated_sooner_than_a_small_one() -> None:
    small = liquidation_price("binance", Side.LONG, 100_000, 10, quantity=0.1)
    large = liquidation_price("binance", Side.LONG, 100_000, 10, quantity=2000)
    assert small.maintenance_amount == 0.0
    assert large.maintenance_amount == 2_982_000.0
    assert small.price < large.price


@given(venues, sides, markets, prices, st.lists(st.floats(1, 150), min_size=2, max_size=2))
def test_more_leverage_is_liquidated_closer_to_the_entry(
    venue: str, side: Side, base: str, entry: float, leverages: list[float]
) -> None:
    most = bracket_schedule(venue, base).max_leverage
    quotes = [
        liquidation_price(venue, side, entry, leverage, base=base)
        for leverage in sorted(min(leverage, most) for leverage in leverages)
    ]
    for quote in quotes:
        assert quote.price >= 0
        assert quote.price < entry if side is Side.LONG else quote.price > entry
        assert quote.distance == pytest.approx(quote.price / entry - 1)
    loose, tight = quotes
    assert abs(tight.distance) <= abs(loose.distance)


@pytest.mark.parametrize("venue", [venue for venue in RULES if venue != "bybit"])
def test_a_long_without_leverage_has_the_price_zero(venue: str) -> None:
    quote = liquidation_price(venue, Side.LONG, 50_000, 1)
    assert (quote.price, quote.distance) == (0.0, -1.0)
    assert str(quote.price) == "0.0"


def test_bybit_holds_margin_by_the_entry_price_even_without_leverage() -> None:
    assert liquidation_price("bybit", Side.LONG, 50_000, 1).price == pytest.approx(250)


@pytest.mark.parametrize("value", [0.0, -1.0, nan, inf, -inf])
@pytest.mark.parametrize("name", ["entry", "leverage", "quantity", "margin_rate"])
def test_a_number_that_cannot_be_is_named(name: str, value: float) -> None:
    numbers = {"entry": 50_000.0, "leverage": 10.0} | {name: value}
    with pytest.raises(OutOfRange, match=name.split("_", maxsplit=1)[0]):
        liquidation_price("binance", Side.LONG, **numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize(("entry", "quantity"), [(1e300, 1e300), (1e-300, 1e-300)])
def test_a_notional_beyond_all_numbers_is_refused(entry: float, quantity: float) -> None:
    with pytest.raises(OutOfRange, match="quantity × entry"):
        liquidation_price("binance", Side.LONG, entry, 10, quantity=quantity, margin_rate=0.01)


def test_leverage_below_one_and_a_margin_rate_of_one_are_refused() -> None:
    with pytest.raises(OutOfRange, match="at least 1"):
        liquidation_price("binance", Side.LONG, 50_000, 0.99)
    with pytest.raises(OutOfRange, match="below 1"):
        liquidation_price("binance", Side.LONG, 50_000, 1, margin_rate=1.0)


def test_too_much_leverage_is_told_what_is_permitted() -> None:
    with pytest.raises(OutOfRange, match="hyperliquid permits at most 40x, not 50x"):
        liquidation_price("hyperliquid", Side.LONG, 50_000, 50)
    with pytest.raises(OutOfRange, match=r"at most 75x for \$1,000,000; 100x goes up to \$800,000"):
        liquidation_price("binance", Side.LONG, 100_000, 100, quantity=10)
    with pytest.raises(OutOfRange, match="1,800,000,000"):
        liquidation_price("binance", Side.LONG, 100_000, 1, quantity=1e6)


@pytest.mark.parametrize(("venue", "limit"), [("binance", "200"), ("okx", "181.8")])
def test_margin_under_maintenance_is_refused_with_the_leverage_that_works(
    venue: str, limit: str
) -> None:
    with pytest.raises(OutOfRange, match=f"below {limit}x"):
        liquidation_price(venue, Side.SHORT, 50_000, 200, margin_rate=0.005)
    below = float(limit) * 0.99
    assert liquidation_price(venue, Side.SHORT, 50_000, below, margin_rate=0.005).distance > 0


def test_an_unknown_venue_is_told_the_nearest() -> None:
    with pytest.raises(UnknownName, match="binance"):
        liquidation_price("binanse", Side.LONG, 50_000, 10)
    with pytest.raises(UnknownName, match="bybit"):
        liquidation_price("bybt", Side.LONG, 50_000, 10, margin_rate=0.01)


def test_brackets_polled_from_the_venue_replace_the_built_in_ones() -> None:
    polled = schedule_from([(1e6, 0.02, 20.0), (1e7, 0.05, 10.0)], "polled")
    quote = liquidation_price("binance", Side.LONG, 50_000, 20, schedule=polled)
    assert (quote.source, quote.maintenance_rate) == ("polled", 0.02)
    assert quote.price == pytest.approx(50_000 * 0.95 / 0.98)
    assert np.isnan(factors("binance", polled, [20.0, 25.0])).tolist() == [[False, True]] * 2


@pytest.mark.parametrize("venue", list(RULES))
@pytest.mark.parametrize("base", ["BTC", "ETH", "SOL", "DOGE", "AVAX", "HYPE", "NEWCOIN"])
def test_factors_step_towards_the_entry_and_end_at_the_highest_leverage(
    venue: str, base: str
) -> None:
    found = factors(venue, base, TIERS)
    most = bracket_schedule(venue, base).max_leverage
    assert found.shape == (2, len(TIERS))
    assert found.flags.c_contiguous
    assert not found.flags.writeable
    for side in Side:
        row = found[side.index].tolist()
        assert [isnan(value) for value in row] == [tier > most for tier in TIERS]
        known = [value for value in row if not isnan(value)]
        assert all(abs(near - 1) < abs(far - 1) for far, near in pairwise(known))
        assert all(0 < side.sign * (1 - value) < 0.5 for value in known)


@given(venues, sides, markets, st.floats(1, 150))
def test_a_factor_is_the_quote_of_a_position_of_usual_size(
    venue: str, side: Side, base: str, leverage: float
) -> None:
    schedule = bracket_schedule(venue, base)
    leverage = min(leverage, schedule.max_leverage)
    found = factor(venue, side, leverage, base)
    cap = schedule.permitting(leverage).cap
    smallest = liquidation_price(venue, side, 1, leverage, base=base).price
    largest = liquidation_price(
        venue, side, 1, leverage, quantity=min(cap, 1e7), schedule=schedule
    ).price
    low, high = sorted((smallest, largest))
    assert low - 1e-12 <= found <= high + 1e-12


def test_a_factor_beyond_the_highest_leverage_is_refused() -> None:
    with pytest.raises(OutOfRange, match="150"):
        factor("binance", Side.LONG, 151, "BTC")
    with pytest.raises(OutOfRange, match="leverage"):
        factor("binance", Side.LONG, nan, "BTC")


def test_a_quote_names_its_brackets_and_formula() -> None:
    quote = liquidation_price("binance", Side.SHORT, 2, 5, base="NEWCOIN")
    assert isinstance(quote, LiquidationQuote)
    assert "Binance" in quote.source
    assert "generic" in quote.source
    assert quote.formula == RULES["binance"].formula
    assert (quote.venue, quote.side, quote.quantity) == ("binance", Side.SHORT, None)


def test_a_tenfold_long_on_binance_sits_about_nine_percent_under_its_entry() -> None:
    assert liquidation_price("binance", Side.LONG, 65_000.0, 10.0).distance == pytest.approx(
        -0.096, abs=0.001
    )
