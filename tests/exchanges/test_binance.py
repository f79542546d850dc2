import pytest

from liqbot.exchanges.binance import _read, _span, _used
from liqbot.market.tape import Liquidation
from liqbot.market.units import MINUTE_MS, Price, Quantity, Side
from tests.builders import START_MS

ORDER = {
    "e": "forceOrder",
    "E": 1_568_014_460_893,
    "o": {
        "s": "BTCUSDT",
        "S": "SELL",
        "o": "LIMIT",
        "f": "IOC",
        "q": "0.014",
        "p": "9910",
        "ap": "9915.5",
        "X": "FILLED",
        "l": "0.004",
        "z": "0.012",
        "T": 1_568_014_460_893,
    },
}


def test_a_forced_sale_closes_a_long_at_what_was_paid_for_all_that_was_filled() -> None:
    liquidation = Liquidation(
        at_ms=1_568_014_460_893,
        side=Side.LONG,
        price=Price(9915.5),
        quantity=Quantity(0.012),
    )
    assert _read(ORDER) == [("BTCUSDT", liquidation)]


def test_a_forced_purchase_closes_a_short() -> None:
    ((_, order),) = _read({"o": {**ORDER["o"], "S": "BUY"}})  # type: ignore[dict-item]
    assert order.side is Side.SHORT


def test_a_side_that_is_none_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        _read({"o": {**ORDER["o"], "S": "HOLD"}})  # type: ignore[dict-item]


def test_the_venue_tells_how_much_of_its_budget_is_used() -> None:
    assert _used({"x-mbx-used-weight-1m": "600"}) == 0.25
    assert _used({"x-mbx-used-weight-1m": "many"}) is None
    assert _used({}) is None


def test_few_candles_are_asked_for_as_few_because_they_weigh_less() -> None:
    asked = _span({"id": "BTCUSDT"}, START_MS, START_MS + 10 * MINUTE_MS)
    assert asked["limit"] == 3
