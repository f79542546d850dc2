"""The way to a cluster."""

from dataclasses import replace

import pytest

from liqbot.heatmap.approach import approach_of
from liqbot.market.book import OrderBook
from liqbot.market.units import Side
from tests.charts.histories import a_cluster
from tests.rules.scenes import a_long, a_scene, a_short
from tests.rules.test_thin_book import a_book


def test_only_venues_whose_books_reach_it_count_on_both_sides_of_the_scale() -> None:
    books = {"binance": a_book(2e6), "bybit": a_book(1e6), "okx": a_book(1e3, reach=0.01)}
    cluster = a_short(0.015, 30e6)
    way = approach_of(a_scene(cluster, books=books).history, cluster)
    assert way is not None
    assert way.venues == ("binance", "bybit")
    assert way.resting_usd == pytest.approx(3e6)
    assert way.expected_usd == pytest.approx(0.8 * 30e6)
    assert way.share == pytest.approx(3e6 / 24e6)


def test_without_a_fresh_book_or_from_inside_nothing_is_known() -> None:
    cluster = a_long()
    old = a_scene(cluster, books={"okx": a_book(1e6, age_s=121)}).history
    assert approach_of(old, cluster) is None
    inside = replace(cluster, distance=0.0)
    assert approach_of(a_scene(inside, books={"okx": a_book(1e6)}).history, inside) is None


def test_a_venue_that_holds_nothing_of_it_tells_nothing() -> None:
    cluster = a_cluster(Side.LONG, 64_000.0, 64_400.0, venues={"bybit": 1e6})
    book = OrderBook.of(a_scene().history.snapshot.at_ms, [(60_000.0, 1.0)], [(65_001.0, 1.0)])
    history = replace(a_scene(cluster).history, books={"okx": book})
    assert approach_of(history, cluster) is None
