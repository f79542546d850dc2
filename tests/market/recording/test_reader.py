"""Recordings: what is in them, what is refused, and the real ones."""

import time
from pathlib import Path

import numpy as np
import pytest

from liqbot.errors import OutOfRange, RecordingError, UnknownName
from liqbot.market.instrument import Instrument
from liqbot.market.recording.reader import Recording
from liqbot.market.recording.table import write_table
from liqbot.market.units import HOUR_MS, MINUTE_MS
from tests.builders import FIVE_MINUTES_MS, SHARED_DATA, START_MS, same

RECORDINGS = SHARED_DATA / "recordings"
REAL = {
    "binance-2025-12": ("AVAX", "BTC", "DOGE", "ETH", "SOL"),
    "hyperliquid-2026-06": ("BTC", "DOGE", "ETH", "SOL"),
    "okx-liquidations-2026-03": ("BTC", "DOGE", "ETH", "SOL"),
}
MARKETS = [(name, base) for name, bases in REAL.items() for base in bases]
needs_real = pytest.mark.skipif(
    not RECORDINGS.exists(), reason="../shared/data is not beside the project"
)


def add(folder: Path, market: str, *, rows: int = 3, start_ms: int = START_MS) -> None:
    """Add a market ("binance/BTC-USDT") of flat candles to a recording."""
    opened_ms = start_ms + FIVE_MINUTES_MS * np.arange(rows)
    prices = dict.fromkeys(("open", "high", "low", "close"), np.full(rows, 100.0))
    write_table(folder / market / "candles_5m.parquet", {"opened_ms": opened_ms, **prices})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for market in ("okx/ETH-USDC", "okx/BTC-USDC", "binance/BTC-USDT", "binance/BTC-USDC"):
        add(tmp_path, market)
    add(tmp_path, "okx/BTC-USDT", rows=5, start_ms=START_MS + 2 * FIVE_MINUTES_MS)
    return tmp_path


def test_a_recording_lists_what_it_holds(folder: Path) -> None:
    recording = Recording.open(folder)
    assert recording.venues == ("binance", "okx")
    assert recording.bases == ("BTC", "ETH")
    assert [f"{each.venue}:{each.folder}" for each in recording.instruments] == [
        "binance:BTC-USDC",
        "binance:BTC-USDT",
        "okx:BTC-USDC",
        "okx:BTC-USDT",
        "okx:ETH-USDC",
    ]
    assert (recording.simulated, recording.label) == (False, "")


def test_usdt_is_read_before_usdc(folder: Path) -> None:
    recording = Recording.open(folder)
    assert [each.quote for each in recording.instruments_of("btc")] == ["USDT", "USDT"]
    assert [each.quote for each in recording.instruments_of("ETH")] == ["USDC"]


def test_an_unknown_base_gets_the_nearest(folder: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean BTC"):
        Recording.open(folder).span("BTX")


def test_other_folders_and_files_are_passed_over(folder: Path) -> None:
    (folder / "notes.txt").touch()
    (folder / "pictures" / "today").mkdir(parents=True)
    (folder / "okx" / "SOL-USDT").mkdir()
    write_table(folder / "truth.parquet", {"a": [1]})
    write_table(folder / "all" / "BTC-USDT" / "candles_5m.parquet", {"a": [1]})
    assert len(Recording.open(folder).instruments) == 5


@pytest.mark.parametrize("name", ["no", "file", "empty"])
def test_what_is_no_recording_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecordingError, match=f"/{name}: (there is no such folder|no market in it)"):
        Recording.open(tmp_path / name)


def test_a_name_too_long_for_any_folder_is_refused_shortly() -> None:
    with pytest.raises(RecordingError, match="File name too long") as caught:
        Recording.open(Path("💥" * 4096))
    assert len(str(caught.value)) < 60


def test_a_market_folder_that_names_no_market_is_refused(folder: Path) -> None:
    add(folder, "okx/bitcoin")
    with pytest.raises(RecordingError, match="okx/bitcoin: bitcoin is not like BTC-USDT"):
        Recording.open(folder)


def test_a_marker_tells_that_a_recording_is_simulated(folder: Path) -> None:
    (folder / "recording.toml").write_text('simulated = true\nlabel = "seed 1"\n')
    recording = Recording.open(folder)
    assert (recording.simulated, recording.label) == (True, "seed 1")
    assert recording.read(recording.instruments[0]).simulated


@pytest.mark.parametrize("text", ["simulated = 1", "label = 5", "simulated =", "\ufffe"])
def test_a_marker_that_makes_no_sense_is_refused(folder: Path, text: str) -> None:
    (folder / "recording.toml").write_text(text)
    with pytest.raises(RecordingError, match=r"recording\.toml: "):
        Recording.open(folder)


