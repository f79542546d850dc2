"""How each venue liquidates: its formula, its fee and how its brackets count.

A position is closed by force once its equity no longer covers its maintenance margin. Seven of
the eight venues measure that margin at the liquidation price, so that one equation serves them
all (`liquidate_at_mark`); Bybit measures it at the entry price (`liquidate_at_entry`).

Why not one function per venue: what they publish is the same equation in other letters, and a
test holds it to every venue's own example. A ninth venue is one entry of `RULES` and one section
of brackets.toml. Each entry names where the venue says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from liqbot.market.units import Side


def liquidate_at_mark(
    side: Side,
    *,
    quantity: float,
    entry: float,
    margin: float,
    rate: float,
    amount: float = 0.0,
    fee: float = 0.0,
) -> float:
    """Solve for the price where equity equals the maintenance margin at that price.

    quantity in base units, entry and result in quote per base, margin and amount (the bracket's
    maintenance amount) in quote, rate and fee as fractions of notional.
    P = (M + A − s·q·E) / (q·(m + f − s)), s = +1 for a long, −1 for a short.

    `margin` is the equity this position can lose, measured when price is `entry`. Isolated:
    q·E/L plus what was added. Cross: Binance WB − TMM + UPNL of the *other* positions; dYdX
    account equity at oracle price `entry` less the others' maintenance; Deribit account equity
    at mark `entry`; Hyperliquid account value less the others' maintenance.
    """
    s = side.sign
    return (margin + amount - s * quantity * entry) / (quantity * (rate + fee - s))


def liquidate_at_entry(
    side: Side,
    *,
    quantity: float,
    entry: float,
    margin: float,
    rate: float,
    amount: float = 0.0,
    fee: float = 0.0,
) -> float:
    """Solve for the price where equity equals the maintenance margin at the entry price.

    P = E − s·(M − MM)/q with MM = q·E·(m + f) − A; units as in `liquidate_at_mark`. `margin` is
    the initial margin plus what was added. Source: Bybit help, "Liquidation Price (USDT
    Contract)", isolated margin.
    """
    maintenance = quantity * entry * (rate + fee) - amount
    return entry - side.sign * (margin - maintenance) / quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one venue turns a position into a liquidation price."""

    formula: str  # as the venue writes it; s = ±1, q size, E entry, M margin, m rate, A amount
    solve: Callable[..., float] = liquidate_at_mark
    fee: float = 0.0  # closing fee that counts as maintenance, fraction of notional
    marginal: bool = True  # a bracket's rate counts for the part above its floor, not for all
    growth: Mapping[str, float] = field(default_factory=dict)  # rate per base unit held, by base


RULES: Mapping[str, Rules] = MappingProxyType(
    {
        # Binance FAQ b3c689c1f50a44cabb3a84e663b81d93.
        "binance": Rules(
            formula="(M + A − s·q·E) / (q·(m − s))",
        ),
        # Bybit help, "Liquidation-Price-USDT-Contract".
        "bybit": Rules(
            formula="E − s·(M − (q·E·m − A)) / q",
            solve=liquidate_at_entry,
        ),
        # OKX help, "tiered maintenance margin"; its margin ratio counts the closing fee.
        "okx": Rules(
            formula="(E − s·M/q) / (1 − s·(m + f))",
            fee=0.0005,
            marginal=False,
        ),
        # Bitget support article 12560603808759.
        "bitget": Rules(
            formula="(M + A − s·q·E) / (q·(m + f − s))",
            fee=0.0006,
        ),
        # Hyperliquid documentation, "liquidations" and "margin-tiers".
        "hyperliquid": Rules(
            formula="E − s·((M − q·E·m + A)/q) / (1 − m·s)",
        ),
        # Gate help, "risk limit": until July 2025 one rate counted for the whole position, as
        # on OKX; since then each bracket's rate counts for its own part.
        "gate": Rules(
            formula="(M + A − s·q·E) / (q·(m + f − s))",
            fee=0.0005,
        ),
        # dYdX v4 documentation, "liquidations".
        "dydx": Rules(
            formula="(M − s·q·E) / (q·m − s·q)",
        ),
        # Deribit knowledge base, "Linear-Perpetual"; for ETH the notice of 11 January 2022.
        "deribit": Rules(
            formula="(q·E − s·M) / (q·(1 − s·m(q)))",
            growth=MappingProxyType({"BTC": 5e-5, "ETH": 4e-6, "SOL": 5e-6}),
        ),
    }
)
