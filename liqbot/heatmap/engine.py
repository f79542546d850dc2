"""From bars to standing mass by liquidation price.

MODEL.md §2: what opens is deposited in full on both sides, at the liquidation prices that the
venue's formula gives each leverage; it fades by half-life and with falling open interest; price
sweeps it away. One run of the kernel does a whole history, and the same kernel a live tick.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from liqbot.heatmap.bars import Bars
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import MassLedger
from liqbot.heatmap.kernels import BARS, LEDGER, OFFSETS, PULSE, WIDEST, advance
from liqbot.heatmap.liquidation import factors
from liqbot.heatmap.model import Model
from liqbot.market.margin import MarginSchedule
from liqbot.market.units import DAY_MS, F8, HOUR_MS, I8, floats, integers

# Half of the positions are taken as isolated, liquidated nearly where the venue's formula says,
# half as cross or topped up. One width for all scores alike but hides the levels that exist.
BLURS = ((0.5, 0.15), (0.5, 1.3))  # share of positions, and its s.d. ÷ the model's spread
_TAIL = 3.25  # model's spreads after which a blur is cut
_GUESSED = PULSE.index("guessed")
_INFLOW_MS = HOUR_MS  # over what the inflow expected of the next bar is averaged
_TREND_MS = 12 * HOUR_MS  # over what the trend is averaged that tilt leans on
_VOLUME_PER_RANGE = 3.2  # volume ÷ (OI × log(high ÷ low)), where volume is unknown
_VOLUME_PER_DAY = 1.5  # volume ÷ OI a day, to guess what had opened before the first bar
_MOVED_PER_DAY = 0.06  # rises of OI, and falls, ÷ OI a day, likewise
_WANDER = 0.03  # s.d. of log price over a day, to guess where that had opened
_NOTHING = 1e-7  # a share of a guess that is not worth carrying along


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A model, worked out for one market's venues, grid and length of bar: the kernel's inputs."""

    model: Model
    grid: PriceGrid
    interval_ms: int
    blur: F8  # (tier, 2, offset, x)
    reach: I8  # (tier,) bins
    offer: F8  # (venue, tier, side, OFFER): bins from entry to liquidation (NaN = none), weight
    decay: F8  # (tier,) kept per bar
    habits: F8  # (HABITS,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Estimated open positions by liquidation price: the state that bars change."""

    mass: NDArray[np.float64]  # (venue, tier, side, bin) base units ÷ scale
    scale: NDArray[np.float64]  # (venue, tier)
    ledger: NDArray[np.float64]  # (venue, tier, side, LEDGER) base units
    extent: NDArray[np.int64]  # (venue, tier, side, 2) bins
    pulse: NDArray[np.float64]  # (venue, PULSE)

    def copy(self) -> "Positions":
        """Return a state that can go another way."""
        return Positions(**{each.name: getattr(self, each.name).copy() for each in fields(self)})

    @property
    def quantity(self) -> F8:
        """What stands: (venue, side, tier, bin) base units."""
        return floats((self.mass * self.scale[:, :, None, None]).transpose(0, 2, 1, 3))

    @property
    def mass_ledger(self) -> MassLedger:
        """Where everything deposited went; `standing` is counted anew, not carried."""
        rows = dict(zip(LEDGER, self.ledger.transpose(3, 0, 2, 1), strict=True))
        rows["standing"] = self.quantity.sum(axis=3)
        return MassLedger(**{name: floats(row) for name, row in rows.items()})


def terms_of(
    model: Model,
    base: str,
    venues: tuple[str, ...],
    grid: PriceGrid,
    interval_ms: int,
    *,
    brackets: Mapping[str, MarginSchedule] | None = None,
) -> Terms:
    """Work a model out for one market, with the built-in brackets of venues not in `brackets`.

    Raises UnknownName for a venue without a formula.
    """
    own = brackets or {}
    deviation = model.spread / np.array(model.tiers) / grid.step
    reach = np.ceil(_TAIL * deviation).astype(np.int64) + 1
    ratio = np.stack([factors(venue, own.get(venue, base), model.tiers) for venue in venues])
    ratio = np.where((ratio > 0).all(axis=1, keepdims=True), ratio, np.nan)
    memory = [min(interval_ms / span, 1.0) for span in (_INFLOW_MS, _TREND_MS)]
    shift = np.log(ratio).transpose(0, 2, 1) / grid.step
    weight = np.stack([model.long_weights, model.short_weights], axis=1)
    return Terms(
        model=model,
        grid=grid,
        interval_ms=interval_ms,
        blur=_blur(deviation, reach),
        reach=integers(reach),
        offer=floats(np.stack([shift, np.broadcast_to(weight, shift.shape)], axis=-1)),
        decay=floats(0.5 ** (interval_ms / HOUR_MS / np.array(model.half_life_h))),
        habits=floats([model.tilt, *memory]),
    )


