"""One engine for a whole history and for a tick, which never takes back what it drew."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from liqbot.errors import UnknownName
from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import (
    Run,
    Terms,
    grid_for,
    guessed,
    nobody,
    opened_in,
    run,
    terms_of,
)
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.kernels import HABITS, OFFER
from liqbot.heatmap.liquidation import factor
from liqbot.heatmap.model import Model
from liqbot.market.recording.reader import Recording
from liqbot.market.units import HOUR_MS, Side, floats
from tests.builders import (
    an_observation,
    same,
    some_candles,
    some_open_interest,
)
from tests.oracles.markets import COMPILED, EXAMPLES, Market, markets

RECORDINGS = Path(__file__).parents[3] / "shared" / "data" / "recordings"
REAL = [
    (recording, base)
    for recording, bases in (
        ("binance-2025-12", ("AVAX", "BTC", "DOGE", "ETH", "SOL")),
        ("hyperliquid-2026-06", ("BTC", "DOGE", "ETH", "SOL")),
    )
    for base in bases
]
real = pytest.mark.parametrize(("recording", "base"), REAL)


@EXAMPLES
@given(markets(), st.data())
def test_a_run_in_parts_is_the_run_in_one(market: Market, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(market.bars)))
    whole = _run(market)
    first = run(market.terms, market.start, market.bars.rows(0, at))
    second = run(market.terms, first.positions, market.bars.rows(at, len(market.bars)))
    assert same(second.positions, whole.positions)
    assert np.array_equal(np.concatenate([first.usd, second.usd], axis=1), whole.usd)
    assert np.array_equal(np.concatenate([first.flow, second.flow]), whole.flow)


@EXAMPLES
@given(markets())
def test_a_run_bar_by_bar_is_the_run_in_one(market: Market) -> None:
    whole, positions = _run(market), market.start
    for i in range(len(market.bars)):
        one = run(market.terms, positions, market.bars.rows(i, i + 1))
        assert np.array_equal(one.usd[:, 0], whole.usd[:, i])
        assert np.array_equal(one.flow[0], whole.flow[i])
        positions = one.positions
    assert same(positions, whole.positions)


@EXAMPLES
@given(markets(), st.lists(st.tuples(st.floats(0.9, 1), st.floats(1, 1.1), st.floats(0, 9))))
def test_ticks_of_an_open_bar_leave_no_trace(
    market: Market, ticks: list[tuple[float, float, float]]
) -> None:
    count = len(market.bars)
    before = run(market.terms, market.start, market.bars.rows(0, count - 1)).positions
    last = market.bars.rows(count - 1, count)
    for down, up, volume in ticks:
        low, high = floats(down * last.close), floats(up * last.close)
        prices = {"low": low, "high": high, "trigger_low": low, "trigger_high": high}
        prices["volume"] = floats(np.full_like(low, volume))
        run(market.terms, before, replace(last, **prices))  # type: ignore[arg-type]  # by name
    closed, whole = run(market.terms, before, last), _run(market)
    assert same(closed.positions, whole.positions)
    assert np.array_equal(closed.usd[:, 0], whole.usd[:, -1])


@EXAMPLES
@given(markets())
def test_a_run_leaves_the_given_state_as_it_was(market: Market) -> None:
    start = market.start
    kept = start.copy()
    run(market.terms, start, market.bars)
    assert same(start, kept)


@EXAMPLES
@given(markets())
def test_without_columns_all_else_is_the_same(market: Market) -> None:
    whole = _run(market)
    bare = run(market.terms, market.start, market.bars, columns=False)
    assert bare.usd.shape == (2, 0, market.grid.bins)
    assert same(bare.positions, whole.positions)
    assert np.array_equal(bare.flow, whole.flow)


@EXAMPLES
@given(markets())
def test_the_newest_column_is_the_sum_of_what_stands(market: Market) -> None:
    ran = _run(market)
    usd = ran.positions.quantity.sum(axis=(0, 2)) * market.grid.centres
    np.testing.assert_allclose(ran.usd[:, -1], usd, rtol=1e-6, atol=1e-30)


@EXAMPLES
@given(markets(ample=True))
def test_no_column_changes_when_more_is_known(market: Market) -> None:
    """The grid follows the prices seen, so that only the bins of both can be compared."""
    whole = _run(market)
    for i in range(1, len(market.bars) + 1):
        if not np.isnan(market.bars.low[:, :i]).all():
            then = market.until(i)
            assert np.array_equal(*_common(whole, market.grid, _run(then), then.grid))


@real
def test_no_real_column_changes_when_more_is_known(recording: str, base: str) -> None:
    """What a run to the end drew is what was drawn at the time, from what was known then."""
    opened = _recording(recording)
    instruments = opened.instruments_of(base)
    bars = align(opened.read(each) for each in instruments)
    terms = _terms(base, bars)
    whole = run(terms, guessed(terms, bars), bars.rows(0, 2000))
    for count in (1, 77, 700, 2000):
        ends_ms = int(bars.opened_ms[count - 1]) + bars.interval_ms
        part = align(opened.read(each, ends_ms) for each in instruments)
        assert same(part, bars.rows(0, count))
        known = _terms(base, part)
        then = run(known, guessed(known, part), part)
        assert np.array_equal(*_common(whole, terms.grid, then, known.grid))


@real
def test_the_ledger_of_every_real_market_closes(recording: str, base: str) -> None:
    opened = _recording(recording)
    bars = align(opened.read(each) for each in opened.instruments_of(base))
    terms = _terms(base, bars)
    start = guessed(terms, bars)
    positions = run(terms, start, bars, columns=False).positions
    assert start.quantity.sum() > 0
    assert positions.quantity.sum() > 0
    assert positions.mass.min() >= 0
    assert positions.mass_ledger.error < 1e-9


def test_positions_move_by_the_venues_formula_and_weigh_what_the_model_says() -> None:
    model = Model(
        tiers=(10.0, 100.0),
        long_weights=(0.2, 0.1),
        short_weights=(0.3, 0.4),
        half_life_h=(2.0, 0.5),
        spread=0.2,
        tilt=-0.25,
    )
    grid = PriceGrid(0, 0.001, 10)
    terms = terms_of(model, "BTC", ("okx", "hyperliquid"), grid, HOUR_MS)
    shift, weight = (terms.offer[..., OFFER.index(name)] for name in ("shift", "weight"))
    for s, side in enumerate(Side):
        ratio = np.exp(shift[:, :, s] * grid.step)
        assert ratio[0, 0] == pytest.approx(factor("okx", side, 10, "BTC"))
        assert ratio[0, 1] == pytest.approx(factor("okx", side, 100, "BTC"))
        assert ratio[1, 0] == pytest.approx(factor("hyperliquid", side, 10, "BTC"))
        assert np.isnan(ratio[1, 1])  # it grants 40x
    assert weight[0].tolist() == [[0.2, 0.3], [0.1, 0.4]]
    assert terms.decay.tolist() == pytest.approx([0.5**0.5, 0.25])
    assert dict(zip(HABITS, terms.habits, strict=True))["tilt"] == -0.25


def test_what_no_price_liquidates_is_not_offered() -> None:
    model = Model(
        tiers=(1.0, 10.0), long_weights=(0.1,) * 2, short_weights=(0.1,) * 2, half_life_h=(9.0,) * 2
    )
    terms = terms_of(model, "BTC", ("binance",), PriceGrid(0, 0.001, 10), HOUR_MS)
    assert np.isnan(terms.offer[0, 0, :, OFFER.index("shift")]).all()
    assert np.isfinite(terms.offer[0, 1]).all()


def test_a_venue_without_a_formula_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="binance"):
        terms_of(Model(), "BTC", ("binanse",), PriceGrid(0, 0.001, 10), HOUR_MS)


def test_a_grid_holds_the_liquidation_prices_of_all_that_is_seen() -> None:
    bars = align([an_observation(some_candles((100.0, 120.0, 90.0)))])
    grid = grid_for(bars, 0.01)
    assert (grid.width, grid.index(90 * 0.56) > 0) == (0.01, True)
    assert 0 < grid.index(120 * 1.59) < grid.bins


def test_bars_of_other_venues_or_lengths_are_refused() -> None:
    bars = align([an_observation()])
    terms = _terms("BTC", bars)
    with pytest.raises(ValueError, match="do not fit the terms"):
        run(terms, nobody(terms), replace(bars, interval_ms=2 * bars.interval_ms))


def test_what_opens_is_rises_of_open_interest_and_a_share_of_volume() -> None:
    seen = an_observation(
        some_candles((100.0, 101.0, 99.0), volume=[10.0, 20.0, 40.0]),
        open_interest=some_open_interest((1000.0, 1005.0, 1001.0, np.nan)),
    )
    assert opened_in(align([seen]), 0.1)[0].tolist() == pytest.approx([5 + 1, 2, 4])


def test_volume_that_is_unknown_is_guessed_from_open_interest_and_height() -> None:
    flat, high = (
        an_observation(some_candles((100.0,), reach=reach, volume=np.nan)) for reach in (0, 0.01)
    )
    assert opened_in(align([flat]), 0.5)[0, 0] == 1.0  # open interest rose by it
    expected = 1 + 0.5 * 3.2 * 1000 * np.log(1.01 / 0.99)
    assert opened_in(align([high]), 0.5)[0, 0] == pytest.approx(expected)


def test_an_unknown_bar_opens_nothing() -> None:
    bars = align([an_observation(some_candles((100.0, np.nan, 101.0), volume=np.nan))])
    assert opened_in(bars, 0.5)[0, 1] == 0


def _run(market: Market) -> Run:
    return run(market.terms, market.start, market.bars)


def _terms(base: str, bars: Bars) -> Terms:
    return terms_of(Model(), base, bars.venues, grid_for(bars), bars.interval_ms)


def _recording(name: str) -> Recording:
    if not COMPILED:
        pytest.skip("days of bars take minutes in plain Python")
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings in ../shared/data are not here")
    return Recording.open(RECORDINGS / name)


def _common(
    whole: Run, wide: PriceGrid, part: Run, narrow: PriceGrid
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the columns of both runs, cut to the bars and bins that both have."""
    count = part.usd.shape[1]
    first, last = (
        max(wide.first, narrow.first),
        min(wide.first + wide.bins, narrow.first + narrow.bins),
    )
    return (
        whole.usd[:, :count, first - wide.first : last - wide.first],
        part.usd[:, :, first - narrow.first : last - narrow.first],
    )
