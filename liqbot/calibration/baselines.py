"""What a model has to beat: prices alone, and the recipe that most engines use."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from liqbot.calibration.flow import Spans, summed
from liqbot.heatmap.bars import Bars
from liqbot.heatmap.engine import Terms, grid_for, nobody, run, terms_of
from liqbot.heatmap.kernels import OFFER
from liqbot.heatmap.model import Model
from liqbot.market.units import HOUR_MS, floats

_WINDOWS_H = (0.25, 1.0, 4.0, 12.0, 24.0, 72.0)
_USUAL_TIERS = (5.0, 10.0, 25.0, 50.0, 100.0)


def weigh(columns: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve non-negative least squares, rows divided by √(target + its mean).

    columns (span, column), target (span,) Usd; returns (column,). MODEL.md §4.
    """
    mean = float(target.mean()) if target.size else 0.0
    if mean <= 0:
        return np.zeros(columns.shape[1])
    row = 1 / np.sqrt(target + mean)
    weights: NDArray[np.float64] = nnls(columns * row[:, None], target * row)[0]
    return weights


def price_only(bars: Bars, spans: Spans, fit: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Model (side, span) Usd from how far bars exceed their trailing extremes, no OI at all.

    Windows of 15 m … 72 h, weights by `weigh` on the spans in `fit`.
    """
    with np.errstate(invalid="ignore"):
        low, high = np.log(_across(bars.low, np.fmin)), np.log(_across(bars.high, np.fmax))
    modelled = np.zeros((2, len(spans)))
    for side, (extreme, sign) in enumerate(((low, -1.0), (high, 1.0))):
        beyond = np.stack(
            [_beyond(sign * extreme, int(h * HOUR_MS) // bars.interval_ms) for h in _WINDOWS_H],
            axis=1,
        )
        columns = summed(beyond, bars, spans)
        modelled[side] = columns @ weigh(columns[fit], spans.realised[side][fit])
    return modelled


def usual_recipe(
    bars: Bars, base: str, spans: Spans, fit: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Model (side, span) Usd as most public engines do.

    Rising OI alone, at the bar; tiers 5, 10, 25, 50, 100 alike; no maintenance margin; nothing
    decays; one fitted scale a side.
    """
    silent = floats(np.zeros_like(bars.volume))
    bare = replace(bars, volume=silent, change=floats(np.maximum(bars.change, 0.0)))
    terms = _usual_terms(bare, base)
    swept = run(terms, nobody(terms), bare, columns=False).flow.sum(axis=(1, 2))
    columns = summed(swept, bars, spans)
    return np.stack(
        [
            columns[:, side] * weigh(columns[fit, side : side + 1], spans.realised[side][fit])[0]
            for side in (0, 1)
        ]
    )


def _usual_terms(bars: Bars, base: str) -> Terms:
    tiers = np.array(_USUAL_TIERS)
    share = (1 / tiers.size,) * tiers.size
    model = Model(
        version="usual recipe",
        tiers=_USUAL_TIERS,
        long_weights=share,
        short_weights=share,
        half_life_h=(1e9,) * tiers.size,
        turnover=0.0,
        spread=0.02,
        tilt=0.0,
    )
    terms = terms_of(model, base, bars.venues, grid_for(bars), bars.interval_ms)
    offer = terms.offer.copy()
    offer[..., OFFER.index("shift")] = (
        np.log(np.stack([1 - 1 / tiers, 1 + 1 / tiers], axis=1)) / terms.grid.step
    )
    return replace(terms, offer=floats(offer))


def _across(values: NDArray[np.float64], pick: np.ufunc) -> NDArray[np.float64]:
    """Reduce (venue, bar) to (bar,), passing over the unknown."""
    across: NDArray[np.float64] = pick.reduce(values, axis=0)
    return across


def _beyond(extreme: NDArray[np.float64], bars: int) -> NDArray[np.float64]:
    """Return by how much each value exceeds the largest of so many (or 1) before, (bar,) ≥ 0."""
    bars = max(bars, 1)
    known = np.where(np.isnan(extreme), -np.inf, extreme)
    padded = np.concatenate([np.full(bars, -np.inf), known[:-1]])
    before = np.lib.stride_tricks.sliding_window_view(padded, bars).max(axis=1)
    both = np.isfinite(before) & np.isfinite(known)
    over = np.zeros(known.size)
    np.subtract(known, before, out=over, where=both)
    return np.maximum(over, 0.0, out=over)
