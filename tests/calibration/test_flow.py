"""Dollars laid side by side, hour by hour, against sums done by hand."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.calibration.flow import Spans, completeness, halves, realised, scored, summed
from liqbot.heatmap.bars import Bars, align
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Side, floats, integers
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_candles,
    some_open_interest,
)
from tests.walks import hourly

LONG, SHORT = Side.LONG, Side.SHORT
BARS = align([an_observation()])  # of binance


def flat_bars(count: int, interval_ms: int = FIVE_MINUTES_MS, start_ms: int = START_MS) -> Bars:
    return align(
        [
            an_observation(
                some_candles(np.full(count, 100.0), interval_ms=interval_ms, start_ms=start_ms)
            )
        ]
    )


def spans_of(*edges_h: tuple[float, float]) -> Spans:
    edges = integers(START_MS + HOUR_MS * np.array(edges_h, dtype=np.float64).reshape(-1, 2))
    return Spans(
        from_ms=edges[:, 0], to_ms=edges[:, 1], realised=floats(np.ones((2, len(edges_h))))
    )


def hours_of(count: int, start_ms: int = START_MS) -> Spans:
    totals = hourly(np.ones((2, count)), start_ms=start_ms)
    return Spans(from_ms=totals.from_ms, to_ms=totals.to_ms, realised=totals.usd)


def first_h(spans: Spans) -> list[float]:
    return [float(each) for each in (spans.from_ms - START_MS) / HOUR_MS]


def tape(*orders: tuple[float, Side, float]) -> Tape:
    """Return orders of (minute, side, USD)."""
    return Tape.of(
        a_liquidation(side, at_ms=START_MS + int(minute * MINUTE_MS), price=10.0, quantity=usd / 10)
        for minute, side, usd in orders
    )


def test_a_span_sums_the_bars_that_open_in_it() -> None:
    values = np.arange(36.0)  # bar 0 … 35, five minutes each
    spans = spans_of((0, 1), (1, 2), (2, 3), (0.5, 0.75))
    found = summed(values, flat_bars(36), spans)
    assert found.tolist() == [66.0, 210.0, 354.0, 6.0 + 7 + 8]


def test_a_span_that_begins_within_a_bar_takes_the_next() -> None:
    edge = 2 / 60  # two minutes past: bar 0 opened before, bar 12 opens before the end
    assert summed(np.arange(36.0), flat_bars(36), spans_of((edge, 1 + edge))).tolist() == [78.0]


def test_spans_beyond_the_bars_sum_to_nothing() -> None:
    spans = spans_of((-2, -1), (-1, 1), (2, 4), (5, 6))
    assert summed(np.ones(36), flat_bars(36), spans).tolist() == [0.0, 12.0, 12.0, 0.0]


def test_further_axes_are_summed_apart() -> None:
    values = np.arange(24.0)[:, None, None] * np.array([[1.0, 10.0], [100.0, 1000.0]])
    found = summed(values, flat_bars(24), spans_of((0, 1), (1, 2)))
    assert found.tolist() == [[[66, 660], [6600, 66_000]], [[210, 2100], [21_000, 210_000]]]


def test_a_tape_is_summed_by_whole_hours_without_its_ends() -> None:
    orders = tape(
        (30, LONG, 500),  # the hour of the first print may be cut
        (60, LONG, 10),
        (60, LONG, 20),
        (119, SHORT, 7),
        (120, LONG, 1),  # exactly on the hour: in the one that begins
        (200, SHORT, 500),  # and so may the hour of the last
    )
    spans = realised({"binance": orders}, None, BARS)
    assert first_h(spans) == [1, 2]
    assert (spans.to_ms - spans.from_ms).tolist() == [HOUR_MS, HOUR_MS]
    assert spans.realised.tolist() == [[30, 1], [7, 0]]


def test_an_hour_that_prints_enclose_exactly_is_whole() -> None:
    spans = realised({"binance": tape((0, LONG, 3), (60, SHORT, 5))}, None, BARS)
    assert first_h(spans) == [0]
    assert spans.realised.tolist() == [[3], [0]]


def test_venues_add_up_from_the_first_print_of_any_to_the_last() -> None:
    one = tape((-30, LONG, 4), (10, LONG, 5))
    other = tape((20, SHORT, 6), (130, LONG, 9))
    spans = realised({"bybit": one, "okx": other, "gate": Tape.of(())}, None, BARS)
    assert first_h(spans) == [0, 1]
    assert spans.realised.tolist() == [[5, 0], [6, 0]]


@pytest.mark.parametrize("minutes", [(5, 50), (50, 70), (61, 62), (60, 60)])
def test_a_tape_without_one_whole_hour_has_no_spans(minutes: tuple[int, int]) -> None:
    spans = realised({"binance": tape(*((each, LONG, 1) for each in minutes))}, None, BARS)
    assert len(spans) == 0
    assert spans.realised.shape == (2, 0)


def test_tapes_of_every_venue_of_the_map_are_believed_before_sums() -> None:
    totals = hourly([[1.0, 2, 3], [4.0, 5, 6]])
    orders = tape((0, LONG, 8), (60, LONG, 8))
    for tapes in ({"binance": orders}, {"binance": orders, "okx": Tape.of(())}):
        assert realised(tapes, totals, BARS).realised.tolist() == [[8], [0]]
    both = replace(BARS, venues=("binance", "okx"))
    incomplete = [({}, BARS), ({"binance": Tape.of(())}, BARS), ({"binance": orders}, both)]
    for tapes, bars in incomplete:
        spans = realised(tapes, totals, bars)
        assert same([spans.from_ms, spans.to_ms], [totals.from_ms, totals.to_ms])
        assert same(spans.realised, totals.usd)
    assert realised({"binance": orders}, None, venues(1, 1)).realised.tolist() == [[8], [0]]


def test_without_tape_or_sums_nothing_is_realised() -> None:
    assert len(realised({}, None, BARS)) == 0


def venues(*open_interest: float) -> Bars:
    """Return bars of binance, okx … with so much open interest each."""
    names = ("binance", "okx", "bybit")
    candles = some_candles(np.full(36, 100.0))
    return align(
        an_observation(candles, venue=venue, open_interest=some_open_interest(np.full(37, size)))
        for venue, size in zip(names, open_interest, strict=False)
    )


def printed(*usd: float) -> dict[str, Tape]:
    """Return tapes of three hours of binance, okx … that print so much in all."""
    return {
        venue: tape((0, LONG, each / 2), (179, SHORT, each / 2))
        for venue, each in zip(("binance", "okx", "bybit"), usd, strict=False)
    }


@pytest.mark.parametrize(
    ("usd", "open_interest", "share"),
    [
        ((100, 400), (10, 10), 0.5),  # a quarter of what is usual, half of the way there
        ((100, 400), (40, 10), 0.25),
        ((100, 300, 100), (10, 10, 10), 2**-0.5),
        ((100, 300, 100), (10, 30, 10), 1.0),
        ((900, 400), (10, 10), 1.0),  # more than what is usual is no reason to take away
        ((100,), (10,), 1.0),
        ((100, 400), (np.nan, 10), 1.0),
        ((100, 400), (10, np.nan), 1.0),
        ((100, 400), (10,), 1.0),  # its prints are known, its open interest is not
    ],
)
def test_a_partial_tape_is_taken_halfway_to_what_complete_ones_tell(
    usd: tuple[float, ...], open_interest: tuple[float, ...], share: float
) -> None:
    tapes, bars = printed(*usd), venues(*open_interest)
    found = completeness(tapes, bars, START_MS + DAY_MS)
    assert found == pytest.approx({**dict.fromkeys(tapes, 1.0), "binance": share})
    tape_usd = {venue: each / 2 for venue, each in zip(tapes, usd, strict=True)}
    whole = sum(each / (share if venue == "binance" else 1) for venue, each in tape_usd.items())
    assert realised(tapes, None, bars).realised[0, 0] == pytest.approx(whole)


def test_tapes_are_compared_while_both_tell() -> None:
    """What one venue printed while the other was not recorded says nothing of either."""
    bars = venues(10, 10)
    partial = tape((-600, LONG, 9000), (10, LONG, 50), (50, LONG, 50), (500, LONG, 9000))
    complete = tape((10, SHORT, 200), (50, SHORT, 200))
    found = completeness({"binance": partial, "okx": complete}, bars, START_MS + DAY_MS)
    assert found["binance"] == pytest.approx(0.5)
    apart = {"binance": tape((0, LONG, 9)), "okx": tape((200, LONG, 9))}
    assert completeness(apart, bars, START_MS + DAY_MS) == {"binance": 1, "okx": 1}


def test_tapes_are_compared_by_what_was_told_by_a_moment() -> None:
    tapes = {
        "binance": tape((0, LONG, 50), (60, LONG, 50), (170, LONG, 9000), (179, LONG, 1)),
        "okx": tape((0, LONG, 200), (60, LONG, 200), (179, LONG, 1)),
    }
    bars, by_ms = venues(10, 10), START_MS + HOUR_MS
    assert completeness(tapes, bars, by_ms)["binance"] == pytest.approx(0.5)
    assert completeness(tapes, bars, START_MS + DAY_MS)["binance"] == 1.0
    assert completeness(tapes, bars, START_MS - 1) == {"binance": 1, "okx": 1}
    judged = realised(tapes, None, bars, judged_by_ms=by_ms)
    assert judged.realised[0].tolist() == pytest.approx([100 + 200, 100 + 200])


def test_the_first_five_days_are_a_warm_up() -> None:
    bars = flat_bars(30 * 24, HOUR_MS)
    spans = scored(hours_of(30 * 24), bars)
    assert (first_h(spans)[0], first_h(spans)[-1]) == (5 * 24, 30 * 24 - 1)
    assert len(spans) == 25 * 24


def test_of_a_short_window_the_first_quarter_is_a_warm_up() -> None:
    spans = scored(hours_of(96), flat_bars(96, HOUR_MS))
    assert first_h(spans) == list(range(24, 96))


def test_a_warm_up_counts_from_the_first_bar_not_from_the_first_span() -> None:
    spans = scored(hours_of(96), flat_bars(96 + 240, HOUR_MS, START_MS - 10 * DAY_MS))
    assert first_h(spans) == list(range(96))


def test_only_spans_wholly_inside_the_bars_count() -> None:
    bars = flat_bars(48 * 12)
    spans = scored(spans_of((11.99, 12.99), (12, 13), (47, 48), (47.01, 48.01), (50, 51)), bars)
    assert first_h(spans) == [12, 47]


def test_hours_in_which_half_the_bars_are_unknown_are_left_out() -> None:
    closes = np.full(48 * 12, 100.0)
    closes[24 * 12 : 24 * 12 + 6] = np.nan  # half of hour 24
    closes[26 * 12 : 26 * 12 + 5] = np.nan  # less than half of hour 26
    closes[28 * 12 : 29 * 12] = np.nan
    bars = align([an_observation(some_candles(closes))])
    left_out = set(range(12, 48)) - {int(each) for each in first_h(scored(hours_of(48), bars))}
    assert left_out == {24, 28}


def test_an_hour_known_on_any_venue_counts() -> None:
    closes = np.full(48 * 12, 100.0)
    closes[24 * 12 : 25 * 12] = np.nan
    whole = an_observation(some_candles(np.full(48 * 12, 100.0)), venue="okx")
    bars = align([an_observation(some_candles(closes)), whole])
    assert len(scored(hours_of(48), bars)) == 36


def test_hours_whose_dollars_are_unknown_are_left_out() -> None:
    usd = np.ones((2, 48))
    usd[1, 20] = np.nan
    totals = hourly(usd)
    spans = scored(realised({}, totals, BARS), flat_bars(48 * 12))
    assert first_h(spans) == [*range(12, 20), *range(21, 48)]


def test_the_fit_sees_the_first_half() -> None:
    assert halves(hours_of(5), None).tolist() == [True, True, False, False, False]
    assert halves(hours_of(0), None).tolist() == []


def test_the_fit_sees_what_was_over_by_a_moment() -> None:
    spans = hours_of(4)
    assert halves(spans, START_MS + 2 * HOUR_MS).tolist() == [True, True, False, False]
    assert halves(spans, START_MS + 2 * HOUR_MS - 1).tolist() == [True, False, False, False]
    assert not halves(spans, START_MS).any()
    assert halves(spans, START_MS + DAY_MS).all()


def test_a_mask_picks_spans_with_all_that_belongs_to_them() -> None:
    totals: LiquidationTotals = hourly([[1.0, 2, 3], [4.0, 5, 6]])
    spans = realised({}, totals, BARS).where(np.array([True, False, True]))
    assert first_h(spans) == [0, 2]
    assert (spans.to_ms - spans.from_ms).tolist() == [HOUR_MS, HOUR_MS]
    assert spans.realised.tolist() == [[1, 3], [4, 6]]
    assert not spans.realised.flags.writeable
