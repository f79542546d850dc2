"""Maps, worked out in threads, each once."""

import asyncio

import pytest

from liqbot.clock import SteppedClock
from liqbot.errors import OutOfRange
from liqbot.heatmap.history import recall
from liqbot.live.maps import Maps, Seen
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, HOUR_MS
from tests.builders import FIVE_MINUTES_MS, an_observation, same
from tests.walks import QUICK, a_walk

WALK = a_walk(600)


def some_maps() -> Maps:
    return Maps(SteppedClock(WALK.observed_at), QUICK, 0.01)


async def test_the_newest_map_is_that_of_what_was_seen() -> None:
    maps = some_maps()
    assert maps.newest("BTC") is None
    await maps.evaluate("BTC", lambda: [WALK])
    assert same(maps.newest("BTC"), recall("BTC", [WALK], QUICK, DAY_MS, bin_width=0.01))
    assert maps.took_s == {"BTC": 0.0}
    assert maps.waiting == 0


async def test_however_many_ask_meanwhile_exactly_one_more_follows() -> None:
    maps, seen, begun = some_maps(), list[int](), asyncio.Event()

    def look() -> Seen:
        seen.append(len(seen))
        begun.set()
        return [WALK]

    first = asyncio.create_task(maps.evaluate("BTC", look))
    await begun.wait()
    assert maps.waiting == 1
    await asyncio.gather(first, *(maps.evaluate("BTC", look) for _ in range(5)))
    assert seen == [0, 1]


async def test_one_market_that_cannot_be_seen_leaves_the_others_alone() -> None:
    maps = some_maps()
    nothing = an_observation(Candles.none(FIVE_MINUTES_MS))
    found = await asyncio.gather(
        maps.evaluate("BTC", lambda: [nothing]),
        maps.evaluate("ETH", lambda: [WALK]),
        return_exceptions=True,
    )
    assert isinstance(found[0], OutOfRange)
    assert maps.newest("BTC") is None
    assert maps.newest("ETH") is not None
    assert maps.waiting == 0


async def test_a_map_that_failed_is_worked_out_the_next_time() -> None:
    maps = some_maps()
    nothing = an_observation(Candles.none(FIVE_MINUTES_MS))
    with pytest.raises(OutOfRange):
        await maps.evaluate("BTC", lambda: [nothing])
    await maps.evaluate("BTC", lambda: [WALK])
    assert maps.newest("BTC") is not None


async def test_a_map_of_a_window_is_kept_until_the_next_bar() -> None:
    maps = some_maps()
    one, other = await asyncio.gather(
        *(maps.recalled("BTC", [WALK], 30 * HOUR_MS, None) for _ in range(2))
    )
    assert one is other
    assert await maps.recalled("BTC", [WALK], 30 * HOUR_MS, None) is one
    assert one.heatmap.opened_ms.size == 360
    aged = await maps.recalled("BTC", [WALK], 30 * HOUR_MS, 5 * HOUR_MS)
    assert aged.age_ms == 5 * HOUR_MS
    longer = a_walk(601)
    assert await maps.recalled("BTC", [longer], 30 * HOUR_MS, None) is not one


async def test_maps_that_were_asked_for_long_ago_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maps = some_maps()
    one = await maps.recalled("BTC", [WALK], 30 * HOUR_MS, None)
    monkeypatch.setattr("liqbot.live.maps._CACHED_BYTES", 3 * one.heatmap.usd.nbytes // 2)
    other = await maps.recalled("BTC", [WALK], 31 * HOUR_MS, None)
    assert await maps.recalled("BTC", [WALK], 31 * HOUR_MS, None) is other
    assert await maps.recalled("BTC", [WALK], 30 * HOUR_MS, None) is not one
