"""The made-up world: the same to the bit, sound in itself, and silent about the future."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.request import Request, urlopen

import numpy as np
import pytest

from liqbot.clock import SteppedClock
from liqbot.market.units import DAY_MS, MINUTE_MS, integers
from tests.fakes.world import PLACES, World

NOW = datetime(2026, 2, 1, 12, 3, 20, tzinfo=UTC)
BAR_MS = 5 * MINUTE_MS


def a_world(seed: int = 1) -> World:
    return World(SteppedClock(NOW), seed=seed, markets=20)


def test_the_same_seed_gives_the_same_world_and_another_another() -> None:
    def close(world: World) -> float:
        return world.listing("okx", "TIA").last(world.now_ms)

    assert close(a_world()) == close(a_world())
    assert close(a_world()) != close(a_world(2))


@pytest.mark.parametrize("venue", PLACES)
def test_venues_agree_within_a_hundredth_and_five_minutes_are_five_minutes(venue: str) -> None:
    world = a_world()
    for base in world.bases:
        listing, now_ms = world.listing(venue, base), world.now_ms
        minutes = listing.candles(MINUTE_MS, now_ms - DAY_MS, now_ms, now_ms)
        bars = listing.candles(BAR_MS, now_ms - DAY_MS, now_ms, now_ms)
        first = int(bars.opened_ms[0])
        longer = minutes.since(first).resample(BAR_MS, now_ms)
        for name in ("opened_ms", "open", "high", "low", "close"):
            np.testing.assert_array_equal(getattr(longer, name), getattr(bars, name)[: len(longer)])
        np.testing.assert_allclose(longer.volume, bars.volume[: len(longer)], rtol=1e-9)
        others = world.listing("binance", base).candles(BAR_MS, first, now_ms, now_ms)
        np.testing.assert_allclose(bars.close, others.close, rtol=0.01)


def test_a_forming_candle_ends_as_the_closed_one() -> None:
    world = a_world()
    listing, opened = world.listing("bybit", "BTC"), world.now_ms // BAR_MS * BAR_MS
    closed = listing.candles(BAR_MS, opened, opened + 1, opened + BAR_MS)
    for into in range(1, BAR_MS, 7777):
        forming = listing.candles(BAR_MS, opened, opened + 1, opened + into)
        assert len(forming) == 1
        assert forming.open == closed.open
        assert closed.low <= forming.low <= forming.close <= forming.high <= closed.high
        assert forming.volume <= closed.volume
        assert forming.close == listing.last(opened + into)


def test_nothing_is_told_after_now_nor_before_the_beginning() -> None:
    world = a_world()
    listing, now_ms = world.listing("okx", "ETH"), world.now_ms
    told = listing.candles(BAR_MS, 0, now_ms + DAY_MS, now_ms)
    assert told.opened_ms[0] == world.begin_ms
    assert told.opened_ms[-1] == now_ms // BAR_MS * BAR_MS


def test_open_interest_moves_and_every_forced_order_is_printed_once() -> None:
    world = a_world()
    at_ms = integers(range(world.begin_ms, world.now_ms, MINUTE_MS))
    walk = world.listing("okx", "BTC").walk
    printed = 0
    for venue in PLACES:
        listing = world.listing(venue, "BTC")
        interest = listing.open_interest(at_ms)
        assert np.all(interest > 0)
        assert np.unique(interest).size > 0.9 * at_ms.size
        orders = listing.tape(world.begin_ms - 1, world.now_ms)
        stamps = [each.at_ms for each in orders]
        assert stamps == sorted(stamps)
        printed += len(orders)
        apart = [world.begin_ms - 1, *(each - each % 1000 + 400 for each in stamps), world.now_ms]
        split = [order for ends in pairwise(apart) for order in listing.tape(*ends)]
        assert split == orders
    happened = int(np.searchsorted(walk.forced.at_ms, world.now_ms, side="right"))
    assert 0.9 * happened < printed <= happened


def test_a_server_of_its_own_tells_where_it_is_and_can_be_disturbed() -> None:
    command = [sys.executable, "-m", "tests.fakes.exchange_server", "--speed", "60"]
    with subprocess.Popen([*command, "--markets", "2"], stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout is not None
            url = run.stdout.readline().strip()
            first = json.load(urlopen(f"{url}/api.bybit.com/v5/market/time"))["time"]
            fault = json.dumps({"kind": "500", "venue": "bybit"}).encode()
            headers = {"Content-Type": "application/json"}
            with urlopen(Request(f"{url}/control/faults", data=fault, headers=headers)) as answer:
                assert answer.status == 204
            report = json.load(urlopen(f"{url}/control"))
        finally:
            run.kill()
    assert url.startswith("http://127.0.0.1:")
    assert report["now_ms"] > first
    assert report["requests"] == {"bybit time": 1}
    assert [each["kind"] for each in report["faults"]] == ["500"]
    assert timedelta(milliseconds=report["now_ms"] - first) < timedelta(hours=1)
