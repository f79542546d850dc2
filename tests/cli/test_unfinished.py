"""A recording that is being made: what is kept, and what is left of it."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liqbot.cli.unfinished import finish, unfinished
from liqbot.errors import RecordingError, StorageError
from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording, read_marker
from liqbot.market.recording.writer import write_recording
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Side
from tests.builders import (
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_candles,
    some_funding,
)

WHAT = ("candles", "mark_candles", "open_interest", "funding", "tape", "book", "simulated")


def seen(base: str = "BTC", *, bars: int = 12, **more: object) -> Observation:
    """An observation that tells of everything, some of it unknown."""
    candles = some_candles([100.0, np.nan, *(100.0 + row for row in range(bars - 2))])
    told: dict[str, Any] = {
        "mark_candles": some_candles(range(90, 90 + bars), volume=np.nan),
        "funding": some_funding([0.0001, -0.0002]),
        "tape": Tape.of([a_liquidation(side) for side in (Side.LONG, Side.LONG, Side.SHORT)]),
        "book": OrderBook.of(START_MS, [(99.0, 1.0), (98.0, 2.0)], [(101.0, 3.0)]),
    }
    return an_observation(candles, base=base, **(told | more))


def same_rows(one: Observation, other: Observation) -> bool:
    return all(same(getattr(one, name), getattr(other, name)) for name in WHAT)


async def made(folder: Path, *observations: Observation) -> tuple[Observation, ...]:
    """Record observations in one go."""
    async with unfinished(folder) as archive:
        for each in observations:
            await archive.keep(each)
        return await finish(folder, archive)


def files(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


async def test_a_recording_read_back_is_what_was_kept(tmp_path: Path) -> None:
    told = (seen("BTC"), seen("ETH", mark_candles=None, book=None))
    done = await made(tmp_path, *told)
    recording = Recording.open(tmp_path)
    assert recording.instruments == tuple(each.instrument for each in told)
    for kept, each in zip(done, told, strict=True):
        assert same_rows(kept, each)
        assert same_rows(recording.read(each.instrument), each)


async def test_nothing_but_the_recording_is_left(tmp_path: Path) -> None:
    await made(tmp_path, seen())
    names = ("book", "candles_5m", "funding", "liquidations", "mark_5m", "open_interest")
    expected = {f"binance/BTC-USDT/{name}.parquet" for name in names}
    assert files(tmp_path) == expected | {"recording.toml"}


async def test_where_nothing_came_nothing_is_left(tmp_path: Path) -> None:
    assert await made(tmp_path) == ()
    assert files(tmp_path) == set()


async def test_a_recording_is_gone_on_with(tmp_path: Path) -> None:
    whole = seen(bars=12, tape=Tape.of(()))
    early_ms = int(whole.candles.closed_ms[5])
    early = replace(
        whole,
        candles=whole.candles.until(early_ms),
        open_interest=whole.open_interest.until(early_ms),
        mark_candles=None,
        book=None,
    )
    late = replace(whole, candles=whole.candles.since(early_ms))
    await made(tmp_path, early)
    await made(tmp_path, late, seen("ETH"))
    recording = Recording.open(tmp_path)
    assert recording.bases == ("BTC", "ETH")
    assert same_rows(recording.read(whole.instrument), whole)


async def ended(folder: Path, *, finished: bool) -> None:
    """Record, and be ended before it is over."""
    async with unfinished(folder) as archive:
        await archive.keep(seen("BTC"))
        if finished:
            await finish(folder, archive)
        raise OSError("the end")


async def test_what_was_kept_outlives_an_end_at_any_moment(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the end"):
        await ended(tmp_path, finished=False)
    assert not [each for each in files(tmp_path) if each.endswith(".parquet")]
    await made(tmp_path, seen("ETH"))
    recording = Recording.open(tmp_path)
    assert recording.bases == ("BTC", "ETH")
    assert same_rows(recording.read(seen("BTC").instrument), seen("BTC"))


async def test_an_end_between_two_files_is_mended_by_the_next(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the end"):
        await ended(tmp_path, finished=True)
    (tmp_path / "binance" / "BTC-USDT" / "book.parquet").unlink()
    (tmp_path / ".part" / "binance").mkdir(parents=True)  # of a file that was being written
    await made(tmp_path)
    assert same_rows(Recording.open(tmp_path).read(seen().instrument), seen())
    assert not (tmp_path / ".part").exists()


async def test_a_folder_is_one_recorders_at_a_time(tmp_path: Path) -> None:
    async with unfinished(tmp_path):
        with pytest.raises(RecordingError, match="another liqbot records into it; stop that one"):
            async with unfinished(tmp_path):
                pass
    await made(tmp_path, seen())


async def test_finer_candles_are_not_gone_on_with(tmp_path: Path) -> None:
    fine = an_observation(some_candles(interval_ms=MINUTE_MS))
    write_recording(tmp_path, [fine], simulated=False)
    with pytest.raises(RecordingError, match=r"candles_1m\.parquet: candles of a minute"):
        await made(tmp_path)
    assert same_rows(Recording.open(tmp_path).read(fine.instrument), fine)


async def test_a_label_and_that_it_is_simulated_stay(tmp_path: Path) -> None:
    write_recording(tmp_path, [seen(simulated=True)], simulated=True, label="seed 7")
    await made(tmp_path, seen("ETH", simulated=True))
    assert read_marker(tmp_path) == (True, "seed 7")


async def test_what_is_simulated_never_becomes_real(tmp_path: Path) -> None:
    write_recording(tmp_path, [seen(simulated=True)], simulated=True)
    with pytest.raises(StorageError, match="simulated"):
        await made(tmp_path, seen())
    assert read_marker(tmp_path)[0]


async def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "recording.db").write_text("nothing of the kind " * 100)
    with pytest.raises(StorageError, match=r"recording\.db"):
        await made(tmp_path)


async def test_a_file_where_a_folder_has_to_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "binance").touch()
    with pytest.raises(RecordingError, match="cannot be written"):
        await made(tmp_path, seen())
    with sqlite3.connect(tmp_path / "recording.db") as kept:  # for when it has been moved away
        assert kept.execute("SELECT count(*) FROM bars").fetchone() == (12,)
    kept.close()
