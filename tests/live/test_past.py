"""The past is shown as it was known then."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from liqbot.errors import Busy, OutOfRange, StorageError, UnknownName
from liqbot.live.past import LivePast
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.observation import Observation
from liqbot.market.units import DAY_MS, HOUR_MS, moment_of, ms_of
from tests.builders import START_MS
from tests.fakes.archive import FakeArchive
from tests.fakes.models import FakeModels
from tests.fakes.workshop import NOW, PAST, FakeWorkshop
from tests.heatmap.test_history_brackets import OWN
from tests.walks import QUICK

BTC, DAY = MarketQuery("BTC"), timedelta(days=1)
THEN = NOW - timedelta(hours=7, seconds=5)


class SlowArchive(FakeArchive):
    """Counts what is read of it, and lets others have their turn."""

    def __init__(self) -> None:
        super().__init__()
        self.read_spans: list[tuple[int, int]] = []
        self.fault: StorageError | None = None

    async def read(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        await asyncio.sleep(0)
        self.read_spans.append((from_ms, to_ms))
        if self.fault:
            raise self.fault
        return await super().read(instrument, from_ms, to_ms)


class Hall(FakeWorkshop):
    """A market of which all is kept, also of what comes after now."""

    def __init__(self, *, days: int = 4) -> None:
        self.kept, self.models = SlowArchive(), FakeModels()
        super().__init__(archive=self.kept, days=days)
        self.markets.watch(self.truth)
        self.past = LivePast(
            *(self.clock, self.markets, self.kept),
            margins=self.margins,
            models=self.models,
            past=PAST,
            bin_width=0.01,
        )

    async def fill(self) -> "Hall":
        for seen in self.truth.values():
            await self.kept.keep(seen)
        return self


@pytest.fixture
async def hall() -> Hall:
    return await Hall().fill()


async def test_a_map_of_the_past_is_the_one_that_was_shown_then(hall: Hall) -> None:
    hall.clock.at = THEN
    for instrument in hall.truth:
        source = hall.sources[instrument.venue]
        hall.markets.see(await source.observe(instrument, ms_of(THEN) - 3 * DAY_MS))
    shown = await hall.markets.history(BTC, DAY)
    hall.clock.at = NOW
    again = await hall.past.history(BTC, DAY, THEN)
    assert again.is_past
    assert not shown.is_past
    assert again.at == THEN
    assert again.heatmap.opened_ms.tolist() == shown.heatmap.opened_ms.tolist()
    assert np.array_equal(again.heatmap.usd, shown.heatmap.usd)
    assert again.heatmap.usd.any()
    assert np.array_equal(again.snapshot.usd, shown.snapshot.usd)
    assert again.venues == shown.venues


async def test_no_column_is_painted_anew_from_one_hour_to_the_next(hall: Hall) -> None:
    one = await hall.past.history(BTC, DAY, THEN)
    next_ = await hall.past.history(BTC, DAY, THEN + timedelta(hours=1))
    both = np.intersect1d(one.heatmap.opened_ms, next_.heatmap.opened_ms)
    assert both.size == 288 - 12
    bins = slice(next_.heatmap.grid.first - one.heatmap.grid.first, None)
    assert bins.start == 0
    before, after = (
        each.heatmap.usd[:, np.isin(each.heatmap.opened_ms, both)] for each in (one, next_)
    )
    assert np.array_equal(before, after)


async def test_the_model_is_the_one_of_then(hall: Hall) -> None:
    before, after = (replace(QUICK, version=each, turnover=0.1) for each in ("before", "after"))
    await hall.models.keep_model("BTC", before, THEN - DAY)
    await hall.models.keep_model("BTC", after, THEN + timedelta(minutes=1))
    assert (await hall.past.history(BTC, DAY, THEN)).model == before
    assert (await hall.past.history(BTC, DAY, THEN - 2 * DAY)).model == QUICK


@pytest.mark.parametrize(("told_at", "counts"), [(THEN, True), (NOW, False)])
async def test_brackets_count_once_they_were_told(
    hall: Hall, told_at: datetime, *, counts: bool
) -> None:
    plain = (await hall.past.history(BTC, DAY, THEN)).snapshot.usd
    own = await Hall().fill()
    await own.margins.keep_brackets(own.instrument("okx"), OWN, told_at)
    changed = (await own.past.history(BTC, DAY, THEN)).snapshot.usd
    is_same = [np.array_equal(one, other) for one, other in zip(plain, changed, strict=True)]
    assert is_same == [True, True, not counts]


async def test_where_nothing_is_kept_it_is_said_how_far_one_can_ask(hall: Hall) -> None:
    first, last = "2026-01-01 00:00", "2026-01-05 00:00"
    for at in (moment_of(START_MS) - DAY, moment_of(START_MS + 4 * DAY_MS + 2 * HOUR_MS)):
        with pytest.raises(OutOfRange) as raised:
            await hall.past.history(BTC, DAY, at)
        assert str(raised.value) == (
            f"Nothing is kept of BTC at {at:%Y-%m-%d %H:%M} UTC."
            f" What is kept reaches from {first} to {last} UTC."
        )
    last_hour = moment_of(START_MS + 4 * DAY_MS + HOUR_MS) - timedelta(minutes=1)
    assert (await hall.past.history(BTC, DAY, last_hour)).at == last_hour
    with pytest.raises(OutOfRange, match=r"Nothing is kept of BTC yet\."):
        await Hall().past.history(BTC, DAY, THEN)
    with pytest.raises(UnknownName, match="BTX"):
        await hall.past.history(MarketQuery("BTX"), DAY, THEN)


async def test_who_asks_the_same_shares_it_and_who_asks_for_another_has_to_wait(
    hall: Hall,
) -> None:
    one = asyncio.create_task(hall.past.history(BTC, DAY, THEN))
    other = asyncio.create_task(hall.past.history(BTC, DAY, THEN))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="Another map of the past"):
        await hall.past.history(BTC, DAY, THEN - DAY)
    assert await one is await other
    count = len(hall.kept.read_spans)
    assert await hall.past.history(BTC, DAY, THEN) is await one
    assert len(hall.kept.read_spans) == count
    assert await hall.past.history(BTC, DAY, THEN - DAY) is not await one


async def test_what_may_still_come_is_not_remembered(hall: Hall) -> None:
    at = NOW - timedelta(minutes=2)
    assert await hall.past.history(BTC, DAY, at) is not await hall.past.history(BTC, DAY, at)


async def test_where_room_is_short_the_map_asked_for_last_is_remembered(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liqbot.live.past._CACHED_BYTES", 0)
    one = await hall.past.history(BTC, DAY, THEN)
    other = await hall.past.history(BTC, DAY, THEN - DAY)
    assert await hall.past.history(BTC, DAY, THEN - DAY) is other
    assert await hall.past.history(BTC, DAY, THEN) is not one


async def test_little_is_read_at_once_and_nothing_of_later(hall: Hall) -> None:
    await hall.past.history(BTC, DAY, THEN)
    spans = hall.kept.read_spans
    assert max(to_ms - from_ms for from_ms, to_ms in spans) <= 2 * DAY_MS
    assert max(to_ms for _, to_ms in spans) == ms_of(THEN)
    assert len(spans) == 3 * 2


async def test_a_fault_of_the_archive_is_told_and_blocks_nobody_after(hall: Hall) -> None:
    hall.kept.fault = StorageError("the disk is full")
    with pytest.raises(StorageError, match="full"):
        await hall.past.history(BTC, DAY, THEN)
    hall.kept.fault = None
    assert (await hall.past.history(BTC, DAY, THEN)).is_past
