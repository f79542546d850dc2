"""The cluster that price is going through, and what is left of it."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.heatmap.eaten import eaten_of
from liqbot.heatmap.history import History
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Price, Side, floats, ms_of
from tests.builders import a_liquidation, some_candles
from tests.charts.histories import START_MS, a_history

PRICE, BARS = 65_000.0, 600
BAR_MS = 5 * MINUTE_MS
END_MS = START_MS + BARS * BAR_MS


def eaten_history(path: list[float], side: Side = Side.LONG, left: float = 0.5) -> History:
    """Return a history whose last closes are a path through a hump 0.6 … 1.4 % away.

    Of the hump, so much of each bin ahead of the last price is left.
    """
    closes = [PRICE] * (BARS - len(path)) + path
    candles = some_candles(closes, start_ms=START_MS, reach=1e-5)
    history = a_history(bars=BARS, clusters=(), candles=candles)
    grid, last = history.heatmap.grid, closes[-1]
    away = (grid.centres / PRICE - 1) * -side.sign
    hump = np.where((away > 0.006) & (away < 0.014), 1e6, 0.0)
    usd = np.zeros_like(history.heatmap.usd)
    usd[side.index, : BARS - len(path)] = hump
    usd[side.index, BARS - len(path) :] = hump * left * ((last - grid.centres) * side.sign > 0)
    newest = np.zeros_like(history.snapshot.usd)
    newest[0, :, 0] = usd[:, -1]
    return replace(
        history,
        heatmap=replace(history.heatmap, usd=usd),
        snapshot=replace(history.snapshot, mark=Price(last), usd=floats(newest)),
    )


def orders(*told: tuple[float, float, Side, float]) -> Tape:
    """Return orders: minutes before the end, price, side, dollars."""
    return Tape.of(
        a_liquidation(side, at_ms=END_MS - int(ago * MINUTE_MS), price=price, quantity=usd / price)
        for ago, price, side, usd in told
    )


def test_a_cluster_that_price_is_in_is_told_with_what_is_left_and_what_fired() -> None:
    history = eaten_history([64_900.0, 64_500.0, 64_400.0])
    tape = orders(
        (8.0, 64_550.0, Side.LONG, 2e6),
        (4.0, 64_400.0, Side.LONG, 1e6),
        (3.0, 64_400.0, Side.SHORT, 7e6),  # the other side
        (2.0, 60_000.0, Side.LONG, 9e6),  # elsewhere
        (90.0, 64_400.0, Side.LONG, 5e6),  # before
    )
    eaten = eaten_of(replace(history, tape=tape))
    assert eaten is not None
    assert eaten.side is Side.LONG
    assert eaten.low == pytest.approx(PRICE * 0.986, rel=0.002)
    assert eaten.high == pytest.approx(PRICE * 0.994, rel=0.002)
    assert eaten.from_ms == END_MS - 2 * BAR_MS
    assert eaten.fired_usd == pytest.approx(3e6)
    bins = eaten.before_usd / 0.75 / 1e6
    assert bins == pytest.approx(8, abs=1)
    assert 0 < eaten.left_usd < 0.5 * eaten.before_usd
    assert not eaten.is_gone


def test_shorts_are_eaten_from_below() -> None:
    eaten = eaten_of(eaten_history([65_100.0, 65_500.0], Side.SHORT))
    assert eaten is not None
    assert eaten.side is Side.SHORT
    assert eaten.low < 65_500.0 < eaten.high
    assert 0 < eaten.left_usd < eaten.before_usd


def test_a_cluster_that_price_went_through_is_gone() -> None:
    eaten = eaten_of(eaten_history([64_500.0, 63_900.0]))
    assert eaten is not None
    assert (eaten.left_usd, eaten.is_gone) == (0.0, True)


@pytest.mark.parametrize("path", [[64_900.0], [64_500.0, *[64_900.0] * 5]])
def test_price_that_stays_away_or_left_long_ago_eats_nothing(path: list[float]) -> None:
    assert eaten_of(eaten_history(path)) is None


def test_a_mark_within_it_eats_before_the_bar_has_closed() -> None:
    history = eaten_history([64_900.0])
    history = replace(history, snapshot=replace(history.snapshot, mark=Price(64_500.0)))
    eaten = eaten_of(history)
    assert eaten is not None
    assert eaten.from_ms == ms_of(history.at)


def test_a_past_shorter_than_an_hour_tells_nothing() -> None:
    assert eaten_of(a_history(bars=6)) is None
