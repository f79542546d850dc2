"""liqbot export: map, clusters and tape of one market, as files for other programs."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liqbot.cli import options, terminal
from liqbot.clock import SystemClock
from liqbot.errors import OutOfRange, UnknownName

if TYPE_CHECKING:
    from liqbot.cli.sight import Sight
    from liqbot.config.shape import Config
    from liqbot.heatmap.history import History

_LEAST, _MOST = timedelta(hours=1), timedelta(days=90)
_PAST, _WARMING = timedelta(days=30), timedelta(days=5)  # that maps are made of, at least


def export(
    market: options.Asked,
    *,
    recording: Annotated[
        Path | None,
        typer.Option("--recording", metavar="DIR", help="A recording, instead of the archive."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="A .zip, or else a new folder.")
    ],
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="csv, parquet")] = "csv",
    window: Annotated[
        str, typer.Option("--range", metavar="SPAN", help="How much of the past: 1h to 90d.")
    ] = "7d",
    venue: options.Venue = "all",
    at: options.At = None,
    model: options.ModelFile = None,
    config: options.ConfigFile = None,
) -> None:
    """Write map, clusters and tape as files."""
    with terminal.working():
        from liqbot.cli.export_parcel import check
        from liqbot.cli.look import model_in, settings

        span, wanted = _span(window), _form(form)
        check(out)
        given = settings(config)
        assumed = model_in(model, given)
    with terminal.progress("Reading", told=False):
        seen = _see(market, given, recording, venue=venue, at=at, span=span)
    with terminal.working():
        history = seen.recall(assumed, span, None, given)
    terminal.note(*seen.remarks, *seen.repairs)
    _tell_start(history, span)
    _write(out, history, seen, span, wanted)


def _tell_start(history: "History", span: timedelta) -> None:
    """Say since when a market is known, where that is not as long as was asked for."""
    from liqbot.market.units import moment_of

    first = moment_of(int(history.heatmap.opened_ms[0]))
    if first > moment_of(history.snapshot.at_ms) - span:
        terminal.note(f"{history.base} is known only since {first:%Y-%m-%d %H:%M} UTC.")


def _span(text: str) -> timedelta:
    from liqbot.chat.arguments import read_duration

    span = read_duration(text)
    if not _LEAST <= span <= _MOST:
        raise OutOfRange(f"An export is of 1h to 90d, not of {text}.")
    return span


def _form(name: str) -> str:
    from liqbot.market.recording.export import FORMS

    if (wanted := name.strip().lower()) not in FORMS:
        raise UnknownName("format", name, FORMS)
    return wanted


def _see(
    market: str,
    config: "Config",
    recording: Path | None,
    *,
    venue: str,
    at: str | None,
    span: timedelta,
) -> "Sight":
    """Look at a market in a recording, else in the archive; raise as these do."""
    import asyncio

    from liqbot.cli.live import from_archive
    from liqbot.cli.look import look
    from liqbot.cli.sight import query_of

    if recording is not None:
        return look(recording, market, venue, at)
    past_ms = max(_PAST, span + _WARMING) // timedelta(milliseconds=1)
    asked = query_of(market, venue)
    return asyncio.run(from_archive(config, asked, SystemClock(), at, past_ms))


def _write(out: Path, history: "History", seen: "Sight", span: timedelta, form: str) -> None:
    from liqbot.cli.export_parcel import parcel
    from liqbot.live.exports import packed

    with (
        terminal.progress("Writing", told=False) as tell,
        parcel(out, history.at) as into,
    ):
        written = packed(into, history, seen.observations, span=span, form=form, tell=tell)
    counted = ", ".join(f"{table.name} {rows:,}" for table, _, rows in written)
    typer.echo(f"{out}: {'SIMULATED ' if history.simulated else ''}{history.base}, rows: {counted}")
