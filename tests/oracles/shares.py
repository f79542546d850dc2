"""What falls into each bin of an even spread, blurred by Gaussians: integrals, no tables."""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from liqbot.heatmap.engine import BLURS
from liqbot.heatmap.kernels import OFFSETS, WIDEST
from liqbot.market.units import F8

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


@dataclass(frozen=True)
class Shares:
    """Shares of one in the bins first, first + 1 … of the lattice, in or out of any grid."""

    first: int
    share: F8

    def __iter__(self) -> "zip[tuple[int, float]]":
        return zip(range(self.first, self.first + self.share.size), self.share, strict=True)


def as_tabulated(low: float, high: float, deviation: float, reach: int) -> list[Shares]:
    """Return what a bar's entries leave, in bins: in pieces, at the offsets of the kernel's table.

    The kernel knows blurs only at quarters of a bin, spreads at most 16 bins at once, and cuts
    `reach` bins beyond the bins of both ends. Shares sum to one over the pieces.
    """
    pieces = 1 + int((high - low) / (WIDEST - 1))
    height = (high - low) / pieces
    found = []
    for p in range(pieces):
        left = floor((low + p * height) * OFFSETS + 0.5) / OFFSETS
        right = floor((low + (p + 1) * height) * OFFSETS + 0.5) / OFFSETS
        right = max(right, left + 1 / OFFSETS)
        bins = range(floor(left) - reach, floor(right) + reach + 1)
        share = _mixed(left, right, deviation, bins)
        found.append(Shares(bins[0], share / share.sum() / pieces))
    return found


def exact(low: float, high: float, deviation: float) -> list[Shares]:
    """Return what a bar's entries leave, in bins, with nothing rounded and hardly a tail cut."""
    right = max(high, low + 1e-6)
    tail = 8 * deviation * max(width for _, width in BLURS)
    bins = range(floor(low - tail), floor(right + tail) + 1)
    return [Shares(bins[0], _mixed(low, right, deviation, bins))]


def _mixed(left: float, right: float, deviation: float, bins: range) -> F8:
    """Return the shares of each bin, over the kinds of positions."""
    share = np.zeros(len(bins))
    for part, width in BLURS:
        share += part * _integrated(left, right, width * deviation, bins)
    return share


def _integrated(left: float, right: float, deviation: float, bins: range) -> F8:
    """Integrate the density of uniform(left, right) + normal(0, deviation) over each bin.

    Bins are integrated in pieces of a quarter or less, none longer than two deviations.
    """
    pieces = 4 * ceil(1 / (8 * deviation))
    begin = (np.arange(len(bins) * pieces) / pieces + bins.start)[:, None]
    density = _density(begin + (_NODES + 1) / 2 / pieces, left, right, deviation)
    share: F8 = (density @ _WEIGHTS / 2 / pieces).reshape(len(bins), pieces).sum(axis=1)
    return share


def _density(
    x: NDArray[np.float64], left: float, right: float, deviation: float
) -> NDArray[np.float64]:
    """Return the density of uniform(left, right) + normal(0, deviation) at x.

    Beyond the spread both ends are mirrored, where the distribution function does not run
    into 1 and its differences keep their digits.
    """
    mirrored = x > (left + right) / 2
    near, far = np.where(mirrored, right - x, x - left), np.where(mirrored, left - x, x - right)
    density: NDArray[np.float64] = (ndtr(near / deviation) - ndtr(far / deviation)) / (right - left)
    return density
