"""What a market's folder tells up to a moment, and that it never tells more."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.errors import RecordingError
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Gap, Observation
from liqbot.market.recording import layout
from liqbot.market.recording.observe import observe, totals_in
from liqbot.market.recording.table import read_table, write_table
from liqbot.market.units import HOUR_MS, MINUTE_MS, Price, floats, moment_of
from tests.builders import FIVE_MINUTES_MS, START_MS, same

BTC = Instrument("binance", "BTC", "USDT")
nan = np.nan
Table = Mapping[str, ArrayLike]


def seen_in(folder: Path, until_ms: int | None = None) -> Observation:
    """What a folder tells by a moment."""
    return observe(folder, BTC, until_ms, simulated=False)


def write(folder: Path, **tables: Table) -> Path:
    """Write tables by name."""
    for name, columns in tables.items():
        write_table(folder / f"{name}.parquet", columns)
    return folder


def candles(prices: list[float], minutes: int = 5, start_ms: int = START_MS) -> Table:
    """Raw flat candles."""
    opened_ms = start_ms + minutes * MINUTE_MS * np.arange(len(prices))
    return {"opened_ms": opened_ms} | dict.fromkeys(("open", "high", "low", "close"), prices)


def sampled(name: str, minutes: list[float], values: list[float], **more: ArrayLike) -> Table:
    """Raw values at minutes from the start."""
    at_ms = [START_MS + int(minute * MINUTE_MS) for minute in minutes]
    return {"at_ms": at_ms, name: values, **more}


def test_a_folder_with_everything_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        candles_5m=dict(candles([100, 101])) | {"volume": [3.0, 4.0]},
        mark_5m=candles([100.5, 101.5]),
        open_interest=sampled("open_interest", [0, 5, 10], [7, 8, 9], mark=[1.0, 2.0, 3.0]),
        funding=sampled("rate", [0], [1e-4]),
        liquidations=sampled("price", [1, 2], [99, 98], side=["long", "short"], quantity=[1, 2]),
        book=sampled(
            "price", [10] * 3, [100, 99, 102], side=["bid", "bid", "ask"], quantity=[1, 2, 3]
        ),
    )
    seen = seen_in(tmp_path)
    assert seen.instrument == BTC
    assert seen.observed_at == moment_of(START_MS + 10 * MINUTE_MS)
    assert seen.candles.close.tolist() == [100, 101]
    assert seen.candles.volume.tolist() == [3, 4]
    assert np.isnan(seen.candles.taker_buy_volume).all()
    assert seen.mark_candles is not None
    assert seen.mark_candles.close.tolist() == [100.5, 101.5]
    assert seen.open_interest.quantity.tolist() == [7, 8, 9]
    assert seen.funding.rate.tolist() == [1e-4]
    assert seen.tape.side.tolist() == [0, 1]
    assert seen.book is not None
    assert seen.book.bid_price.tolist() == [100, 99]
    assert seen.book.ask_quantity.tolist() == [3]
    assert (seen.gaps, seen.repairs, seen.simulated) == ((), (), False)


def test_nothing_that_was_read_can_be_written_to(tmp_path: Path) -> None:
    orders = sampled("price", [1], [99], side=["long"], quantity=[1])
    seen = seen_in(write(tmp_path, candles_5m=candles([100, 101]), liquidations=orders))
    for series in (seen.candles, seen.open_interest, seen.funding, seen.tape):
        arrays = [getattr(series, each.name) for each in fields(series)]
        assert not any(each.flags.writeable for each in arrays if isinstance(each, np.ndarray))


def test_missing_files_are_empty_series_and_gaps(tmp_path: Path) -> None:
    seen = seen_in(write(tmp_path, candles_5m=candles([100, 101])))
    assert [len(seen.open_interest), len(seen.funding), len(seen.tape)] == [0, 0, 0]
    assert seen.mark_candles is None
    assert seen.book is None
    end_ms = START_MS + 10 * MINUTE_MS
    assert seen.gaps == (Gap(what="open_interest", from_ms=START_MS, to_ms=end_ms),)


def test_forced_orders_alone_are_read_with_no_candles_and_no_mark(tmp_path: Path) -> None:
    orders = sampled("price", [1, 20], [99, 98], side=["long", "long"], quantity=[1, 2])
    seen = seen_in(write(tmp_path, liquidations=orders))
    assert len(seen.tape) == 2
    assert len(seen.candles) == 0
    assert seen.candles.interval_ms == FIVE_MINUTES_MS
    assert np.isnan(seen.mark)
    assert [gap.what for gap in seen.gaps] == ["candles", "open_interest"]


def test_files_without_rows_are_refused_unless_a_moment_is_given(tmp_path: Path) -> None:
    write(tmp_path, candles_5m=candles([]))
    with pytest.raises(RecordingError, match="no row in any"):
        seen_in(tmp_path)
    assert seen_in(tmp_path, START_MS).observed_at == moment_of(START_MS)


def test_repairs_name_the_file(tmp_path: Path) -> None:
    raw = candles([100, -1, 102])
    shuffled = {name: np.asarray(column)[[2, 0, 1]] for name, column in raw.items()}
    seen = seen_in(write(tmp_path, candles_5m=shuffled))
    assert seen.repairs == (
        "candles_5m: 1 row out of order, sorted by time",
        "candles_5m: 1 row with a price that is not positive and finite made unknown",
    )


def test_the_finest_candles_are_read_at_every_moment(tmp_path: Path) -> None:
    write(tmp_path, candles_1m=candles([1, 2, 3, 4, 5], 1), candles_5m=candles([9], 5))
    assert seen_in(tmp_path).candles.close.tolist() == [1, 2, 3, 4, 5]
    for until_ms in (START_MS - HOUR_MS, START_MS, START_MS + MINUTE_MS):
        assert seen_in(tmp_path, until_ms).candles.interval_ms == MINUTE_MS


@pytest.mark.parametrize(
    ("last", "marks", "length", "source"),
    [(5, {5}, 5, 5), (5, {1}, 5, 1), (1, {1, 5}, 1, 1), (5, {1, 5}, 5, 5), (1, {5}, 5, 5)],
)
def test_mark_candles_come_as_long_as_the_candles_or_longer(
    tmp_path: Path, last: int, marks: set[int], length: int, source: int
) -> None:
    write(tmp_path, **{f"candles_{last}m": candles([1.0] * (10 // last), last)})
    write(
        tmp_path, **{f"mark_{each}m": candles([float(each)] * (10 // each), each) for each in marks}
    )
    found = seen_in(tmp_path).mark_candles
    assert found is not None
    assert found.interval_ms == length * MINUTE_MS
    assert found.close.tolist() == [source] * (10 // length)


@pytest.mark.parametrize(
    ("beside", "marks", "expected"),
    [
        ([nan, nan, nan], None, 101.0),
        ([0.0, 103.0, nan], None, 101.0),
        ([1.0, 2.0, 103.0], None, 103.0),
        ([1.0, 2.0, 103.0], [1.0, 104.0], 104.0),
        ([1.0, 2.0, 103.0], [104.0, nan], 103.0),
        ([nan, nan, np.inf], [104.0, -1.0], 101.0),
    ],
)
def test_the_mark_is_the_newest_price_known(
    tmp_path: Path, beside: list[float], marks: list[float] | None, expected: float
) -> None:
    write(
        tmp_path,
        candles_5m=candles([100, 101]),
        open_interest=sampled("open_interest", [0, 5, 10], [7, 8, 9], mark=beside),
    )
    if marks:
        write(tmp_path, mark_5m=candles(marks))
    assert seen_in(tmp_path).mark == expected


def test_the_newest_mark_is_found_in_any_order(tmp_path: Path) -> None:
    marks = sampled("open_interest", [5, 15, 10], [1, 1, 1], mark=[1.0, 3.0, 2.0])
    assert seen_in(write(tmp_path, open_interest=marks)).mark == Price(3)


def test_a_stamp_that_moves_past_the_moment_takes_its_row_along(tmp_path: Path) -> None:
    early = sampled("open_interest", [5 - 1 / 60], [1])
    write(tmp_path, open_interest=early, candles_5m=candles([1.0], start_ms=START_MS - 1000))
    end_ms = START_MS + 5 * MINUTE_MS
    before, after = seen_in(tmp_path, end_ms - 1), seen_in(tmp_path, end_ms)
    assert (len(before.candles), len(before.open_interest)) == (0, 0)
    assert (len(after.candles), len(after.open_interest)) == (1, 1)


def test_the_newest_book_by_the_moment_is_read(tmp_path: Path) -> None:
    book = sampled("price", [0, 0, 5, 5], [1, 2, 3, 4], side=["bid", "ask"] * 2, quantity=[1] * 4)
    write(tmp_path, book=book)
    for minute, bids in ((0, [1]), (4.9, [1]), (5, [3]), (60, [3])):
        found = seen_in(tmp_path, START_MS + int(minute * MINUTE_MS)).book
        assert found is not None
        assert found.bid_price.tolist() == bids


def test_a_crossed_book_is_left_out_and_said_so(tmp_path: Path) -> None:
    book = sampled("price", [0, 0], [2, 1], side=["bid", "ask"], quantity=[1, 1])
    seen = seen_in(write(tmp_path, book=book, candles_5m=candles([1.0])))
    assert seen.book is None
    assert seen.repairs[0].startswith("book: left out, ")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, candles_5m=candles([1.0]))
    (tmp_path / "funding.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(RecordingError, match=r"funding\.parquet: cut short or no Parquet"):
        seen_in(tmp_path)


def test_sums_are_read_up_to_the_moment_they_were_complete(tmp_path: Path) -> None:
    hours = START_MS + HOUR_MS * np.arange(3)
    sums = {"long_usd": [1.0, 2.0, nan], "short_usd": [4.0, 5.0, 6.0]}
    write(tmp_path, liquidation_totals={"from_ms": hours, "to_ms": hours + HOUR_MS, **sums})
    found = totals_in(tmp_path, None).usd
    assert np.array_equal(found, floats([[1.0, 2.0, nan], [4.0, 5.0, 6.0]]), equal_nan=True)
    assert len(totals_in(tmp_path, START_MS + 2 * HOUR_MS - 1)) == 1


seconds = st.integers(0, 1800)
stamps = st.lists(seconds.map(lambda second: START_MS + 1000 * second), max_size=15)
prices = st.floats(50, 150) | st.just(nan)


@st.composite
def raw_folders(draw: st.DrawFn) -> dict[str, Table]:
    """Tables with rows off the grid, out of order, twice and unknown."""

    def column(size: int, values: st.SearchStrategy[float] = prices) -> list[float]:
        return draw(st.lists(values, min_size=size, max_size=size))

    tables: dict[str, Table] = {}
    for kind in layout.MARKET:
        at_ms = draw(stamps)
        table: dict[str, ArrayLike] = {kind.stamps[0]: np.array(at_ms, dtype=np.int64)}
        table |= {name: np.array(column(len(at_ms))) for name in (*kind.required, *kind.optional)}
        table |= {
            name: np.array([draw(st.sampled_from(known)) for _ in at_ms], dtype=np.str_)
            for name, known in kind.words
        }
        if draw(st.booleans()):
            tables[kind.name] = table
    return tables


@settings(max_examples=50)  # each writes two folders
@given(raw_folders(), seconds)
def test_what_came_later_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Table], second: int
) -> None:
    until_ms = START_MS + 1000 * second
    whole = write(tmp_path_factory.mktemp("whole"), **tables)
    known = tmp_path_factory.mktemp("known")
    for path in whole.iterdir():
        table = read_table(path)
        length_ms = {"candles_1m": 1, "candles_5m": 5, "mark_1m": 1, "mark_5m": 5}.get(path.stem, 0)
        stamp = "opened_ms" if length_ms else "at_ms"
        rows = table[stamp] + length_ms * MINUTE_MS <= until_ms
        write(known, **{path.stem: {name: column[rows] for name, column in table.items()}})
    seen = seen_in(whole, until_ms)
    assert same(seen, seen_in(known, until_ms))
    newest = seen.newest_ms
    assert newest is None or newest <= until_ms
