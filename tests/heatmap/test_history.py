"""One market's history: what is in it at a moment."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.errors import OutOfRange, UnknownName
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.model import Model
from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, F8, HOUR_MS, MINUTE_MS, Side, floats, moment_of
from tests.builders import (
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_candles,
    some_funding,
    some_open_interest,
)
from tests.walks import QUICK, a_walk, without

PRICES = ("open", "high", "low", "close")


def recalled(
    *seen: Observation, window_ms: int = DAY_MS, age_ms: int | None = None, model: Model = QUICK
) -> History:
    return recall("BTC", seen, model, window_ms, age_ms=age_ms, bin_width=0.01)


def hours(count: int, *, seed: int = 0, venue: str = "binance", **seen: object) -> Observation:
    """Return a market of hourly candles."""
    walk = a_walk(count, seed=seed, venue=venue, interval_ms=HOUR_MS, volatility=0.006)
    return replace(walk, **seen)  # type: ignore[arg-type]  # by name


def calm(changes: dict[int, float], count: int = 72) -> Observation:
    """Return a flat market of hours in which open interest changes at the end of some bars."""
    change = np.zeros(count + 1)
    for bar, quantity in changes.items():
        change[bar + 1] = quantity
    return an_observation(
        some_candles(np.full(count, 100.0), interval_ms=HOUR_MS, volume=0.0),
        open_interest=some_open_interest(1000 + np.cumsum(change), interval_ms=HOUR_MS),
    )


def test_columns_reach_back_as_far_as_the_window_and_a_day_at_least() -> None:
    walk = hours(96)
    for window_ms, bars in ((DAY_MS, 24), (HOUR_MS, 24), (40 * HOUR_MS, 40), (30 * DAY_MS, 96)):
        history = recalled(walk, window_ms=window_ms)
        assert history.heatmap.opened_ms.size == bars
        assert history.heatmap.usd.shape == (2, bars, history.heatmap.grid.bins)
        assert history.heatmap.swept_usd.shape == (2, bars)
        assert int(history.heatmap.opened_ms[-1]) == START_MS + 95 * HOUR_MS
        assert same(history.candles.opened_ms, history.heatmap.opened_ms)


def test_the_window_changes_what_is_shown_and_nothing_else() -> None:
    walk = hours(96)
    long, short = recalled(walk, window_ms=4 * DAY_MS), recalled(walk)
    assert same(short.snapshot, long.snapshot)
    assert np.array_equal(short.heatmap.usd, long.heatmap.usd[:, -24:])
    assert np.array_equal(short.heatmap.swept_usd, long.heatmap.swept_usd[:, -24:])
    assert same(short.ledger, long.ledger)


def test_the_newest_column_is_the_snapshot() -> None:
    history = recalled(hours(48), hours(48, seed=1, venue="okx"))
    snapshot = history.snapshot
    assert snapshot.usd.shape == (2, 2, 2, history.heatmap.grid.bins)
    assert snapshot.at_ms == START_MS + 48 * HOUR_MS
    np.testing.assert_allclose(history.heatmap.usd[:, -1], snapshot.total, rtol=1e-6)
    assert snapshot.total.sum(axis=1).min() > 0


def test_only_what_opened_since_stands_in_a_map_of_an_age() -> None:
    market = calm({20: 100.0, 60: 40.0})
    usd = {
        age: recalled(market, age_ms=age * HOUR_MS).snapshot.total.sum(axis=1)
        for age in (11, 12, 51, 52, 500)
    }
    assert not usd[11].any()  # bar 60 of 72 is the twelfth from the end
    assert usd[12].min() > 0
    np.testing.assert_allclose(usd[51], usd[12], rtol=1e-9)
    assert np.all(usd[52] > 1.5 * usd[12])
    np.testing.assert_allclose(usd[500], usd[52], rtol=1e-9)
    whole = recalled(market).snapshot.total.sum(axis=1)  # with what is guessed from before
    assert np.all(whole > usd[52])


def test_an_age_takes_away_and_adds_nothing() -> None:
    walk, even = hours(96), replace(QUICK, tilt=0.0)
    whole, young = recalled(walk, model=even), recalled(walk, model=even, age_ms=30 * HOUR_MS)
    assert young.heatmap.opened_ms.size == 24
    assert np.all(young.heatmap.usd <= whole.heatmap.usd * (1 + 1e-6))
    assert 0 < young.snapshot.total.sum() < whole.snapshot.total.sum()
    assert young.ledger.error < 1e-9


def test_an_age_of_less_than_a_day_has_so_many_columns() -> None:
    walk = hours(96)
    for age_ms, bars in ((6 * HOUR_MS, 6), (HOUR_MS, 1), (MINUTE_MS, 1)):
        assert recalled(walk, age_ms=age_ms).heatmap.opened_ms.size == bars


def test_coverage_is_the_share_of_known_bars_over_venues() -> None:
    whole = hours(48)
    missing = without(hours(48, seed=1, venue="okx"), 3, *range(30, 36))
    assert recalled(whole).coverage == 1.0
    assert recalled(missing).coverage == 18 / 24
    assert recalled(whole, missing).coverage == (24 + 18) / 48
    assert recalled(missing, window_ms=2 * DAY_MS).coverage == 41 / 48


def test_bars_that_are_told_to_be_unknown_are_as_missing() -> None:
    whole = hours(48)
    unknown = np.isin(np.arange(48), range(30, 36))
    columns: dict[str, F8] = {
        name: floats(np.where(unknown, np.nan, getattr(whole.candles, name)))
        for name in (*PRICES, "volume")
    }
    blank = replace(whole, candles=replace(whole.candles, **columns))  # type: ignore[arg-type]
    assert same(recalled(blank), recalled(without(whole, *range(30, 36))))


def test_the_engine_is_warm_after_five_days() -> None:
    assert recalled(hours(120)).warm
    assert not recalled(hours(119)).warm
    assert recalled(hours(50), an_observation_since(START_MS - 5 * DAY_MS)).warm


def an_observation_since(start_ms: int) -> Observation:
    candles = some_candles(np.full(130, 100.0), start_ms=start_ms, interval_ms=HOUR_MS)
    return an_observation(candles, venue="okx")


def test_funding_is_told_of_thirty_days_whatever_the_window() -> None:
    market = hours(35 * 24, funding=some_funding(1e-6 * np.arange(35 * 24)))
    assert recalled(market).funding.rate.tolist() == (1e-6 * np.arange(5 * 24, 35 * 24)).tolist()


def test_books_are_told_by_venue_where_there_is_one() -> None:
    book = OrderBook.of(START_MS, [(99.0, 5.0)], [(101.0, 5.0)])
    history = recalled(hours(30, book=book), hours(30, seed=1, venue="okx"))
    assert history.books == {"binance": book}


def test_clusters_are_named_after_the_tracks_that_are_told_too() -> None:
    history = recalled(hours(96))
    assert history.clusters
    assert {each.id for each in history.clusters} <= {each.id for each in history.tracking.tracks}
    assert all(each.at_ms <= history.snapshot.at_ms for each in history.tracking.events)


def test_a_usual_day_is_the_mean_of_all_that_was_swept_whatever_the_window() -> None:
    walk, days = hours(96), 4
    swept = recalled(walk, window_ms=4 * DAY_MS).heatmap.swept_usd.sum(axis=1)
    for window_ms in (DAY_MS, 4 * DAY_MS):
        usual = recalled(walk, window_ms=window_ms).daily_usd
        assert usual == pytest.approx(swept @ QUICK.realisation / days)
    young = recalled(walk, age_ms=12 * HOUR_MS)
    expected = 2 * young.heatmap.swept_usd.sum(axis=1) @ QUICK.realisation
    assert young.daily_usd == pytest.approx(expected)


def test_open_interest_of_venues_adds_up_and_is_unknown_where_one_is() -> None:
    one, other = hours(48), hours(48, seed=1, venue="okx")
    late = replace(other, open_interest=other.open_interest.since(START_MS + 30 * HOUR_MS))
    history = recalled(one, late)
    expected = one.open_interest.quantity[25:] + other.open_interest.quantity[25:]
    assert history.open_interest.at_ms[0] == START_MS + 25 * HOUR_MS
    assert np.isnan(history.open_interest.quantity).tolist() == [True] * 5 + [False] * 19
    np.testing.assert_allclose(history.open_interest.quantity[5:], expected[5:])
    np.testing.assert_allclose(history.interest[0], one.open_interest.quantity[25:])
    assert np.isnan(history.interest[1]).tolist() == [True] * 5 + [False] * 19


def test_candles_mark_and_funding_are_those_of_the_venue_known_best() -> None:
    best = hours(48, seed=1, venue="okx", funding=some_funding(1e-4 * np.arange(48)))
    gappy = without(hours(48), 40)
    history = recalled(gappy, best)
    assert history.venues == ("binance", "okx")
    assert same(history.candles, best.candles.since(START_MS + 24 * HOUR_MS))
    assert history.snapshot.mark == best.mark
    assert history.funding.rate.tolist() == (1e-4 * np.arange(48)).tolist()


def test_of_venues_known_alike_the_larger_leads() -> None:
    small, large = hours(48), hours(48, seed=1, venue="okx")
    for factor, leading in ((5.0, large), (0.2, small)):
        quantity = floats(factor * large.open_interest.quantity)
        told = replace(large.open_interest, quantity=quantity)
        history = recalled(small, replace(large, open_interest=told))
        assert history.snapshot.mark == leading.mark
        assert history.leading == leading.instrument.venue


def test_candles_lie_on_the_line_of_bars_with_holes_left_open() -> None:
    walk = without(hours(48), 30, 31)
    candles = recalled(walk).candles
    assert np.flatnonzero(np.isnan(candles.close)).tolist() == [6, 7]
    assert np.flatnonzero(np.isnan(candles.volume)).tolist() == [6, 7]
    assert candles.close[8] == walk.candles.close[30]


def test_a_coarser_venue_sets_the_length_of_bars() -> None:
    fine, coarse = a_walk(25 * 12, seed=1), hours(25, venue="okx")
    history = recalled(fine, coarse)
    assert history.heatmap.interval_ms == history.candles.interval_ms == HOUR_MS
    assert history.heatmap.opened_ms.size == 24


def test_the_stalest_venue_tells_the_age_of_the_data() -> None:
    fresh, stale = hours(48), hours(30, seed=1, venue="okx")
    at = moment_of(START_MS + 48 * HOUR_MS + 90_000)
    history = recalled(replace(fresh, observed_at=at), stale)
    assert history.at == at
    assert recalled(replace(fresh, observed_at=at)).data_age_s == 90
    # Its last sample of open interest is as old as its last close.
    assert history.data_age_s == 18 * 3600 + 90
    assert history.coverage == (24 + 6) / 48
    assert history.snapshot.mark == fresh.mark


def test_a_venue_without_candles_is_not_in_the_map() -> None:
    orders = Tape.of([a_liquidation(at_ms=START_MS + 40 * HOUR_MS)])
    blind = an_observation(Candles.none(HOUR_MS), venue="okx", tape=orders)
    history = recalled(hours(48), blind)
    assert history.venues == ("binance",)
    assert len(history.tape) == 1  # what it printed is true all the same


def test_prints_of_all_venues_within_the_window_are_told() -> None:
    def tape(*at_h: float) -> Tape:
        return Tape.of(a_liquidation(at_ms=START_MS + int(h * HOUR_MS)) for h in at_h)

    history = recalled(
        hours(48, tape=tape(5, 23.99, 24, 47)), hours(48, seed=1, venue="okx", tape=tape(30))
    )
    assert ((history.tape.at_ms - START_MS) / HOUR_MS).tolist() == [24, 30, 47]


def test_one_simulated_venue_makes_the_market_simulated() -> None:
    one, other = hours(30), hours(30, seed=1, venue="okx")
    assert not recalled(one, other).simulated
    assert recalled(one, replace(other, simulated=True)).simulated


def test_clusters_expect_what_the_model_found_to_be_realised() -> None:
    history = recalled(hours(96))
    assert {each.side for each in history.clusters} == set(Side)
    for each in history.clusters:
        assert each.expected_usd == pytest.approx(each.usd * QUICK.realisation[each.side.index])
    assert history.model is QUICK
    assert history.asymmetry.long_usd > 0


def test_what_came_in_is_accounted_for() -> None:
    ledger = recalled(hours(96), without(hours(96, seed=1, venue="okx"), 50)).ledger
    assert ledger.deposited.min() > 0
    assert ledger.error < 1e-9


def test_without_candles_there_is_nothing_to_recall() -> None:
    with pytest.raises(OutOfRange, match="No candles"):
        recalled(an_observation(Candles.none(HOUR_MS)))


def test_a_venue_without_a_formula_is_named() -> None:
    with pytest.raises(UnknownName, match="kraken"):
        recalled(hours(30, venue="kraken"))


def test_resting_orders_move_nothing_on_the_map() -> None:
    walk = hours(48)
    book = OrderBook.of(0, [(walk.mark * 0.99, 1e6)], [(walk.mark * 1.01, 1e6)])
    bare, told = recalled(walk), recalled(replace(walk, book=book))
    assert same(bare.heatmap, told.heatmap)
    assert same(bare.snapshot, told.snapshot)
    assert same(bare.clusters, told.clusters)
