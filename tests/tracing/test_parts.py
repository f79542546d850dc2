"""Parts sum to the whole, on markets that wander and on made-up ones."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.heatmap.cascade import Cascade, cascade_of
from liqbot.heatmap.exposure import fired_usd
from liqbot.heatmap.history import History
from liqbot.market.units import Side
from liqbot.tracing.parts import Split, held, resting, walked, whole, within_reach
from tests.heatmap.books import booked
from tests.rules.wandering import a_wandering_scene

SEEDS = st.integers(0, 11)
PUSHES = st.sampled_from([-0.2, -0.05, -0.013, 0.007, 0.03, 0.15])


@cache
def a_wandering_history(seed: int) -> History:
    return a_wandering_scene(seed).history


def pushed(history: History, push: float) -> Cascade:
    return cascade_of(history, history.snapshot.mark * (1 + push))


def agrees(split: Split) -> None:
    """Venues and tiers are two ways to divide the same."""
    assert sum(split.tiers.values()) == pytest.approx(split.usd, rel=1e-9, abs=1e-6)
    assert min([*split.venues.values(), *split.tiers.values()]) >= 0


@settings(max_examples=40)
@given(seed=SEEDS, push=PUSHES)
def test_what_fires_is_what_venues_hold_on_the_way(seed: int, push: float) -> None:
    found = pushed(a_wandering_history(seed), push)
    split = walked(found)
    agrees(split)
    assert split.expected_usd == pytest.approx(found.base.fired_usd, rel=1e-9, abs=1e-6)
    assert sum(each.usd for each in found.waves) == pytest.approx(split.expected_usd, abs=1e-6)
    assert (split.bins > 0) == (split.usd > 0)


@settings(max_examples=40)
@given(seed=SEEDS, push=PUSHES)
def test_what_rests_is_what_books_show_and_what_is_assumed(seed: int, push: float) -> None:
    found = pushed(a_wandering_history(seed), push)
    rest = resting(found)
    assert rest.usd == pytest.approx(found.resting_usd, rel=1e-9, abs=1e-6)
    assert set(rest.shown) == set(rest.beyond) == set(found.depth.reaches)
    assert (rest.missing_usd > 1e-3) <= bool(found.depth.missing)
    if found.resting_usd > 0:
        shown = sum(rest.shown.values()) / rest.usd
        assert min(shown, 1.0) == pytest.approx(found.shown_share)
    sums = found.resting_usd - found.on_way_usd + found.waiting_usd
    assert found.push_usd == pytest.approx(max(sums, 0.0))


@settings(max_examples=40)
@given(seed=SEEDS, reach=st.floats(0.001, 0.3), side=st.sampled_from(Side))
def test_what_is_within_reach_is_what_the_answers_say(seed: int, reach: float, side: Side) -> None:
    history = a_wandering_history(seed)
    split = within_reach(history, side, reach)
    agrees(split)
    price = history.snapshot.mark * (1 - side.sign * reach)
    assert fired_usd(history, side, price) == pytest.approx(split.expected_usd, rel=1e-6, abs=1e-3)


@given(seed=SEEDS)
def test_clusters_and_the_whole_map_are_sums_too(seed: int) -> None:
    history = a_wandering_history(seed)
    for cluster in history.clusters:
        split = held(history, cluster)
        agrees(split)
        assert split.usd == pytest.approx(cluster.usd)
        assert split.expected_usd == pytest.approx(cluster.expected_usd)
        assert split.bins >= 1
    sides = [whole(history, side) for side in Side]
    for split in sides:
        agrees(split)
    assert sum(each.usd for each in sides) == pytest.approx(history.snapshot.usd.sum())


def test_a_venue_without_a_book_is_assumed_to_hold_its_share() -> None:
    history = booked(density=8e9, venues=("binance", "bybit"))
    found = pushed(history, -0.01)
    rest = resting(found)
    assert set(rest.shown) == {"binance", "bybit"}
    assert rest.missing_usd > 0
    everywhere = resting(pushed(booked(density=8e9), -0.01))
    assert everywhere.missing_usd == pytest.approx(0.0, abs=1e-3)


def test_without_a_book_nothing_rests() -> None:
    history = replace(booked(), books={})
    assert resting(pushed(history, -0.01)).usd == 0.0
