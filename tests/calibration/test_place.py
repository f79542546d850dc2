"""Where prints fell among what stood, on columns and markets made by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from liqbot.calibration.place import (
    PlaceScore,
    _Passage,
    _score,
    at_mark,
    place_scores,
    rebuilt,
    wilson,
)
from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.liquidation import liquidation_price
from liqbot.heatmap.model import Model
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import F8, MINUTE_MS, Side, floats
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_open_interest,
)
from tests.walks import a_walk

HOUR = 12  # bars
MODEL = Model()


def passage(mass: Sequence[float], prints: dict[int, int]) -> _Passage:
    """Return an hour that passed bins of a mass, nearest first, with prints in some of them."""
    counts = np.zeros(len(mass), np.int64)
    counts[list(prints)] = list(prints.values())
    return _Passage(mass=floats(mass), prints=counts)


def long_score(*passages: _Passage) -> PlaceScore:
    return _score(Side.LONG, passages)


def test_prints_in_the_heaviest_bin_rank_highest() -> None:
    score = long_score(passage([1, 9, 2, 5], {1: 3}))
    assert (score.n, score.quantile, score.precision) == (3, 3.5 / 4, 1.0)


def test_prints_in_the_lightest_bin_rank_lowest() -> None:
    score = long_score(passage([4, 9, 2, 5], {2: 2}))
    assert (score.quantile, score.precision) == (0.5 / 4, 0.0)


def test_bins_of_equal_mass_say_nothing() -> None:
    assert long_score(passage([3, 3, 3, 3, 3], {4: 1})).quantile == 0.5
    assert long_score(passage([0, 0, 3], {0: 1, 1: 1})).quantile == pytest.approx(1 / 3)


def test_prints_of_all_hours_are_averaged() -> None:
    score = long_score(passage([1, 2, 3], {2: 1}), passage([5, 6, 7, 8], {0: 2, 1: 1}))
    ranks = [2.5 / 3, 0.5 / 4, 0.5 / 4, 1.5 / 4]
    error = 1.96 * np.std(ranks) / 2
    assert score.n == 4
    assert score.quantile == pytest.approx(np.mean(ranks))
    assert score.quantile_low == pytest.approx(np.mean(ranks) - error)
    assert score.quantile_high == pytest.approx(np.mean(ranks) + error)
    assert score.precision == 0.25
    assert (score.precision_low, score.precision_high) == wilson(1, 4)


def test_the_map_names_a_tenth_of_the_bins_and_at_least_one() -> None:
    rising = np.arange(1.0, 31)
    for bin_, named in ((29, 1), (28, 1), (27, 1), (26, 0)):
        assert long_score(passage(list(rising), {bin_: 1})).precision == named
    assert long_score(passage([1, 2, 3], {1: 1, 2: 1})).precision == 0.5


def test_a_map_of_distance_alone_names_where_mass_usually_is() -> None:
    """Twice the mass lies nearest, once it lies far: distance alone names the nearest bin."""
    score = long_score(
        passage([9, 1, 1], {0: 1}), passage([9, 1, 1], {0: 1}), passage([1, 1, 9], {2: 2})
    )
    assert score.precision == 1.0
    assert score.distance_only == 0.5


def test_hours_that_pass_hardly_a_bin_or_nothing_do_not_count() -> None:
    counted = passage([1, 2, 3], {0: 1})
    others = [passage([1, 2], {1: 1}), passage([0, 0, 0], {1: 1}), passage([1, 2, 3], {})]
    assert long_score(counted, *others) == long_score(counted)


def test_without_prints_nothing_is_claimed() -> None:
    score = _score(Side.SHORT, [])
    assert (score.side, score.n) == (Side.SHORT, 0)
    assert (score.precision_low, score.precision_high) == (0.0, 1.0)
    undefined = [score.quantile, score.quantile_low, score.precision, score.distance_only]
    assert np.isnan(undefined).all()
    assert score.as_dict()["side"] == "short"


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (50, 100, 0.4038, 0.5962),
        (0, 0, 0.0, 1.0),
    ],
)
def test_an_interval_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def columns_before(bars: Bars, hour: int) -> tuple[F8, F8]:
    """Return what stands on each side before an hour, and the lattice's edges."""
    terms = terms_of(MODEL, "BTC", bars.venues, grid_for(bars), bars.interval_ms)
    ran = run(terms, guessed(terms, bars), bars.rows(0, hour * HOUR), columns=False)
    usd = ran.positions.quantity.sum(axis=(0, 2)) * terms.grid.centres
    return floats(usd), terms.grid.edges


