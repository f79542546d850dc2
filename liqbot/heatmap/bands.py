"""Where a column of the map is dense: the bands of price that one would point at.

A map is mostly broad humps on a slope, with cliffs where price swept. What one recognises in it
is not the ground that a hump covers, often a tenth of the price, but its dense core; and no map
is right to better than 1 … 3 % of price. So, per side:

1. Mass is discounted by its distance from mark, half at 3 %: the nearest matters more, and what
   few people hold at high leverage would else drown in what many hold at low leverage.
2. Gaps of at most two bins are closed, at every height (a morphological closing).
3. Runs of bins above a floor, a share of the side's heaviest bin, are looked at.
4. A run is cut at its valleys, the shallowest filled first, until every hump rises by a share of
   its height over the valley towards a higher one. A shoulder is no hump.
5. The bins around a hump's heaviest one that are at least half as heavy are its core. Of a core
   wider than 3 %, the heaviest 3 % that hold the peak.
6. Bands that are a tiny share of their side are left out, and all but its heaviest twelve.

Every threshold is a share of the same column, so scale and place on the lattice change nothing.
What is told of a band is the mass that stands, without discount.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap.grid import PriceGrid
from liqbot.market.units import Price, Side, Usd

MOST = 12  # bands a side
_HALF = 0.03  # log distance from mark at which mass counts half
_FLOOR = 0.15  # of the side's heaviest bin
_RISE = 0.05  # of a hump's height; lower humps are hard to see in any colour map
_CORE = 0.5  # of the hump's heaviest bin
_WIDEST = 0.03  # of price
_LIGHTEST = 0.02  # of the side's mass

Column = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Neighbouring heavy bins of one side at one moment."""

    side: Side
    span: PriceGrid  # its bins, on the lattice that all maps share
    peak: int  # lattice number of the heaviest bin
    usd: Usd  # raw modelled
    centre: Price  # centre of mass, in log price

    @property
    def name(self) -> str:
        """What tells apart the bands of one moment, like "L-11423"."""
        return f"{self.side[0].upper()}-{self.peak}"

    @property
    def low(self) -> Price:
        """The lower edge."""
        return self.span.low

    @property
    def high(self) -> Price:
        """The upper edge."""
        return Price(float(np.exp(self.stop * self.span.step)))

    @property
    def stop(self) -> int:
        """One past the lattice number of the last bin."""
        return self.span.first + self.span.bins


def bands_of(usd: Column, grid: PriceGrid, mark: float) -> tuple[Band, ...]:
    """Return the dense bands of a column, (side, bin) Usd: longs, then shorts, nearest first."""
    return tuple(band for side in Side for band in _bands_of(side, usd, grid, mark))


def band_on(side: Side, span: PriceGrid, usd: Column, grid: PriceGrid) -> Band | None:
    """Return what a column, (side, bin) Usd, holds on a span; None if nothing."""
    first = max(span.first - grid.first, 0)
    stop = max(span.first + span.bins - grid.first, first)
    mass = usd[side.index, first:stop].astype(np.float64)
    total = mass.sum()
    if not total > 0:
        return None
    centre = np.exp(mass @ np.log(grid.centres[first:stop]) / total)
    return Band(
        side=side,
        span=span,
        peak=grid.first + first + int(mass.argmax()),
        usd=Usd(float(total)),
        centre=Price(float(centre)),
    )


def shared_usd(one: Band, other: Band, usd: Column, grid: PriceGrid) -> Usd:
    """Return what a column, (side, bin) Usd, holds on the bins that two bands share."""
    first = max(one.span.first, other.span.first, grid.first) - grid.first
    stop = min(one.stop, other.stop) - grid.first
    if one.side is not other.side or stop <= first:
        return Usd(0.0)
    return Usd(float(usd[one.side.index, first:stop].sum(dtype=np.float64)))


