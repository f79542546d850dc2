"""liqbot replay: the bot on recorded time."""

from pathlib import Path
from typing import Annotated

import typer

from liqbot.cli import files, options, terminal


def replay(
    *,
    recording: options.Folder,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where transcript and pictures go.")
    ],
    markets: Annotated[
        str | None,
        typer.Option("--markets", metavar="LIST", help="BTC,ETH  [default: all recorded]"),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="The first look.  [default: first]")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="The last look.  [default: last]")
    ] = None,
    model: options.ModelFile = None,
    config: options.ConfigFile = None,
) -> None:
    """Replay the bot on a recording; broken off, it goes on."""
    import asyncio
    import os
    import sys

    files.folder(out)
    with terminal.progress("Reading", told=False):
        from liqbot import logs
        from liqbot.cli import as_score
        from liqbot.cli.look import model_in, settings
        from liqbot.cli.replaying import ordered, relived

        given = settings(config)
        logs.set_up(sys.stderr, os.environ, given.operations.log_form, "error")
        bases = None if markets is None else options.names(markets)
        assumed = model_in(model, given)
        order = ordered(recording, out, assumed, bases=bases, from_=from_, to=to)
    with terminal.progress(f"Replaying {', '.join(order.bases)}") as tell:
        done = asyncio.run(relived(order, given, tell))
    show = terminal.out()
    show.print(as_score.told(done), "", as_score.outcomes(done.outcomes), sep="\n")
    typer.echo(f"\nIn {out}: transcript.txt, pictures, replay.db")
