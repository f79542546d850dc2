"""liqbot liquidation-price."""

import json

import pytest

from liqbot.heatmap.liquidation import liquidation_price
from liqbot.market.units import Side
from tests.cli.conftest import Liqbot, Outcome


@pytest.fixture
def quoted(liqbot: Liqbot) -> "Liqbot":
    def call(**options: object) -> Outcome:
        asked = {"venue": "binance", "side": "long", "entry": 65_000, "leverage": 25} | options
        words = [str(w) for name, value in asked.items() for w in (f"--{name}", value) if w != ""]
        return liqbot("liquidation-price", *(word.replace("_", "-") for word in words))

    return call


def test_the_price_is_told_with_all_that_it_follows_from(quoted: Liqbot) -> None:
    found = quoted()
    price = liquidation_price("binance", Side.LONG, 65_000, 25).price
    assert found.code == 0
    assert found.out.startswith(f"{price:,.2f}  (-3.6")
    assert "long 25x from 65,000.00, isolated, on binance" in found.out
    assert "(M + A − s·q·E) / (q·(m − s))" in found.out
    assert "Brackets: " in found.out


def test_the_official_example_of_bybit_holds(quoted: Liqbot) -> None:
    options = {"venue": "bybit", "entry": 20_000, "leverage": 50, "quantity": 1}
    assert quoted(**options, margin_rate=0.005).out.startswith("19,700.00  (-1.50%)\n1 long 50x")


def test_json_holds_every_number(quoted: Liqbot) -> None:
    found = json.loads(quoted(side="SHORT", venue="OKX", leverage=10, json="").out)
    assert (found["venue"], found["side"], found["quantity"]) == ("okx", "short", None)
    assert found["price"] == liquidation_price("okx", Side.SHORT, 65_000, 10).price
    assert found["distance"] == pytest.approx(found["price"] / 65_000 - 1)


def test_the_brackets_are_those_of_the_market(quoted: Liqbot) -> None:
    big = quoted(entry=0.1, market="dogeusdt", quantity=5e7, leverage=10, json="")
    small = quoted(entry=0.1, market="DOGE", quantity=100, leverage=10, json="")
    assert json.loads(big.out)["maintenance_rate"] > json.loads(small.out)["maintenance_rate"]


@pytest.mark.parametrize(("entry", "digits"), [(0.00001234, 10), (3.2, 5), (250.0, 3), (1e6, 2)])
def test_a_price_has_digits_enough_to_tell_it_from_the_entry(
    entry: float, digits: int, quoted: Liqbot
) -> None:
    first = quoted(entry=f"{entry:.10f}", leverage=20).out.split()[0]
    assert len(first.partition(".")[2]) == digits


def test_a_long_without_leverage_is_never_liquidated(quoted: Liqbot) -> None:
    assert quoted(leverage=1, margin_rate=1e-9).out.startswith(
        "0.00  (no price above 0 liquidates it)"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"venue": "binnance"}, "There is no venue “binnance”. Did you mean binance?"),
        ({"side": "up"}, "There is no side “up”. There is long, short."),
        ({"entry": "nan"}, "The entry price has to be above 0 and finite, not nan."),
        ({"entry": "-1"}, "The entry price has to be above 0"),
        ({"leverage": 900}, "binance permits at most"),
        ({"leverage": 0.5}, "The leverage has to be at least 1"),
        ({"quantity": 0}, "The quantity has to be above 0"),
        ({"margin_rate": 2}, "The margin rate has to be above 0 and below 1"),
        ({"leverage": 50, "margin_rate": 0.5}, "50x would be liquidated at once"),
        ({"entry": "much"}, "Invalid value for '--entry'"),
        ({"market": "?"}, "“?” is not a market."),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(
    options: dict[str, object], told: str, quoted: Liqbot
) -> None:
    failed = quoted(**options)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err.startswith(told)
    assert failed.err.count("\n") == 1
