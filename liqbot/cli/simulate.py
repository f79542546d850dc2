"""liqbot simulate: a recording of a market whose every position is known."""

from pathlib import Path
from typing import Annotated

import typer

from liqbot.cli import files, options, terminal


def simulate(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the recording goes.")],
    days: Annotated[
        float, typer.Option("--days", metavar="N", min=0.01, max=400, help="How long.")
    ] = 3.0,
    markets: Annotated[
        str, typer.Option("--markets", metavar="LIST", help="BTC, ETH, SOL, DOGE, AVAX")
    ] = "BTC,ETH",
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Which chance it has.")
    ] = 1,
) -> None:
    """Write a recording of markets that are simulated."""
    from liqbot.simulation.settings import Settings
    from liqbot.simulation.simulated import TRUTH_FILE
    from liqbot.simulation.simulated import simulate as simulated

    settings = Settings(days=days, markets=options.names(markets), seed=seed)
    files.folder(out)
    with terminal.progress(f"Simulating {', '.join(settings.markets)}") as tell:
        made = simulated(settings, tell)
        made.write(out)
    typer.echo(f"{out}: {made.label}, {days:g} days of {', '.join(settings.markets)}")
    typer.echo(f"Every position that stood at the end: {out / TRUTH_FILE}")
