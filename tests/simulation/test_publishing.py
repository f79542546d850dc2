import numpy as np
import pytest

from liqbot.market.units import HOUR_MS, MINUTE_MS, Side
from liqbot.simulation.publishing import BAR_MS, Published, publish, totals
from liqbot.simulation.venues import VENUES
from tests.builders import same
from tests.simulation.conftest import Passed

PLACE = {venue.name: place for place, venue in enumerate(VENUES)}


@pytest.fixture(scope="module", params=list(PLACE))
def published(request: pytest.FixtureRequest, day: Passed) -> Published:
    return publish(day.told, day.settings, PLACE[request.param])


def test_candles_cover_the_recording_and_join(published: Published, day: Passed) -> None:
    candles = published.minutes
    assert candles.opened_ms[0] == day.settings.start_ms
    assert np.all(np.diff(candles.opened_ms) == MINUTE_MS)
    assert candles.closed_ms[-1] == day.told.end_ms
    assert np.array_equal(candles.open[1:], candles.close[:-1])
    assert same(published.observation.candles, candles.resample(BAR_MS))


def test_last_price_stays_close_to_the_mark(published: Published, day: Passed) -> None:
    away = np.log(published.minutes.close / day.told.marks[:, -1])
    assert 0.00002 < np.abs(away).mean() < 0.0005


def test_mark_candles_reach_as_far_as_the_mark_did(published: Published, day: Passed) -> None:
    marks = published.observation.mark_candles
    assert marks is not None
    bars = day.told.marks.reshape(len(marks), -1)
    assert np.all(marks.low <= bars.min(axis=1) + 1e-3)
    assert np.all(marks.high >= bars.max(axis=1) - 1e-3)
    assert published.observation.mark == pytest.approx(day.told.marks[-1, -1], abs=1e-3)


def test_takers_buy_part_of_the_volume(published: Published) -> None:
    candles = published.minutes
    assert np.all((candles.taker_buy_volume > 0) & (candles.taker_buy_volume < candles.volume))
    bars = published.observation.candles
    rising = bars.close > bars.open
    share = bars.taker_buy_volume / bars.volume
    assert share[rising].mean() > share[~rising].mean()


def test_volume_is_plausible_beside_open_interest(published: Published) -> None:
    seen = published.observation
    assert 0.5 < seen.candles.volume.sum() / seen.open_interest.quantity.mean() < 10


def test_volume_holds_everything_that_opened_or_closed(published: Published, day: Passed) -> None:
    place = PLACE[published.observation.instrument.venue]
    assert np.all(published.minutes.volume >= day.told.traded[:, place])
    assert np.all(day.told.hurried[:, place].max(axis=1) <= day.told.traded[:, place] + 1e-9)


def test_open_interest_is_told_at_bar_boundaries(published: Published, day: Passed) -> None:
    series = published.observation.open_interest
    assert series.at_ms[0] == day.settings.start_ms
    assert series.at_ms[-1] == day.told.end_ms
    assert np.all(np.diff(series.at_ms) == BAR_MS)


def test_funding_comes_every_eight_hours_and_stays_small(published: Published) -> None:
    funding = published.observation.funding
    assert np.all(funding.at_ms % (8 * HOUR_MS) == 0)
    assert funding.at_ms.size == 3
    assert np.all(np.abs(funding.rate) <= 0.003)


def test_a_book_rests_around_the_mark_at_every_bar(published: Published, day: Passed) -> None:
    books = published.books
    assert np.array_equal(np.unique(books["at_ms"]), published.observation.candles.closed_ms)
    mark = np.repeat(day.told.marks[4::5, -1], 24)
    bids = books["side"] == "bid"
    assert np.all(books["price"][bids] < mark[bids])
    assert np.all(books["price"][~bids] > mark[~bids])
    book = published.observation.book
    assert book is not None
    assert book.at_ms == day.told.end_ms
    assert book.bid_price.size == book.ask_price.size == 12


def test_a_thin_book_belongs_to_wild_times(published: Published, day: Passed) -> None:
    usd = (published.books["price"] * published.books["quantity"]).reshape(-1, 24).sum(axis=1)
    assert np.corrcoef(np.log(usd), np.log(day.told.volatility[4::5]))[0, 1] < -0.7


def test_a_complete_tape_holds_every_forced_order(day: Passed) -> None:
    tape = publish(day.told, day.settings, PLACE["bybit"]).observation.tape
    orders, marks = day.told.orders()
    here = orders["venue"] == PLACE["bybit"]
    assert np.sort(tape.quantity).tolist() == np.sort(orders["quantity"][here]).tolist()
    assert tape.usd.sum() == pytest.approx((orders["quantity"] * marks)[here].sum(), rel=1e-3)


def test_binance_tells_at_most_one_forced_order_a_second(day: Passed) -> None:
    tape = publish(day.told, day.settings, PLACE["binance"]).observation.tape
    orders, _ = day.told.orders()
    assert np.diff(tape.at_ms // 1000).min() >= 1
    assert 0 < len(tape) < np.count_nonzero(orders["venue"] == PLACE["binance"])


def test_okx_tells_the_bankruptcy_price(day: Passed) -> None:
    tape = publish(day.told, day.settings, PLACE["okx"]).observation.tape
    minute = (tape.at_ms - day.settings.start_ms) // MINUTE_MS
    sign = np.where(tape.side == Side.LONG.index, 1, -1)
    beyond = sign * (1 - tape.price / day.told.marks[minute, -1])
    assert 0.001 < np.median(beyond) < 0.03


def test_a_print_is_dated_to_the_bar_in_which_the_mark_reached_it(
    published: Published, day: Passed
) -> None:
    """The bar's mark range has to hold some mark that triggered a print of its side."""
    marks, tape = published.observation.mark_candles, published.observation.tape
    assert marks is not None
    orders, triggers = day.told.orders()
    here = orders["venue"] == PLACE[published.observation.instrument.venue]
    known = dict(zip(orders["quantity"][here].tolist(), triggers[here].tolist(), strict=True))
    bar = (tape.at_ms - day.settings.start_ms) // BAR_MS
    trigger = np.array([known[each] for each in tape.quantity.tolist()])
    assert np.all((marks.low[bar] - 1e-3 <= trigger) & (trigger <= marks.high[bar] + 1e-3))


def test_totals_are_the_sum_of_all_forced_orders_by_hour(day: Passed) -> None:
    sums = totals(day.told)
    orders, marks = day.told.orders()
    assert len(sums) == 24
    for side in Side:
        here = orders["side"] == side.index
        usd = (orders["quantity"] * marks)[here].sum()
        assert sums.usd[side.index].sum() == pytest.approx(usd, rel=1e-9)
    assert np.all(sums.to_ms - sums.from_ms == HOUR_MS)


def test_what_is_told_says_that_it_is_simulated(published: Published) -> None:
    assert published.observation.simulated
