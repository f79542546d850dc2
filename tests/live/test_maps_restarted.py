"""Maps that were begun again name clusters as those that never stopped."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.alerting.ledger import Tracks
from liqbot.clock import SteppedClock
from liqbot.errors import OutOfRange
from liqbot.heatmap.history import History
from liqbot.live.brackets import Brackets
from liqbot.live.maps import Maps, Seen
from liqbot.live.models import Models
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.units import DAY_MS, MINUTE_MS, moment_of
from tests.builders import same
from tests.fakes.ledger import a_ledger
from tests.fakes.source import scaled
from tests.walks import QUICK, a_walk, by

BAR_MS = 30 * MINUTE_MS
DAY = DAY_MS // BAR_MS  # bars
FIRST = a_walk(8 * DAY, seed=5, interval_ms=BAR_MS, volatility=0.004)
OTHER = replace(
    FIRST, instrument=Instrument("okx", "BTC", "USDT"), candles=scaled(FIRST.candles, 1.001)
)


def ended(bars: int) -> int:
    return int(FIRST.candles.closed_ms[bars - 1])


class Bot:
    """Maps whose time a test makes pass."""

    def __init__(self, tracks: Tracks | None, at_ms: int) -> None:
        self.clock = SteppedClock(moment_of(at_ms))
        self.maps = Maps(self.clock, Models(QUICK), 0.01, Brackets(), tracks)

    async def look(self, at_ms: int, *seen: Observation) -> History:
        """Look, five seconds after a bar, at what two venues or only some had told by then."""
        found: Seen = seen or (by(at_ms, FIRST), by(at_ms, OTHER))
        self.clock.at = moment_of(at_ms) + timedelta(seconds=5)
        await self.maps.evaluate("BTC", lambda: found)
        newest = self.maps.newest("BTC")
        assert newest is not None
        return newest


def assert_named_alike(one: History, other: History) -> None:
    assert {each.id for each in one.clusters} == {each.id for each in other.clusters}
    assert same(one.lookback, other.lookback)


async def test_at_whichever_moments_of_three_days_they_are_begun_again() -> None:
    chance, tracks = np.random.default_rng(0), a_ledger().tracks
    begin = 3 * DAY
    steady, bot = Bot(None, ended(begin)), Bot(tracks, ended(begin))
    restarts = set(chance.integers(begin, begin + 3 * DAY, 12).tolist())
    for bars in range(begin, begin + 3 * DAY):
        if bars in restarts:
            bot = Bot(tracks, ended(bars))
        assert_named_alike(await steady.look(ended(bars)), await bot.look(ended(bars)))
    alone = await Bot(None, ended(bars)).look(ended(bars))
    assert {each.id for each in alone.clusters} != {each.id for each in newest(bot).clusters}


def newest(bot: Bot) -> History:
    found = bot.maps.newest("BTC")
    assert found is not None
    return found


async def a_bot_that_was_stopped(bars: int) -> tuple[Bot, Tracks]:
    """Return a steady bot at a bar, and what one had written that was stopped there."""
    tracks = a_ledger().tracks
    steady = Bot(tracks, ended(3 * DAY))
    for each in range(3 * DAY, bars):
        await steady.look(ended(each))
    return steady, tracks


async def test_the_quarters_missed_are_not_settled_by_the_word_of_the_first() -> None:
    steady, tracks = await a_bot_that_was_stopped(stop := 4 * DAY + 20)
    kept = await tracks.get("BTC")
    assert kept is not None
    again, now = a_ledger().tracks, stop + 12
    await again.put("BTC", *kept)
    for each in range(stop, now + 1):
        expected = await steady.look(ended(each))
    bot = Bot(again, ended(now))
    archived = by(ended(stop - 1), FIRST), by(ended(stop - 1), OTHER)
    await bot.look(ended(now), *archived)
    half = await bot.look(ended(now), by(ended(now), FIRST), archived[1])
    assert not same(half.lookback, expected.lookback)
    assert await again.get("BTC") == kept
    assert_named_alike(await bot.look(ended(now)), expected)
    assert await again.get("BTC") != kept


async def test_a_venue_that_stays_silent_is_waited_for_in_vain_but_not_for_long() -> None:
    _, tracks = await a_bot_that_was_stopped(stop := 3 * DAY + 20)
    kept = await tracks.get("BTC")
    bot = Bot(tracks, ended(stop))
    silent = by(ended(stop - 1), OTHER)
    await bot.look(ended(stop), by(ended(stop), FIRST), silent)
    assert await tracks.get("BTC") == kept
    await bot.look(ended(stop + 1), by(ended(stop + 1), FIRST), silent)
    assert await tracks.get("BTC") != kept


async def test_a_past_that_comes_after_a_start_is_still_no_growth_of_clusters() -> None:
    short = replace(
        FIRST,
        candles=FIRST.candles.since(ended(3 * DAY)),
        open_interest=FIRST.open_interest.since(ended(3 * DAY)),
    )
    tracks, at_ms = a_ledger().tracks, ended(4 * DAY)
    await Bot(tracks, at_ms).look(at_ms, by(at_ms, short))
    bot = Bot(tracks, at_ms)
    await bot.look(at_ms, by(at_ms, short))
    found = await bot.look(at_ms, by(at_ms, FIRST))
    assert same(found, await Bot(None, at_ms).look(at_ms, by(at_ms, FIRST)))


async def test_what_was_kept_outlives_a_look_at_nothing() -> None:
    steady, tracks = await a_bot_that_was_stopped(stop := 4 * DAY + 20)
    bot = Bot(tracks, ended(stop))
    with pytest.raises(OutOfRange, match="No candles"):
        await bot.maps.evaluate("BTC", list)
    assert_named_alike(await bot.look(ended(stop)), await steady.look(ended(stop)))
