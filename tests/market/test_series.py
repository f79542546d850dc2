"""Series: what is mended on entry, what is refused, how they are cut and lengthened."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.units import MINUTE_MS, floats, integers
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    same,
    some_candles,
    some_funding,
    some_open_interest,
)

nan = np.nan
closes = st.lists(st.floats(1, 1000) | st.just(nan), min_size=1, max_size=40)


def columns_of(candles: Candles) -> dict[str, ArrayLike]:
    """Raw, writable columns of candles."""
    names = ("opened_ms", "open", "high", "low", "close", "volume", "taker_buy_volume")
    return {name: getattr(candles, name).copy() for name in names}


def mended(columns: dict[str, ArrayLike]) -> tuple[Candles, tuple[str, ...]]:
    """Five-minute candles of raw columns."""
    return Candles.mended(FIVE_MINUTES_MS, columns)


@given(closes)
def test_sound_candles_pass_unchanged_and_unremarked(prices: list[float]) -> None:
    candles = some_candles(prices, reach=0.01)
    again, repairs = mended(columns_of(candles))
    assert same(again, candles)
    assert repairs == ()


@given(closes, st.randoms(use_true_random=False))
def test_shuffled_candles_come_back_in_order(prices: list[float], chance: Random) -> None:
    candles = some_candles(prices, reach=0.01)
    order = np.array(shuffled(len(candles), chance))
    again, repairs = mended({k: np.asarray(v)[order] for k, v in columns_of(candles).items()})
    assert same(again, candles)
    assert bool(repairs) == bool(np.any(np.diff(order) < 0))


def shuffled(size: int, chance: Random) -> list[int]:
    """Return the numbers below size in an order drawn by hypothesis."""
    order = list(range(size))
    chance.shuffle(order)
    return order


def test_mended_columns_cannot_be_written_to() -> None:
    candles, _ = mended(columns_of(some_candles()))
    with pytest.raises(ValueError, match="read-only"):
        candles.close[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        candles.opened_ms[0] = 1


def test_absent_volumes_are_unknown() -> None:
    columns = columns_of(some_candles())
    candles, repairs = mended({name: columns[name] for name in list(columns)[:5]})
    assert np.isnan(candles.volume).all()
    assert np.isnan(candles.taker_buy_volume).all()
    assert repairs == ()


def test_of_equal_stamps_the_last_row_is_kept() -> None:
    candles = some_candles((100, 101, 102))
    columns = columns_of(candles)
    columns["opened_ms"] = candles.opened_ms[[0, 1, 1]]
    again, repairs = mended(columns)
    assert again.close.tolist() == [100, 102]
    assert repairs == ("1 row with a repeated stamp dropped, the last one kept",)


def test_stamps_two_seconds_off_move_onto_the_grid_and_others_go() -> None:
    columns = columns_of(some_candles((100, 101, 102, 103)))
    columns["opened_ms"] = np.add(columns["opened_ms"], (2000, -1000, 2001, 0))
    candles, repairs = mended(columns)
    assert candles.close.tolist() == [100, 101, 103]
    assert candles.opened_ms.tolist() == [START_MS + i * FIVE_MINUTES_MS for i in (0, 1, 3)]
    assert repairs == (
        "2 stamps moved by at most 2 s onto the grid",
        "1 row off the grid of candles dropped",
    )


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("close", nan, "with only some of the four prices made unknown"),
        ("low", 0.0, "with a price that is not positive and finite made unknown"),
        ("low", -1.0, "with a price that is not positive and finite made unknown"),
        ("high", np.inf, "with a price that is not positive and finite made unknown"),
        ("high", 99.0, "with high or low inside the other prices made unknown"),
        ("low", 101.0, "with high or low inside the other prices made unknown"),
        ("open", 1e6, "with high or low inside the other prices made unknown"),
    ],
)
def test_prices_that_cannot_be_are_made_unknown_all_four(name: str, value: float, why: str) -> None:
    columns = columns_of(some_candles((100, 100, 100), reach=0.001))
    np.asarray(columns[name])[1] = value
    candles, repairs = mended(columns)
    for price in (candles.open, candles.high, candles.low, candles.close):
        assert np.isnan(price).tolist() == [False, True, False]
    assert candles.volume.tolist() == [10, 10, 10]
    assert repairs == (f"1 row {why}",)


@pytest.mark.parametrize("name", ["volume", "taker_buy_volume"])
@pytest.mark.parametrize("value", [-1.0, np.inf])
def test_volumes_that_cannot_be_are_made_unknown(name: str, value: float) -> None:
    columns = columns_of(some_candles())
    np.asarray(columns[name])[0] = value
    candles, repairs = mended(columns)
    assert np.isnan(getattr(candles, name)[0])
    assert not np.isnan(candles.close[0])
    assert repairs == (f"1 row with a negative or infinite {name} made unknown",)


@given(
    st.lists(
        st.tuples(
            st.integers(START_MS, START_MS + 50 * MINUTE_MS),
            *[st.floats(allow_nan=True, allow_infinity=True)] * 6,
        ),
        max_size=20,
    )
)
def test_any_columns_make_candles(rows: list[tuple[float, ...]]) -> None:
    names = list(columns_of(some_candles()))
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    candles, _ = Candles.mended(MINUTE_MS, dict(zip(names, table.T, strict=True)))
    assert len(candles) <= len(rows)
    assert not np.any(candles.low <= 0)
    assert same(Candles.mended(MINUTE_MS, columns_of(candles)), (candles, ()))


def test_columns_of_unequal_length_are_refused() -> None:
    columns = columns_of(some_candles()) | {"close": [1.0]}
    with pytest.raises(ValueError, match="close is"):
        mended(columns)


@pytest.mark.parametrize(
    ("name", "column", "why"),
    [
        ("opened_ms", [START_MS, START_MS, START_MS], "does not rise at row 1"),
        ("opened_ms", START_MS + np.arange(3), "off the grid"),
        ("close", [1.0], "beside stamps"),
        ("high", [1.0, 1.0, 1.0], "not their highest"),
    ],
)
def test_candles_that_break_their_own_rules_are_refused(
    name: str, column: ArrayLike, why: str
) -> None:
    array = integers(column) if name == "opened_ms" else floats(column)
    with pytest.raises(ValueError, match=why):
        replace(some_candles(), **{name: array})  # type: ignore[arg-type]


@pytest.mark.parametrize(("second", "left"), [(299, 0), (300, 1), (599, 1), (600, 2), (9999, 3)])
def test_until_leaves_only_candles_that_had_closed(second: int, left: int) -> None:
    assert len(some_candles().until(START_MS + second * 1000)) == left


@pytest.mark.parametrize(("second", "left"), [(-1, 3), (0, 3), (1, 2), (300, 2), (601, 0)])
def test_since_leaves_candles_that_opened_later(second: int, left: int) -> None:
    assert len(some_candles().since(START_MS + second * 1000)) == left


def test_a_longer_candle_takes_first_last_highest_lowest_and_sums() -> None:
    candles = some_candles(
        (10, 12, 9, 11, 10.5), interval_ms=MINUTE_MS, volume=[1, 2, 3, 4, 5], taker_buy_volume=1
    )
    longer = candles.resample(FIVE_MINUTES_MS)
    assert longer.opened_ms.tolist() == [START_MS]
    ohlc = (longer.open, longer.high, longer.low, longer.close)
    assert [price.item() for price in ohlc] == [10, 12, 9, 10.5]
    assert longer.volume.tolist() == [15]
    assert longer.taker_buy_volume.tolist() == [5]


def test_a_longer_candle_passes_over_unknown_minutes() -> None:
    hole = [nan] * 5
    candles = some_candles(
        [nan, 12, nan, 9, nan, *hole], interval_ms=MINUTE_MS, volume=[nan, 2, 3, nan, 5, *hole]
    )
    longer = candles.resample(FIVE_MINUTES_MS)
    ohlc = (longer.open, longer.high, longer.low, longer.close)
    assert [price[0] for price in ohlc] == [12, 12, 9, 9]
    assert np.isnan(longer.close).tolist() == [False, True]
    assert np.array_equal(longer.volume, [10, nan], equal_nan=True)


def test_a_longer_candle_is_closed_only_when_its_last_minute_is() -> None:
    candles = some_candles(range(1, 15), interval_ms=MINUTE_MS)
    assert len(candles.resample(FIVE_MINUTES_MS)) == 2
    assert len(candles.until(START_MS + 5 * MINUTE_MS).resample(FIVE_MINUTES_MS)) == 1


def test_minutes_without_any_row_leave_a_gap_in_longer_candles() -> None:
    candles = some_candles(range(1, 16), interval_ms=MINUTE_MS)
    early, late = candles.until(START_MS + 5 * MINUTE_MS), candles.since(START_MS + 10 * MINUTE_MS)
    columns = {
        name: np.concatenate((column, np.asarray(columns_of(late)[name])))
        for name, column in columns_of(early).items()
    }
    longer = Candles.mended(MINUTE_MS, columns)[0].resample(FIVE_MINUTES_MS)
    assert (longer.opened_ms - START_MS).tolist() == [0, 10 * MINUTE_MS]


@given(closes, st.integers(0, 40))
def test_longer_candles_of_a_prefix_are_a_prefix_of_longer_candles(
    prices: list[float], minutes: int
) -> None:
    candles = some_candles(prices, interval_ms=MINUTE_MS, reach=0.01)
    at_ms = START_MS + minutes * MINUTE_MS
    prefix = candles.until(at_ms).resample(FIVE_MINUTES_MS)
    assert same(prefix, candles.resample(FIVE_MINUTES_MS).until(at_ms))


def test_no_candles_resample_to_none_of_the_longer_kind() -> None:
    assert same(Candles.none(MINUTE_MS).resample(FIVE_MINUTES_MS), Candles.none(FIVE_MINUTES_MS))


def test_candles_cannot_be_made_shorter() -> None:
    with pytest.raises(ValueError, match="do not fill"):
        some_candles().resample(MINUTE_MS)


def test_open_interest_is_known_within_two_seconds_of_a_sample_and_never_between() -> None:
    samples = replace(some_open_interest((1.0, 2.0, nan)))
    steps = np.array([-2001, -2000, 0, 2000, 2001, 150_000, 298_000, 300_000, 600_000, 10**9])
    found = samples.at(integers(START_MS + steps))
    expected = [nan, 1, 1, 1, nan, nan, 2, 2, nan, nan]
    assert np.array_equal(found, expected, equal_nan=True)


def test_the_nearer_of_two_close_samples_is_taken() -> None:
    samples = OpenInterest(at_ms=integers([0, 1000, 2000]), quantity=floats([1, 2, 3]))
    assert samples.at(integers([400, 600, 1501])).tolist() == [1, 2, 3]


def test_no_samples_know_nothing() -> None:
    assert np.isnan(some_open_interest(()).at(integers([0, START_MS]))).all()


def test_samples_near_a_whole_minute_move_onto_it_and_others_stay() -> None:
    at_ms = START_MS + np.array([1500, 60_000 - 2000, 130_000])
    series, repairs = OpenInterest.mended({"at_ms": at_ms, "quantity": [1.0, 2.0, 3.0]})
    assert (series.at_ms - START_MS).tolist() == [0, 60_000, 130_000]
    assert repairs == ("2 stamps moved by at most 2 s onto the grid",)


def test_open_interest_that_cannot_be_is_made_unknown() -> None:
    at_ms = START_MS + MINUTE_MS * np.array([2, 1, 0, 3])
    series, repairs = OpenInterest.mended({"at_ms": at_ms, "quantity": [-1.0, 0.0, np.inf, nan]})
    assert np.array_equal(series.quantity, [nan, 0, nan, nan], equal_nan=True)
    assert repairs == (
        "2 rows out of order, sorted by time",
        "2 rows with a negative or infinite open interest made unknown",
    )


def test_funding_keeps_its_stamps_and_loses_infinities() -> None:
    columns: dict[str, ArrayLike] = {
        "at_ms": [START_MS + 4, START_MS + 9, START_MS + 9],
        "rate": [np.inf, 1e-4, -1e-4],
    }
    series, repairs = Funding.mended(columns)
    assert series.at_ms.tolist() == [START_MS + 4, START_MS + 9]
    assert np.array_equal(series.rate, [nan, -1e-4], equal_nan=True)
    assert len(repairs) == 2


@pytest.mark.parametrize("series", [some_open_interest((1, 2, 3)), some_funding((1, 2, 3))])
def test_samples_are_cut_at_instants_inclusively(series: OpenInterest | Funding) -> None:
    middle = int(series.at_ms[1])
    assert series.until(middle).at_ms.tolist() == series.at_ms[:2].tolist()
    assert series.since(middle).at_ms.tolist() == series.at_ms[1:].tolist()
    assert len(series.until(middle - 1)) == 1
    assert len(series.since(middle + 1)) == 1


@pytest.mark.parametrize("series", [some_open_interest((1, 2)), some_funding((1, 2))])
def test_samples_whose_time_falls_are_refused(series: OpenInterest | Funding) -> None:
    with pytest.raises(ValueError, match="does not rise"):
        replace(series, at_ms=series.at_ms[::-1])