def grid_for(bars: Bars, width: float = 0.001) -> PriceGrid:
    """Return a grid that holds the liquidation prices of all but the least leveraged entries."""
    return PriceGrid.between(np.nanmin(bars.low) * 0.55, np.nanmax(bars.high) * 1.6, width)


def nobody(terms: Terms) -> Positions:
    """Return a state in which nothing stands and no past is guessed at."""
    venues, tiers, sides = terms.offer.shape[:3]
    pulse = np.zeros((venues, len(PULSE)))
    pulse[:, _GUESSED] = 1.0
    return Positions(
        mass=np.zeros((venues, tiers, sides, terms.grid.bins)),
        scale=np.ones((venues, tiers)),
        ledger=np.zeros((venues, tiers, sides, len(LEDGER))),
        extent=np.tile(np.array([terms.grid.bins, 0]), (venues, tiers, sides, 1)),
        pulse=pulse,
    )


def guessed(terms: Terms, bars: Bars) -> Positions:
    """Return a guess of what stood before the first bar, from the open interest known by then.

    What stood of venues that are told of later is guessed at when they are, by `run`.
    """
    positions = nobody(terms)
    positions.pulse[:, _GUESSED] = 0.0
    _guess(positions, terms, bars, 0)
    return positions


def _guess(positions: Positions, terms: Terms, bars: Bars, row: int) -> None:
    """Add what stood of the venues that are first told of in a row of bars.

    Inflow is taken as steady, and what stands as what came in over a tier's mean life: until
    traders close by choice or price, which wanders, finds them. Entries lie around the first
    price, as far as it wanders meanwhile.
    """
    inflow = terms.model.turnover * _VOLUME_PER_DAY + _MOVED_PER_DAY
    chosen = np.log(2) * DAY_MS / HOUR_MS / np.array(terms.model.half_life_h) + _MOVED_PER_DAY
    bins = np.arange(terms.grid.bins) + 0.5
    for v in np.flatnonzero((positions.pulse[:, _GUESSED] == 0) & _told(bars)[:, row]):
        positions.pulse[v, _GUESSED] = 1.0
        away = bins - _bins(bars.close[v, row], terms.grid)
        for k, leverage in enumerate(terms.model.tiers):
            if np.isnan(terms.offer[v, k]).any():
                continue
            for s, sign in enumerate((-1.0, 1.0)):
                shift, weight = terms.offer[v, k, s]
                life = 1 / (chosen[k] + (_WANDER / (shift * terms.grid.step)) ** 2 / 3)
                deviation = np.hypot(_WANDER * np.sqrt(life), terms.model.spread / leverage)
                shape = np.exp(-0.5 * ((away - shift) * terms.grid.step / deviation) ** 2)
                shape *= terms.grid.step / deviation / np.sqrt(2 * np.pi) * (sign * away > 1)
                shape[shape < _NOTHING] = 0.0
                _add(
                    positions, (int(v), k, s), bars.before[v, row] * inflow * life * weight * shape
                )


def _add(positions: Positions, place: tuple[int, int, int], row: NDArray[np.float64]) -> None:
    """Add standing mass, (bin,) base units, of one venue, tier and side."""
    occupied = np.flatnonzero(row)
    if not occupied.size:
        return
    positions.mass[place] += row / positions.scale[place[:2]]
    positions.ledger[place][: LEDGER.index("deposited") + 1] += row.sum()
    extent = positions.extent[place]
    extent[:] = min(extent[0], occupied[0]), max(extent[1], occupied[-1] + 1)


