"""Open positions that a venue shows to everybody, and what of them is believed."""

import math
from dataclasses import dataclass

from liqbot.market.agreement import agrees
from liqbot.market.instrument import Instrument
from liqbot.market.units import Price, Quantity, Side

_AHEAD_MS, _LATE_MS = 5_000, 60_000  # by which an answer's stamp may be off our time
_MOST_LEVERAGE = 200.0  # no venue grants more


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One open position as its venue tells of it. Whose it is it does not say."""

    instrument: Instrument
    side: Side
    quantity: Quantity  # base units
    entry: Price
    liquidation: Price  # where the venue would close it; NaN: nowhere
    leverage: float
    is_cross: bool  # other positions and deposits move its liquidation price
    mark: Price  # at which the venue values it
    at_ms: int  # when that was told, by the venue's clock, Unix ms


def doubt(
    told: Position, *, mark: float, open_interest: float, now_ms: int, skew_s: float = math.nan
) -> str:
    """Return why a position is not believed, in a word; "" where it is.

    `mark` and `open_interest` (base units) are what is believed of its market, NaN where unknown:
    without a mark nothing is. `skew_s`: the venue's clock ahead of ours.
    """
    late_ms = now_ms + (0 if math.isnan(skew_s) else skew_s * 1000) - told.at_ms
    doubts = {
        "nonsense": not _makes_sense(told),
        "future": late_ms < -_AHEAD_MS,
        "stale": late_ms > _LATE_MS,
        "unconfirmed": math.isnan(mark),
        "price": not agrees(told.mark, mark),
        "size": told.quantity > open_interest,
        "side": (told.mark - told.liquidation) * told.side.sign <= 0,
    }
    return next((word for word, is_so in doubts.items() if is_so), "")


def _makes_sense(told: Position) -> bool:
    known = (told.quantity, told.entry, told.mark)
    return (
        all(math.isfinite(each) and each > 0 for each in known)
        and 1 <= told.leverage <= _MOST_LEVERAGE
        and (math.isnan(told.liquidation) or 0 < told.liquidation < math.inf)
    )
