import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from liqbot.alerting.alert import Doubt
from liqbot.alerting.grading import LOOK_BACK_MS, Outcome, grade
from liqbot.alerting.outcome import Kind, Reach
from liqbot.alerting.score import Axis, Lift, Share, _student, score, unproven
from liqbot.market.units import DAY_MS, HOUR_MS, Price, Side
from tests.alerting.levels import a_level, a_pending, an_outcome
from tests.builders import FIVE_MINUTES_MS, START_MS, some_candles

HIT, MISS = Kind.REJECTED, Kind.IGNORED
DAY = 24.0


def cases(told: str, usual: str, *, every: float = DAY, **named: object) -> list[Outcome]:
    """One case a letter: "x" happened, "." did not, "?" nobody knows; baselines likewise."""
    kinds = {"x": HIT, ".": MISS, "?": Kind.UNKNOWN}
    return [
        an_outcome(
            kinds[one],
            hours=every * place,
            mirror=kinds[other],
            moments=(kinds[other],),
            **named,  # type: ignore[arg-type]  # by name
        )
        for place, (one, other) in enumerate(zip(told, usual, strict=True))
    ]


def lift(found: list[Outcome]) -> Lift:
    (row,) = score(found)
    assert row.reach_lift.moments is not None
    return row.reach_lift.moments


def test_each_kind_has_its_share_and_together_they_are_all() -> None:
    some = [Kind.IGNORED] * 4 + [Kind.REJECTED] * 3 + [Kind.SWEPT] * 2 + [Kind.CONTINUED]
    outcomes = [an_outcome(kind, hours=hour) for hour, kind in enumerate(some)]
    (row,) = score([*outcomes, an_outcome(Kind.UNKNOWN)])
    assert (row.n, row.unknown) == (10, 1)
    assert row.kinds[Kind.REJECTED] == Share(3, 10)
    assert row.kinds[Kind.FRONT_RUN] == Share(0, 10)
    assert sum(each.hits for each in row.kinds.values()) == row.n
    assert (row.reached, row.swept) == (Share(6, 10), Share(3, 10))


def test_a_share_knows_how_sure_it_is() -> None:
    # Worked by hand from the formula of Wilson, 1927.
    assert Share(3, 10).value == 0.3
    assert Share(3, 10).interval == pytest.approx((0.1078, 0.6032), abs=1e-4)
    assert math.isnan(Share(0, 0).value)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_cases_are_told_apart_by_any_axes() -> None:
    long, far = a_level(), a_level(Side.SHORT, near=0.04, reach=Reach.SWING)
    pendings = [
        a_pending(long, tiers=((5.0, 1.0),)),
        a_pending(far, base="ETH", tiers=((25.0, 1.0),)),
        a_pending(far, base="ETH", rule="thin_book", tiers=((100.0, 2.0), (5.0, 1.0))),
        a_pending(far, tiers=()),
    ]
    outcomes = [replace(an_outcome(), pending=each) for each in pendings]

    def keys(*by: Axis) -> list[tuple[str, ...]]:
        return [tuple(row.key.values()) for row in score(outcomes, by)]

    assert keys() == [()]
    assert keys(Axis.RULE) == [("cluster_approach",), ("thin_book",)]
    assert keys(Axis.TIER) == [("5x",), ("25x",), ("100x",), ("unknown",)]
    assert keys(Axis.MARKET, Axis.SIDE) == [("BTC", "long"), ("BTC", "short"), ("ETH", "short")]
    assert keys(Axis.DISTANCE) == [("near",), ("swing",)]
    assert sum(row.n for row in score(outcomes, list(Axis))) == 4
    assert score([], [Axis.RULE]) == ()


def test_dollars_are_compared_where_a_level_was_swept_under_a_tape() -> None:
    (row,) = score(
        [
            an_outcome(Kind.SWEPT, fired_usd=10e6),
            an_outcome(Kind.CONTINUED, fired_usd=0.0),
            an_outcome(Kind.SWEPT),
            an_outcome(Kind.REJECTED, fired_usd=5e6),
        ]
    )
    assert (row.fired_n, row.fired_usd, row.expected_usd) == (2, 10e6, 80e6)


def test_lift_is_how_many_times_as_often() -> None:
    found = lift(cases("xxxx....", "xx......"))
    assert (found.n, found.spans, found.value) == (8, 8, 2.0)
    assert found.low < 1
    assert found.high > 2


def test_of_a_lift_it_is_known_what_is_usual() -> None:
    assert lift(cases("xxxx....", "x.x.....")).usual == 0.25
    some = [replace(each, moments=(HIT, MISS, MISS, Kind.UNKNOWN)) for each in cases("xx", "..")]
    assert lift(some).usual == pytest.approx(1 / 3)


def test_being_reached_and_being_swept_have_each_a_lift_over_either_baseline() -> None:
    swept = [
        an_outcome(Kind.SWEPT, hours=place * DAY, mirror=mirror, moments=(Kind.SWEPT, HIT))
        for place, mirror in enumerate([HIT, Kind.CONTINUED, MISS, MISS])
    ]
    (row,) = score(swept)
    values = [each.value for each in (*row.reach_lift, *row.sweep_lift) if each]
    assert values == [1.0, 2.0, 2.0, 4.0]


def test_lift_is_paired() -> None:
    same = lift(cases("xxxx....", "xxxx...."))
    assert (same.low, same.high) == (1.0, 1.0)
    other = lift(cases("xxxx....", "....xxxx"))
    assert other.value == 1.0
    assert other.low < 0.5
    assert other.high > 2


