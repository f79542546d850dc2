"""Histories and proofs as documents."""

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from liqbot.cli.document import Document, fields_of
from liqbot.heatmap.heatmap import MassLedger
from liqbot.heatmap.history import History
from liqbot.heatmap.model import Model
from liqbot.market.units import Side, moment_of

if TYPE_CHECKING:
    from liqbot.calibration.evaluation import Evaluation  # loads scipy.optimize, 0.15 s


def history(known: History, span: str, age: str | None) -> Document:
    """Return what is known of a market now: raw modelled USD by price, clusters, asymmetry.

    `longs_usd[i]` stands from low·(1 + width)^i to low·(1 + width)^(i + 1); `distance` is a
    signed fraction of mark; the ledger is in base units. `span` names the range, and `age`,
    where it is not None, to which positions the map is limited.
    """
    grid = known.snapshot.grid
    longs, shorts = (np.round(known.snapshot.total[side.index], 2) for side in Side)
    return {
        "market": known.base,
        "at": known.at,
        "venues": known.venues,
        "mark": known.snapshot.mark,
        "range": span,
        "model": model(known.model),
        "grid": {"low": grid.low, "width": grid.width, "bins": grid.bins},
        "longs_usd": longs,
        "shorts_usd": shorts,
        "clusters": [fields_of(each) for each in known.clusters],
        "asymmetry": fields_of(known.asymmetry),
        "ledger": ledger(known.ledger),
        "data_age_s": known.data_age_s,
        "coverage": known.coverage,
        "warm": known.warm,
        "age": age,
        "simulated": known.simulated,
    }


def model(assumed: Model) -> Document:
    """Return a model's version and assumptions, times as moments."""
    told = fields_of(assumed)
    for end in ("from", "to"):
        at_ms = getattr(assumed, f"fitted_{end}_ms")
        told[f"fitted_{end}"] = None if at_ms is None else moment_of(at_ms)
        del told[f"fitted_{end}_ms"]
    return told


def ledger(kept: MassLedger) -> Document:
    """Return where all mass went, base units, and the largest relative error of any part."""
    sums = {each.name: float(getattr(kept, each.name).sum()) for each in fields(kept)}
    return {**sums, "error": kept.error}


def proof(found: "Evaluation", *, simulated: bool) -> Document:
    """Return the scores of a map and of its baselines, and the model that they were made with."""
    spans = found.spans
    return {
        "market": found.base,
        "venues": found.bars.venues,
        "from": moment_of(int(spans.from_ms[0])) if len(spans) else None,
        "to": moment_of(int(spans.to_ms[-1])) if len(spans) else None,
        "fit_hours": int(found.seen.sum()),
        "test_hours": int((~found.seen).sum()),
        "unfitted": found.unfitted,
        "flow": {
            name: {side.value: fields_of(scores[side.index]) for side in Side}
            for name, scores in found.flow.items()
        },
        "place": [fields_of(each) for each in found.place],
        "truth": [fields_of(each) for each in found.truth],
        "model": model(found.model),
        "ledger": ledger(found.ledger),
        "simulated": simulated,
    }
