"""Logarithmic price bins that every run shares."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from liqbot.market.units import F8, Price, floats


@dataclass(frozen=True)
class PriceGrid:
    """A window on a fixed lattice: bin i spans (1 + width)^(first + i) to the next power.

    The lattice depends on no data, so two runs over different spans of time put the same
    price into the same bin, and a past column never changes because the window did.
    """

    first: int
    width: float  # relative width of one bin: 0.001 = 0.1 %
    bins: int

    @staticmethod
    def between(low: float, high: float, width: float = 0.001) -> "PriceGrid":
        """Return the smallest grid from low to high; raise ValueError unless 0 < low < high."""
        if not (0 < low < high < np.inf and 0 < width < 1):
            raise ValueError(f"no grid from {low} to {high} in steps of {width}")
        step = np.log1p(width)
        first = int(np.floor(np.log(low) / step))
        return PriceGrid(first, width, int(np.floor(np.log(high) / step)) - first + 1)

    @property
    def step(self) -> float:
        """The width of one bin in log price."""
        return float(np.log1p(self.width))

    @property
    def low(self) -> Price:
        """The lower edge of the first bin."""
        return Price(float(np.exp(self.first * self.step)))

    @cached_property
    def edges(self) -> F8:
        """The edges of the bins, (bins + 1,) Price, rising."""
        return floats(np.exp((self.first + np.arange(self.bins + 1)) * self.step))

    @cached_property
    def centres(self) -> F8:
        """The geometric middles of the bins, (bins,) Price, rising."""
        return floats(np.exp((self.first + np.arange(self.bins) + 0.5) * self.step))

    def index(self, price: float) -> int:
        """Return the bin that holds a price; below 0 or from `bins` on when it lies outside."""
        return int(np.floor(np.log(price) / self.step)) - self.first
