from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from liqbot.market.norms import UNKNOWN, norms_of
from liqbot.market.observation import Observation
from liqbot.market.series import OpenInterest
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Side, floats, integers
from tests.builders import START_MS, a_liquidation, an_observation, same, some_candles
from tests.walks import a_walk, by, hourly, some_prints

# START_MS is a Thursday.
MONTH_MS = START_MS + 30 * DAY_MS


def seen(
    *, venue: str = "okx", tape: Tape | None = None, closes: ArrayLike = (100.0,)
) -> Observation:
    candles = some_candles(np.asarray(closes, np.float64))
    return an_observation(candles, venue=venue, tape=tape or Tape.of(()))


def daily(usd: ArrayLike, *, from_ms: int = START_MS) -> Tape:
    """Return one long and one short a day, both at noon and of half a day's dollars."""
    return Tape.of(
        a_liquidation(
            side, at_ms=from_ms + day * DAY_MS + DAY_MS // 2, price=100.0, quantity=each / 200
        )
        for day, each in enumerate(np.asarray(usd, np.float64))
        for side in Side
        if each > 0
    )


def test_a_usual_day_is_the_mean_of_those_of_a_month() -> None:
    norms = norms_of([seen(tape=daily(np.arange(1.0, 31.0)))], MONTH_MS)
    assert norms.daily_usd == pytest.approx(15.5)


def test_a_norm_changes_at_midnight_and_not_before() -> None:
    tape = daily(np.arange(1.0, 40.0))
    one, same_day, next_day = (
        norms_of([seen(tape=tape)], MONTH_MS + each) for each in (0, DAY_MS - 1, DAY_MS)
    )
    assert same(one, same_day)
    assert next_day.daily_usd == pytest.approx(16.5)


def test_fewer_than_seven_days_make_no_usual_day_and_silent_days_do_not_count() -> None:
    assert np.isnan(norms_of([seen(tape=daily(np.ones(6)))], MONTH_MS).daily_usd)
    assert norms_of([seen(tape=daily(np.ones(7)))], MONTH_MS).daily_usd == pytest.approx(1.0)
    assert same(norms_of([], MONTH_MS), UNKNOWN)


def test_venues_add_up_as_far_as_their_tapes_are_complete() -> None:
    both = [seen(tape=daily(np.ones(10))), seen(venue="binance", tape=daily(np.ones(10)))]
    share = {"binance": 0.25, "okx": None}
    assert norms_of(both, MONTH_MS).daily_usd == pytest.approx(2.0)
    assert norms_of(both, MONTH_MS, completeness=share).daily_usd == pytest.approx(5.0)


def test_recorded_totals_stand_for_tapes_on_days_that_are_whole() -> None:
    hours = np.arange(24 * 10)
    usd = np.ones((2, hours.size))
    usd[0, 30] = np.nan  # in the second day
    from_ms = START_MS + 20 * DAY_MS + HOUR_MS * hours
    totals = LiquidationTotals(
        from_ms=integers(from_ms), to_ms=integers(from_ms + HOUR_MS), usd=floats(usd)
    )
    told = [seen(tape=daily(np.full(30, 1e6)))]
    assert norms_of(told, MONTH_MS, totals=totals).daily_usd == pytest.approx(48.0)
    cut = totals.until(START_MS + 27 * DAY_MS + HOUR_MS)
    assert np.isnan(norms_of(told, MONTH_MS, totals=cut).daily_usd)


def test_a_usual_minute_is_the_95th_percentile_of_those_with_forced_orders() -> None:
    week_ms = MONTH_MS - 7 * DAY_MS
    orders = [
        a_liquidation(Side.LONG, at_ms=week_ms + 7 * i * MINUTE_MS, price=1.0, quantity=i + 1.0)
        for i in range(101)
    ]
    old = [a_liquidation(Side.LONG, at_ms=week_ms - 1, price=1.0, quantity=1e9)] * 100
    few = [a_liquidation(Side.SHORT, at_ms=week_ms + i * MINUTE_MS) for i in range(49)]
    norms = norms_of([seen(tape=Tape.of([*old, *orders, *few]))], MONTH_MS)
    assert norms.minute_usd[Side.LONG.index] == pytest.approx(96.0)
    assert np.isnan(norms.minute_usd[Side.SHORT.index])


def test_volatility_is_that_of_a_minute_of_the_venue_known_longest() -> None:
    closes = 100 * np.exp(0.01 * (np.arange(2001) % 2))  # up and down by 1 % every 5 minutes
    one = seen(closes=closes)
    other = seen(venue="binance", closes=np.full(200, 100.0))
    norms = norms_of([other, one], START_MS + 7 * DAY_MS)
    assert norms.volatility == pytest.approx(0.01 / np.sqrt(5), rel=1e-3)
    assert np.isnan(norms_of([seen(closes=closes[:100])], START_MS + DAY_MS).volatility)
    assert np.isnan(norms_of([one], START_MS).volatility)  # all of it is later


def test_steps_across_holes_are_no_returns() -> None:
    closes = np.full(400, 100.0)
    closes[200:] = 200.0
    closes[195:200] = np.nan
    assert norms_of([seen(closes=closes)], START_MS + 2 * DAY_MS).volatility == 0.0


def test_a_weekend_is_compared_with_its_weekdays() -> None:
    day = np.arange(30)
    quantity = np.where(np.isin((day + 3) % 7, (5, 6)), 70.0, 100.0)
    at_ms = START_MS + day * DAY_MS + HOUR_MS
    series = OpenInterest(at_ms=integers(at_ms), quantity=floats(quantity))
    told = replace(seen(), open_interest=series)
    assert norms_of([told], MONTH_MS).weekend == pytest.approx(0.7)
    assert np.isnan(norms_of([told], START_MS + 9 * DAY_MS).weekend)
    large = OpenInterest(at_ms=series.at_ms, quantity=floats(np.full(30, 1000.0)))
    both = [told, replace(seen(venue="gate"), open_interest=large)]
    assert norms_of(both, MONTH_MS).weekend == pytest.approx(1070 / 1100)


@pytest.mark.parametrize("hour", [7 * 24, 9 * 24 + 5, 12 * 24 - 1])
def test_nothing_from_later_counts(hour: int) -> None:
    """So a replay can ask of the whole recording, once a day."""
    walk = a_walk(14 * 24, interval_ms=HOUR_MS, seed=4)
    whole = replace(walk, tape=some_prints(walk, 20_000, seed=5))
    totals = hourly(np.random.default_rng(6).lognormal(size=(2, 14 * 24)))
    at_ms = START_MS + hour * HOUR_MS
    now = norms_of([whole], at_ms, totals=totals)
    assert now.daily_usd > 0
    assert now.volatility > 0
    assert same(now, norms_of([by(at_ms, whole)], at_ms, totals=totals.until(at_ms)))
    assert same(norms_of([whole], at_ms), norms_of([by(at_ms, whole)], at_ms))
