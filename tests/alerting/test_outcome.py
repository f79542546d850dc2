from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.outcome import Kind, Level, Reach, Reaction, fired_usd, reach_of, react
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import F8, HOUR_MS, MINUTE_MS, Price, Side, Usd, floats, integers
from tests.alerting.levels import HOURS_4, a_level, candles_of, towards
from tests.builders import FIVE_MINUTES_MS, START_MS, a_liquidation, some_candles

SIDES = pytest.mark.parametrize("side", list(Side))
FAR = 1.5  # of the way to the near edge is the far edge
TINY = 1e-6

# In shares of the way to the near edge: gone on from 2.0, turned at 0.5.
KINDS = [
    ("price stands still", [0.0], Kind.IGNORED),
    ("price goes away", [-3.0], Kind.IGNORED),
    ("not quite three quarters of the way, and back", [0.75 - TINY, 0.0], Kind.IGNORED),
    ("three quarters of the way, and there it stays", [0.75 + TINY], Kind.IGNORED),
    ("nearly half of the way open again", [0.9, 0.5 + TINY], Kind.IGNORED),
    ("half of the way open again", [0.9, 0.5 - TINY], Kind.FRONT_RUN),
    ("as near as can be, and back in one candle", [(1 - TINY, 0.0)], Kind.FRONT_RUN),
    ("half of the way open before it came near", [0.0, 0.9], Kind.IGNORED),
    ("at the edge, and there it stays", [1 + TINY], Kind.REACHED),
    ("in the band, and not quite back", [1.4, 0.5 + TINY], Kind.REACHED),
    ("at the edge, and back", [1 + TINY, 0.5 - TINY], Kind.REJECTED),
    ("at the edge and back in one candle", [(1 + TINY, 0.0)], Kind.REJECTED),
    ("nearly through, and back", [FAR - TINY, 0.0], Kind.REJECTED),
    ("through, and back", [(FAR + TINY, 1.2), 0.0], Kind.SWEPT),
    ("through and back in one candle", [(9.0, 0.0)], Kind.SWEPT),
    ("through, and not quite gone on", [2.0 - TINY], Kind.SWEPT),
    ("through, and gone on", [2.0 + TINY], Kind.CONTINUED),
    ("a wick that went on, and a close that did not", [(9.0, 1.2)], Kind.SWEPT),
    ("gone on, and then back", [2.5, 0.0], Kind.CONTINUED),
    ("back, and later through", [(1.1, 0.4), 9.0], Kind.REJECTED),
    ("back from in front, and later through", [0.9, 0.4, 9.0], Kind.CONTINUED),
]


@SIDES
@pytest.mark.parametrize(("ways", "kind"), [each[1:] for each in KINDS], ids=[k[0] for k in KINDS])
def test_a_level_is_what_price_did_with_it(
    side: Side, ways: list[float | tuple[float, float]], kind: Kind
) -> None:
    level = a_level(side)
    assert react(level, towards(level, ways)).kind is kind


@SIDES
def test_noise_is_no_turn_from_a_level_that_is_very_near(side: Side) -> None:
    level = a_level(side, near=0.001)
    assert react(level, towards(level, [1.1, -1.4])).kind is Kind.REACHED
    assert react(level, towards(level, [1.1, -1.6])).kind is Kind.REJECTED


@SIDES
def test_when_it_came_about_is_told(side: Side) -> None:
    level = a_level(side)
    moved = react(level, towards(level, [0.0, 1.1, 1.6, 2.5, 0.0]))
    assert moved == Reaction(
        Kind.CONTINUED,
        reached_ms=START_MS + FIVE_MINUTES_MS,
        swept_ms=START_MS + 2 * FIVE_MINUTES_MS,
        ended_ms=START_MS + 4 * FIVE_MINUTES_MS,
    )
    stayed = react(level, towards(level, [0.0, 1.1]))
    assert stayed == Reaction(
        Kind.REACHED, START_MS + FIVE_MINUTES_MS, None, START_MS + 4 * HOUR_MS
    )
    assert react(level, towards(level, [0.9])) == Reaction(Kind.IGNORED)


def test_a_level_touched_to_the_last_digit_is_reached() -> None:
    for side, edge in ((Side.LONG, 99.0), (Side.SHORT, 101.0)):
        level = Level(
            side=side,
            low=Price(edge),
            high=Price(edge),
            mark=Price(100.0),
            at_ms=START_MS,
            reach=Reach.NEAR,
        )
        extremes = np.where(np.arange(HOURS_4) == 7, edge, 100.0)
        assert react(level, candles_of(extremes, np.full(HOURS_4, 100.0))).kind is Kind.SWEPT


