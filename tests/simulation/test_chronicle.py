import numpy as np

from liqbot.market.units import MINUTE_MS
from liqbot.simulation.chronicle import Chronicle
from liqbot.simulation.positions import POSITION
from liqbot.simulation.settings import Settings

SETTINGS = Settings(days=1 / 288)


def a_chronicle() -> Chronicle:
    return Chronicle.blank("BTC", SETTINGS, SETTINGS.blocks())


def test_it_has_room_for_every_minute_of_the_recording() -> None:
    told = a_chronicle()
    assert told.marks.shape[0] == told.volatility.size == 5
    assert told.open_interest.shape[0] == 6
    assert told.opened_ms.tolist() == [SETTINGS.start_ms + i * MINUTE_MS for i in range(5)]
    assert told.end_ms == SETTINGS.start_ms + 5 * MINUTE_MS


def test_forced_orders_are_kept_with_their_time_and_mark() -> None:
    told = a_chronicle()
    rows = np.zeros(2, POSITION)
    told.force(rows, 101.0, SETTINGS.start_ms + 1)
    told.force(rows[:1], 99.0, SETTINGS.start_ms + 2)
    orders, marks = told.orders()
    assert (orders["until_ms"] - SETTINGS.start_ms).tolist() == [1, 1, 2]
    assert marks.tolist() == [101.0, 101.0, 99.0]
    assert rows["until_ms"].tolist() == [0, 0]  # the position itself is left as it was


def test_forced_orders_of_the_warm_up_are_passed_over() -> None:
    told = a_chronicle()
    told.force(np.zeros(2, POSITION), 101.0, SETTINGS.start_ms)
    orders, marks = told.orders()
    assert orders.size == marks.size == 0
