"""liqbot evaluate: how true one market's map is."""

from pathlib import Path
from typing import Annotated

import typer

from liqbot.cli import files, options, terminal


def evaluate(
    *,
    recording: options.Folder,
    market: options.Market,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the proof goes.")],
    fit_until: Annotated[
        str | None,
        typer.Option(
            "--fit-until", metavar="TIME", help="The fit sees what was before.  [default: half]"
        ),
    ] = None,
    venue: options.Venue = "all",
    model: options.Prior = None,
    config: options.ConfigFile = None,
) -> None:
    """Score a map and two baselines on time no fit has seen."""
    files.folder(out)
    with terminal.progress("Fitting and scoring") as tell:
        from liqbot.cli import as_table, proof
        from liqbot.cli.look import look, model_in, moment, settings

        given = settings(config)
        seen = look(recording, market, venue)
        until_ms = None if fit_until is None else moment(seen.recording, seen.base, fit_until)
        found = proof.prove(seen, model_in(model, given), until_ms, tell)
        proof.put(found, given.charts, out, simulated=seen.simulated)
    terminal.note(*seen.repairs)
    terminal.out().print(as_table.proof(found, simulated=seen.simulated))
    typer.echo(f"\nIn {out}: report.json, flow.csv, flow.png")