def test_what_nobody_knows_counts_for_nothing() -> None:
    some = cases("xx?x....", "x..?x...")
    assert lift(some) == lift([*some[:2], *some[4:]])
    mixed = [an_outcome(HIT, moments=(HIT, MISS, Kind.UNKNOWN)), an_outcome(MISS, hours=DAY)]
    assert lift(mixed).value == 2.0


def test_many_cases_of_one_day_are_one_witness() -> None:
    days = lift(cases("xxxx...." * 3, "xx..x..." * 3))
    hours = lift(cases("xxxx...." * 3, "xx..x..." * 3, every=6.0))
    assert (days.spans, hours.spans) == (24, 6)
    crowded = [each for each in cases("x.x.x.x.", "x.......") for _ in range(100)]
    assert crowded[0].pending.level.at_ms == crowded[99].pending.level.at_ms
    few, many = lift(cases("x.x.x.x.", "x.......")), lift(crowded)
    assert (many.low, many.high) == pytest.approx((few.low, few.high))
    one = lift(cases("xxxx", "x...", every=1.0))
    assert (one.spans, one.low, one.high) == (1, 0.0, math.inf)
    five, six = lift(cases("xx...", "x....")), lift(cases("xx....", "x....."))
    assert (five.low, five.high) == (0.0, math.inf)
    assert 0 < six.low < six.high < math.inf


def test_a_longer_horizon_makes_longer_spans() -> None:
    swing = a_pending(a_level(at_ms=START_MS + 9 * DAY_MS, near=0.04, reach=Reach.SWING))
    longer = replace(an_outcome(), pending=swing)
    assert lift(cases("x........", "x........")).spans == 9
    assert lift([*cases("x........", "x........"), longer]).spans == 4


def test_nothing_is_compared_with_what_never_was() -> None:
    assert score([]) == ()
    (row,) = score(cases("xx..", "...."))
    assert row.reach_lift == (None, None)
    never = lift(cases("........", "xx......"))
    assert (never.value, never.low) == (0.0, 0.0)
    assert 0 < never.high < math.inf


def doubted(
    outcomes: list[Outcome], *, floor: float = 1.0, least: int = 30
) -> set[tuple[str, str]]:
    return set(unproven(outcomes, floor=floor, least=least))


def test_a_rule_is_unproven_where_enough_cases_say_no_more_than_chance() -> None:
    chance, better = cases("xx.." * 10, ".xx." * 10), cases("xxx." * 10, "x..." * 10)
    assert doubted(chance) == {("cluster_approach", "BTC")}
    assert doubted(better) == set()
    assert doubted(better, floor=3.0) == {("cluster_approach", "BTC")}
    assert doubted(chance[:29]) == set()
    assert doubted(chance[:29], least=29) == {("cluster_approach", "BTC")}
    assert doubted(cases("xx.." * 10, ".xx." * 10, every=3.0)) == set()
    elsewhere = cases("xx.." * 10, ".xx." * 10, base="ETH")
    assert doubted([*better, *elsewhere]) == {("cluster_approach", "ETH")}


def test_either_baseline_can_tell_against_a_rule() -> None:
    flattered = [replace(each, mirror=each.kind) for each in cases("xxx." * 10, "x..." * 10)]
    assert doubted(flattered, floor=1.1) == {("cluster_approach", "BTC")}
    assert doubted([replace(each, moments=()) for each in flattered]) == set()


def test_a_doubt_is_told_by_what_speaks_most_against_it() -> None:
    flattered = [replace(each, mirror=each.kind) for each in cases("xxx." * 10, "x..." * 10)]
    told = unproven(flattered, floor=5.0, least=30)
    assert told == {("cluster_approach", "BTC"): Doubt(40, 1.0)}


def test_students_t_is_near_enough() -> None:
    for freedom in (4, 5, 7, 12, 30, 300):
        neglected = 2 / freedom**4 + 1e-4  # the next term, and the digits of _Z
        assert _student(freedom) == pytest.approx(t.ppf(0.975, freedom), abs=neglected)


def on_a_walk(seed: int, days: int) -> list[Outcome]:
    """Levels drawn without any knowledge on a market that knows nothing either."""
    chance = np.random.default_rng(seed)
    bars = LOOK_BACK_MS // FIVE_MINUTES_MS + days * 288
    closes = 100 * np.exp(0.0012 * np.cumsum(chance.standard_normal(bars)))
    candles = some_candles(closes, start_ms=START_MS - LOOK_BACK_MS, reach=0.0005)
    outcomes = []
    for day in range(days):
        for hour in chance.choice(20, 2, replace=False).tolist():
            at_ms = START_MS + day * DAY_MS + hour * HOUR_MS
            level = a_level(
                list(Side)[chance.integers(2)],
                near=chance.uniform(0.003, 0.018),
                mark=Price(float(candles.until(at_ms).close[-1])),
                at_ms=at_ms,
            )
            pending = a_pending(level, name=f"{day} {hour}")
            outcome = grade(pending, candles, (), pending.due_at, chance)
            assert outcome is not None
            outcomes.append(outcome)
    return outcomes


def test_on_a_random_walk_there_is_no_lift() -> None:
    held, values = [], []
    for seed in range(50):
        (row,) = score(on_a_walk(seed, days=30))
        for found in row.reach_lift:
            assert found is not None
            held.append(found.low <= 1 <= found.high)
            values.append(math.log(found.value))
    # 95 % are meant: of 100 no fewer than 88 % are to be expected, half of them on the same cases.
    assert np.mean(held) > 0.88
    assert abs(np.mean(values)) < 3 * np.std(values) / 50**0.5
