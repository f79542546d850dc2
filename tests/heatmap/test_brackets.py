"""The built-in brackets, against what the venues published."""

import json
from pathlib import Path
from typing import Any

import pytest

from liqbot.errors import UnknownName
from liqbot.heatmap.brackets import OTHER, bracket_schedule, doubt
from liqbot.heatmap.venues import RULES
from liqbot.market.margin import schedule_from

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "binance_leverage_tiers.json"
LARGEST = """
BTC ETH SOL XRP DOGE BNB ADA AVAX LINK SUI TRX LTC BCH DOT NEAR UNI APT ARB
OP AAVE TON PEPE SHIB WIF HBAR XLM FIL ICP ETC INJ SEI TIA FET ENA ONDO WLD
TAO HYPE PENGU CRV
"""


@pytest.fixture(scope="module")
def published() -> dict[str, list[dict[str, Any]]]:
    if not PUBLISHED.exists():
        pytest.skip("Binance's published brackets are not beside the project")
    brackets: dict[str, list[dict[str, Any]]] = json.loads(PUBLISHED.read_text())
    return brackets


@pytest.mark.parametrize("base", LARGEST.split())
def test_the_largest_markets_have_binances_published_brackets(
    base: str, published: dict[str, list[dict[str, Any]]]
) -> None:
    symbol = f"{base}/USDT:USDT"
    theirs = published.get(symbol) or published[f"1000{symbol}"]
    ours = bracket_schedule("binance", base)
    assert "generic" not in ours.source
    assert [(t.floor, t.cap, t.max_leverage) for t in ours.tiers] == [
        (row["minNotional"], row["maxNotional"], row["maxLeverage"]) for row in theirs
    ]
    assert [t.rate for t in ours.tiers] == pytest.approx(
        [row["maintenanceMarginRate"] for row in theirs]
    )
    assert [t.amount for t in ours.tiers] == pytest.approx(
        [float(row["info"]["cum"]) for row in theirs]
    )


def test_an_unknown_market_has_the_brackets_most_markets_have(
    published: dict[str, list[dict[str, Any]]],
) -> None:
    ours = bracket_schedule("binance", "NEWCOIN")
    rows = [(t.cap, t.max_leverage) for t in ours.tiers]
    alike = [[(row["maxNotional"], row["maxLeverage"]) for row in m] for m in published.values()]
    assert alike.count(rows) == max(alike.count(other) for other in alike)
    assert "generic" in ours.source


def test_amounts_follow_binances_official_example() -> None:
    """Bracket 3 of its FAQ: 250 000 · (1 % − 0.5 %) + 50 = 1300."""
    rows = [(50_000, 0.004, 125.0), (250_000, 0.005, 100.0), (1_000_000, 0.01, 50.0)]
    amounts = [tier.amount for tier in schedule_from(rows, "Binance FAQ").tiers]
    assert amounts == pytest.approx([0, 50, 1300])


def test_amounts_follow_bybits_published_deductions() -> None:
    amounts = [tier.amount for tier in bracket_schedule("bybit", "BTC").tiers[:14]]
    assert amounts == pytest.approx(
        [0, 1200, 3020, 4300, 5820, 8460, 15460, 20500, 46000, 66000, 80000, 160000, 300000, 452000]
    )


def test_every_venue_with_rules_has_brackets() -> None:
    for venue in RULES:
        assert bracket_schedule(venue, "BTC").source


@pytest.mark.parametrize(
    ("base", "most"),
    [("BTC", 40), ("ETH", 25), ("SOL", 20), ("DOGE", 10), ("AVAX", 10), ("XYZ", 3)],
)
def test_hyperliquid_maintains_half_the_initial_margin_at_the_highest_leverage(
    base: str, most: float
) -> None:
    schedule = bracket_schedule("hyperliquid", base)
    assert schedule.max_leverage == most
    for tier in schedule.tiers:
        assert tier.rate == pytest.approx(1 / (2 * tier.max_leverage))


@pytest.mark.parametrize(
    ("venue", "base", "most", "rate"),
    [
        ("dydx", "BTC", 50, 0.012),
        ("dydx", "SOL", 20, 0.03),
        ("dydx", "XYZ", 10, 0.05),
        ("deribit", "ETH", 50, 0.01),
        ("deribit", "SOL", 25, 0.02),
        ("bitget", "BTC", 150, 0.004),
    ],
)
def test_first_brackets_are_as_published(venue: str, base: str, most: float, rate: float) -> None:
    first = bracket_schedule(venue, base).tiers[0]
    assert first.max_leverage == most
    assert first.rate == pytest.approx(rate)


def test_approximate_brackets_say_so() -> None:
    for venue in ("bybit", "okx", "bitget", "gate"):
        assert "approximate, until polled live" in bracket_schedule(venue, "BTC").source


@pytest.mark.parametrize("base", ["1000PEPE", "kPEPE", "PEPE"])
def test_a_contract_over_many_coins_has_the_brackets_of_the_coin(base: str) -> None:
    assert bracket_schedule("hyperliquid", base).max_leverage == 10
    assert "generic" not in bracket_schedule("binance", base).source


def test_a_venue_without_brackets_is_told_the_nearest() -> None:
    with pytest.raises(UnknownName, match="deribit"):
        bracket_schedule("deribitt", "BTC")


@pytest.mark.parametrize("venue", RULES)
@pytest.mark.parametrize("base", ["BTC", "ETH", "SOL", OTHER])
def test_what_venues_published_is_believed(venue: str, base: str) -> None:
    assert doubt(venue, bracket_schedule(venue, base)) == ""


@pytest.mark.parametrize(
    "rows",
    [
        [(1e6, 0.01, 100.0)],  # nothing of the initial margin is left
        [(1e6, 0.0097, 100.0)],  # nor after the fee
        [(1e6, 0.005, 100.0), (2e6, 0.6, 2.0)],
        [(1e6, 0.00005, 50.0)],  # percent taken for fractions twice
    ],
)
def test_brackets_that_liquidate_at_once_or_never_are_not_believed(
    rows: list[tuple[float, float, float]],
) -> None:
    assert "initial margin" in doubt("okx", schedule_from(rows, "a test"))


def test_brackets_of_a_venue_without_a_formula_are_of_no_use() -> None:
    with pytest.raises(UnknownName, match="nowhere"):
        doubt("nowhere", bracket_schedule("okx", "BTC"))
