"""A proof: made of what was seen, and filed where it can be checked."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from liqbot.calibration.evaluation import OURS, Evaluation, evaluate
from liqbot.calibration.truth import Truth
from liqbot.charts._flow import draw_flow
from liqbot.charts.chart import View
from liqbot.cli import as_json, document, files
from liqbot.cli.look import Look
from liqbot.errors import RecordingError
from liqbot.heatmap.model import Model
from liqbot.market.recording.table import read_table
from liqbot.market.units import Side, floats
from liqbot.simulation.simulated import TRUTH_FILE

COLUMNS = ("from_ms", "to_ms", "side", "fold", "modelled_usd", "realised_usd")


def prove(
    seen: Look, prior: Model, fit_until_ms: int | None, progress: Callable[[float], None]
) -> Evaluation:
    """Fit and score one market; raise OutOfRange where nothing was realised."""
    return evaluate(
        seen.base,
        seen.observations,
        seen.totals,
        prior,
        fit_until_ms=fit_until_ms,
        truth=truth_of(seen),
        progress=progress,
    )


def truth_of(seen: Look) -> Truth | None:
    """Return the positions that truly stood at the end, where a simulated recording tells.

    Raise RecordingError for what makes no sense.
    """
    path = seen.recording.folder / TRUTH_FILE
    if not (seen.simulated and path.exists()):
        return None
    rows = read_table(path)
    for name in ("market", "venue", "side", "liquidation_price", "quantity"):
        if name not in rows:
            raise RecordingError(f"{path}: column {name} is missing")
    mine = (rows["market"] == seen.base) & (rows["liquidation_price"] > 0)
    mine &= np.isin(rows["venue"], [each.instrument.venue for each in seen.observations])
    return Truth(
        side=(rows["side"][mine] == Side.SHORT.value).astype(np.int8),
        liquidation_price=floats(rows["liquidation_price"][mine]),
        quantity=floats(rows["quantity"][mine]),
    )


def put(found: Evaluation, view: View, folder: Path, *, simulated: bool) -> None:
    """Write report.json, flow.csv and flow.png into a folder; raise Unwritable."""
    picture = draw_flow(found, view, simulated=simulated)
    document.put(folder / "report.json", as_json.proof(found, simulated=simulated))
    files.write(folder / "flow.csv", as_csv(found))
    files.write(folder / "flow.png", picture.png)


def as_csv(found: Evaluation) -> str:
    """Return a row for each hour and side; fold is fit or test, dollars at the scale fitted."""
    spans, modelled = found.spans, found.modelled[OURS]
    rows = [
        f"{from_ms},{to_ms},{side.value},{'fit' if seen else 'test'},"
        f"{modelled[side.index, i]:.2f},{spans.realised[side.index, i]:.2f}"
        for i, (from_ms, to_ms, seen) in enumerate(
            zip(spans.from_ms, spans.to_ms, found.seen, strict=True)
        )
        for side in Side
    ]
    return "\n".join([",".join(COLUMNS), *rows, ""])
