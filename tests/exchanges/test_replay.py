from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from liqbot.clock import SteppedClock
from liqbot.errors import RecordingError
from liqbot.exchanges.replay import EXCHANGE, ReplaySettings
from liqbot.market.recording.reader import Recording
from liqbot.market.recording.writer import write_recording
from liqbot.market.units import DAY_MS, HOUR_MS, moment_of, ms_of
from tests.builders import SHARED_DATA, START_MS, an_observation, some_candles

CHANCE = np.random.default_rng(1)
RECORDED = SHARED_DATA / "recordings" / "hyperliquid-2026-06"


async def test_every_venue_of_a_recording_is_opened_under_its_own_name(tmp_path: Path) -> None:
    write_recording(
        tmp_path, [an_observation(venue=each) for each in ("okx", "binance")], simulated=False
    )
    clock = SteppedClock(moment_of(START_MS + HOUR_MS))
    async with EXCHANGE.open(ReplaySettings(folder=tmp_path), clock, CHANCE) as opened:
        assert [each.source.venue for each in opened] == ["binance", "okx"]
        assert [each.tape and each.tape.venue for each in opened] == ["binance", "okx"]
        assert [each.completeness for each in opened] == [None, None]
        for each in opened:
            (listed,) = await each.source.instruments()
            assert (listed.venue, listed.symbol) == (each.source.venue, "BTC/USDT:USDT")
            assert await each.source.brackets(listed) is None


async def test_a_recording_begins_anew_when_the_last_of_its_markets_ends(tmp_path: Path) -> None:
    markets = [
        an_observation(some_candles([5.0] * 7, start_ms=START_MS), base="ETH"),
        an_observation(some_candles([9.0] * 10, start_ms=START_MS + HOUR_MS), base="BTC"),
    ]
    write_recording(tmp_path, markets, simulated=False)
    length_ms = HOUR_MS + 10 * 300_000
    clock = SteppedClock(moment_of(START_MS + length_ms + 600_000))
    async with EXCHANGE.open(ReplaySettings(folder=tmp_path), clock, CHANCE) as (opened,):
        btc, eth = await opened.source.instruments()
        assert (btc.base, eth.base) == ("BTC", "ETH")
        seen = await opened.source.observe(eth, START_MS + length_ms)
        assert seen.candles.opened_ms.tolist() == [
            START_MS + length_ms,
            START_MS + length_ms + 300_000,
        ]


async def test_a_folder_without_a_market_cannot_be_opened(tmp_path: Path) -> None:
    clock = SteppedClock(moment_of(START_MS))
    with pytest.raises(RecordingError, match="no market in it"):
        async with EXCHANGE.open(ReplaySettings(folder=tmp_path), clock, CHANCE):
            pass


@pytest.mark.skipif(not RECORDED.exists(), reason="the shared recordings are not there")
async def test_a_real_recording_is_told_as_it_is_read() -> None:
    recording = Recording.open(RECORDED)
    _, last_ms = recording.span("BTC")
    clock = SteppedClock(moment_of(last_ms - DAY_MS))
    async with EXCHANGE.open(ReplaySettings(folder=RECORDED), clock, CHANCE) as (opened,):
        instrument = (await opened.source.instruments())[0]
        clock.step(timedelta(hours=2))
        since_ms = ms_of(clock.now()) - 3 * HOUR_MS
        seen = await opened.source.observe(instrument, since_ms)
        read = recording.read(instrument, ms_of(clock.now()))
        assert seen.mark == read.mark
        assert 30 <= len(seen.candles) <= 36
        assert np.array_equal(
            seen.open_interest.quantity, read.open_interest.since(since_ms).quantity
        )
