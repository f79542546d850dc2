"""What is forgotten, what is thinned, and what never is."""

import asyncio
from datetime import datetime, timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqbot.heatmap.model import Model
from liqbot.market.instrument import Instrument
from liqbot.market.series import Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, HOUR_MS, moment_of
from liqbot.storage import retention
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database
from liqbot.storage.retention import Retention
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_candles,
)
from tests.storage.maps import a_map

BTC = Instrument("binance", "BTC", "USDT")
NAN = float("nan")

_numbers = count()


def sampled(stamps: list[int], quantities: list[float]) -> OpenInterest:
    return OpenInterest.mended({"at_ms": stamps, "quantity": quantities})[0]


def later(hours: float) -> datetime:
    return moment_of(START_MS) + timedelta(hours=hours)


async def kept(archive: SqlArchive, instrument: Instrument = BTC) -> list[int]:
    seen = await archive.read(instrument, START_MS, START_MS + DAY_MS)
    return [(at - START_MS) // 1000 for at in seen.open_interest.at_ms.tolist()]


async def keep(archive: SqlArchive, *seconds: float, quantity: float = 1.0) -> None:
    stamps = [START_MS + int(each * 1000) for each in seconds]
    nothing = some_candles(())
    series = sampled(stamps, [quantity] * len(stamps))
    await archive.keep(an_observation(nothing, open_interest=series))


async def test_of_each_slot_its_last_sample_stays_when_it_is_an_hour_old(
    database: Database,
) -> None:
    archive = SqlArchive(database)
    await keep(archive, 10, 40, 70, 300, 330, 580, 610)
    assert await archive.prune(later(1)) == 0
    assert await archive.prune(later(2)) == 4
    assert await kept(archive) == [300, 580, 610]
    assert await archive.prune(later(3)) == 0


async def test_young_samples_all_stay(database: Database) -> None:
    archive = SqlArchive(database)
    await keep(archive, *range(10, 7200, 90))
    before = await kept(archive)
    await archive.prune(later(1.99))
    assert await kept(archive) == before
    await archive.prune(later(2.5))
    after = await kept(archive)
    assert [each for each in after if each > 3600] == [each for each in before if each > 3600]
    assert len([each for each in after if each <= 3600]) == 12


async def test_a_slot_ends_with_its_last_millisecond(database: Database) -> None:
    archive = SqlArchive(database)
    await keep(archive, 299.0, 300.0, 302.0, 303.0)  # stamps near a whole minute move onto it
    await archive.prune(later(3))
    assert await kept(archive) == [300, 303]


async def test_an_unknown_sample_does_not_outlive_a_known_one(database: Database) -> None:
    archive = SqlArchive(database)
    await keep(archive, 100, quantity=5.0)
    await keep(archive, 200, 300, 500, 550, quantity=NAN)
    await archive.prune(later(3))
    assert await kept(archive) == [100, 550]


async def test_what_is_kept_does_not_depend_on_when_venues_that_tell_their_past_were_polled(
    database: Database,
) -> None:
    archive = SqlArchive(database)
    for base, polls in (("BTC", range(7, 3600, 30)), ("ETH", range(21, 3600, 41))):
        past = [START_MS + FIVE_MINUTES_MS * slot for slot in range(1, 13)]
        stamps = sorted({*past, *(START_MS + 1000 * poll for poll in polls)})
        series = sampled(stamps, [float(at - START_MS) for at in stamps])
        await archive.keep(an_observation(some_candles(()), base=base, open_interest=series))
    await archive.prune(later(2))
    ends = [300 * slot for slot in range(1, 13)]
    for base in ("BTC", "ETH"):
        assert await kept(archive, Instrument("binance", base, "USDT")) == ends


async def test_settled_funding_stays_and_forecasts_of_it_go(database: Database) -> None:
    archive = SqlArchive(database)
    settled = [START_MS + HOUR_MS + 3, START_MS + 2 * HOUR_MS]
    polled = [START_MS + 30_000 * each + 11 for each in range(1, 240) if each % 120]
    polled += [settled[0] + 1_500, settled[1] - 1_500]
    stamps = sorted([*settled, *polled])
    rates = [0.1 if at in settled else 0.2 for at in stamps]
    told, _ = Funding.mended({"at_ms": stamps, "rate": rates})
    await archive.keep(an_observation(some_candles(()), funding=told))
    await archive.prune(later(4))
    read = await archive.read(BTC, START_MS, START_MS + DAY_MS)
    assert (read.funding.at_ms.tolist(), read.funding.rate.tolist()) == (settled, [0.1, 0.1])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.lists(st.integers(0, 1500), unique=True, min_size=1, max_size=30),
    known=st.lists(st.booleans(), min_size=30, max_size=30),
)
async def test_thinning_leaves_the_last_known_sample_of_every_slot(
    database: Database, seconds: list[int], known: list[bool]
) -> None:
    base = f"B{next(_numbers)}"
    told = sorted((START_MS + 1000 * each, ok) for each, ok in zip(seconds, known, strict=False))
    series = sampled([at for at, _ in told], [1.0 if ok else NAN for _, ok in told])
    archive = SqlArchive(database)
    await archive.keep(an_observation(some_candles(()), base=base, open_interest=series))
    await archive.prune(later(3))
    expected: dict[int, tuple[int, float]] = {}
    for at, quantity in zip(series.at_ms.tolist(), series.quantity.tolist(), strict=True):
        slot = -(-(at - 2_000) // FIVE_MINUTES_MS)
        if slot not in expected or not np.isnan(quantity) or np.isnan(expected[slot][1]):
            expected[slot] = (at, quantity)
    read = await archive.read(Instrument("binance", base, "USDT"), START_MS, START_MS + DAY_MS)
    assert read.open_interest.at_ms.tolist() == [at for at, _ in expected.values()]


async def test_each_kind_is_kept_as_long_as_it_is_said(database: Database) -> None:
    days = Retention(history_days=40, tape_days=50, map_days=20)
    archive = SqlArchive(database, days)
    seen = an_observation(tape=Tape.of([a_liquidation()]))
    await archive.keep(seen)
    await archive.keep_snapshots("BTC", a_map(1))

    async def left(after: int) -> tuple[int, int, bool]:
        await archive.prune(seen.observed_at + timedelta(days=after))
        read = await archive.read(BTC, START_MS, START_MS + DAY_MS)
        maps = await archive.snapshots("BTC", START_MS, START_MS + DAY_MS)
        return len(read.candles), len(read.tape), maps is not None

    assert await left(19) == (3, 1, True)
    assert await left(21) == (3, 1, False)
    assert await left(39) == (3, 1, False)
    assert await left(41) == (0, 1, False)
    assert await left(51) == (0, 0, False)


async def test_what_is_assumed_is_never_forgotten(database: Database) -> None:
    archive, at = SqlArchive(database), moment_of(START_MS)
    await archive.keep_model("BTC", Model(), at)
    await archive.prune(at + timedelta(days=5000))
    assert same(await archive.newest_model("BTC", at), Model())


async def test_much_is_forgotten_in_small_batches_that_let_others_write(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 10)
    archive = SqlArchive(database)
    await archive.keep(an_observation(some_candles(np.full(95, 7.0))))
    order: list[str] = []

    async def write() -> None:
        for price in (1.0, 2.0, 3.0):
            await archive.keep(an_observation(some_candles((price,)), base="ETH"))
            order.append("wrote")

    async def forget() -> None:
        assert await archive.prune(moment_of(START_MS + 150 * DAY_MS)) >= 95 + 96
        order.append("forgot")

    await asyncio.gather(forget(), write())
    assert order == ["wrote", "wrote", "wrote", "forgot"]
    assert await kept(archive) == []
