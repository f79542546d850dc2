"""The model that explains realised liquidations best on time it was not fitted on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from liqbot.calibration.flow import Spans, summed
from liqbot.calibration.score import flow_score
from liqbot.errors import OutOfRange
from liqbot.heatmap.bars import Bars
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.model import MOST_REALISED, Model

_LEAST_SPANS = 24  # hours below which nothing can be learned and held back too
_OLDER = 0.6  # share of the spans that choose weights while the newer score them
_WORTH = 0.003  # by how much skill has to rise before an assumption leaves the prior …
_ENOUGH_SPANS = 600  # … on so many spans; the fewer there are, the more, and the more pull
_FORCED = 0.5  # share of what stands at a level that is still there, unstopped, when price comes
_RIDGE = 3.0  # pull towards the prior's shape, relative to what the data know
_HALF_LIVES = (1.0, 0.5, 0.25, 2.0, 4.0)  # × the prior's
_SPREADS = (0.1, 0.2, 0.3)
_TILTS = (-0.4, -0.2, 0.0, 0.2, 0.4)
_TURNOVERS = (0.05, 0.1, 0.3, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One set of assumptions, with its weights from the older spans and its skill on the newer."""

    model: Model
    columns: NDArray[np.float64]  # (span, tier, side) Usd swept at weight 1
    skill: float


def fit(
    base: str,
    bars: Bars,
    spans: Spans,
    prior: Model,
    progress: Callable[[float], None] = lambda _: None,
) -> Model:
    """Fit a model to what was realised in spans, all of which it may see.

    Weights by non-negative least squares, both sides together, pulled towards the shape of the
    prior's; half-lives, turnover, spread and tilt by a small search scored on the newest 40 %
    of the spans (MODEL.md §4). `progress` is told the share done. Raises OutOfRange where there
    is too little to learn from.
    """
    older = _older(spans)
    folds = [spans.realised[:, each].sum(axis=1) for each in (older, ~older)]
    if len(spans) < _LEAST_SPANS or not np.all(np.array(folds) > 0):
        raise OutOfRange(
            f"A fit needs at least {_LEAST_SPANS} hours after a warm-up, with liquidations of both"
            f" sides early and late in them; this window has {len(spans)}."
        )
    bars = bars.rows(0, int(np.searchsorted(bars.opened_ms, spans.to_ms[-1])))  # nothing later
    best = _tried(base, bars, spans, prior)
    changes = _changes(prior)
    for done, change in enumerate(changes, 1):
        model = change(best.model)
        if model != best.model:
            best = _better(best, _tried(base, bars, spans, model))
        progress(done / len(changes))
    return _finished(base, best, spans, bars)


def _changes(prior: Model) -> list[Callable[[Model], Model]]:
    """List what is tried, one assumption after the other."""

    def having(**changes: object) -> Callable[[Model], Model]:
        return lambda model: replace(model, **changes)  # type: ignore[arg-type]  # by name

    lives = [tuple(h * scale for h in prior.half_life_h) for scale in _HALF_LIVES]
    return [
        *(having(half_life_h=each) for each in lives),
        *(having(tilt=each) for each in _TILTS),
        *(having(spread=each) for each in _SPREADS),
        *(having(turnover=each) for each in _TURNOVERS),
    ]


def _older(spans: Spans) -> NDArray[np.bool_]:
    """Return which spans choose weights, (span,); the others score them."""
    return np.arange(len(spans)) < int(len(spans) * _OLDER)


def _better(best: _Trial, other: _Trial) -> _Trial:
    worth = _WORTH * max(1.0, _ENOUGH_SPANS / best.columns.shape[0])
    return other if other.skill > best.skill + worth else best


def _tried(base: str, bars: Bars, spans: Spans, model: Model) -> _Trial:
    """Run a model's assumptions with all tiers alike and rate them."""
    count = len(model.tiers)
    alike = (1 / count,) * count
    whole = replace(model, long_weights=alike, short_weights=alike)
    terms = terms_of(whole, base, bars.venues, grid_for(bars), bars.interval_ms)
    swept = run(terms, guessed(terms, bars), bars, columns=False).flow.sum(axis=1)
    return _rated(model, summed(swept, bars, spans) * count, spans)


