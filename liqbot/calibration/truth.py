"""The map against a market whose every position is known."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Snapshot
from liqbot.market.units import F8, Side

_SMOOTH = 0.003  # relative width over which both are averaged: levels blur by as much anyway
REACHES = (0.03, 0.10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Positions that stand at one moment."""

    side: NDArray[np.int8]  # (n,) Side.index
    liquidation_price: F8  # (n,) Price
    quantity: F8  # (n,) base units

    def usd(self, grid: PriceGrid) -> NDArray[np.float64]:
        """Return what would be liquidated in each bin, (side, bin) Usd."""
        price = np.maximum(self.liquidation_price, np.finfo(np.float64).tiny)  # 0: never
        bins = np.floor(np.log(price) / grid.step).astype(np.int64) - grid.first
        inside = (bins >= 0) & (bins < grid.bins)
        usd = np.zeros((2, grid.bins))
        np.add.at(
            usd,
            (self.side[inside], bins[inside]),
            (self.quantity * self.liquidation_price)[inside],
        )
        return usd


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthScore:
    """How alike map and truth are on one side, within a reach of the mark."""

    side: Side
    reach: float  # fraction of the mark
    cosine: float  # similarity of the two profiles, 1 = the same shape
    mass_ratio: float  # modelled ÷ true USD
    true_usd: float

    def as_dict(self) -> dict[str, float | str]:
        """Return the score by name."""
        return asdict(self)


def truth_scores(snapshot: Snapshot, truth: Truth) -> tuple[TruthScore, ...]:
    """Score a snapshot against what truly stood then, by side and by each of REACHES.

    Both are averaged over 0.3 % of price. MODEL.md §5.
    """
    known = truth.usd(snapshot.grid)
    return tuple(
        _score(side, reach, snapshot, known[side.index]) for side in Side for reach in REACHES
    )


def _score(side: Side, reach: float, snapshot: Snapshot, known: NDArray[np.float64]) -> TruthScore:
    grid = snapshot.grid
    width = max(round(_SMOOTH / grid.width), 1)
    away = side.sign * (1 - grid.centres / snapshot.mark)
    near = (away > 0) & (away <= reach)
    modelled = snapshot.total[side.index]
    a = uniform_filter1d(modelled, width, mode="constant")[near]
    b = uniform_filter1d(known, width, mode="constant")[near]
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    true_usd = float(known[near].sum())
    return TruthScore(
        side=side,
        reach=reach,
        cosine=float(a @ b) / length if length > 0 else 0.0,
        mass_ratio=float(modelled[near].sum()) / true_usd if true_usd > 0 else np.nan,
        true_usd=true_usd,
    )