def prints_where(bars: Bars, pick: Callable[[F8], int]) -> Tape:
    """Return one print an hour and side, in the passed bin that `pick` finds by mass."""
    orders = []
    for hour in range(24, len(bars) // HOUR):
        usd, edges = columns_before(bars, hour)
        part = bars.rows(hour * HOUR, (hour + 1) * HOUR)
        price = bars.close[0, hour * HOUR - 1]
        for side, low, high in (
            (Side.LONG, part.low.min(), price),
            (Side.SHORT, price, part.high.max()),
        ):
            first, last = np.searchsorted(edges, [low, high], side="right") - 1
            found = first + pick(floats(usd[side.index, first : last + 1]))
            middle = float(np.sqrt(edges[found] * edges[found + 1]))
            at_ms = int(part.opened_ms[0]) + 7 * MINUTE_MS
            orders.append(a_liquidation(side, at_ms=at_ms, price=middle))
    return Tape.of(orders)


@pytest.fixture(scope="module")
def market() -> Bars:
    return align([a_walk(36 * HOUR, seed=7, volatility=0.004)])


def test_prints_at_the_heaviest_passed_bins_rank_high(market: Bars) -> None:
    tape = prints_where(market, lambda mass: int(mass.argmax()))
    for score in place_scores("BTC", market, [tape], MODEL):
        assert score.n > 5
        assert score.quantile > 0.9
        assert score.precision == 1.0


def test_prints_at_the_lightest_passed_bins_rank_low(market: Bars) -> None:
    tape = prints_where(market, lambda mass: int(mass.argmin()))
    for score in place_scores("BTC", market, [tape], MODEL):
        assert score.n > 5
        assert score.quantile < 0.2
        assert score.precision == 0.0


@pytest.mark.parametrize("nearest", [True, False])
def test_the_bins_of_both_ends_of_a_move_compete(market: Bars, nearest: bool) -> None:
    sizes: list[int] = []

    def end(mass: F8) -> int:
        sizes.append(mass.size if mass.any() else 0)
        is_long = len(sizes) % 2 == 1  # whose first bin is the lowest, and so the furthest
        return mass.size - 1 if nearest == is_long else 0

    tape = prints_where(market, end)
    for side, score in zip(Side, place_scores("BTC", market, [tape], MODEL), strict=True):
        # Of fewer than three bins, or empty ones, none says anything.
        assert score.n == sum(size >= 3 for size in sizes[side.index :: 2])


def test_the_column_is_the_one_before_the_hour(market: Bars) -> None:
    """What opens in an hour cannot say where its prints fall."""
    tape = prints_where(market, lambda mass: int(mass.argmax()))
    late = tape.since(int(market.opened_ms[-HOUR]))
    part = np.arange(len(market)) >= len(market) - HOUR
    other = replace(
        market,
        change=floats(np.where(part, 9e4, market.change)),
        volume=floats(np.where(part, 9e9, market.volume)),
    )
    assert len(late)
    scores = place_scores("BTC", market, [late], MODEL)
    assert sum(each.n for each in scores) > 0
    assert same(place_scores("BTC", other, [late], MODEL), scores)


def test_tapes_of_venues_are_one(market: Bars) -> None:
    tape = prints_where(market, lambda mass: int(mass.argmax()))
    middle = int(tape.at_ms[len(tape) // 2])
    parts = [tape.since(middle), tape.until(middle - 1)]
    assert place_scores("BTC", market, parts, MODEL) == place_scores("BTC", market, [tape], MODEL)


def test_prints_where_price_did_not_go_do_not_count(market: Bars) -> None:
    at_ms = int(market.opened_ms[30 * HOUR])
    places = {Side.LONG: 60.0, Side.SHORT: 150.0}
    far = [a_liquidation(side, at_ms=at_ms, price=price) for side, price in places.items()]
    assert [each.n for each in place_scores("BTC", market, [Tape.of(far)], MODEL)] == [0, 0]


def test_prints_in_hours_without_prices_are_passed_over() -> None:
    walk = a_walk(36 * HOUR, seed=7, volatility=0.004)
    tape = prints_where(align([walk]), lambda mass: int(mass.argmax()))
    unknown = (np.arange(36 * HOUR) // HOUR) == 30
    columns = {
        name: floats(np.where(unknown, np.nan, getattr(walk.candles, name)))
        for name in ("open", "high", "low", "close")
    }
    candles = replace(walk.candles, **columns)  # type: ignore[arg-type]  # by name
    bars = align([replace(walk, candles=candles)])
    scores = place_scores("BTC", bars, [tape], MODEL)
    assert all(each.n > 5 for each in scores)


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("leverage", [5.0, 25.0, 100.0])
def test_okx_prints_are_moved_from_bankruptcy_to_where_the_position_was_closed(
    side: Side, leverage: float
) -> None:
    entry = 50_000.0
    bankrupt = entry * (1 - side.sign / leverage)
    tape = Tape.of([a_liquidation(side, price=bankrupt)])
    moved = at_mark(an_observation(venue="okx", tape=tape))
    closed = liquidation_price("okx", side, entry, leverage).price
    assert moved.price == pytest.approx([closed])
    assert same(replace(moved, price=tape.price), tape)


def test_other_venues_print_where_the_position_was_closed() -> None:
    tape = Tape.of([a_liquidation(price=9.0)])
    assert at_mark(an_observation(venue="bybit", tape=tape)) is tape


def some_prints(*orders: tuple[float, float]) -> Tape:
    """Return orders of (minute, price)."""
    return Tape.of(
        a_liquidation(at_ms=START_MS + int(minute * MINUTE_MS), price=price, quantity=2.0)
        for minute, price in orders
    )


def same_column(column: ArrayLike, expected: ArrayLike) -> bool:
    return np.array_equal(np.asarray(column), np.asarray(expected), equal_nan=True)


def test_candles_are_rebuilt_of_prints() -> None:
    tape = some_prints((1, 100), (2, 103), (4.99, 101), (5, 99), (21, 98), (23, 97))
    unknown = an_observation(
        Candles.none(FIVE_MINUTES_MS), tape=tape, open_interest=some_open_interest(())
    )
    made = rebuilt(unknown)
    candles = made.candles
    assert ((candles.opened_ms - START_MS) / MINUTE_MS).tolist() == [0, 5, 20]
    assert candles.open.tolist() == [100, 99, 98]
    assert candles.high.tolist() == [103, 99, 98]
    assert candles.low.tolist() == [100, 99, 97]
    assert candles.close.tolist() == [101, 99, 97]
    assert np.isnan([candles.volume, candles.taker_buy_volume]).all()
    assert set(made.open_interest.quantity) == {12.0}  # constant: all that was printed
    found = ("candles", "open_interest", "mark")
    undone = replace(made, **{name: getattr(unknown, name) for name in found})
    assert same(undone, unknown)
    bars = align([made])
    assert same_column(bars.close[0], [101, 99, np.nan, np.nan, 97])
    assert not bars.change.any()


def test_candles_rebuilt_of_okx_prints_are_at_the_mark() -> None:
    seen = an_observation(venue="okx", tape=some_prints((1, 100.0)))
    assert same(rebuilt(seen).candles.close, at_mark(seen).price)
