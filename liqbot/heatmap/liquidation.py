"""At what price a leveraged position would be liquidated.

`liquidation_price` answers for one position, with the numbers it follows from; `factors` gives
the engine what it multiplies entry prices with. Formulas and fees are in `venues`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, nan, sqrt

from liqbot.errors import OutOfRange, UnknownName
from liqbot.heatmap.brackets import bracket_schedule
from liqbot.heatmap.venues import RULES, Rules
from liqbot.market.margin import MarginSchedule, MarginTier
from liqbot.market.units import F8, Price, Side, Usd, floats

SMALL_USD = 1.0  # a position so small that only the lowest bracket counts
USUAL_USD = (10_000.0, 10_000_000.0)  # sizes that make up most open interest


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationQuote:
    """At what price a position would be liquidated, and from which numbers that follows."""

    price: Price  # 0 for a long that no price above 0 liquidates
    venue: str
    side: Side
    entry: Price
    leverage: float
    quantity: float | None  # base units; None = small enough for the lowest bracket
    maintenance_rate: float  # fraction of notional
    maintenance_amount: Usd
    bracket: tuple[Usd, Usd]  # the notional that these two count for, from … to
    fee: float  # closing fee that the formula counts, fraction of notional
    distance: float  # price ÷ entry − 1
    source: str  # where the brackets are from
    formula: str


def liquidation_price(
    venue: str,
    side: Side,
    entry: float,
    leverage: float,
    *,
    quantity: float | None = None,
    margin_rate: float | None = None,
    schedule: MarginSchedule | None = None,
    base: str | None = None,
) -> LiquidationQuote:
    """Quote the liquidation price of an isolated position.

    entry in quote per base; quantity in base units, None for a position so small that only the
    lowest bracket counts. The maintenance margin is `margin_rate` (a fraction) where given, else
    `schedule`'s, else the built-in brackets of `base` (BTC where omitted). Raises UnknownName
    for a venue without rules, OutOfRange for a number that cannot be, for a leverage or size
    that the brackets do not permit, and for a position that would be liquidated at once.
    Formulas and their sources: `venues`.
    """
    rules = _rules(venue)
    _check("leverage", leverage, low=1.0)
    notional = _notional(entry, quantity)
    if margin_rate is not None:
        _check("margin rate", margin_rate, high=1.0)
        schedule = _flat(margin_rate, leverage)
    elif schedule is None:
        base = base or "BTC"
        schedule = bracket_schedule(venue, base)
        if quantity is not None and base in rules.growth:
            schedule = _grown(schedule, rules.growth[base] * quantity)
    ratio, tier = _solve(venue, side, leverage, notional, schedule)
    return LiquidationQuote(
        price=Price(entry * ratio),
        venue=venue,
        side=side,
        entry=Price(entry),
        leverage=leverage,
        quantity=quantity,
        maintenance_rate=tier.rate,
        maintenance_amount=tier.amount,
        bracket=(tier.floor, tier.cap),
        fee=rules.fee,
        distance=ratio - 1,
        source=schedule.source,
        formula=rules.formula,
    )


def factor(venue: str, side: Side, leverage: float, market: str | MarginSchedule) -> float:
    """Return liquidation price ÷ entry price for a position of the size usual at a leverage.

    `market` is a base with built-in brackets, or the brackets. Raises as `liquidation_price`.

    Where brackets differ the factor depends on size, which is not known. It is taken at the
    geometric middle of $10,000 … $10 million, cut where the leverage is no longer permitted:
    sizes spread over orders of magnitude, and the largest bracket alone would mislead, since
    Binance permits 10x up to $230 million and hardly anyone holds that. What Deribit adds per
    coin held is left out: under 0.02 % at such sizes.
    """
    _check("leverage", leverage, low=1.0)
    schedule = _schedule(venue, market)
    low, high = USUAL_USD
    high = min(high, schedule.permitting(leverage).cap)
    return _solve(venue, side, leverage, sqrt(min(low, high) * high), schedule)[0]


def factors(venue: str, market: str | MarginSchedule, tiers: Sequence[float]) -> F8:
    """Return liquidation price ÷ entry price by (side, tier), sides by Side.index.

    `tiers` are leverages; NaN where the market does not permit that much. See `factor`.
    """
    schedule = _schedule(venue, market)
    most = schedule.max_leverage
    return floats(
        [
            [factor(venue, side, tier, schedule) if tier <= most else nan for tier in tiers]
            for side in Side
        ]
    )


def _solve(
    venue: str, side: Side, leverage: float, notional: float, schedule: MarginSchedule
) -> tuple[float, MarginTier]:
    """Return liquidation price ÷ entry price, and the bracket that decides it.

    Marginal brackets join, so the maintenance margin is the largest of their straight lines:
    the line that equity meets first liquidates, and that is the bracket of the notional at the
    liquidation price. Where they do not join, the bracket of the notional at entry counts.
    """
    rules = _rules(venue)
    entered = _allowed(venue, leverage, notional, schedule)
    tiers = schedule.tiers if rules.marginal else (replace(entered, amount=Usd(0.0)),)
    needed = max(tier.rate - tier.amount / notional for tier in tiers) + rules.fee
    if leverage * needed >= 1:
        raise OutOfRange(
            f"{leverage:g}x would be liquidated at once: {venue} asks for {needed:.4%} of the"
            f" position as maintenance margin. Leverage has to stay below {1 / needed:.4g}x."
        )
    met = [
        rules.solve(
            side,
            quantity=notional,
            entry=1.0,
            margin=notional / leverage,
            rate=tier.rate,
            amount=tier.amount,
            fee=rules.fee,
        )
        for tier in tiers
    ]
    first = max(range(len(tiers)), key=lambda i: side.sign * met[i])
    return max(0.0, met[first]), tiers[first]


def _allowed(venue: str, leverage: float, notional: float, schedule: MarginSchedule) -> MarginTier:
    """Return the bracket of a notional; raise OutOfRange if it does not permit the leverage."""
    if leverage > schedule.max_leverage:
        raise OutOfRange(f"{venue} permits at most {schedule.max_leverage:g}x, not {leverage:g}x.")
    tier = schedule.for_notional(notional)
    if leverage > tier.max_leverage:
        raise OutOfRange(
            f"{venue} permits at most {tier.max_leverage:g}x for ${notional:,.0f};"
            f" {leverage:g}x goes up to ${schedule.permitting(leverage).cap:,.0f}."
        )
    return tier


def _schedule(venue: str, market: str | MarginSchedule) -> MarginSchedule:
    return bracket_schedule(venue, market) if isinstance(market, str) else market


def _rules(venue: str) -> Rules:
    if venue not in RULES:
        raise UnknownName("venue", venue, RULES)
    return RULES[venue]


def _flat(rate: float, leverage: float) -> MarginSchedule:
    """Return one bracket for every size, at a rate that the caller knows."""
    tier = MarginTier(
        floor=Usd(0.0), cap=Usd(inf), rate=rate, amount=Usd(0.0), max_leverage=leverage
    )
    return MarginSchedule(tiers=(tier,), source="the margin rate that was given")


def _notional(entry: float, quantity: float | None) -> float:
    """Return a position's value at its entry, in quote; raise OutOfRange."""
    _check("entry price", entry)
    if quantity is None:
        return SMALL_USD
    _check("quantity", quantity)
    _check("quantity × entry", quantity * entry)
    return quantity * entry


def _built_in(venue: str, base: str, quantity: float) -> MarginSchedule:
    """Return the built-in brackets as they are for a size, in base units."""
    growth = RULES[venue].growth.get(base, 0.0) * quantity
    return _grown(bracket_schedule(venue, base), growth)


def _grown(schedule: MarginSchedule, growth: float) -> MarginSchedule:
    """Add to the maintenance and the initial margin what a position's size adds to both."""
    tiers = tuple(
        replace(
            tier,
            rate=tier.rate + growth,
            max_leverage=1 / (1 / tier.max_leverage + growth),
        )
        for tier in schedule.tiers
    )
    return replace(schedule, tiers=tiers)


def _check(what: str, value: float, *, low: float = 0.0, high: float = inf) -> None:
    """Raise OutOfRange unless low ≤ value < high and value > 0."""
    if not (low <= value < high and value > 0):
        floor = f"at least {low:g}" if low else "above 0"
        ceiling = f"below {high:g}" if high < inf else "finite"
        raise OutOfRange(f"The {what} has to be {floor} and {ceiling}, not {value:g}.")
