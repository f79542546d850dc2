"""Where the simulated markets trade, and what trades there."""

from dataclasses import dataclass
from typing import Literal

from liqbot.market.units import Price, Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """An exchange's share of the market and its habits."""

    name: str
    share: float  # of open interest and volume
    appetite: float  # tilt of its traders' leverage: weights × (leverage ÷ 10)^appetite
    tape: Literal["complete", "one a second", "bankruptcy price"]  # how it prints forced orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What one market is like on an ordinary day."""

    price: Price  # at the start of the warm-up
    decimals: int  # that its price is told with
    open_interest: Usd  # over all venues
    volatility: float  # s.d. of log price a day, before forced orders add theirs


DEPTH = 3.0  # book within a factor e of price, relative to open interest
VENUES = (
    Venue(name="binance", share=0.45, appetite=-0.04, tape="one a second"),
    Venue(name="bybit", share=0.30, appetite=0.12, tape="complete"),
    Venue(name="okx", share=0.25, appetite=0.0, tape="bankruptcy price"),
)


def _contract(price: float, decimals: int, oi: float, volatility: float) -> Contract:
    return Contract(
        price=Price(price),
        decimals=decimals,
        open_interest=Usd(oi),
        volatility=volatility,
    )


CONTRACTS = {
    "BTC": _contract(92_000.0, 1, 14e9, 0.021),
    "ETH": _contract(3_150.0, 2, 9e9, 0.027),
    "SOL": _contract(138.0, 3, 2.2e9, 0.033),
    "DOGE": _contract(0.14, 5, 0.9e9, 0.038),
    "AVAX": _contract(13.5, 4, 0.4e9, 0.038),
}
