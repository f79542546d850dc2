"""What the price of now can be."""

from datetime import timedelta

import numpy as np

from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.units import HOUR_MS, Price, moment_of
from liqbot.market.witness import Witness
from tests.builders import FIVE_MINUTES_MS, START_MS, an_observation, some_candles

NOW = moment_of(START_MS + HOUR_MS)
NONE = Candles.none(FIVE_MINUTES_MS)


def seen(mark: float, ago: timedelta = timedelta(seconds=20)) -> Observation:
    """An answer that told nothing but a mark."""
    return an_observation(NONE, mark=Price(mark), observed_at=NOW - ago)


def candles(close: float, bars: int = 12) -> Candles:
    return some_candles([close] * bars)


def doubt(
    price: float,
    so_far: Observation | None = None,
    others: tuple[float, ...] = (),
    claims: tuple[float, ...] = (),
    *,
    is_trusted: bool = True,
) -> str:
    witness = Witness(
        so_far,
        [seen(each) for each in others],
        [seen(each) for each in claims],
        NOW,
        is_trusted=is_trusted,
    )
    return witness.doubt(price)


def test_a_first_price_is_believed_where_no_other_is_awaited() -> None:
    assert doubt(100) == ""
    assert doubt(100, is_trusted=False) == "unconfirmed"
    assert doubt(100, claims=(101,), is_trusted=False) == ""
    assert doubt(100, claims=(200,), is_trusted=True) == "unconfirmed"


def test_an_unknown_price_is_not_doubted() -> None:
    assert doubt(np.nan, is_trusted=False) == ""


def test_the_median_of_others_decides() -> None:
    assert doubt(100, seen(100), (101, 99)) == ""
    assert doubt(130, seen(130), (101, 99)) == "price"
    assert doubt(130, None, (101, 99)) == "price"
    assert doubt(100, None, (101, 10_000)) == ""
    assert doubt(5000, None, (101, 10_000)) == "price"


def test_of_two_venues_the_one_that_jumped_is_wrong() -> None:
    assert doubt(100, seen(100), (10_000,)) == ""
    assert doubt(10_000, seen(100), (100,)) == "price"


def test_a_candle_just_closed_counts_more_than_what_others_said_before() -> None:
    crashed = seen(100)
    witness = Witness(crashed, [seen(100), seen(101)], [], NOW, is_trusted=True)
    assert witness.doubt(70) == "price"
    witness.learn(candles(71))
    assert witness.doubt(70) == ""
    assert witness.doubt(7000) == "price"


def test_a_candle_of_an_hour_ago_tells_nothing_of_now() -> None:
    witness = Witness(None, [seen(100), seen(101)], [], NOW, is_trusted=True)
    witness.learn(candles(71, bars=2))
    assert witness.doubt(70) == "price"


def test_a_crash_that_another_saw_too_is_believed_before_a_candle_has_closed() -> None:
    assert doubt(70, seen(100), (100, 101), (71,)) == ""
    assert doubt(70, seen(100), (100, 101), (100,)) == "price"
    assert doubt(10_000, seen(100), (100, 101), (10_000,)) == "price"


def test_alone_a_price_goes_on_from_the_last_one() -> None:
    assert doubt(110, seen(100)) == ""
    assert doubt(70, seen(100)) == "price"
    assert doubt(70, seen(100, timedelta(hours=9))) == ""
    assert doubt(10_000, seen(100, timedelta(days=9))) == "price"


def test_what_others_said_long_ago_tells_nothing() -> None:
    stale = seen(200, timedelta(minutes=3))
    assert Witness(seen(100), [stale, stale], [], NOW, is_trusted=True).doubt(100) == ""


def test_others_whose_mark_is_old_are_heard_by_their_last_candle() -> None:
    other = an_observation(candles(200), mark=Price(100.0), observed_at=NOW - timedelta(minutes=4))
    witness = Witness(seen(100, timedelta(hours=1)), [other, other], [], NOW, is_trusted=True)
    assert witness.doubt(100) == "price"
    assert witness.doubt(200) == ""


def test_the_price_is_what_is_known_best() -> None:
    assert np.isnan(Witness(None, [], [], NOW, is_trusted=True).price)
    assert Witness(None, [seen(99)], [], NOW, is_trusted=True).price == 99
    witness = Witness(seen(100), [seen(99)], [], NOW, is_trusted=True)
    assert witness.price == 100
    witness.learn(candles(101))
    assert witness.price == 101
