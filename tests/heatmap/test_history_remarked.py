"""A history between two bars: only price and time have moved."""

from dataclasses import replace
from datetime import timedelta

from liqbot.heatmap.clusters import asymmetry_of, seen_from
from liqbot.heatmap.history import recall, remarked
from liqbot.market.units import DAY_MS, MINUTE_MS, Price
from tests.builders import same
from tests.walks import QUICK, a_walk

WALK = a_walk(600, seed=3, interval_ms=5 * MINUTE_MS)
HISTORY = recall("BTC", (WALK,), QUICK, DAY_MS, bin_width=0.01)


def test_from_the_same_mark_at_the_same_moment_it_is_the_same() -> None:
    again = remarked(HISTORY, HISTORY.snapshot.mark, HISTORY.at, HISTORY.data_age_s)
    assert same(again, HISTORY)


def test_mark_time_and_age_move_and_what_follows_from_them() -> None:
    mark, at = Price(HISTORY.snapshot.mark * 1.02), HISTORY.at + timedelta(minutes=2)
    moved = remarked(HISTORY, mark, at, 17.0)
    assert (moved.snapshot.mark, moved.at, moved.data_age_s) == (mark, at, 17.0)
    assert same(moved.clusters, seen_from(HISTORY.clusters, mark))
    assert moved.asymmetry == asymmetry_of(moved.snapshot)
    assert moved.asymmetry != HISTORY.asymmetry
    back = replace(
        moved,
        at=HISTORY.at,
        data_age_s=HISTORY.data_age_s,
        snapshot=HISTORY.snapshot,
        clusters=HISTORY.clusters,
        asymmetry=HISTORY.asymmetry,
    )
    assert same(back, HISTORY)
