"""The whole proof of one market: fit, then flow, place and truth on time the fit did not see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.calibration.baselines import price_only, usual_recipe, weigh
from liqbot.calibration.fit import fit
from liqbot.calibration.flow import Spans, halves, realised, scored, summed
from liqbot.calibration.place import PlaceScore, at_mark, place_scores, rebuilt
from liqbot.calibration.score import FlowScore, flow_score
from liqbot.calibration.truth import Truth, TruthScore, truth_scores
from liqbot.errors import OutOfRange
from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.heatmap import MassLedger, Snapshot
from liqbot.heatmap.model import Model
from liqbot.market.observation import Observation
from liqbot.market.tape import LiquidationTotals
from liqbot.market.units import floats

OURS, PRICE_ONLY, USUAL = "liqbot", "price only", "usual recipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a market's map is worth."""

    base: str
    bars: Bars
    model: Model  # fitted on the spans in `seen`, or the prior where that could not be done
    unfitted: str | None  # why the model is the prior
    spans: Spans  # those scored or fitted on
    seen: NDArray[np.bool_]  # (span,) which of them the fit saw
    modelled: Mapping[str, NDArray[np.float64]]  # (side, span) Usd, ours and the baselines', each
    #                                              side at the scale that the spans seen tell
    flow: Mapping[str, tuple[FlowScore, FlowScore]]  # (long, short), on the spans not seen
    place: tuple[PlaceScore, ...]  # empty without a tape
    truth: tuple[TruthScore, ...]  # empty where truth is not known
    ledger: MassLedger


def evaluate(
    base: str,
    observations: Sequence[Observation],
    totals: LiquidationTotals | None,
    prior: Model,
    *,
    fit_until_ms: int | None = None,
    truth: Truth | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Evaluation:
    """Fit a market's model on the older half of what was realised and score it on the newer.

    With `fit_until_ms` the fit sees the spans over by then. Realised dollars are the tapes'
    where there are any, else the totals'. Raises OutOfRange where nothing was realised or no
    price is known.
    """
    told = [each for each in observations if len(each.tape)]
    if not told and totals is None:
        raise OutOfRange(f"{base} has no realised liquidations in this recording to score against.")
    if all(np.isnan(each.candles.close).all() for each in observations):
        observations = told = [rebuilt(each) for each in told]
    bars = align(observations)
    spans, seen = _hours(told, totals, bars, fit_until_ms)
    model, unfitted = prior, None
    try:
        model = fit(base, bars, spans.where(seen), prior, progress)
    except OutOfRange as error:
        unfitted = str(error)
    modelled, snapshot, ledger = _modelled(base, bars, spans, model, observations)
    flows = {OURS: _at_scale(modelled, spans, seen, model)}
    if len(spans):
        flows[PRICE_ONLY] = price_only(bars, spans, seen)
        flows[USUAL] = usual_recipe(bars, base, spans, seen)
    return Evaluation(
        base=base,
        bars=bars,
        model=model,
        unfitted=unfitted,
        spans=spans,
        seen=seen,
        modelled=flows,
        flow={name: _both(usd, spans, seen) for name, usd in flows.items()},
        place=place_scores(base, bars, [at_mark(each) for each in told], model) if told else (),
        truth=truth_scores(snapshot, truth) if truth is not None else (),
        ledger=ledger,
    )


def _hours(
    told: Sequence[Observation],
    totals: LiquidationTotals | None,
    bars: Bars,
    fit_until_ms: int | None,
) -> tuple[Spans, NDArray[np.bool_]]:
    """Return the spans, none of them weighed by what the fit may not see, and which it may."""
    tapes = {each.instrument.venue: each.tape for each in told}
    spans = scored(realised(tapes, totals, bars), bars)
    seen = halves(spans, fit_until_ms)
    judged_by_ms = int(spans.to_ms[seen].max(initial=0))
    return scored(realised(tapes, totals, bars, judged_by_ms=judged_by_ms), bars), seen


def _both(
    usd: NDArray[np.float64], spans: Spans, seen: NDArray[np.bool_]
) -> tuple[FlowScore, FlowScore]:
    long, short = (flow_score(usd[s], spans.realised[s], seen) for s in (0, 1))
    return long, short


def _at_scale(
    raw: NDArray[np.float64], spans: Spans, seen: NDArray[np.bool_], model: Model
) -> NDArray[np.float64]:
    """Scale raw Usd as the spans seen tell, like the baselines; by realisation where none are."""
    scales = [weigh(raw[s][seen, None], spans.realised[s][seen])[0] for s in (0, 1)]
    known = [scale or model.realisation[s] for s, scale in enumerate(scales)]
    expected: NDArray[np.float64] = raw * np.array(known)[:, None]
    return expected


def _modelled(
    base: str, bars: Bars, spans: Spans, model: Model, observations: Sequence[Observation]
) -> tuple[NDArray[np.float64], Snapshot, MassLedger]:
    """Run a model over all bars: (side, span) Usd swept, what stands at the end, the ledger."""
    terms = terms_of(model, base, bars.venues, grid_for(bars), bars.interval_ms)
    ran = run(terms, guessed(terms, bars), bars, columns=False)
    snapshot = Snapshot(
        at_ms=bars.ended_ms,
        mark=next(e.mark for e in observations if e.instrument.venue == bars.venues[0]),
        grid=terms.grid,
        venues=bars.venues,
        tiers=model.tiers,
        usd=floats(ran.positions.quantity * terms.grid.centres),
    )
    return summed(ran.flow.sum(axis=(1, 2)), bars, spans).T, snapshot, ran.positions.mass_ledger
