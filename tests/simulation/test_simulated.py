from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from liqbot.errors import OutOfRange, RecordingError, UnknownName
from liqbot.market.recording.reader import Recording
from liqbot.market.recording.table import read_table
from liqbot.market.recording.writer import write_recording
from liqbot.market.units import MINUTE_MS
from liqbot.simulation.settings import Settings
from liqbot.simulation.simulated import Simulated, simulate
from tests.builders import an_observation, same

SETTINGS = Settings(seed=3, days=0.1)


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    return simulate(SETTINGS)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_files_whichever_other_markets_there_are(
    simulated: Simulated, tmp_path: Path
) -> None:
    simulated.write(tmp_path / "both")
    alone = simulate(replace(SETTINGS, markets=("ETH",)))
    alone.write(tmp_path / "alone")
    both = {name: each for name, each in hashes(tmp_path / "both").items() if "ETH-USDT" in name}
    again = {name: each for name, each in hashes(tmp_path / "alone").items() if "ETH-USDT" in name}
    assert both == again
    assert len(both) > 12
    assert same(simulated.truth("ETH"), alone.truth("ETH"))


def test_another_seed_is_another_market(simulated: Simulated) -> None:
    other = simulate(Settings(seed=4, days=1 / 24, markets=("ETH",)))
    for one, two in zip(simulated.observations("ETH"), other.observations("ETH"), strict=True):
        assert not np.isin(two.candles.close, one.candles.close).all()
        assert not np.isin(two.open_interest.quantity, one.open_interest.quantity).any()


def test_a_recording_reads_back_as_it_was_observed(simulated: Simulated, tmp_path: Path) -> None:
    simulated.write(tmp_path)
    recording = Recording.open(tmp_path)
    assert recording.simulated
    assert "SIMULATED" in recording.label
    for market in SETTINGS.markets:
        for seen in simulated.observations(market):
            read = recording.read(seen.instrument)
            assert same(read.candles, seen.candles)
            assert same(read.mark_candles, seen.mark_candles)
            assert same(read.open_interest, seen.open_interest)
            assert same(read.tape, seen.tape)
            assert same(read.book, seen.book)
            assert read.mark == seen.mark
            assert read.simulated
            assert read.gaps == ()
            assert read.repairs == ()
        totals = recording.totals(market)
        assert same(totals, simulated.totals[market])


def test_candles_of_a_minute_are_written_when_asked_for(
    simulated: Simulated, tmp_path: Path
) -> None:
    simulated.write(tmp_path, minutes=True)
    instrument = simulated.observations("BTC")[0].instrument
    read = Recording.open(tmp_path).read(instrument).candles
    assert read.interval_ms == MINUTE_MS
    assert same(read, simulated.published["BTC"][0].minutes)


def test_the_truth_that_is_written_is_what_stands_at_the_end(
    simulated: Simulated, tmp_path: Path
) -> None:
    simulated.write(tmp_path)
    table = read_table(tmp_path / "truth.parquet")
    assert list(table) == [
        "market", "venue", "side", "leverage", "liquidation_price", "quantity", "opened_ms",
    ]  # fmt: skip
    for market in SETTINGS.markets:
        for seen in simulated.observations(market):
            for side in ("long", "short"):
                here = (table["market"] == market) & (table["side"] == side)
                here &= table["venue"] == seen.instrument.venue
                held = table["quantity"][here].sum()
                assert held == pytest.approx(seen.open_interest.quantity[-1], rel=1e-9)
                assert table["opened_ms"][here].max() <= simulated.end_ms


def test_truth_is_known_at_any_moment(simulated: Simulated) -> None:
    seen = simulated.observations("BTC")
    for bar in (0, 7, 28):
        truth = simulated.truth("BTC", int(seen[0].open_interest.at_ms[bar]))
        told = sum(each.open_interest.quantity[bar] for each in seen)
        shorts = truth.quantity[truth.side == 1].sum()
        longs = truth.quantity[truth.side == 0].sum()
        assert shorts == pytest.approx(told, rel=1e-9)
        assert longs <= told * (1 + 1e-9)  # a long at 1x is liquidated nowhere
        assert truth.liquidation_price.min() > 0


def test_truth_outside_the_simulation_is_refused(simulated: Simulated) -> None:
    with pytest.raises(OutOfRange, match="was not simulated"):
        simulated.truth("BTC", simulated.end_ms + 1)
    with pytest.raises(UnknownName, match="SOL"):
        simulated.truth("SOL")
    with pytest.raises(UnknownName, match="SOL"):
        simulated.observations("SOL")


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    simulate(Settings(days=1 / 288, markets=("BTC",)), told.append)
    assert told == sorted(told)
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert len(told) > 10


def test_a_real_recording_is_never_written_over(simulated: Simulated, tmp_path: Path) -> None:
    write_recording(tmp_path, [an_observation()], simulated=False)
    with pytest.raises(RecordingError, match="already holds"):
        simulated.write(tmp_path)
