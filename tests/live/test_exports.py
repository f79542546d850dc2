"""A market as files, made one at a time."""

import asyncio
import io
import zipfile
from collections.abc import Mapping
from datetime import timedelta

import polars as pl
import pytest

from liqbot.desk import Export
from liqbot.errors import Busy, OutOfRange, UnknownName
from liqbot.live.exports import LiveExports, Zip
from liqbot.market.instrument import MarketQuery
from liqbot.market.units import DAY_MS, ms_of
from tests.fakes.workshop import NOW, FakeWorkshop

BTC, ROOM = MarketQuery("BTC"), 50_000_000
DAY = timedelta(days=1)


@pytest.fixture
async def hall() -> FakeWorkshop:
    """Return a market whose past is known."""
    hall = FakeWorkshop()
    hall.markets.watch(hall.truth)
    for instrument in hall.truth:
        source = hall.sources[instrument.venue]
        hall.markets.see(await source.observe(instrument, ms_of(NOW) - 3 * DAY_MS))
    return hall


def opened(made: Export) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_the_files_hold_what_is_said_of_them(hall: FakeWorkshop, form: str) -> None:
    made = await LiveExports(hall.markets).make(BTC, DAY, form, ROOM)
    files = opened(made)
    assert set(files) == {"README.md", *(f"BTC-{each}.{form}" for each in made.rows)}
    read = pl.read_csv if form == "csv" else pl.read_parquet
    for name, rows in made.rows.items():
        assert read(io.BytesIO(files[f"BTC-{name}.{form}"])).height == rows
    assert made.rows["map"] > 0
    assert made.name == f"btc-{NOW:%Y%m%d-%H%M}.zip"
    assert not made.simulated


async def test_one_venue_alone_tells_its_own_tape(hall: FakeWorkshop) -> None:
    query = MarketQuery("BTC", venue="okx")
    files = opened(await LiveExports(hall.markets).make(query, DAY, "csv", ROOM))
    assert b"on okx\n" in files["README.md"]


async def test_of_what_is_too_large_the_newest_part_is_made(hall: FakeWorkshop) -> None:
    exports = LiveExports(hall.markets)
    whole = await exports.make(BTC, DAY, "csv", ROOM)
    most = int(0.7 * len(whole.content))
    part = await exports.make(BTC, DAY, "csv", most)
    assert len(part.content) <= most
    assert part.span < whole.span
    assert part.since > whole.since
    assert part.rows["map"] < whole.rows["map"]
    with pytest.raises(OutOfRange, match="Not even an hour of BTC"):
        await exports.make(BTC, DAY, "csv", 100)


async def test_an_hour_is_enough_and_so_is_room_to_the_last_byte(hall: FakeWorkshop) -> None:
    exports, hour = LiveExports(hall.markets), timedelta(hours=1)
    made = await exports.make(BTC, hour, "csv", ROOM)
    again = await exports.make(BTC, hour, "csv", len(made.content))
    assert again.span == made.span == hour
    with pytest.raises(OutOfRange):
        await exports.make(BTC, hour, "csv", len(made.content) - 1)


async def test_a_venue_that_was_never_seen_is_left_out() -> None:
    hall = FakeWorkshop()
    hall.markets.watch(hall.truth)
    (okx,) = [each for each in hall.truth if each.venue == "okx"]
    hall.markets.see(await hall.sources["okx"].observe(okx, ms_of(NOW) - 3 * DAY_MS))
    files = opened(await LiveExports(hall.markets).make(BTC, DAY, "csv", ROOM))
    assert b"on okx\n" in files["README.md"]


async def test_one_is_made_at_a_time(hall: FakeWorkshop) -> None:
    exports = LiveExports(hall.markets)
    first = asyncio.create_task(exports.make(BTC, DAY, "csv", ROOM))
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="Try again in a minute"):
        await exports.make(BTC, DAY, "csv", ROOM)
    assert (await first).rows
    with pytest.raises(UnknownName):
        await exports.make(MarketQuery("XYZ"), DAY, "csv", ROOM)
    assert (await exports.make(BTC, DAY, "csv", ROOM)).rows


def test_a_zip_is_dated_and_packs_what_is_not_packed() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("a.csv", "b.parquet"):
            with Zip(archive, NOW).add(name) as part:
                part.write(b"0" * 1000)
    a, b = zipfile.ZipFile(file).infolist()
    assert a.date_time[:5] == NOW.timetuple()[:5]  # seconds are even in a .zip
    assert a.compress_size < b.compress_size == b.file_size
