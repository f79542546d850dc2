from dataclasses import replace

import numpy as np
import pytest

from liqbot.market.book import OrderBook
from liqbot.rules.rule import Scene
from tests.rules.scenes import AT_MS, PRICE, a_long, a_scene, a_short, judged, reason, told

# a_cluster's venues hold a half, three and two tenths of $40M; the prior expects three quarters.
EXPECTED = {"binance": 15e6, "bybit": 9e6, "okx": 6e6}


def a_book(usd: float, *, reach: float = 0.02, age_s: float = 1.0) -> OrderBook:
    """Return so many dollars on each side within 1 % of the price, a little further out."""
    near = np.linspace(0.001, 0.009, 9)
    levels = [(sign * each, usd / 9) for each in near for sign in (-1, 1)]
    levels += [(-reach, 1.0), (reach, 1.0)]
    prices = [(PRICE * (1 + away), dollars / (PRICE * (1 + away))) for away, dollars in levels]
    bids = [each for each in prices if each[0] < PRICE]
    asks = [each for each in prices if each[0] > PRICE]
    return OrderBook.of(AT_MS - int(age_s * 1000), bids, asks)


def before(books: dict[str, OrderBook], distance: float = 0.015, expected: float = 30e6) -> Scene:
    return a_scene(a_short(distance, expected), books=books)


def test_a_fifth_of_what_is_expected_is_thin() -> None:
    (found,) = judged("thin_book", before({"binance": a_book(0.19 * 15e6)}))
    assert found.entered
    assert found.value == pytest.approx(0.19)
    assert told(found)["resting on the way"] == pytest.approx(0.19 * 15e6)
    assert told(found)["expected on the same venues"] == pytest.approx(15e6)


@pytest.mark.parametrize(("share", "seen"), [(0.21, [False]), (0.24, [False]), (0.26, [])])
def test_more_than_that_is_not(share: float, seen: list[bool]) -> None:
    found = judged("thin_book", before({"binance": a_book(share * 15e6)}))
    assert [each.entered for each in found] == seen


def test_venues_whose_books_reach_it_are_compared_with_their_own_part() -> None:
    books = {"binance": a_book(2e6), "bybit": a_book(1e6), "okx": a_book(1e3, reach=0.01)}
    (found,) = judged("thin_book", before(books))
    assert found.value == pytest.approx(3e6 / (EXPECTED["binance"] + EXPECTED["bybit"]))


def test_bids_are_what_stands_before_longs() -> None:
    scene = before({"okx": a_book(1e6)})
    scene = replace(scene, history=a_scene(a_long(), books=scene.history.books).history)
    (found,) = judged("thin_book", scene)
    assert found.case == "long"
    assert found.value == pytest.approx(1e6 / EXPECTED["okx"])


@pytest.mark.parametrize(("distance", "count"), [(0.0, 0), (0.029, 1), (0.037, 1), (0.038, 0)])
def test_only_clusters_within_reach_that_price_is_not_in_are_looked_at(
    distance: float, count: int
) -> None:
    found = judged("thin_book", before({"binance": a_book(1e6, reach=0.05)}, distance))
    assert len(found) == count
    assert all(each.entered is (distance < 0.03) for each in found)


def test_a_book_that_ends_before_the_cluster_tells_nothing() -> None:
    assert not judged("thin_book", before({"binance": a_book(1e3, reach=0.014)}))


def test_a_light_cluster_needs_no_book() -> None:
    assert not judged("thin_book", before({"binance": a_book(1e3)}, expected=11e6))


def test_without_a_book_of_now_nothing_is_told() -> None:
    assert "no order book" in reason("thin_book", before({}))
    assert "out of date" in reason("thin_book", before({"okx": a_book(1.0, age_s=121.0)}))
