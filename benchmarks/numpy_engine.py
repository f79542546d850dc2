"""The engine's model in plain NumPy: venues, tiers, sides and bins at once, bars in a Python loop.

What one would write without a compiler. All that does not depend on the state is worked out for
every bar beforehand, and blurs are looked up in a table. It keeps no mass ledger and takes only
bars without holes and less than 15 bins high, so it has a little less to do than the engine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from liqbot.heatmap.bars import Bars
from liqbot.heatmap.engine import BLURS, Positions, Terms, opened_in
from liqbot.heatmap.kernels import _BEFORE_THE_TURN, _STEEP, OFFER, OFFSETS
from liqbot.market.units import F8, I8


@dataclass(frozen=True, kw_only=True)
class Deposits:
    """Where each bar's openings go; axes (bar, venue, tier, side), prices in bins."""

    start: I8  # the bin of the lower end of what is spread
    end: I8  # the bin of its upper end
    rise: I8  # where the blurred lower end stands in the table
    fall: I8  # and the upper one
    whole: F8  # what the cut blur adds up to
    reach: I8  # (tier, 1, 1) bins
    table: F8  # (row × x,): the distribution function, averaged over a bin
    bins: I8  # (bin,)

    def shares(self, i: int) -> F8:
        """Return what share of bar i's openings each bin gets, (venue, tier, side, bin)."""
        above_start = self.bins - self.start[i, ..., None]
        above_end = self.bins - self.end[i, ..., None]
        inside = (above_start >= -self.reach) & (above_end <= self.reach)
        rise = self.table.take(above_start + self.rise[i, ..., None], mode="clip")
        fall = self.table.take(above_end + self.fall[i, ..., None], mode="clip")
        shares: F8 = (rise - fall) * (inside / self.whole[i, ..., None])
        return shares


def deposits_of(terms: Terms, bars: Bars) -> Deposits:
    """Work out where each bar's openings go."""
    low, high = (_bins(price, terms).T[..., None, None] for price in (bars.low, bars.high))
    shift = terms.offer[..., OFFER.index("shift")]
    left = np.floor((low + shift) * OFFSETS + 0.5).astype(np.int64)
    right = np.maximum(np.floor((high + shift) * OFFSETS + 0.5).astype(np.int64), left + 1)
    start, end = left // OFFSETS, right // OFFSETS
    reach = terms.reach[:, None]
    deviation = (terms.model.spread / np.array(terms.model.tiers) / terms.grid.step)[:, None]
    whole = sum(
        sign * _twice(edge - side / OFFSETS, deviation)
        for sign, edge, side in (
            (1, end + reach + 1, left),
            (-1, start - reach, left),
            (-1, end + reach + 1, right),
            (1, start - reach, right),
        )
    )
    longest = int(reach.max()) + 16
    x = np.arange(-longest, longest + 2) - np.arange(OFFSETS)[:, None] / OFFSETS
    table = np.diff(_twice(x, deviation[..., None]), axis=-1)
    row = np.arange(len(terms.reach))[:, None] * OFFSETS
    return Deposits(
        start=start,
        end=end,
        rise=(row + left % OFFSETS) * table.shape[-1] + longest,
        fall=(row + right % OFFSETS) * table.shape[-1] + longest,
        whole=np.asarray(whole),
        reach=reach[..., None],
        table=table.ravel(),
        bins=np.arange(terms.grid.bins),
    )


def run_in_numpy(
    terms: Terms, start: Positions, bars: Bars
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return what `liqbot.heatmap.engine.run` calls usd and flow."""
    price, bins, weight = (
        terms.grid.centres,
        np.arange(terms.grid.bins),
        terms.offer[..., OFFER.index("weight")],
    )
    low, high = _bins(bars.trigger_low, terms), _bins(bars.trigger_high, terms)
    close, opened = _bins(bars.close, terms), opened_in(bars, terms.model.turnover)
    keep = np.where(bars.change < 0, np.maximum(1 + bars.change / bars.before, 0), 1.0)
    deposits = deposits_of(terms, bars)
    mass = start.quantity.transpose(0, 2, 1, 3).copy()  # (venue, tier, side, bin)
    usd = np.zeros((2, len(bars), bins.size), np.float32)
    flow = np.zeros((len(bars), *mass.shape[:3]))
    inflow, trend = opened[:, 0].copy(), close[:, 0].copy()
    variance, lean = np.zeros_like(trend), np.zeros_like(trend)
    tilt, *memory = terms.habits
    for i in range(len(bars)):
        gone = np.stack([bins >= np.floor(low[:, i, None]), bins <= np.floor(high[:, i, None])], 1)
        stays, lost = (~gone[:, None]).astype(float), gone * price
        swept = np.einsum("vksb,vsb->vks", mass, lost)
        mass *= keep[:, i, None, None, None] * terms.decay[:, None, None] * stays
        shares = deposits.shares(i)
        tilted = weight * (1 + lean[:, None, None] * np.array([1, -1]))
        expected = inflow[:, None, None] * tilted if i else 0.0
        flow[i] = swept + _BEFORE_THE_TURN * expected * np.einsum("vksb,vsb->vks", shares, lost)
        shares *= (opened[:, i, None, None] * tilted)[..., None]
        shares *= stays
        mass += shares
        usd[:, i] = mass.sum(axis=(0, 1)) * price
        away = close[:, i] - trend
        inflow += memory[0] * (opened[:, i] - inflow)
        trend += memory[1] * away
        variance += memory[1] * (away**2 - variance)
        steep = np.maximum(_STEEP * np.sqrt(variance), np.finfo(float).tiny)
        lean = tilt * np.clip(away / steep, -1, 1)
    return usd, flow


def _bins(price: F8, terms: Terms) -> F8:
    coordinates: F8 = np.log(price) / terms.grid.step - terms.grid.first
    return coordinates


def _twice(x: F8, deviation: F8) -> F8:
    """Integrate the mix of normal distributions twice."""
    integral: F8 = np.zeros(np.broadcast_shapes(x.shape, deviation.shape))
    for share, width in BLURS:
        s = width * deviation
        integral += share * (x * ndtr(x / s) + s * np.exp(-0.5 * (x / s) ** 2) / np.sqrt(2 * np.pi))
    return integral
