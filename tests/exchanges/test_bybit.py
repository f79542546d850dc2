import pytest

from liqbot.exchanges.bybit import _fraction, _read
from liqbot.market.tape import Liquidation
from liqbot.market.units import Price, Quantity, Side

MESSAGE = {
    "topic": "allLiquidation.ROSEUSDT",
    "type": "snapshot",
    "ts": 1_739_502_303_204,
    "data": [
        {"T": 1_739_502_302_929, "s": "ROSEUSDT", "S": "Sell", "v": "20000", "p": "0.04499"},
        {"T": 1_739_502_302_930, "s": "ROSEUSDT", "S": "Buy", "v": "10", "p": "0.045"},
    ],
}


def test_all_orders_of_a_message_are_read_by_the_side_of_the_position() -> None:
    def order(at_ms: int, side: Side, price: float, quantity: float) -> tuple[str, Liquidation]:
        liquidation = Liquidation(
            at_ms=at_ms, side=side, price=Price(price), quantity=Quantity(quantity)
        )
        return "ROSEUSDT", liquidation

    assert _read(MESSAGE) == [
        order(1_739_502_302_929, Side.SHORT, 0.04499, 20_000),
        order(1_739_502_302_930, Side.LONG, 0.045, 10),
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"maintenanceMargin": "0.005", "initialMargin": "0.01", "maxLeverage": "100.00"},
        {"maintenanceMargin": "0.5", "initialMargin": "1", "maxLeverage": "100.00"},
    ],
)
def test_margin_is_a_fraction_even_where_it_is_told_in_percent(row: dict[str, str]) -> None:
    assert _fraction(row) == pytest.approx(0.005)
