"""How alike modelled and realised dollars are."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.calibration.ranks import ranks

_SMALL_USD = 10_000.0  # what counts as little in an hour, for the logarithm


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowScore:
    """MODEL.md §5, one side, over spans the fit has not seen. 1 is perfect, 0 is no skill."""

    n: int
    spearman: float
    log_corr: float  # of log(1 + USD ÷ 10 000)
    sqrt_corr: float  # of √USD
    r2_sqrt: float  # in √USD, the scale fitted on the spans before

    def skill(self) -> float:
        """Return the mean of the four measures."""
        return (self.spearman + self.log_corr + self.sqrt_corr + self.r2_sqrt) / 4

    def as_dict(self) -> dict[str, float]:
        """Return the measures by name."""
        return asdict(self)


def flow_score(
    modelled: NDArray[np.float64], actual: NDArray[np.float64], fit: NDArray[np.bool_]
) -> FlowScore:
    """Score one side's modelled against actual Usd, both (span,), on the spans outside `fit`.

    A measure that is not defined (nothing varies, or nothing is there, not even in `fit` to scale
    by) is 0: no skill shown.
    """
    test = ~fit
    model_root, actual_root = np.sqrt(modelled), np.sqrt(actual)
    power = float(model_root[fit] @ model_root[fit])
    scale = float(model_root[fit] @ actual_root[fit]) / power if power > 0 else 0.0
    around = actual_root[test] - actual_root[test].mean() if test.any() else np.zeros(0)
    spread = float(around @ around) if power > 0 else 0.0
    miss = actual_root[test] - scale * model_root[test]
    return FlowScore(
        n=int(test.sum()),
        spearman=_rank_correlation(modelled[test], actual[test]),
        log_corr=_correlation(
            np.log1p(modelled[test] / _SMALL_USD), np.log1p(actual[test] / _SMALL_USD)
        ),
        sqrt_corr=_correlation(model_root[test], actual_root[test]),
        r2_sqrt=1.0 - float(miss @ miss) / spread if spread > 0 else 0.0,
    )


def _varies(*columns: NDArray[np.float64]) -> bool:
    return all(column.size > 2 and bool(np.ptp(column) > 0) for column in columns)


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    # Correlation knows no scale: as shares of their range, not even tiny values underflow.
    return float(np.corrcoef(x / np.ptp(x), y / np.ptp(y))[0, 1]) if _varies(x, y) else 0.0


def _rank_correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return _correlation(ranks(x), ranks(y))
