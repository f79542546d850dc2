"""A market as files for other programs: its map, its clusters and its tape."""

import asyncio
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import IO, Protocol, TypeAlias

from liqbot.desk import Export
from liqbot.errors import Busy, OutOfRange
from liqbot.heatmap.history import History
from liqbot.live.export_readme import readme
from liqbot.live.export_tables import Table, tables
from liqbot.live.markets import LiveMarkets
from liqbot.market.instrument import MarketQuery, choose
from liqbot.market.observation import Observation
from liqbot.market.recording.export import write_rows
from liqbot.market.units import moment_of

Written: TypeAlias = list[tuple[Table, str, int]]  # each with its file and rows

_PACKED = ".parquet"  # compressed already
_LEAST = timedelta(hours=1)
_SPARE = 0.9  # of the room, as what is left out may have been the smaller part


class Parcel(Protocol):
    """Takes files, one after the other."""

    def add(self, name: str) -> IO[bytes]:
        """Open a file to be written and closed."""
        ...


class Zip:
    """Files in a .zip, dated as told."""

    def __init__(self, archive: zipfile.ZipFile, at: datetime) -> None:
        self._archive, self._at = archive, at.astimezone(UTC)

    def add(self, name: str) -> IO[bytes]:
        """Open a file in it."""
        entry = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        entry.external_attr = 0o644 << 16  # its owner may write it, everybody read it
        if not name.endswith(_PACKED):
            entry.compress_type = zipfile.ZIP_DEFLATED
        return self._archive.open(entry, "w", force_zip64=True)


def packed(
    into: Parcel,
    history: History,
    observations: Iterable[Observation],
    *,
    span: timedelta,
    form: str,
    tell: Callable[[float], None] = lambda _: None,
) -> Written:
    """Write a market's tables in a form, and what they hold; return what was written."""
    from_ms = history.snapshot.at_ms - span // timedelta(milliseconds=1)
    label = f"SIMULATED-{history.base}" if history.simulated else history.base
    written: Written = []
    for table in tables(history, observations, from_ms):
        name = f"{label}-{table.name}.{form}"
        with into.add(name) as file:
            written.append((table, name, write_rows(file, table.parts(tell), form)))
    with into.add("README.md") as file:
        file.write(readme(history, written, form, from_ms).encode())
    return written


class LiveExports:
    """Makes exports of the live markets, one at a time, in a thread."""

    def __init__(self, markets: LiveMarkets) -> None:
        self._markets = markets
        self._busy = False

    async def make(self, query: MarketQuery, span: timedelta, form: str, most: int) -> Export:
        """Return an export of a span, or of as much of it as fits into so many bytes.

        Raise UnknownName, Blind, OutOfRange where not even an hour fits, and Busy while another
        one is made.
        """
        if self._busy:
            raise Busy("Another export is being made. Try again in a minute.")
        self._busy = True
        try:
            instruments = choose(query, self._markets.known())
            history = await self._markets.history(query, span)
            held = (self._markets.memory.of(each) for each in instruments)
            seen = [each for each in held if each is not None]
            return await asyncio.to_thread(_fitting, history, seen, span, form, most)
        finally:
            self._busy = False


def _fitting(
    history: History, seen: Iterable[Observation], span: timedelta, form: str, most: int
) -> Export:
    observations, part = list(seen), span
    while part >= _LEAST:
        made = _made(history, observations, part, form)
        if len(made.content) <= most:
            return made
        part = part * (_SPARE * most / len(made.content)) // _LEAST * _LEAST
    raise OutOfRange(f"Not even an hour of {history.base} fits into {most:,} bytes.")


def _made(history: History, seen: list[Observation], span: timedelta, form: str) -> Export:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        written = packed(Zip(archive, history.at), history, seen, span=span, form=form)
    simulated = "simulated-" if history.simulated else ""
    first = moment_of(int(history.heatmap.opened_ms[0]))
    return Export(
        name=f"{simulated}{history.base.lower()}-{history.at.astimezone(UTC):%Y%m%d-%H%M}.zip",
        content=file.getvalue(),
        span=span,
        since=max(moment_of(history.snapshot.at_ms) - span, first),
        rows={table.name: rows for table, _, rows in written},
        simulated=history.simulated,
    )
