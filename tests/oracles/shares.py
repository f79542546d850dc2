"""What falls into each bin of an even spread, blurred by a Gaussian: integrals, no tables."""

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from liqbot.heatmap.kernels import OFFSETS, WIDEST
from liqbot.market.units import F8

_PARTS = 4  # pieces of a bin that are integrated apart: edges lie at their ends or nowhere sharp
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
        share = _integrated(left, right, deviation, bins)
        found.append(Shares(bins[0], share / share.sum() / pieces))
    return found


def exact(low: float, high: float, deviation: float) -> list[Shares]:
    """Return what a bar's entries leave, in bins, with nothing rounded and hardly a tail cut."""
    right = max(high, low + 1e-6)
    tail = 8 * deviation
    bins = range(floor(low - tail), floor(right + tail) + 1)
    return [Shares(bins[0], _integrated(low, right, deviation, bins))]


def _integrated(left: float, right: float, deviation: float, bins: range) -> F8:
    """Integrate the density of uniform(left, right) + normal(0, deviation) over each bin."""
    share = np.zeros(len(bins))
    for part in range(_PARTS):
        begin = np.arange(bins.start, bins.stop) + part / _PARTS
        x = begin[:, None] + (_NODES + 1) / 2 / _PARTS
        share += _density(x, left, right, deviation) @ _WEIGHTS / 2 / _PARTS
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