def _told(bars: Bars) -> NDArray[np.bool_]:
    """Return where a venue's price and open interest are both known, (venue, bar)."""
    told: NDArray[np.bool_] = ~np.isnan(bars.close) & ~np.isnan(bars.before)
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of bars left."""

    positions: Positions
    usd: NDArray[np.float32]  # (side, bar, bin) Usd standing after each bar
    flow: F8  # (bar, venue, tier, side) Usd that the column before each bar makes it fire


def run(terms: Terms, positions: Positions, bars: Bars, *, columns: bool = True) -> Run:
    """Carry a state through bars; the given state is left as it was.

    A live tick is a run of one bar from the state before it. Without `columns`, `usd` has none.
    Raises ValueError for bars of other venues or another length than the terms are for.
    """
    if len(bars.venues) != terms.offer.shape[0] or bars.interval_ms != terms.interval_ms:
        raise ValueError(f"bars of {bars.venues} at {bars.interval_ms} ms do not fit the terms")
    after = positions.copy()
    waiting = after.pulse[:, _GUESSED] == 0
    if not waiting.any() or not len(bars):
        usd, flow = _advanced(terms, after, bars, columns=columns)
        return Run(positions=after, usd=usd, flow=flow)
    ran = []
    for first, last in pairwise([0, *_joins(bars, waiting), len(bars)]):
        _guess(after, terms, bars, first)
        ran.append(_advanced(terms, after, bars.rows(first, last), columns=columns))
    usd = np.concatenate([usd for usd, _ in ran], axis=1)
    flow = np.concatenate([flow for _, flow in ran])
    return Run(positions=after, usd=usd, flow=flow)


def _joins(bars: Bars, waiting: NDArray[np.bool_]) -> list[int]:
    """Return the rows after the first in which a waiting venue, (venue,), is first told of."""
    told = _told(bars)[waiting]
    return sorted(set(told.argmax(axis=1)[told.any(axis=1)].tolist()) - {0})


def _advanced(
    terms: Terms, positions: Positions, bars: Bars, *, columns: bool
) -> tuple[NDArray[np.float32], F8]:
    """Change a state by bars; return the columns and the flow."""
    usd = np.empty((2, len(bars) if columns else 0, terms.grid.bins), np.float32)
    flow = np.zeros((len(bars), *terms.offer.shape[:3]))
    advance(
        usd,
        flow,
        positions.mass,
        positions.scale,
        positions.ledger,
        positions.extent,
        positions.pulse,
        _as_input(bars, terms),
        terms.grid.centres,
        terms.offer,
        terms.blur,
        terms.reach,
        terms.decay,
        terms.habits,
        np.empty(terms.grid.bins),
    )
    return usd, flow


def opened_in(bars: Bars, turnover: float) -> NDArray[np.float64]:
    """Return what each bar opened, (venue, bar) base units: rises of OI and a share of volume.

    Where volume is unknown it is guessed from open interest and the bar's height: volume and
    volatility go together, and a map without turnover scores worse than prices alone.
    """
    guess = _VOLUME_PER_RANGE * np.nan_to_num(bars.before) * np.log(bars.high / bars.low)
    volume = np.where(np.isnan(bars.volume), guess, bars.volume)
    opened: NDArray[np.float64] = np.nan_to_num(np.maximum(bars.change, 0.0) + turnover * volume)
    return opened


def _as_input(bars: Bars, terms: Terms) -> F8:
    """Return the kernel's view of bars: (venue, bar, BARS)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        keep = np.where((bars.change < 0) & (bars.before > 0), 1 + bars.change / bars.before, 1.0)
    columns = {
        "entry_low": _bins(bars.low, terms.grid),
        "entry_high": _bins(bars.high, terms.grid),
        "trigger_low": _bins(bars.trigger_low, terms.grid),
        "trigger_high": _bins(bars.trigger_high, terms.grid),
        "close": _bins(bars.close, terms.grid),
        "opened": opened_in(bars, terms.model.turnover),
        "keep": np.maximum(keep, 0.0),
    }
    return floats(np.stack([columns[name] for name in BARS], axis=-1))


def _bins(price: F8 | float, grid: PriceGrid) -> NDArray[np.float64]:
    coordinates: NDArray[np.float64] = np.log(price) / grid.step - grid.first
    return coordinates


def _blur(deviation: NDArray[np.float64], reach: NDArray[np.int64]) -> F8:
    """Tabulate the mixed normal distribution integrated twice, and its first difference, in bins.

    (tier, 2, offset, x). The difference is the distribution function averaged over a bin, so
    that two of them give the share of an even spread of entries that falls into a bin.
    """
    length = 2 * int(reach.max()) + 2 * WIDEST + 4
    whole = np.arange(length) - reach[:, None, None] - WIDEST
    x = whole - np.arange(OFFSETS)[:, None] / OFFSETS
    integral = np.zeros(x.shape)
    for share, width in BLURS:
        s = width * deviation[:, None, None]
        density = np.exp(-0.5 * (x / s) ** 2) / np.sqrt(2 * np.pi)
        integral += share * (x * ndtr(x / s) + s * density)
    return floats(np.stack([integral[..., :-1], np.diff(integral, axis=-1)], axis=1))
