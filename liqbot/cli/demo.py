"""liqbot demo: all that liqbot does, on a market whose every position is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liqbot.cli import files, terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from liqbot.heatmap.history import History

_MARKET, _DAYS = "BTC", 7.0  # two days of forced orders to fit on, after the warm-up


def demo(
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where recording and pictures go.")
    ] = Path("liqbot-demo"),
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Which chance it has.")
    ] = 1,
) -> None:
    """Simulate, fit, score and draw: no network, no tokens."""
    files.folder(out)
    recording = out / "recording"
    terminal.note("SIMULATED: nobody traded this. No network, no tokens.")
    with terminal.progress("Loading; the first run compiles the engine"):
        from liqbot.charts.chart import View
        from liqbot.cli import as_table, proof
        from liqbot.cli.look import look
        from liqbot.heatmap.model import Model
    _simulate(recording, seed)
    with terminal.progress("Fitting to the tape, scoring on later hours") as tell:
        seen = look(recording, _MARKET)
        found = proof.prove(seen, Model(), None, tell)
        proof.put(found, View(), out, simulated=seen.simulated)
    with terminal.progress("Drawing") as tell:
        history = seen.recall(found.model, View().range, None)
        pictures = _draw(history, out, tell)
    show = terminal.out()
    show.print("", as_table.levels(history, View(), None), "", sep="\n")
    show.print(as_table.proof(found, simulated=seen.simulated))
    names = ", ".join(each.name for each in pictures)
    show.print(f"\nIn {out}: {names}, report.json, flow.csv, flow.png, recording")
    typer.echo(f"Go on: liqbot levels {_MARKET} --recording {recording}")


def _simulate(recording: Path, seed: int) -> None:
    from liqbot.simulation.settings import Settings
    from liqbot.simulation.simulated import simulate

    what = f"Simulating {_DAYS:g} days of {_MARKET}"
    with terminal.progress(what) as tell:
        simulate(Settings(days=_DAYS, markets=(_MARKET,), seed=seed), tell).write(recording)


def _draw(history: "History", out: Path, tell: "Callable[[float], None]") -> list[Path]:
    """Draw every chart; return where the pictures are."""
    from liqbot.charts import CHARTS
    from liqbot.charts.chart import View

    paths = []
    for done, (name, chart) in enumerate(CHARTS.items(), start=1):
        path = out / f"{history.base.lower()}-{name}.png"
        files.write(path, chart.draw(history, View()).png)
        paths.append(path)
        tell(done / len(CHARTS))
    return paths
