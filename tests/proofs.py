"""A proof made up for tests: ten hours, four of them fitted."""

from dataclasses import fields

import numpy as np

from liqbot.calibration.evaluation import OURS, PRICE_ONLY, USUAL, Evaluation
from liqbot.calibration.flow import Spans
from liqbot.calibration.place import PlaceScore
from liqbot.calibration.score import flow_score
from liqbot.calibration.truth import TruthScore
from liqbot.heatmap.bars import align
from liqbot.heatmap.heatmap import MassLedger
from liqbot.heatmap.model import Model
from liqbot.market.units import HOUR_MS, Side, floats, integers
from tests.builders import START_MS, an_observation

_LEDGER = [each.name for each in fields(MassLedger)]


def a_proof(hours: int = 10, fitted: int = 4) -> Evaluation:
    """Return a proof with a place and a truth score for each side."""
    hour = np.arange(hours)
    realised = floats(1e5 * np.stack([1 + hour % 4, 1 + hour * 3 % 5]))
    spans = Spans(
        from_ms=integers(START_MS + hour * HOUR_MS),
        to_ms=integers(START_MS + (hour + 1) * HOUR_MS),
        realised=realised,
    )
    seen = hour < fitted
    modelled = {
        OURS: realised * (0.8 + 0.1 * (hour % 3)),
        PRICE_ONLY: realised + 1e5 * (hour % 3),
        USUAL: realised[:, ::-1],
    }
    flow = {
        name: (flow_score(usd[0], realised[0], seen), flow_score(usd[1], realised[1], seen))
        for name, usd in modelled.items()
    }
    return Evaluation(
        base="BTC",
        bars=align([an_observation()]),
        model=Model(),
        unfitted=None,
        spans=spans,
        seen=seen,
        modelled=modelled,
        flow=flow,
        place=tuple(_place(side) for side in Side),
        truth=tuple(
            TruthScore(side=side, reach=0.1, cosine=0.97, mass_ratio=1.1, true_usd=2e6)
            for side in Side
        ),
        ledger=MassLedger(**dict.fromkeys(_LEDGER, floats(np.zeros((1, 2, 1))))),
    )


def _place(side: Side) -> PlaceScore:
    return PlaceScore(
        side=side,
        n=12,
        quantile=0.61,
        quantile_low=0.55,
        quantile_high=0.67,
        precision=0.25,
        precision_low=0.09,
        precision_high=0.53,
        distance_only=0.08,
    )
