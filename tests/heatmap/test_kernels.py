"""The compiled loops against the same in plain Python, and what has to hold of any of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.heatmap.bars import Bars
from liqbot.heatmap.engine import BLURS, Run, Terms, nobody, run, terms_of
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.kernels import LEDGER, PULSE
from liqbot.heatmap.model import Model
from liqbot.market.units import F8, floats, integers
from tests.builders import FIVE_MINUTES_MS, START_MS
from tests.oracles.advance import LONG, SHORT, WENT, carry
from tests.oracles.markets import COMPILED, EXAMPLES, Market, markets

GRID = PriceGrid.between(50.0, 200.0, 0.01)


@EXAMPLES
@given(markets())
def test_the_kernel_does_what_the_oracle_does(market: Market) -> None:
    # 1e-9: the same sums in another order. Blurs are rounded to quarters of a bin in both.
    ran, told = run(market.terms, market.start, market.bars), carry(market)
    deposited = told.ledger["deposited"]
    usd = deposited.transpose(0, 2, 1) * market.grid.centres[-1]
    assert np.all(abs(ran.positions.quantity - told.quantity) <= 1e-9 * deposited[..., None])
    for name, went in told.ledger.items():
        assert np.all(abs(getattr(ran.positions.mass_ledger, name) - went) <= 1e-9 * deposited)
    # What is expected to open fires too, on a side where nothing may ever have opened.
    assert np.all(abs(ran.flow - told.flow) <= 1e-9 * usd + 1e-12 * market.usd)
    np.testing.assert_allclose(ran.usd, told.usd, rtol=1e-6, atol=1e-9 * usd.sum())


@EXAMPLES
@given(markets())
def test_rounding_blurs_moves_little_of_the_mass(market: Market) -> None:
    # Each end of a spread is rounded by at most 1/8 of a bin; that of a flat bar is widened to a
    # quarter, so that what opens moves by 1/4 at most on average. Moved by d, a blur of s.d. σ
    # differs by less than 0.8 d/σ from itself. Tails that are cut hold 0.6 %, which goes elsewhere.
    exact = carry(market, rounded=False)
    apart = abs(run(market.terms, market.start, market.bars).positions.quantity - exact.quantity)
    deviation = market.model.spread / np.array(market.model.tiers) / market.grid.step
    steepness = sum(part / width for part, width in BLURS) / deviation
    assert np.all(apart.sum(axis=3) <= (0.2 * steepness + 0.013) * exact.ledger["deposited"])


@EXAMPLES
@given(markets())
def test_nothing_is_negative_and_the_ledger_closes(market: Market) -> None:
    ran = run(market.terms, market.start, market.bars)
    assert np.all(ran.positions.mass >= 0)
    assert np.all(ran.usd >= 0)
    assert np.all(ran.flow >= 0)
    ledger = ran.positions.mass_ledger
    for name in WENT:
        assert np.all(getattr(ledger, name) >= -1e-12 * ledger.deposited)
    assert ledger.error <= 1e-9


@EXAMPLES
@given(markets())
def test_what_stands_is_kept_as_a_sum_too(market: Market) -> None:
    positions = run(market.terms, market.start, market.bars).positions
    kept = positions.ledger[..., LEDGER.index("standing")].transpose(0, 2, 1)
    counted = positions.mass_ledger.standing
    assert np.all(abs(counted - kept) <= 1e-9 * positions.mass_ledger.deposited)


@EXAMPLES
@given(markets())
def test_nothing_stands_outside_the_extent_that_is_noted_for_it(market: Market) -> None:
    positions = run(market.terms, market.start, market.bars).positions
    b = np.arange(market.grid.bins)
    first, last = positions.extent[..., 0, None], positions.extent[..., 1, None]
    assert np.all(positions.mass[(b < first) | (b >= last)] == 0)


@EXAMPLES
@given(markets())
def test_after_a_bar_nothing_stands_where_its_prices_were(market: Market) -> None:
    for i in range(len(market.bars)):
        quantity = run(market.terms, market.start, market.bars.rows(0, i + 1)).positions.quantity
        for v, (low, high) in enumerate(_coordinates(market, i)):
            if not np.isnan(low):
                assert not quantity[v, LONG, :, max(int(np.floor(low)), 0) :].any()
                assert not quantity[v, SHORT, :, : max(int(np.floor(high)) + 1, 0)].any()


@EXAMPLES
@given(markets(), st.data())
def test_what_is_swept_was_there(market: Market, data: st.DataObject) -> None:
    """A bar that opens nothing takes exactly what stood in the bins that it passed."""
    i = data.draw(st.integers(0, len(market.bars) - 1))
    before = run(market.terms, market.start, market.bars.rows(0, i)).positions
    before.pulse[:] = 0  # what is expected to open fires as well
    before.pulse[:, PULSE.index("guessed")] = 1
    last = market.bars.rows(i, i + 1)
    shut = np.minimum(last.change, 0.0)
    last = replace(last, volume=np.zeros_like(last.volume), change=shut)
    ran = run(market.terms, before, last)
    b = np.arange(market.grid.bins)
    for v, (low, high) in enumerate(_coordinates(market, i)):
        passed = np.stack([b >= np.floor(low), b <= np.floor(high)])
        gone = np.where(passed[:, None], before.quantity[v], 0.0)
        swept = ran.positions.mass_ledger.swept[v] - before.mass_ledger.swept[v]
        deposited = before.mass_ledger.deposited[v]
        assert np.all(abs(swept - gone.sum(axis=2)) <= 1e-9 * deposited)
        usd = (gone * market.grid.centres).sum(axis=2).T
        assert ran.flow[0, v] == pytest.approx(usd, rel=1e-9)


@EXAMPLES
@given(markets(), st.floats(0, 500), st.floats(-1, 1))
def test_what_a_bar_opens_fires_nothing_in_it(market: Market, volume: float, rise: float) -> None:
    """What opened is known only when the bar is over, so the flow of it may not use that."""
    bars = market.bars
    last = np.arange(len(bars)) == len(bars) - 1
    other = replace(
        bars,
        volume=np.where(last, volume, bars.volume),
        change=np.where(last, rise * np.nan_to_num(bars.before), bars.change),
    )
    start = market.start
    told, retold = run(market.terms, start, bars), run(market.terms, start, other)
    assert np.array_equal(told.flow, retold.flow)


@EXAMPLES
@given(markets(), st.floats(0.01, 100))
def test_scaling_what_trades_scales_what_stands(market: Market, by: float) -> None:
    told = ("volume", "change", "before")
    more = market.retold(**{name: by * getattr(market.bars, name) for name in told})
    one, other = (run(each.terms, each.start, each.bars) for each in (market, more))
    assert _alike(other.positions.quantity, by * one.positions.quantity)
    # An average that falls from 500 to 0.0001 keeps the rounding of the 500.
    assert _alike(other.flow, by * one.flow, atol=1e-12 * more.usd)


@EXAMPLES
@given(markets(), st.data())
def test_halving_a_weight_halves_that_tier_and_no_other(
    market: Market, data: st.DataObject
) -> None:
    k = data.draw(st.integers(0, len(market.model.tiers) - 1))
    s = data.draw(st.sampled_from([LONG, SHORT]))
    name = ("long_weights", "short_weights")[s]
    by = np.ones(len(market.model.tiers))
    by[k] = 0.5
    weights = tuple(by * getattr(market.model, name))
    halved = replace(market, model=replace(market.model, **{name: weights}))  # type: ignore[arg-type]
    one, other = (run(each.terms, each.start, each.bars) for each in (market, halved))
    expected = one.positions.quantity.copy()
    expected[:, s, k] *= 0.5
    assert _alike(other.positions.quantity, expected)


@EXAMPLES
@given(markets())
def test_a_venue_stands_alone(market: Market) -> None:
    together = run(market.terms, market.start, market.bars)
    for v in range(len(market.bars.venues)):
        alone = market.only(v)
        ran = run(alone.terms, alone.start, alone.bars)
        assert np.array_equal(ran.positions.quantity[0], together.positions.quantity[v])
        assert np.array_equal(ran.flow[:, 0], together.flow[:, v])


def test_what_opens_is_deposited_in_full_on_both_sides() -> None:
    ran = _run(_bars((99.0, 101.0), change=8.0))
    assert ran.positions.mass_ledger.deposited[0, :, 0] == pytest.approx([0.8, 0.8])
    longs, shorts = ran.positions.quantity[0, :, 0]
    assert longs.sum() == pytest.approx(0.8)
    assert shorts.sum() == pytest.approx(0.8)
    assert longs[GRID.index(99.0) :].sum() == shorts[: GRID.index(101.0) + 1].sum() == 0


def test_entries_spread_evenly_over_a_high_bar() -> None:
    flat = _run(_bars((80.0, 125.0), change=8.0), spread=0.001).positions.quantity[0, LONG, 0]
    b = np.arange(GRID.bins)
    inside = (b > GRID.index(80 * 0.91)) & (b < GRID.index(80.0))
    per_bin = 0.8 / (np.log(125 / 80) / GRID.step)
    assert flat[inside] == pytest.approx(per_bin, rel=0.02)


def test_a_bar_nobody_knows_only_lets_time_pass() -> None:
    before = _run(_bars((99.0, 101.0), change=8.0)).positions
    after = run(_terms(), before, _bars((np.nan, np.nan))).positions
    assert np.array_equal(after.pulse, before.pulse)
    assert after.quantity == pytest.approx(before.quantity * _terms().decay[0])
    assert np.array_equal(after.mass_ledger.swept, before.mass_ledger.swept)


def test_open_interest_that_falls_to_nothing_takes_everything_along() -> None:
    bars = _bars((99.0, 101.0), (99.0, 101.0), change=(8.0, -108.0), before=(100.0, 108.0))
    positions = _run(bars).positions
    assert not positions.quantity.any()
    assert positions.mass_ledger.shrunk[0, :, 0] == pytest.approx([0.8, 0.8])
    again = run(_terms(), positions, _bars((99.0, 101.0), change=8.0)).positions
    assert again.quantity.sum() == pytest.approx(1.6)


def test_years_of_decay_lose_no_digit_of_what_opens_after() -> None:
    prices = [(99.0, 101.0)] * 3000
    bars = _bars(*prices, change=[8.0] + [0.0] * 2998 + [8.0])
    positions = _run(bars, half_life_h=(1.0,)).positions
    assert positions.scale[0, 0] > 1e-10
    assert positions.quantity.sum() == pytest.approx(1.6)
    assert positions.mass_ledger.error < 1e-12


def test_price_above_the_grid_sweeps_every_short_and_no_long() -> None:
    positions = _run(_bars((99.0, 101.0), (300.0, 310.0), change=8.0)).positions
    assert positions.mass_ledger.swept[0, :, 0] == pytest.approx([0.0, 0.8])
    assert positions.mass_ledger.out_of_grid[0, :, 0] == pytest.approx([0.8, 0.8])


def test_price_below_the_grid_sweeps_every_long_and_no_short() -> None:
    positions = _run(_bars((99.0, 101.0), (30.0, 31.0), change=8.0)).positions
    assert positions.mass_ledger.swept[0, :, 0] == pytest.approx([0.8, 0.0])
    assert positions.mass_ledger.out_of_grid[0, :, 0] == pytest.approx([0.8, 0.8])


def test_the_mark_sweeps_while_trades_open() -> None:
    bars = _bars((99.0, 101.0), (80.0, 101.0), change=(8.0, 0.0))
    marked = replace(bars, trigger_low=np.array([[99.0, 99.0]]))
    assert _run(bars).positions.mass_ledger.swept[0, LONG, 0] == pytest.approx(0.8)
    assert _run(marked).positions.mass_ledger.swept[0, LONG, 0] == 0


@pytest.mark.parametrize(("rise", "heavier"), [(1.01, SHORT), (0.99, LONG)])
def test_a_negative_tilt_moves_weight_against_the_trend(rise: float, heavier: int) -> None:
    closes = 100 * rise ** np.arange(10)
    bars = _bars(*zip(closes, closes, strict=True), change=[0.0] * 9 + [8.0])
    deposited = _run(bars, tilt=-0.5).positions.mass_ledger.deposited[0, :, 0]
    assert deposited.sum() == pytest.approx(1.6)
    assert deposited[heavier] > 0.9


@pytest.mark.skipif(not COMPILED, reason="plain Python takes any type")
def test_another_type_is_an_error_and_no_slow_path() -> None:
    start = nobody(_terms())
    with pytest.raises(TypeError, match="No matching definition"):
        run(_terms(), replace(start, mass=start.mass.astype(np.float32)), _bars((99.0, 101.0)))


def _terms(**assumed: object) -> Terms:
    """Return terms of one tier of 10x that weighs a tenth."""
    chosen: dict[str, object] = {
        "tiers": (10.0,),
        "half_life_h": (1e6,),
        "spread": 0.1,
        "tilt": 0.0,
    }
    chosen |= {"long_weights": (0.1,), "short_weights": (0.1,)} | assumed
    model = Model(**chosen)  # type: ignore[arg-type]
    return terms_of(model, "BTC", ("binance",), GRID, FIVE_MINUTES_MS)


def _bars(*prices: tuple[float, float], change: ArrayLike = 0.0, before: ArrayLike = 100.0) -> Bars:
    """Return one venue's bars of (low, high) without volume."""
    low, high = np.array(prices).T[:, None]

    def column(values: ArrayLike) -> F8:
        return floats(np.broadcast_to(np.asarray(values, np.float64), low.shape))

    return Bars(
        venues=("binance",),
        interval_ms=FIVE_MINUTES_MS,
        opened_ms=integers(START_MS + FIVE_MINUTES_MS * np.arange(len(prices))),
        low=floats(low),
        high=floats(high),
        close=floats(high),
        trigger_low=floats(low),
        trigger_high=floats(high),
        volume=column(0.0),
        change=column(change),
        before=column(before),
    )


def _run(bars: Bars, **assumed: object) -> Run:
    terms = _terms(**assumed)
    return run(terms, nobody(terms), bars)


def _alike(one: F8, other: F8, atol: float = 1e-200) -> bool:
    """Tell whether two arrays agree but for rounding, and for what is too small for a float."""
    return np.allclose(one, other, rtol=1e-8, atol=atol)


def _coordinates(market: Market, i: int) -> list[tuple[float, float]]:
    """Return the lowest and highest price that forced orders looked at in a bar, in bins."""
    grid, bars = market.grid, market.bars
    prices = np.stack([bars.trigger_low[:, i], bars.trigger_high[:, i]], axis=1)
    return [(low, high) for low, high in np.log(prices) / grid.step - grid.first]
