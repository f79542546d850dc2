"""What is written is read, whole and under its own label."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.errors import RecordingError
from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording
from liqbot.market.recording.table import read_table, write_table
from liqbot.market.recording.writer import write_recording
from liqbot.market.series import Candles
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import HOUR_MS, MINUTE_MS, Price, Side, floats, integers
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_candles,
    some_funding,
    some_open_interest,
)

nan = np.nan
TOTALS = LiquidationTotals(
    from_ms=integers([START_MS]), to_ms=integers([START_MS + HOUR_MS]), usd=floats([[1.0], [nan]])
)

prices = st.floats(1, 1000) | st.just(nan)
amounts = st.floats(0.1, 1000) | st.just(nan)
intervals = st.sampled_from([MINUTE_MS, FIVE_MINUTES_MS])


@st.composite
def some_candle_series(draw: st.DrawFn, interval_ms: int, least: int = 0) -> Candles:
    """Candles of a length, some unknown."""
    closes = draw(st.lists(prices, min_size=least, max_size=12))
    volume = draw(st.lists(amounts, min_size=len(closes), max_size=len(closes)))
    return some_candles(
        closes, interval_ms=interval_ms, reach=draw(st.floats(0, 0.1)), volume=volume
    )


def without_volume(candles: Candles) -> Candles:
    """Candles as mark candles are: of no trades."""
    return replace(candles, volume=candles.taker_buy_volume)


@st.composite
def some_observations(draw: st.DrawFn) -> Observation:
    """Observations that hold anything a venue may tell."""
    candles = draw(intervals.flatmap(lambda interval_ms: some_candle_series(interval_ms, least=1)))
    levels = st.lists(st.tuples(st.floats(1, 99), st.floats(0.1, 10)), max_size=5)
    marks = some_candle_series(candles.interval_ms, least=1).map(without_volume)
    orders = st.builds(
        a_liquidation,
        st.sampled_from(Side),
        at_ms=st.integers(START_MS, START_MS + HOUR_MS),
        price=st.floats(1, 1000),
    )
    return an_observation(
        candles,
        base=draw(st.sampled_from(["BTC", "1000PEPE", "龙虾"])),
        mark_candles=draw(st.none() | marks),
        open_interest=some_open_interest(draw(st.lists(amounts, max_size=12))),
        funding=some_funding(draw(st.lists(st.floats(-1, 1), max_size=3))),
        tape=Tape.of(draw(st.lists(orders, max_size=5))),
        book=draw(st.none() | levels.map(lambda bids: OrderBook.of(START_MS, bids, [(100, 1)]))),
    )


def written(folder: Path, seen: Observation) -> Observation:
    """What is read of an observation that was written."""
    write_recording(folder, [seen], simulated=seen.simulated)
    recording = Recording.open(folder)
    assert recording.instruments == (seen.instrument,)
    return recording.read(seen.instrument)


@settings(max_examples=50)  # each writes two recordings
@given(some_observations())
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, seen: Observation
) -> None:
    once = written(tmp_path_factory.mktemp("once"), seen)
    for name in ("candles", "mark_candles", "open_interest", "funding", "tape", "book"):
        assert same(getattr(once, name), getattr(seen, name))
    assert once.repairs == ()
    assert same(written(tmp_path_factory.mktemp("twice"), once), once)


def test_a_mark_told_beside_the_newest_open_interest_is_kept(tmp_path: Path) -> None:
    seen = an_observation(mark=Price(123.0), open_interest=some_open_interest([1, 2, 3, 4]))
    assert written(tmp_path / "kept", seen).mark == Price(123.0)


def test_no_past_sample_learns_a_later_mark(tmp_path: Path) -> None:
    seen = an_observation(some_candles([100, 101, 102]), open_interest=some_open_interest([1, 2]))
    written(tmp_path, seen)
    table = read_table(tmp_path / "binance" / "BTC-USDT" / "open_interest.parquet")
    assert "mark" not in table


def test_several_markets_and_their_sums_are_read_back(tmp_path: Path) -> None:
    many = [an_observation(venue=venue, base=base) for venue in ("okx", "gate") for base in "AB"]
    write_recording(tmp_path, many, totals={"A": TOTALS}, simulated=True, label="seed 7")
    recording = Recording.open(tmp_path)
    assert recording.venues == ("gate", "okx")
    assert recording.bases == ("A", "B")
    assert (recording.simulated, recording.label) == (True, "seed 7")
    assert same(recording.totals("A"), TOTALS)
    assert recording.totals("B") is None


def test_a_label_of_any_characters_is_kept(tmp_path: Path) -> None:
    label = 'a "b"\n\\ 龙 = 1'
    write_recording(tmp_path, [an_observation()], simulated=True, label=label)
    assert Recording.open(tmp_path).label == label


def test_a_simulated_recording_replaces_another_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    first = [an_observation(base="BTC"), an_observation(base="ETH")]
    write_recording(tmp_path, first, totals={"BTC": TOTALS}, simulated=True)
    write_table(tmp_path / "truth.parquet", {"a": [1]})
    write_recording(tmp_path, [an_observation(base="SOL")], simulated=True)
    recording = Recording.open(tmp_path)
    assert recording.bases == ("SOL",)
    assert recording.totals("BTC") is None
    assert (tmp_path / "truth.parquet").exists()
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("simulated", [True, False])
def test_a_real_recording_is_never_written_over(
    tmp_path: Path, marked: bool, simulated: bool
) -> None:
    write_recording(tmp_path, [an_observation()], simulated=False)
    if not marked:
        (tmp_path / "recording.toml").unlink()
    with pytest.raises(RecordingError, match="already holds a recording"):
        write_recording(tmp_path, [an_observation(base="ETH")], simulated=simulated)
    assert Recording.open(tmp_path).bases == ("BTC",)


def test_candles_without_a_place_in_a_recording_are_refused(tmp_path: Path) -> None:
    hourly = an_observation(some_candles(interval_ms=HOUR_MS))
    with pytest.raises(ValueError, match="no place in a recording"):
        write_recording(tmp_path, [hourly], simulated=True)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"file/recording\.toml: cannot be written"):
        write_recording(tmp_path / "file", [an_observation()], simulated=True)


def test_an_observation_of_a_moment_is_written_as_that_moment_saw_it(tmp_path: Path) -> None:
    whole = an_observation(some_candles(range(1, 10)))
    at_ms = START_MS + 4 * FIVE_MINUTES_MS
    seen = replace(whole, candles=whole.candles.until(at_ms))
    assert len(written(tmp_path, seen).candles) == 4
