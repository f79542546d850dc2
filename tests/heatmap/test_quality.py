from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liqbot.heatmap.history import History
from liqbot.heatmap.quality import (
    Quality,
    fresh_books,
    is_poor,
    is_transient,
    is_weekend,
    lone_venue,
    lowered,
    quality_of,
    supporters,
    traded_usd,
)
from liqbot.market.book import OrderBook
from liqbot.market.units import floats, ms_of
from tests.charts.histories import a_cluster, a_history

PRICE = 65_000.0
A_DAY = 288  # bars


def traded(usd_a_day: float, **changes: Any) -> History:  # noqa: ANN401 - fields of a history
    history = a_history(price=PRICE, **changes)
    volume = floats(usd_a_day / A_DAY / history.candles.close)
    return replace(history, candles=replace(history.candles, volume=volume))


def a_book(history: History, usd_a_side: float, *, age_s: float = 0.0) -> OrderBook:
    """Return as much on each side, 1 % from the price."""
    at_ms = ms_of(history.at - timedelta(seconds=age_s))
    bid, ask = 0.99 * PRICE, 1.01 * PRICE
    return OrderBook.of(at_ms, [(bid, usd_a_side / bid)], [(ask, usd_a_side / ask)])


def test_a_large_market_on_many_venues_that_is_known_well_is_an_a() -> None:
    history = traded(5e9)
    best = replace(history, books={"okx": a_book(history, 1e12)})
    assert quality_of(best) == Quality(traded=2, venues=2, spread=2, books=2, past=2)
    assert quality_of(best).grade == "A"


@pytest.mark.parametrize(("usd", "points"), [(2.9e8, 0), (3.1e8, 1), (2.9e9, 1), (3.1e9, 2)])
def test_more_is_known_of_what_is_traded_more(usd: float, points: int) -> None:
    assert traded_usd(traded(usd)) == pytest.approx(usd)
    assert quality_of(traded(usd)).traded == points


@pytest.mark.parametrize(
    ("venues", "points", "spread"),
    [(("okx",), 0, 0), (("okx", "bybit"), 1, 1), (("okx", "bybit", "gate"), 2, 2)],
)
def test_more_venues_are_better_and_one_that_holds_nearly_all_is_not(
    venues: tuple[str, ...], points: int, spread: int
) -> None:
    found = quality_of(a_history(venues=venues))  # the first of two holds 75 %, of three 50 %
    assert (found.venues, found.spread) == (points, spread)


def test_books_count_as_far_as_they_are_known_now_and_deep() -> None:
    history = a_history(price=PRICE)
    for usd, age_s, points in ((1e12, 0.0, 2), (1.0, 0.0, 1), (1e12, 119.0, 2), (1e12, 121.0, 0)):
        seen = replace(history, books={"okx": a_book(history, usd, age_s=age_s)})
        assert quality_of(seen).books == points
        assert bool(fresh_books(seen)) is (points > 0)
    assert quality_of(history).books == 0


def test_a_past_that_is_short_or_full_of_holes_counts_less() -> None:
    assert quality_of(a_history(warm=False)).past == 1
    assert quality_of(a_history(coverage=0.94)).past == 1
    assert quality_of(a_history(warm=False, coverage=0.5)).past == 0


def test_an_empty_map_of_one_venue_is_a_d() -> None:
    empty = replace(a_history(usd=0.0, clusters=(), venues=("okx",)), warm=False, coverage=0.5)
    assert quality_of(empty).grade == "D"


@pytest.mark.parametrize(
    ("points", "grade"), [(0, "D"), (1, "D"), (2, "C"), (3, "C"), (4, "B"), (6, "B"), (7, "A")]
)
def test_points_make_a_grade(points: int, grade: str) -> None:
    parts = [min(max(points - 2 * i, 0), 2) for i in range(5)]
    names = ("traded", "venues", "spread", "books", "past")
    assert Quality(**dict(zip(names, parts, strict=True))).grade == grade


def test_a_grade_is_lowered_to_a_d_at_worst() -> None:
    assert [lowered(each) for each in "ABCD"] == ["B", "C", "D", "D"]
    assert lowered("A", 2) == "C"


def test_saturday_and_sunday_are_the_weekend() -> None:
    saturday = datetime(2026, 1, 10, 0, 0, tzinfo=UTC)
    history = a_history()
    told = [is_weekend(replace(history, at=saturday + timedelta(hours=h))) for h in (-1, 0, 47, 48)]
    assert told == [False, True, True, False]


def test_a_map_is_poor_with_holes_or_without_one_good_cluster() -> None:
    good, bad = a_cluster(zone="A", grade="B"), a_cluster(zone="B", grade="C")
    assert not is_poor(a_history(clusters=(good, bad)))
    assert is_poor(a_history(clusters=(bad,)))
    assert not is_poor(a_history(clusters=()))
    assert is_poor(a_history(clusters=(good,), coverage=0.94))


def test_a_venue_is_alone_from_four_fifths_on() -> None:
    assert lone_venue(a_cluster(venues={"okx": 80.0, "bybit": 20.0})) == "okx"
    assert lone_venue(a_cluster(venues={"okx": 79.0, "bybit": 21.0})) is None
    assert lone_venue(a_cluster(venues={"okx": 0.0})) is None


def test_what_was_there_a_quarter_of_a_day_is_not_transient() -> None:
    assert is_transient(a_cluster(persistence=0.24))
    assert not is_transient(a_cluster(persistence=0.25))


def test_a_tenth_of_a_cluster_makes_a_supporter() -> None:
    held = {"binance": 80.0, "okx": 10.0, "bybit": 9.9, "gate": 0.1}
    assert supporters(a_cluster(venues=held)) == ("binance", "okx")
    assert supporters(a_cluster(venues={"okx": 0.0})) == ()
