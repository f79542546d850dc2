"""Every vector of the venues' own documentation, and of the design, by the formula alone."""

import pytest

from liqbot.heatmap.venues import RULES, liquidate_at_entry, liquidate_at_mark
from liqbot.market.units import Side


@pytest.mark.parametrize("leverage", [1.5, 3.0, 10.0, 50.0, 125.0])
@pytest.mark.parametrize("rate", [0.004, 0.01, 0.05])
def test_without_amount_and_fee_the_equation_is_the_textbook_one(
    leverage: float, rate: float
) -> None:
    def solve(side: Side) -> float:
        margin = 3 * 250.0 / leverage
        return liquidate_at_mark(side, quantity=3, entry=250, margin=margin, rate=rate)

    assert solve(Side.LONG) == pytest.approx(250 * (1 - 1 / leverage) / (1 - rate))
    assert solve(Side.SHORT) == pytest.approx(250 * (1 + 1 / leverage) / (1 + rate))


@pytest.mark.parametrize(
    ("wallet", "others", "upnl", "amount", "quantity", "entry", "rate", "price"),
    [
        (1535443.01, 71200.81144, -56354.57, 135365.0, 3683.979, 1456.84, 0.10, 1153.26),
        (1535443.01, 356512.508, -448192.89, 16300.0, 109.488, 32481.98, 0.025, 26316.89),
    ],
    ids=["ETHUSDT", "BTCUSDT"],
)
def test_binance_cross_examples_of_its_faq(
    *,
    wallet: float,
    others: float,
    upnl: float,
    amount: float,
    quantity: float,
    entry: float,
    rate: float,
    price: float,
) -> None:
    found = liquidate_at_mark(
        Side.LONG,
        quantity=quantity,
        entry=entry,
        margin=wallet - others + upnl,
        rate=rate,
        amount=amount,
    )
    assert round(found, 2) == price


@pytest.mark.parametrize(
    ("quantity", "entry", "leverage", "added", "price"),
    [
        (1.0, 20_000.0, 50.0, 0.0, 19_700.0),
        (1.0, 20_000.0, 50.0, 3000.0, 16_700.0),
        (0.10, 1198.45, 4.2, 0.0, 919.10),
    ],
    ids=["official", "with 3000 added", "ETHUSDT"],
)
def test_bybit_examples_of_its_help(
    quantity: float, entry: float, leverage: float, added: float, price: float
) -> None:
    found = liquidate_at_entry(
        Side.LONG,
        quantity=quantity,
        entry=entry,
        margin=quantity * entry / leverage + added,
        rate=0.005,
    )
    assert round(found, 2) == price


@pytest.mark.parametrize(
    ("side", "rate", "fee", "price"),
    [
        (Side.LONG, 0.004, 0.0005, 45_203.42),
        (Side.SHORT, 0.004, 0.0005, 54_753.61),
        (Side.LONG, 0.004, 0.0006, 45_207.96),
        (Side.SHORT, 0.004, 0.0006, 54_748.16),
    ],
    ids=["okx long", "okx short", "bitget long", "bitget short"],
)
def test_okx_and_bitget_vectors_derived_in_the_design(
    side: Side, rate: float, fee: float, price: float
) -> None:
    found = liquidate_at_mark(side, quantity=1, entry=50_000, margin=5000, rate=rate, fee=fee)
    assert round(found, 2) == price
    sign = side.sign
    as_okx_writes_it = (50_000 - sign * 5000) / (1 - sign * (rate + fee))
    assert found == pytest.approx(as_okx_writes_it)


def test_hyperliquid_sample_of_its_api() -> None:
    quantity, entry, margin, rate = 0.2259, 2213.9, 24.88097, 1 / (2 * 50)
    found = liquidate_at_mark(Side.LONG, quantity=quantity, entry=entry, margin=margin, rate=rate)
    assert found == pytest.approx(2125.0086, abs=1e-3)
    available = margin - quantity * entry * rate
    assert found == pytest.approx(entry - available / quantity / (1 - rate))


@pytest.mark.parametrize(
    ("equity", "short", "price", "others", "expected"),
    [(1000.0, 3.0, 3000.0, 0.0, 3174.60), (1000.0, 1.5, 3000.0, 175.0, 3380.95)],
    ids=["alone", "beside others"],
)
def test_dydx_examples_of_its_documentation(
    equity: float, short: float, price: float, others: float, expected: float
) -> None:
    found = liquidate_at_mark(
        Side.SHORT, quantity=short, entry=price, margin=equity - others, rate=0.05
    )
    assert round(found, 2) == expected
    size = -short
    as_dydx_writes_it = (equity - others - size * price) / (abs(size) * 0.05 - size)
    assert found == pytest.approx(as_dydx_writes_it)


@pytest.mark.parametrize("side", list(Side))
def test_deribit_account_form_is_the_same_equation(side: Side) -> None:
    quantity, mark, equity = 25.0, 100_000.0, 90_000.0
    rate = 0.01 + RULES["deribit"].growth["BTC"] * quantity
    assert rate * quantity * mark == pytest.approx(28_125)
    sign = side.sign
    found = liquidate_at_mark(side, quantity=quantity, entry=mark, margin=equity, rate=rate)
    assert found == pytest.approx(
        (quantity * mark - sign * equity) / (quantity * (1 - sign * rate))
    )


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("amount", [0.0, 1300.0])
@pytest.mark.parametrize("fee", [0.0, 0.0006])
def test_equity_equals_maintenance_at_the_price_found(
    side: Side, amount: float, fee: float
) -> None:
    quantity, entry, margin, rate = 7.0, 40_000.0, 14_000.0, 0.01
    terms = {
        "quantity": quantity,
        "entry": entry,
        "margin": margin,
        "rate": rate,
        "amount": amount,
        "fee": fee,
    }
    at_mark = liquidate_at_mark(side, **terms)
    equity = margin + side.sign * quantity * (at_mark - entry)
    assert equity == pytest.approx(quantity * at_mark * (rate + fee) - amount)
    at_entry = liquidate_at_entry(side, **terms)
    equity = margin + side.sign * quantity * (at_entry - entry)
    assert equity == pytest.approx(quantity * entry * (rate + fee) - amount)


@pytest.mark.parametrize(
    ("entry", "leverage", "price"), [(65_000.0, 25.0, 62_400.0), (95_000.0, 20.0, 90_250.0)]
)
def test_without_maintenance_a_long_ends_where_its_margin_does(
    entry: float, leverage: float, price: float
) -> None:
    margin = entry / leverage
    found = liquidate_at_mark(Side.LONG, quantity=1, entry=entry, margin=margin, rate=0.0)
    assert found == pytest.approx(price)
