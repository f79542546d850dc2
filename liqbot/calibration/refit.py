"""A market's model fitted anew, and held against the one that the market goes by.

The new model keeps its scores by name: its skill and that of the model before, of prices alone
(`price_only`) and of the usual recipe (`usual_recipe`), the `hours` that they were scored on, and
of each side with prints in these hours `place_long_…` and `place_short_…`, as a PlaceScore has it.
Of those hours in which most was expected, 80 % realised between `realised_low` and
`realised_high` times as much.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liqbot.calibration.baselines import price_only, usual_recipe
from liqbot.calibration.fit import fit
from liqbot.calibration.flow import Spans, realised, scored, summed
from liqbot.calibration.place import at_mark, place_scores
from liqbot.calibration.score import flow_score
from liqbot.errors import OutOfRange
from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.model import Model
from liqbot.market.observation import Observation

LEAST_SPANS = 168  # hours with known liquidations, below which a score is mostly chance
_HEAVY = 0.8  # share of the scored hours in which less is expected than in the heaviest
_FEWEST = 10  # heavy hours of both sides, below which their spread is mostly chance
_WITHIN = (10, 90)  # percentiles
_TAIL = 0.2  # share of the hours, the newest, that a fit may not see


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """A new model beside the one before, both scored on hours that the new one has not seen."""

    model: Model  # with its skill
    before: float  # the other's skill
    hours: int  # scored

    @property
    def skill(self) -> float:
        """How well the new model explains what was liquidated; 1 is perfect, 0 is no skill."""
        return self.model.scores["skill"]

    @property
    def is_better(self) -> bool:
        """Whether it should take the place of the one before."""
        return self.skill > self.before


def refit(
    base: str,
    observations: Sequence[Observation],
    current: Model,
    prior: Model,
    progress: Callable[[float], None] = lambda _: None,
) -> Refit:
    """Fit a market's model to what its venues' tapes tell, all but the newest fifth of it.

    The score is of that fifth (MODEL.md §4). It is the scored model that is returned: one fitted
    to all hours could not be scored. `progress` is told the share done; what it raises ends it.
    Raises OutOfRange where too little was told.
    """
    bars = align(observations)
    tapes = {each.instrument.venue: each.tape for each in observations}
    whole = scored(realised(tapes, None, bars), bars)
    count = len(whole)
    if count < LEAST_SPANS:
        raise OutOfRange(
            f"{base}: a model is fitted to {LEAST_SPANS} hours of forced orders at least, after a"
            f" warm-up; {count} are known."
        )
    seen = np.arange(count) < count - int(count * _TAIL)
    judged_by_ms = int(whole.to_ms[seen][-1])
    spans = scored(realised(tapes, None, bars, judged_by_ms=judged_by_ms), bars)
    model = fit(base, bars, spans.where(seen), prior, progress)
    hours, before = int((~seen).sum()), _skill(base, bars, spans, seen, current)
    scores = {
        "skill": _skill(base, bars, spans, seen, model),
        "before": before,
        "price_only": _skill_of(price_only(bars, spans, seen), spans, seen),
        "usual_recipe": _skill_of(usual_recipe(bars, base, spans, seen), spans, seen),
        "hours": float(hours),
        **_spread(base, bars, spans.where(~seen), model),
        **_places(base, bars, observations, model, judged_by_ms),
    }
    return Refit(model=replace(model, scores=scores), before=before, hours=hours)


def _places(
    base: str, bars: Bars, observations: Sequence[Observation], model: Model, since_ms: int
) -> dict[str, float]:
    """Return where prints fell since a moment (Unix ms), by name; nothing of a side without."""
    tapes = [at_mark(each).since(since_ms) for each in observations]
    return {
        f"place_{told.side}_{name}": float(value)
        for told in place_scores(base, bars, tapes, model)
        if told.n
        for name, value in told.as_dict().items()
        if name != "side"
    }


def _spread(base: str, bars: Bars, spans: Spans, model: Model) -> dict[str, float]:
    """Return between which multiples of what was expected heavy hours realised, by name."""
    expected = _swept(base, bars, spans, model) * np.array(model.realisation)[:, None]
    heavy = expected >= np.quantile(expected, _HEAVY, axis=1, keepdims=True)
    heavy &= expected > 0
    if heavy.sum() < _FEWEST:
        return {}
    low, high = np.percentile((spans.realised / np.where(heavy, expected, 1.0))[heavy], _WITHIN)
    return {"realised_low": float(low), "realised_high": float(high)}


def _skill(base: str, bars: Bars, spans: Spans, seen: NDArray[np.bool_], model: Model) -> float:
    return _skill_of(_swept(base, bars, spans, model), spans, seen)


def _swept(base: str, bars: Bars, spans: Spans, model: Model) -> NDArray[np.float64]:
    """Return what a model takes to be swept in each span, (side, span) raw Usd."""
    terms = terms_of(model, base, bars.venues, grid_for(bars), bars.interval_ms)
    flow = run(terms, guessed(terms, bars), bars, columns=False).flow
    return summed(flow.sum(axis=(1, 2)), bars, spans).T


def _skill_of(usd: NDArray[np.float64], spans: Spans, seen: NDArray[np.bool_]) -> float:
    return sum(flow_score(usd[s], spans.realised[s], seen).skill() for s in (0, 1)) / 2