@SIDES
def test_blind_is_not_ignored(side: Side) -> None:
    level = a_level(side)
    for row in (0, 20, HOURS_4 - 1):
        assert react(level, hidden(towards(level, [0.0]), row)).kind is Kind.UNKNOWN
        assert react(level, absent(towards(level, [0.0]), row)).kind is Kind.UNKNOWN
    short = towards(level, [0.0], bars=HOURS_4 - 1)
    assert react(level, short).kind is Kind.UNKNOWN
    assert react(level, Candles.none(FIVE_MINUTES_MS)).kind is Kind.UNKNOWN
    assert react(level, some_candles((100.0,), interval_ms=24 * HOUR_MS)).kind is Kind.UNKNOWN


@SIDES
def test_a_gap_hides_only_what_was_not_decided_before_it(side: Side) -> None:
    level = a_level(side)
    assert react(level, absent(towards(level, [1.1]), 20)).kind is Kind.UNKNOWN
    assert react(level, absent(towards(level, [1.1, 0.0]), 20)).kind is Kind.REJECTED
    assert react(level, absent(towards(level, [1.1, 0.0]), 1)).kind is Kind.UNKNOWN
    assert react(level, absent(towards(level, [0.9, 0.0]), 20)).kind is Kind.UNKNOWN


def test_candles_that_opened_before_it_was_told_do_not_count() -> None:
    level = a_level(at_ms=START_MS + MINUTE_MS)
    whole = towards(replace(level, at_ms=START_MS), [(9.0, 0.0), 0.0], bars=HOURS_4 + 1)
    assert react(level, whole).kind is Kind.IGNORED


def test_shorter_candles_do_as_well() -> None:
    level = a_level(at_ms=START_MS + MINUTE_MS)
    ways = np.where(np.arange(241) == 100, 0.98, 1.0) * level.mark
    candles = replace(candles_of(ways, np.full(241, 100.0)), interval_ms=MINUTE_MS)
    candles = replace(candles, opened_ms=integers(START_MS + MINUTE_MS * np.arange(241)))
    assert react(level, candles).reached_ms == START_MS + 100 * MINUTE_MS


