"""A proof: made of what was seen, and filed where it can be checked."""

from collections.abc import Callable
from pathlib import Path

from liqbot.calibration.evaluation import OURS, Evaluation, evaluate
from liqbot.charts._flow import draw_flow
from liqbot.charts.chart import View
from liqbot.cli import as_json, document, files
from liqbot.cli.look import Look
from liqbot.heatmap.model import Model
from liqbot.market.units import Side

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
        truth=seen.truth,
        progress=progress,
    )


def put(found: Evaluation, view: View, folder: Path, *, simulated: bool) -> None:
    """Write report.json, flow.csv and flow.png into a folder; raise Unwritable."""
    picture = draw_flow(found, view, simulated=simulated)
    document.put(folder / "report.json", as_json.proof(found, simulated=simulated))
    files.write(folder / "flow.csv", as_csv(found))
    files.write(folder / "flow.png", picture.png)


def as_csv(found: Evaluation) -> str:
    """Return a row for each hour and side; fold is fit or test, dollars are raw."""
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
