"""liqbot fit: a model of one market's traders, from what was liquidated."""

from pathlib import Path
from typing import Annotated

import typer

from liqbot.cli import files, options, terminal


def fit(
    *,
    recording: options.Folder,
    market: options.Market,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The model, as TOML.")],
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="See nothing later.  [default: see all]"),
    ] = None,
    venue: options.Venue = "all",
    model: options.Prior = None,
    config: options.ConfigFile = None,
) -> None:
    """Fit a model to realised liquidations."""
    files.check(out)
    with terminal.progress("Fitting") as tell:
        from liqbot.calibration.fit import fit as fitted
        from liqbot.calibration.flow import realised, scored
        from liqbot.cli.look import look, model_in, settings
        from liqbot.heatmap.bars import align

        prior = model_in(model, settings(config))
        seen = look(recording, market, venue, until)
        bars = align(seen.with_candles())
        tapes = {each.instrument.venue: each.tape for each in seen.observations}
        spans = scored(realised(tapes, seen.totals, bars), bars)
        found = fitted(seen.base, bars, spans, prior, tell)
    files.write(out, found.to_toml())
    terminal.note(*seen.repairs)
    skill = found.scores.get("skill", 0.0)
    typer.echo(f"{out}: model {found.version}, from {len(spans)} hours, skill {skill:.2f}")
