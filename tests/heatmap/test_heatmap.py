"""A snapshot's sums, and a ledger that tells when something went missing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, MassLedger, Snapshot
from liqbot.market.units import F8, Price, floats, integers
from tests.builders import START_MS

SHAPE = (3, 2, 4, 6)  # venue, side, tier, bin
amounts = arrays(np.float64, (2, 2, 3), elements=st.floats(0, 1e9))


def _snapshot() -> Snapshot:
    return Snapshot(
        at_ms=START_MS,
        mark=Price(100.0),
        grid=PriceGrid(4600, 0.001, SHAPE[3]),
        venues=("binance", "bybit", "okx"),
        tiers=(5.0, 10.0, 25.0, 50.0),
        usd=floats(np.arange(np.prod(SHAPE)).reshape(SHAPE)),
    )


def _ledger(*, standing: F8, swept: F8) -> MassLedger:
    nothing = np.zeros_like(standing)
    return MassLedger(
        deposited=standing + swept,
        standing=standing,
        swept=swept,
        decayed=nothing,
        shrunk=nothing,
        out_of_grid=nothing,
    )


def test_views_of_a_snapshot_are_sums_over_what_they_leave_out() -> None:
    snapshot = _snapshot()
    for v, s, k in np.ndindex(SHAPE[:3]):
        assert np.array_equal(snapshot.by_venue[v, s], sum(snapshot.usd[v, s, i] for i in range(4)))
        assert np.array_equal(snapshot.by_tier[s, k], sum(snapshot.usd[i, s, k] for i in range(3)))
    assert snapshot.by_venue.shape == (3, 2, 6)
    assert snapshot.by_tier.shape == (2, 4, 6)
    assert snapshot.total.shape == (2, 6)


def test_all_views_of_a_snapshot_add_up_to_its_total() -> None:
    snapshot = _snapshot()
    assert snapshot.total == pytest.approx(snapshot.by_tier.sum(axis=1))
    assert snapshot.total == pytest.approx(snapshot.by_venue.sum(axis=0))
    assert snapshot.total.sum() == pytest.approx(sum(range(np.prod(SHAPE))))


@given(amounts, amounts)
def test_a_ledger_in_which_nothing_is_missing_closes(standing: F8, swept: F8) -> None:
    assert _ledger(standing=standing, swept=swept).error == 0


@pytest.mark.parametrize("name", ["standing", "swept", "decayed", "shrunk", "out_of_grid"])
def test_what_is_missing_anywhere_shows_as_a_share_of_what_was_deposited_there(name: str) -> None:
    ledger = _ledger(standing=np.full((1, 2, 3), 6.0), swept=np.full((1, 2, 3), 4.0))
    wrong = getattr(ledger, name).copy()
    wrong[0, 1, 2] -= 0.5
    assert replace(ledger, **{name: wrong}).error == pytest.approx(0.05)


def test_what_stands_although_nothing_came_in_is_no_small_error() -> None:
    nothing = np.zeros((1, 2, 1))
    ledger = replace(_ledger(standing=nothing, swept=nothing), standing=nothing + 1e-9)
    assert ledger.error > 1


def test_a_ledger_of_nothing_closes() -> None:
    empty = np.zeros((0, 2, 3))
    assert _ledger(standing=empty, swept=empty).error == 0


def test_the_newest_columns_keep_no_others_in_memory() -> None:
    whole = Heatmap(
        grid=PriceGrid(4600, 0.001, 6),
        interval_ms=300_000,
        opened_ms=integers(START_MS + 300_000 * np.arange(4)),
        usd=np.arange(48, dtype=np.float32).reshape(2, 4, 6),
        swept_usd=floats(np.arange(8).reshape(2, 4)),
    )
    last = whole.newest(3)
    assert np.array_equal(last.usd, whole.usd[:, 1:])
    assert np.array_equal(last.opened_ms, whole.opened_ms[1:])
    assert not np.shares_memory(last.usd, whole.usd)
    assert not last.usd.flags.writeable
