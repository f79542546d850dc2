"""liqbot record: the live markets, into a folder."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liqbot.cli import files, options, terminal
from liqbot.clock import SystemClock
from liqbot.errors import OutOfRange, Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liqbot.cli.recorder import Done, Order
    from liqbot.config.shape import Config
    from liqbot.market.observation import Observation


_PAST = timedelta(days=30)


def record(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the recording goes.")],
    span: Annotated[
        str, typer.Option("--for", metavar="SPAN", help="How long: 90m, 24h, 7d …")
    ] = "1h",
    markets: Annotated[
        str | None,
        typer.Option("--markets", metavar="LIST", help="BTC,ETH  [default: as configured]"),
    ] = None,
    back_fill: Annotated[
        str | None,
        typer.Option("--back-fill", metavar="SPAN", help="The past too: 7d, at most 30d."),
    ] = None,
    config: options.ConfigFile = None,
) -> None:
    """Keep what the markets tell as a recording."""
    from liqbot.chat.arguments import read_duration
    from liqbot.cli.look import settings
    from liqbot.cli.recorder import Order

    given = settings(config)
    order = Order(
        folder=out,
        span=read_duration(span),
        markets=given.markets if markets is None else _listed(markets),
        past=_past(back_fill),
    )
    files.folder(out)
    named = ", ".join(order.markets)
    terminal.note(f"Recording {named} for {span}; Ctrl-C ends it, and what came is kept.")
    done = _recorded(order, given)
    terminal.note(*done.remarks)
    typer.echo(f"{out}: {_told(done.seen)}")
    typer.echo(f"Look at it: liqbot levels {done.seen[0].instrument.base} --recording {out}")


def _recorded(order: "Order", config: "Config") -> "Done":
    """Record, and show how far it is; raise as `recorder.record`."""
    import asyncio
    import os
    import sys

    from liqbot import logs
    from liqbot.cli.recorder import record as recorded

    with terminal.progress("Recording", told=False) as tell:
        logs.set_up(sys.stderr, os.environ, config.operations.log_form, "warning")
        return asyncio.run(recorded(order, config, SystemClock(), tell))


def _listed(text: str) -> tuple[str, ...]:
    """Read which markets; raise Unreadable where there is none."""
    if not (markets := options.names(text)):
        raise Unreadable("list of markets", text, "BTC,ETH or bybit:BTC")
    return markets


def _past(text: str | None) -> timedelta:
    """Read how much of the past is asked for; raise Unreadable, or OutOfRange above 30 days."""
    from liqbot.chat.arguments import read_duration

    past = timedelta(0) if text is None else read_duration(text)
    if past > _PAST:
        raise OutOfRange("Venues tell at most 30d of their past.")
    return past


def _told(seen: "Sequence[Observation]") -> str:
    """Say what was recorded of how many markets."""
    markets = ", ".join(dict.fromkeys(each.instrument.base for each in seen))
    venues = ", ".join(dict.fromkeys(each.instrument.venue for each in seen))
    candles = sum(len(each.candles) for each in seen)
    samples = sum(len(each.open_interest) for each in seen)
    prints = sum(len(each.tape) for each in seen)
    label = "SIMULATED " if any(each.simulated for each in seen) else ""
    return (
        f"{label}{markets} on {venues}: {candles:,} candles,"
        f" {samples:,} samples of open interest, {prints:,} forced orders"
    )