def _rated(model: Model, columns: NDArray[np.float64], spans: Spans) -> _Trial:
    older = _older(spans)
    weights = _weights(columns[older], spans.where(older), model)
    skills = [
        flow_score(columns[:, :, s] @ weights[s], spans.realised[s], older).skill() for s in (0, 1)
    ]
    return _Trial(model=model, columns=columns, skill=sum(skills) / 2)


def _weights(columns: NDArray[np.float64], spans: Spans, prior: Model) -> NDArray[np.float64]:
    """Solve for weights, (side, tier) ≥ 0, pulled towards one multiple of the prior's.

    min ‖R(Aw − b)‖² + λ‖w ÷ prior − c‖², R = 1 ÷ √(b + mean b), the common multiple c free;
    everything is linear, so one non-negative least squares solves for w ÷ prior and c.
    """
    tiers = len(prior.tiers)
    shape = np.array([prior.long_weights, prior.short_weights])
    rows, target = [], []
    for s in (0, 1):
        actual = spans.realised[s]
        weight = 1 / np.sqrt(actual + actual.mean())
        block = np.zeros((len(spans), 2 * tiers + 1))
        block[:, s * tiers : (s + 1) * tiers] = columns[:, :, s] * shape[s] * weight[:, None]
        rows.append(block)
        target.append(actual * weight)
    known = np.sqrt((np.concatenate(rows) ** 2).sum(axis=0)[: 2 * tiers]).mean()
    force = known * np.sqrt(_RIDGE * max(1.0, _ENOUGH_SPANS / len(spans)))
    pull = np.hstack([np.eye(2 * tiers), -np.ones((2 * tiers, 1))]) * force
    rows.append(pull)
    target.append(np.zeros(2 * tiers))
    solved = nnls(np.concatenate(rows), np.concatenate(target), maxiter=100 * tiers)[0]
    return shape * solved[: 2 * tiers].reshape(2, tiers)


def _finished(base: str, best: _Trial, spans: Spans, bars: Bars) -> Model:
    """Take the weights from all spans, and the realisation from the newest ones.

    Raw mass counts what would be liquidated if everyone held on; published reports find that
    60–80 % is, and tapes miss some, so realised flow is taken as half of raw at first. Raw mass
    may not exceed open interest; what would is in `realisation` instead.
    """
    older = _older(spans)
    before = _weights(best.columns[older], spans.where(older), best.model)
    modelled = np.einsum("nks,sk->s", best.columns[~older], before) / _FORCED
    ratio = spans.realised[:, ~older].sum(axis=1) / np.maximum(modelled, 1.0)
    weights = _weights(best.columns, spans, best.model) / _FORCED
    most = max(float(weights.sum(axis=1).max()), 1.0)
    most *= _excess(base, bars, _holding(best.model, weights / most))
    if (ratio * most > MOST_REALISED).any():
        raise OutOfRange(
            "What was liquidated is out of all proportion to the open interest and volume known,"
            f" or to what was liquidated earlier: {(ratio * most).max():.3g} times the modelled."
        )
    until = datetime.fromtimestamp(int(spans.to_ms[-1]) / 1000, UTC)
    return replace(
        _holding(best.model, weights / most),
        version=f"{base} {until:%Y-%m-%d %H:%M}",
        realisation=(float(ratio[0] * most), float(ratio[1] * most)),
        venues=bars.venues,
        fitted_from_ms=int(spans.from_ms[0]),
        fitted_to_ms=int(spans.to_ms[-1]),
        scores={"skill": best.skill},
    )


def _holding(model: Model, weights: NDArray[np.float64]) -> Model:
    long, short = (tuple(float(w) for w in weights[s]) for s in (0, 1))
    return replace(model, long_weights=long, short_weights=short)


def _excess(base: str, bars: Bars, model: Model) -> float:
    """Return how many times the open interest stands on the heavier side in the end, at least 1."""
    terms = terms_of(model, base, bars.venues, grid_for(bars), bars.interval_ms)
    standing = run(terms, guessed(terms, bars), bars, columns=False).positions.quantity
    known = np.nansum(bars.before[:, -1] + bars.change[:, -1])
    return max(float(standing.sum(axis=(0, 2, 3)).max() / known), 1.0) if known > 0 else 1.0
