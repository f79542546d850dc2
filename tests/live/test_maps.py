"""Maps, worked out in threads, each once."""

import asyncio
from dataclasses import replace

import pytest

from liqbot.clock import SteppedClock
from liqbot.errors import OutOfRange
from liqbot.heatmap.history import recall
from liqbot.live.brackets import Brackets
from liqbot.live.maps import Maps, Seen
from liqbot.live.models import Models
from liqbot.market.margin import schedule_from
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, HOUR_MS
from tests.builders import FIVE_MINUTES_MS, an_observation, same
from tests.walks import QUICK, a_walk, by, without

WALK = a_walk(600)


def some_maps(brackets: Brackets | None = None) -> Maps:
    return Maps(SteppedClock(WALK.observed_at), Models(QUICK), 0.01, brackets or Brackets())


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


WEEK = a_walk(6 * 288, volatility=0.001)


def ended(bars: int, *, since: int = 0) -> Observation:
    """Return the bars of a week from one to before another."""
    first_ms = int(WEEK.candles.opened_ms[since])
    seen = by(int(WEEK.candles.closed_ms[bars - 1]), WEEK)
    return replace(
        seen,
        candles=seen.candles.since(first_ms),
        open_interest=seen.open_interest.since(first_ms),
    )


async def ids_of(maps: Maps, seen: Observation) -> set[str]:
    await maps.evaluate("BTC", lambda: [seen])
    newest = maps.newest("BTC")
    assert newest is not None
    return {each.id for each in newest.tracking.tracks}


async def test_clusters_keep_their_ids_over_midnights() -> None:
    maps = some_maps()
    first = await ids_of(maps, ended(2 * 288 + 100))
    for bars in range(2 * 288 + 109, 5 * 288, 100):
        last = await ids_of(maps, ended(bars))
    alone = await ids_of(some_maps(), ended(bars))
    kept = first & last
    assert kept
    assert not kept & alone


async def test_what_passed_unseen_changes_no_id() -> None:
    maps, whole = some_maps(), ended(5 * 288)
    lacking = without(whole, *range(4 * 288 + 100, 5 * 288))
    before = await ids_of(maps, lacking)
    after = await ids_of(maps, whole)
    assert before & after
    found = recall("BTC", [lacking], QUICK, DAY_MS, bin_width=0.01)
    assert same(
        maps.newest("BTC"),
        recall("BTC", [whole], QUICK, DAY_MS, bin_width=0.01, before=found.lookback),
    )


async def test_a_past_that_comes_later_is_no_growth_of_clusters() -> None:
    maps = some_maps()
    await ids_of(maps, ended(1200, since=1188))
    await ids_of(maps, ended(1201))
    assert same(maps.newest("BTC"), recall("BTC", [ended(1201)], QUICK, DAY_MS, bin_width=0.01))


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


async def test_maps_are_made_with_the_brackets_that_the_venue_tells() -> None:
    brackets = Brackets()
    maps = some_maps(brackets)
    before = await maps.recalled("BTC", [WALK], DAY_MS, None)
    own = schedule_from([(1e5, 0.012, 40.0)], "a test")
    brackets.take(WALK.instrument, own)
    after = await maps.recalled("BTC", [WALK], DAY_MS, None)
    await maps.evaluate("BTC", lambda: [WALK])
    expected = recall("BTC", [WALK], QUICK, DAY_MS, bin_width=0.01, brackets={"binance": own})
    assert not same(before, after)
    assert same(after, expected)
    assert same(maps.newest("BTC"), expected)


async def test_maps_are_made_by_the_model_that_their_market_goes_by() -> None:
    models = Models(QUICK)
    maps = Maps(SteppedClock(WALK.observed_at), models, 0.01, Brackets())
    before = await maps.recalled("BTC", [WALK], DAY_MS, None)
    models.take("ETH", replace(QUICK, version="another", turnover=2.0))
    assert await maps.recalled("BTC", [WALK], DAY_MS, None) is before
    models.take("BTC", own := replace(QUICK, version="its own", turnover=1.0))
    after = await maps.recalled("BTC", [WALK], DAY_MS, None)
    await maps.evaluate("BTC", lambda: [WALK])
    expected = recall("BTC", [WALK], own, DAY_MS, bin_width=0.01)
    assert same(after, expected)
    assert same(maps.newest("BTC"), expected)


async def test_maps_that_were_asked_for_long_ago_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maps = some_maps()
    one = await maps.recalled("BTC", [WALK], 30 * HOUR_MS, None)
    monkeypatch.setattr("liqbot.live.maps._CACHED_BYTES", 3 * one.heatmap.usd.nbytes // 2)
    other = await maps.recalled("BTC", [WALK], 31 * HOUR_MS, None)
    assert await maps.recalled("BTC", [WALK], 31 * HOUR_MS, None) is other
    assert await maps.recalled("BTC", [WALK], 30 * HOUR_MS, None) is not one
