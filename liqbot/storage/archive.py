"""The market's archive in a database."""

from datetime import datetime

import numpy as np
from sqlalchemy import ColumnElement, exists, or_, select

from liqbot.errors import ModelError, StorageError
from liqbot.heatmap.heatmap import Heatmap
from liqbot.heatmap.model import Model
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation, gaps_in
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import Price, moment_of, ms_of
from liqbot.storage import books, brackets, instruments, retention, snapshots, tables
from liqbot.storage.database import Database
from liqbot.storage.retention import Retention
from liqbot.storage.rows import BAR_MS, columns_between, rows_of
from liqbot.storage.upserts import put

_SERIES = (tables.bars, tables.marks, tables.open_interest, tables.funding, tables.tape)
_CANDLES = (tables.bars, tables.marks)


class SqlArchive:
    """Keeps what was seen, what was made of it, and on what assumptions.

    Implements the market's Archive; what else is kept of markets is here too, beside it.
    """

    def __init__(self, database: Database, kept: Retention | None = None) -> None:
        self._database = database
        self._retention = kept or Retention()

    async def keep(self, observation: Observation) -> None:
        """Keep all rows of an observation in one transaction; rows kept already are replaced.

        Books are thinned. Raise StorageError also for candles that are not 5 minutes long, and
        where a market is kept as real and seen as simulated or the other way round.
        """
        instrument, simulated = observation.instrument, observation.simulated
        async with self._database.writing() as connection:
            number = await instruments.enter(connection, instrument, simulated=simulated)
            for table, rows in rows_of(number, observation).items():
                await put(connection, table, rows)
            if observation.book is not None:
                await put(connection, tables.books, [books.row_of(number, observation.book)])

    async def read(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return what is kept of an instrument, stamped from … to (Unix ms), as one observation."""
        async with self._database.reading() as connection:
            number, simulated = await instruments.find(connection, instrument) or (-1, False)
            told = {}
            for table in _SERIES:
                last_ms = to_ms - BAR_MS if table in _CANDLES else to_ms
                told[table] = await columns_between(connection, table, number, from_ms, last_ms)
            book = await books.newest_between(connection, number, from_ms, to_ms)
        candles, _ = Candles.mended(BAR_MS, told[tables.bars])
        marks, _ = Candles.mended(BAR_MS, told[tables.marks])
        open_interest, _ = OpenInterest.mended(told[tables.open_interest])
        return Observation(
            instrument=instrument,
            observed_at=moment_of(to_ms),
            mark=_newest_price(candles, marks),
            candles=candles,
            mark_candles=marks if len(marks) else None,
            open_interest=open_interest,
            funding=Funding.mended(told[tables.funding])[0],
            tape=Tape.mended(told[tables.tape])[0],
            book=book,
            gaps=gaps_in(candles, open_interest, from_ms, to_ms),
            repairs=(),
            simulated=simulated,
        )

    async def span(self, instrument: Instrument) -> tuple[int, int] | None:
        """Return from when to when candles are kept of an instrument (Unix ms), if any are."""
        bars, ends = tables.bars.c, list[int]()
        async with self._database.reading() as connection:
            number, _ = await instruments.find(connection, instrument) or (-1, False)
            for order in (bars.opened_ms.asc(), bars.opened_ms.desc()):
                mine = select(bars.opened_ms).where(
                    bars.instrument_id == number, bars.close.is_not(None)
                )
                ends += (await connection.scalars(mine.order_by(order).limit(1))).all()
        return (ends[0], ends[1] + BAR_MS) if ends else None

    async def known(self) -> tuple[Instrument, ...]:
        """Return the instruments of which anything is kept, sorted."""
        every = tables.instruments.c
        kept = [
            exists().where(table.c.instrument_id == every.id) for table in (*_SERIES, tables.books)
        ]
        async with self._database.reading() as connection:
            found = await connection.execute(
                select(every.venue, every.base, every.quote).where(or_(*kept))
            )
            return tuple(Instrument(*names) for names in sorted(tuple(row) for row in found))

    async def prune(self, at: datetime) -> int:
        """Forget what is older than its kind is kept for, a small batch at a time; count rows."""
        return await retention.prune(self._database, self._retention, at)

    async def keep_brackets(
        self, instrument: Instrument, schedule: MarginSchedule, at: datetime
    ) -> None:
        """Keep brackets as valid from a moment on; nothing is written where they did not change."""
        async with self._database.writing() as connection:
            await brackets.keep(connection, instrument, schedule, ms_of(at))

    async def brackets(self, instrument: Instrument, at: datetime) -> MarginSchedule | None:
        """Return the brackets valid at a moment, or None where none are known."""
        async with self._database.reading() as connection:
            return await brackets.newest(connection, instrument, ms_of(at))

    async def keep_snapshots(self, base: str, heatmap: Heatmap) -> None:
        """Keep a market's map as it stood at the end of each hour that is whole in it, rounded."""
        async with self._database.writing() as connection:
            await put(connection, tables.snapshots, snapshots.rows_of(base, heatmap))

    async def snapshots(self, base: str, from_ms: int, to_ms: int) -> Heatmap | None:
        """Return a market's hourly columns that opened from … and closed by … (Unix ms)."""
        async with self._database.reading() as connection:
            return await snapshots.between(connection, base, from_ms, to_ms)

    async def keep_model(self, base: str, model: Model, at: datetime) -> None:
        """Keep the model that a market goes by from a moment on."""
        async with self._database.writing() as connection:
            await put(connection, tables.models, [(base, ms_of(at), model.to_toml())])

    async def newest_model(self, base: str, at: datetime) -> Model | None:
        """Return the model a market went by at a moment, or None where none is kept."""
        found = await self._models(base, 1, tables.models.c.kept_ms <= ms_of(at))
        return found[0][1] if found else None

    async def kept_models(self, base: str, limit: int) -> tuple[tuple[datetime, Model], ...]:
        """Return at most so many models of a market, each with since when; the newest first."""
        return await self._models(base, limit)

    async def _models(
        self, base: str, limit: int, *wanted: ColumnElement[bool]
    ) -> tuple[tuple[datetime, Model], ...]:
        models = tables.models.c
        async with self._database.reading() as connection:
            found = await connection.execute(
                select(models.kept_ms, models.toml)
                .where(models.base == base, *wanted)
                .order_by(models.kept_ms.desc())
                .limit(limit)
            )
            rows = found.all()
        try:
            return tuple((moment_of(row.kept_ms), Model.from_toml(row.toml)) for row in rows)
        except ModelError as error:
            raise StorageError(f"the model kept for {base} is damaged: {error}") from error


def _newest_price(candles: Candles, marks: Candles) -> Price:
    """Return the last known close; of two at once the mark's."""
    told = [(-1, 0, float("nan"))]
    for rank, series in enumerate((candles, marks)):
        known = np.flatnonzero(~np.isnan(series.close))
        if known.size:
            told.append((int(series.closed_ms[known[-1]]), rank, float(series.close[known[-1]])))
    return Price(max(told)[2])