def _bands_of(side: Side, usd: Column, grid: PriceGrid, mark: float) -> Iterable[Band]:
    at = grid.index(mark)
    # In the order in which price would meet them, so that both sides are one case.
    if side is Side.LONG:
        nearest, step = min(at, grid.bins - 1), -1
        outward = slice(nearest, None, -1) if nearest >= 0 else slice(0)
    else:
        nearest, step = max(at, 0), 1
        outward = slice(nearest, None)
    mass = usd[side.index, outward] / (1 + np.abs(np.log(grid.centres[outward] / mark)) / _HALF)
    if not mass.size:
        return []
    least = _LIGHTEST * mass.sum()
    widest = max(int(np.log1p(_WIDEST) / grid.step), 1)
    weighed = [(-mass[core].sum(), core) for core in _cores(mass, widest)]
    heavy = [each for each in weighed if -each[0] >= least]
    heaviest = sorted(heavy, key=itemgetter(0))[:MOST]
    found = []
    for core in sorted((core for _, core in heaviest), key=lambda core: core.start):
        lowest = grid.first + nearest + min(step * core.start, step * (core.stop - 1))
        span = PriceGrid(lowest, grid.width, core.stop - core.start)
        found.append(band_on(side, span, usd, grid))
    return [band for band in found if band]


def _cores(mass: NDArray[np.float64], widest: int) -> list[slice]:
    """Return the core of each hump, rising, at most `widest` bins each."""
    closed = _closed(mass)
    top = closed.max()
    if not top > 0:
        return []
    above = np.concatenate(([False], closed >= _FLOOR * top, [False]))
    edges = np.flatnonzero(above[1:] != above[:-1])
    cores = []
    for start, stop in edges.reshape(-1, 2).tolist():
        cuts = [start, *(start + each for each in _valleys(closed[start:stop])), stop]
        cores += [_core(mass, closed, hump, end, widest) for hump, end in pairwise(cuts)]
    return cores


def _closed(mass: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill gaps of at most two bins up to their lower shore."""
    ground = np.zeros(mass.size + 4)
    ground[2:-2] = mass
    swollen = np.maximum(np.maximum(ground[:-2], ground[1:-1]), ground[2:])
    return np.minimum(np.minimum(swollen[:-2], swollen[1:-1]), swollen[2:])


def _valleys(run: NDArray[np.float64]) -> list[int]:
    """Return the bottoms at which a run of bins falls apart into humps."""
    turns = np.flatnonzero(np.concatenate(([True], run[1:] != run[:-1])))
    level = np.concatenate(([0.0], run[turns], [0.0]))
    rises, falls = level[1:-1] > level[:-2], level[1:-1] > level[2:]
    valleys: list[int] = turns[~rises & ~falls].tolist()
    peaks = run[turns[rises & falls]].tolist()
    bottoms = [0.0, *run[valleys].tolist(), 0.0]
    shares = [max(pair) / peak for pair, peak in zip(pairwise(bottoms), peaks, strict=True)]
    while valleys and max(shares) > 1 - _RISE:
        flattest = shares.index(max(shares))
        filled = flattest if bottoms[flattest] >= bottoms[flattest + 1] else flattest + 1
        del peaks[flattest], shares[flattest], bottoms[filled], valleys[filled - 1]
        # The neighbour that shared the valley has another bottom now.
        joined = filled - 1 if filled == flattest else flattest
        shares[joined] = max(bottoms[joined : joined + 2]) / peaks[joined]
    return valleys


def _core(
    mass: NDArray[np.float64], closed: NDArray[np.float64], start: int, stop: int, widest: int
) -> slice:
    """Return the dense part of the hump on the bins start … stop − 1."""
    peak = start + int(mass[start:stop].argmax())
    light = closed[start:stop] < _CORE * mass[peak]
    before, after = np.flatnonzero(light[: peak - start]), np.flatnonzero(light[peak - start :])
    first = start + int(before[-1]) + 1 if before.size else start
    last = peak + int(after[0]) if after.size else stop
    if last - first > widest:
        under = np.concatenate(([0.0], mass[first:last].cumsum()))
        windows = under[widest:] - under[:-widest]
        nearest = max(peak - first - widest + 1, 0)
        holding = windows[nearest : peak - first + 1]
        first += nearest + int(holding.argmax())
        last = first + widest
    occupied = np.flatnonzero(mass[first:last])  # a cut may lie in a gap that was closed
    return slice(first + int(occupied[0]), first + int(occupied[-1]) + 1)
