"""The live markets, as rules look at them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from liqbot.live.scenes import LiveScenes
from liqbot.market.calendar import Event, Impact
from liqbot.market.margin import schedule_from
from liqbot.market.units import DAY_MS, moment_of, ms_of
from tests.fakes.workshop import NOW, FakeWorkshop

FOMC = Event(at=datetime(2026, 1, 28, 19, tzinfo=UTC), name="FOMC", impact=Impact.HIGH)


@pytest.fixture
async def hall() -> FakeWorkshop:
    """Return two markets, all of whose past is known."""
    hall = FakeWorkshop(bases=("BTC", "ETH"))
    hall.markets.watch(hall.truth)
    for instrument in hall.truth:
        source = hall.sources[instrument.venue]
        hall.markets.see(await source.observe(instrument, ms_of(NOW) - 3 * DAY_MS))
    await hall.markets.evaluate("BTC")
    return hall


async def test_a_market_with_a_map_is_a_scene(hall: FakeWorkshop) -> None:
    scenes = await LiveScenes(hall.markets, [FOMC])(NOW)
    assert list(scenes) == ["BTC"]
    scene = scenes["BTC"]
    newest = hall.markets.newest("BTC")
    assert newest is not None
    assert scene.history.snapshot is not None
    assert scene.history.clusters == newest.clusters
    assert scene.events == (FOMC,)
    assert scene.tapes == {"binance": 0.5, "bybit": 0.5, "okx": 0.5}


async def test_a_tape_that_cannot_be_heard_does_not_count(hall: FakeWorkshop) -> None:
    hall.tapes["okx"].failing = "closed by them"
    scenes = await LiveScenes(hall.markets)(NOW)
    assert set(scenes["BTC"].tapes) == {"binance", "bybit"}


async def test_what_is_usual_is_counted_once_a_day_and_as_the_past_comes_in(
    hall: FakeWorkshop,
) -> None:
    look = LiveScenes(hall.markets)
    first = (await look(NOW))["BTC"].norms
    assert np.isfinite(first.volatility)
    assert (await look(NOW + timedelta(hours=1)))["BTC"].norms is first
    midnight = moment_of((ms_of(NOW) // DAY_MS + 1) * DAY_MS)
    second = (await look(midnight))["BTC"].norms
    assert second is not first
    hall.markets.back_filling = 0.5
    assert (await look(midnight))["BTC"].norms is not second


async def test_one_market_alone_is_the_same_scene(hall: FakeWorkshop) -> None:
    look = LiveScenes(hall.markets, [FOMC])
    alone, among = await look.scene("BTC", NOW), (await look(NOW))["BTC"]
    assert alone is not None
    assert (alone.norms, alone.events, alone.tapes) == (among.norms, among.events, among.tapes)
    assert await look.scene("ETH", NOW) is None


async def test_the_brackets_that_venues_tell_come_with_a_scene(hall: FakeWorkshop) -> None:
    [okx] = [each for each in hall.truth if (each.venue, each.base) == ("okx", "BTC")]
    told = schedule_from([(1e6, 0.01, 50.0)], "a test")
    hall.markets.brackets.take(okx, told)
    scene = await LiveScenes(hall.markets).scene("BTC", NOW)
    assert scene is not None
    assert scene.brackets == {"okx": told}
