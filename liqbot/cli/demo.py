"""liqbot demo: all that liqbot does, on a market whose every position is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liqbot.cli import files, terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from liqbot.cli.terminal import Tell
    from liqbot.heatmap.history import History
    from liqbot.heatmap.model import Model

_MARKET, _DAYS = "BTC", 7.0  # two days of forced orders to fit on, after the warm-up
_CASCADE_H = 3.0  # before the end, price is driven into a build-up
_LOOK_H, _SHOWN_H = 9.0, 4.0  # before the end: what the bot is sent through, and what is shown


def demo(
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where recording and pictures go.")
    ] = Path("liqbot-demo"),
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Which chance it has.")
    ] = 1,
) -> None:
    """Simulate, fit, score, draw and alert; no network."""
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
    with terminal.progress("Sending the bot through the last hours, and a cascade") as tell:
        messages = _received(recording, found.model, out / "alerts", tell)
    show = terminal.out()
    show.print("", as_table.levels(history, View(), None), "", sep="\n")
    show.print(as_table.proof(found, simulated=seen.simulated))
    show.print(f"\nWhat somebody who asked for every alert got in the last {_SHOWN_H:g} hours:\n")
    show.print("\n\n".join(messages) or "Nothing.", markup=False, highlight=False)
    names = ", ".join(each.name for each in pictures)
    show.print(f"\nIn {out}: {names}, report.json, flow.csv, flow.png, recording, alerts")
    typer.echo(f"Go on: liqbot levels {_MARKET} --recording {recording}")


def _simulate(recording: Path, seed: int) -> None:
    from liqbot.market.units import Side, Usd
    from liqbot.simulation.settings import Planted, Settings
    from liqbot.simulation.simulated import simulate

    end_h = _DAYS * 24
    planted = Planted(
        market=_MARKET,
        side=Side.LONG,
        usd=Usd(400e6),
        distance=0.03,
        begin_h=0.6 * end_h,
        end_h=0.95 * end_h,
        shock_h=end_h - _CASCADE_H,
    )
    settings = Settings(days=_DAYS, markets=(_MARKET,), seed=seed, planted=(planted,))
    with terminal.progress(f"Simulating {_DAYS:g} days of {_MARKET}") as tell:
        simulate(settings, tell).write(recording)


def _received(recording: Path, model: "Model", out: Path, tell: "Tell") -> list[str]:
    """Send the bot through the last hours; return what it told, but for buttons and alt texts."""
    import asyncio
    import os
    import shutil
    import sys
    from datetime import timedelta

    from liqbot import logs
    from liqbot.cli.replaying import ordered, relived, told_since
    from liqbot.config.shape import Config
    from liqbot.market.units import moment_of

    shutil.rmtree(out, ignore_errors=True)
    files.folder(out)
    logs.set_up(sys.stderr, os.environ, "console", "error")
    order = ordered(recording, out, model)
    end = moment_of(order.to_ms)
    begin = max(moment_of(order.from_ms), end - timedelta(hours=_LOOK_H))
    order = ordered(recording, out, model, from_=begin.isoformat())
    asyncio.run(relived(order, Config(), tell))
    return told_since(out, end - timedelta(hours=_SHOWN_H))


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
