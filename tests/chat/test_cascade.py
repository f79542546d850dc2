"""A cascade in sentences."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.chat.cascade import (
    assumed_in_words,
    books_in_words,
    pushed_in_words,
    stop_in_words,
    told_of,
    waves_of,
)
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.cascade import cascade_of
from tests.charts.histories import a_history, an_empty_history
from tests.heatmap.books import a_flat_book, booked

NUMBERS = Numbers("en", "UTC")
MARK = 65_000.0
LOW_HIGH = (
    "Low … high: 0.4× … 1.7× of what is expected fires, 1.5× … 0.5× of the books rests;"
    " past its end a book goes on as before it"
)
SHOWN = "Books shown: Binance to 2.0%, Bybit to 2.0%, OKX to 2.0%"


def test_a_deep_market_stops_where_it_is_pushed() -> None:
    found = cascade_of(booked(density=1e12), MARK * 0.97)
    assert told_of(found, NUMBERS) == [
        "Expected to be liquidated: $116M of longs ($46.4M … $197M)",
        "Expected to stop where it is pushed, 63,050, in every case",
        "Orders resting to 63,050: $30.5B, 65% shown, the rest assumed",
        "Absorbed by orders: $116M; to push price to 63,050 takes another $30.3B",
        SHOWN,
        LOW_HIGH,
    ]


def test_a_thin_market_goes_past_its_cluster() -> None:
    assert told_of(cascade_of(booked(density=6e9), 62_500.0), NUMBERS) == [
        "Expected to be liquidated: $210M of longs ($66.1M … $718M), $165M of it before 62,500",
        "Expected to stop near 61,870 (62,500 … past the map), 0.5% past the cluster 62,205–62,465",
        "Orders resting to 62,500: $235M, 51% shown, the rest assumed",
        "Absorbed by orders: $210M; to push price to 62,500 takes another $85.9M",
        SHOWN,
        LOW_HIGH,
    ]


def test_where_next_to_nothing_rests_that_is_told() -> None:
    assert told_of(cascade_of(booked(density=1e6), 62_500.0), NUMBERS) == [
        "Expected to be liquidated: $423M of longs ($169M … $718M), $165M of it before 62,500",
        "No stop within the map: $422M of it would meet no orders",
        "Orders resting to 62,500: $39.2K, 51% shown, the rest assumed",
        "Absorbed by orders: $222K; to push price to 62,500 takes another $1.68K",
        "Thin books: 64,891–51,978; 100% fires there",
        SHOWN,
        LOW_HIGH,
    ]


def test_prices_keep_their_digits_where_a_coin_costs_little() -> None:
    found = cascade_of(booked(a_history(base="XRP", price=2.12345), 1e6), 2.04321)
    assert pushed_in_words(found, NUMBERS) == "2.0432 (−3.8%)"
    assert "Thin books: 2.1183–1.6985; 100% fires there" in told_of(found, NUMBERS)


def test_where_no_cluster_is_named_it_goes_past_the_target() -> None:
    found = cascade_of(replace(booked(density=6e9), clusters=()), 62_500.0)
    where = "Expected to stop near 61,870 (62,500 … past the map), 1.0% past where it is pushed"
    assert stop_in_words(found, NUMBERS) == where


def test_two_thin_stretches_are_told_and_the_others_counted() -> None:
    found = cascade_of(booked(density=1e12), 62_500.0)
    usd = np.where(np.arange(found.depth.usd.size) % 20 < 10, 1e-3, found.depth.usd)
    told = told_of(replace(found, depth=replace(found.depth, usd=usd)), NUMBERS)
    assert told[4] == "Thin books: 64,891–64,374, 63,734–63,100 and 1 more; 59% fires there"


def test_without_books_only_what_fires_is_told() -> None:
    assert told_of(cascade_of(a_history(), 62_500.0), NUMBERS) == [
        "Expected to be liquidated: $165M of longs ($66.1M … $281M)",
        "Where it would stop cannot be told: no order book is known",
        "Books: none of Binance+Bybit+OKX",
        "Low … high: 0.4× … 1.7× of what is expected fires",
    ]


def test_an_empty_map_fires_nothing() -> None:
    told = told_of(cascade_of(booked(an_empty_history()), 62_500.0), NUMBERS)
    assert told[0] == "No longs are modelled on the way: nothing is expected to fire"


def test_old_books_and_missing_ones_are_told() -> None:
    history = a_history()
    old = replace(history, books={"okx": a_flat_book(history, age_s=600)})
    assert books_in_words(cascade_of(old, 62_500.0), NUMBERS) == (
        "Books shown: OKX to 2.0%, OLD: 10 min; none of Binance+Bybit: taken like the others"
    )


def test_what_is_assumed_is_told() -> None:
    assert assumed_in_words(cascade_of(booked(), 62_500.0), NUMBERS) == LOW_HIGH


def test_waves_come_by_bands_of_leverage() -> None:
    found = cascade_of(booked(density=1e12), 62_500.0)
    waves = waves_of(found)
    assert list(waves) == ["100x", "50x", "20x", "≤10x"]
    assert sum(usd for usd, _ in waves.values()) == pytest.approx(found.base.fired_usd)
    assert all(62_500 < half < MARK for _, half in waves.values())
    assert waves_of(cascade_of(booked(an_empty_history()), 62_500.0)) == {}