def test_a_market_that_is_not_in_the_recording_is_refused(folder: Path) -> None:
    with pytest.raises(RecordingError, match="no SOL/USDT:USDT of okx"):
        Recording.open(folder).read(Instrument("okx", "SOL", "USDT"))


def test_a_base_can_be_seen_from_its_first_close_to_its_last(folder: Path) -> None:
    recording = Recording.open(folder)
    first, last = START_MS + FIVE_MINUTES_MS, START_MS + 7 * FIVE_MINUTES_MS
    assert recording.span("BTC") == (first, last)
    assert recording.moment("BTC") == last
    assert recording.moment("BTC", first) == first
    for at_ms in (first - 1, last + 1):
        with pytest.raises(OutOfRange, match=r"from 2026-01-01 00:05 UTC to 2026-01-01 00:35 UTC"):
            recording.moment("BTC", at_ms)


def test_a_base_of_which_nothing_is_known_has_no_span(tmp_path: Path) -> None:
    write_table(
        tmp_path / "okx" / "BTC-USDT" / "book.parquet",
        {"at_ms": [START_MS], "side": ["bid"], "price": [1.0], "quantity": [1.0]},
    )
    with pytest.raises(RecordingError, match="nothing is known of BTC"):
        Recording.open(tmp_path).span("BTC")


def test_sums_over_all_venues_are_found_by_base(folder: Path) -> None:
    write_table(
        folder / "all" / "ETH-USDC" / "liquidation_totals.parquet",
        {"from_ms": [START_MS], "to_ms": [START_MS + HOUR_MS], "long_usd": [1], "short_usd": [2]},
    )
    recording = Recording.open(folder)
    assert recording.totals("BTC") is None
    totals = recording.totals("eth")
    assert totals is not None
    assert totals.usd.tolist() == [[1], [2]]
    early = recording.totals("ETH", START_MS)
    assert early is not None
    assert len(early) == 0


@needs_real
@pytest.mark.parametrize(("name", "base"), MARKETS)
def test_every_real_market_opens_without_repair(name: str, base: str) -> None:
    recording = Recording.open(RECORDINGS / name)
    assert recording.bases == REAL[name]
    (instrument,) = recording.instruments_of(base)
    seen = recording.read(instrument)
    assert seen.repairs == ()
    assert not seen.simulated
    first, last = recording.span(base)
    assert seen.age_s(seen.observed_at) == 0
    assert last <= seen.observed_at.timestamp() * 1000
    if name.startswith("okx"):
        assert len(seen.tape) > 1000
        assert np.isnan(seen.mark)
    else:
        assert len(seen.candles) > 14_000
        assert abs(seen.mark / seen.candles.close[-1] - 1) < 1e-3
        assert last - first > 10 * 24 * HOUR_MS


@needs_real
@pytest.mark.parametrize(("name", "base"), MARKETS)
@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_a_real_market_read_to_a_moment_is_the_whole_cut_there(
    name: str, base: str, share: float
) -> None:
    recording = Recording.open(RECORDINGS / name)
    (instrument,) = recording.instruments_of(base)
    first, last = recording.span(base)
    at_ms = first + int(share * (last - first)) // MINUTE_MS * MINUTE_MS
    seen, whole = recording.read(instrument, at_ms), recording.read(instrument)
    for series in ("candles", "open_interest", "funding", "tape"):
        assert same(getattr(seen, series), getattr(whole, series).until(at_ms))
    assert seen.candles.close.size or name.startswith("okx")


@needs_real
def test_the_real_sums_are_hourly_and_complete() -> None:
    totals = Recording.open(RECORDINGS / "binance-2025-12").totals("BTC")
    assert totals is not None
    assert len(totals) == 1337
    assert np.unique(totals.to_ms - totals.from_ms).tolist() == [HOUR_MS]
    assert np.all(totals.usd >= 0)


@needs_real
def test_hyperliquid_minutes_without_a_trade_are_gaps() -> None:
    recording = Recording.open(RECORDINGS / "hyperliquid-2026-06")
    seen = recording.read(recording.instruments_of("BTC")[0])
    missing = [gap for gap in seen.gaps if gap.what == "candles"]
    assert sum(gap.to_ms - gap.from_ms for gap in missing) == 5 * MINUTE_MS


@needs_real
def test_two_months_are_read_in_a_blink() -> None:
    recording = Recording.open(RECORDINGS / "binance-2025-12")
    (instrument,) = recording.instruments_of("BTC")
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        recording.read(instrument)
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.06