def test_the_farther_the_longer() -> None:
    distances = (0.0001, 0.02, 0.0201, 0.05, 0.0501, 0.9)
    hours = [reach_of(each).horizon_ms // HOUR_MS for each in distances]
    assert hours == [4, 4, 72, 72, 168, 168]


def test_a_level_is_ahead() -> None:
    level = a_level()
    for low, high in ((99.0, 100.0), (101.0, 102.0), (99.5, 99.0), (-1.0, 99.0), (0.0, 99.0)):
        with pytest.raises(ValueError, match="ahead"):
            replace(level, low=Price(low), high=Price(high))
    for other, mark in ((level, np.nan), (a_level(Side.SHORT), 0.0)):
        with pytest.raises(ValueError, match="ahead"):
            replace(other, mark=Price(mark))


@SIDES
def test_a_moved_and_a_mirrored_level_are_as_far_and_as_wide(side: Side) -> None:
    level = a_level(side)
    for other in (level.mirrored(), level.moved(START_MS + 5, Price(250.0))):
        assert (other.near, other.far) == pytest.approx((level.near, level.far))
    assert level.mirrored().side is not side
    assert level.mirrored().mirrored().low == pytest.approx(level.low)
    assert level.moved(START_MS + 5, Price(250.0)).until_ms == level.until_ms + 5


@SIDES
def test_what_fired_is_what_was_liquidated_while_price_was_in_it(side: Side) -> None:
    level = a_level(side)
    candles = towards(level, [0.0, 1.1, (1.2, 0.8), 0.9, (1.6, 1.3), 2.5, 1.2])
    other = Side.SHORT if side is Side.LONG else Side.LONG
    orders = [
        a_liquidation(side, at_ms=START_MS + row * FIVE_MINUTES_MS + 7, price=1.0, quantity=10**row)
        for row in range(7)
    ]
    against = a_liquidation(other, at_ms=START_MS + FIVE_MINUTES_MS, quantity=1e9)
    tapes = [Tape.of(orders[:3]), Tape.of([*orders[3:], against])]
    found = fired_usd(level, react(level, candles), candles, tapes)
    # Not the fourth, in front of the band, nor the sixth, wholly beyond it, nor what came after.
    assert found == Usd(10**1 + 10**2 + 10**4)


def test_nothing_fires_where_price_never_is() -> None:
    level = a_level()
    candles = towards(level, [0.9])
    tapes = [Tape.of([a_liquidation(at_ms=START_MS + 7)])]
    assert fired_usd(level, react(level, candles), candles, tapes) == Usd(0.0)


@st.composite
def paths(draw: st.DrawFn, bars: int = HOURS_4) -> Candles:
    seed, volatility = draw(st.integers(0, 2**32)), draw(st.sampled_from([1e-4, 1e-3, 0.01]))
    chance = np.random.default_rng(seed)
    walk = 100 * np.exp(volatility * np.cumsum(chance.standard_normal(bars)))
    candles = some_candles(walk, reach=volatility)
    for row in draw(st.lists(st.integers(0, bars - 1), max_size=2)):
        candles = hidden(candles, row)
    return candles


@st.composite
def levels(draw: st.DrawFn) -> Level:
    return a_level(
        draw(st.sampled_from(Side)),
        near=draw(st.floats(1e-4, 0.02)),
        width=draw(st.floats(0.0, 0.02)),
        at_ms=START_MS + draw(st.integers(0, 20)) * MINUTE_MS,
    )


@given(level=levels(), candles=paths())
def test_there_is_one_outcome_for_any_data(level: Level, candles: Candles) -> None:
    found = react(level, candles)
    assert (found.reached_ms is not None) is found.kind.was_reached
    assert (found.swept_ms is not None) is found.kind.was_swept
    assert (found.ended_ms is not None) is found.kind.was_reached
    if found.reached_ms is not None and found.ended_ms is not None:
        assert level.at_ms <= found.reached_ms < found.ended_ms <= level.until_ms
        assert found.reached_ms <= (found.swept_ms or found.reached_ms) < found.ended_ms


@given(level=levels(), candles=paths())
def test_reached_is_where_a_plain_look_says_so(level: Level, candles: Candles) -> None:
    kind = react(level, candles).kind
    seen = candles.since(level.at_ms).until(level.until_ms)
    extreme = seen.low if level.side is Side.LONG else seen.high
    touched = (extreme <= level.high) if level.side is Side.LONG else (extreme >= level.low)
    if kind.was_reached:
        assert touched.any()
    elif kind is not Kind.UNKNOWN:
        assert not touched.any()


@given(level=levels(), candles=paths())
def test_above_is_judged_as_below(level: Level, candles: Candles) -> None:
    upside_down = replace(
        candles,
        open=floats(1e4 / candles.open),
        high=floats(1e4 / candles.low),
        low=floats(1e4 / candles.high),
        close=floats(1e4 / candles.close),
    )
    assert react(level.mirrored(), upside_down) == react(level, candles)


@given(level=levels(), candles=paths(3 * HOURS_4), rows=st.data())
def test_what_is_before_and_after_changes_nothing(
    level: Level, candles: Candles, rows: st.DataObject
) -> None:
    outside = [
        row
        for row, opened_ms in enumerate(candles.opened_ms.tolist())
        if opened_ms < level.at_ms or opened_ms + FIVE_MINUTES_MS > level.until_ms
    ]
    row = rows.draw(st.sampled_from(outside))
    found = react(level, candles)
    for other in (repriced(candles, row, 1.0), absent(candles, row), hidden(candles, row)):
        assert react(level, other) == found
    assert react(level, candles.since(level.at_ms).until(level.until_ms)) == found


def hidden(candles: Candles, row: int) -> Candles:
    return repriced(candles, row, np.nan)


def repriced(candles: Candles, row: int, price: float) -> Candles:
    def changed(prices: F8) -> F8:
        return floats(np.where(np.arange(prices.size) == row, price, prices))

    return replace(
        candles,
        open=changed(candles.open),
        high=changed(candles.high),
        low=changed(candles.low),
        close=changed(candles.close),
    )


def absent(candles: Candles, row: int) -> Candles:
    names = ("opened_ms", "open", "high", "low", "close")
    columns = {name: np.delete(getattr(candles, name), row) for name in names}
    return Candles.mended(candles.interval_ms, columns)[0]
