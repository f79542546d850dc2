from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.alerting.alert import Alert, Fingerprint
from liqbot.alerting.grading import (
    GRACE,
    LOOK_BACK_MS,
    Pending,
    encoded,
    grade,
    outcome_in,
    pending_in,
    pending_of,
)
from liqbot.alerting.outcome import Kind, Reach
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, Price, Side, Usd, moment_of
from liqbot.rules.rule import Fact, Finding, Severity, Unit
from tests.alerting.levels import HOURS_4, a_level, a_pending, an_outcome, towards
from tests.builders import FIVE_MINUTES_MS, START_MS, a_liquidation, some_candles
from tests.market.test_holding import LONG

WEEK = LOOK_BACK_MS // FIVE_MINUTES_MS
NO_TAPES: tuple[Tape, ...] = ()


def an_alert(
    side: Side | None = Side.LONG,
    low: float | None = 98.0,
    high: float | None = 99.0,
    *,
    rule: str = "cluster_approach",
    base: str = "BTC",
    subscription: int = 1,
    episode: int = START_MS,
) -> Alert:
    finding = Finding(
        case="long 0.02",
        side=side,
        cluster="L-1",
        markets=(base,),
        headline="Price is near a cluster",
        criteria=(),
        facts=(Fact("modelled", 50e6, Unit.USD), Fact("expected", 40e6, Unit.USD)),
        severity=Severity.INFO,
        grade="B",
        venues=3,
        low=None if low is None else Price(low),
        high=None if high is None else Price(high),
    )
    return Alert(
        fingerprint=Fingerprint(subscription, rule, base, "L-1"),
        episode=episode,
        begun=moment_of(START_MS - 20_000),
        at=moment_of(START_MS),
        data_at=moment_of(START_MS - 5_000),
        finding=finding,
        chart="heatmap",
        perishable=True,
    )


def test_what_is_graded_is_what_was_told() -> None:
    pending = pending_of(an_alert(), Price(100.0), {25.0: Usd(1e6), 50.0: Usd(3e6), 10.0: Usd(2e6)})
    assert pending is not None
    assert (pending.rule, pending.base, pending.grade) == ("cluster_approach", "BTC", "B")
    assert (pending.level.low, pending.level.high, pending.level.mark) == (98.0, 99.0, 100.0)
    assert (pending.expected_usd, pending.tier, pending.simulated) == (40e6, 50.0, False)
    assert pending.at == moment_of(START_MS)
    assert pending.due_at == moment_of(START_MS + 4 * HOUR_MS) + GRACE


@pytest.mark.parametrize(
    ("side", "low", "high", "reach"),
    [
        (Side.LONG, 90.0, 98.01, Reach.NEAR),
        (Side.SHORT, 101.99, 110.0, Reach.NEAR),
        (Side.LONG, 90.0, 97.9, Reach.SWING),
        (Side.SHORT, 105.1, 110.0, Reach.CONTEXT),
    ],
)
def test_how_long_it_has_depends_on_how_far_its_nearer_edge_is(
    side: Side, low: float, high: float, reach: Reach
) -> None:
    pending = pending_of(an_alert(side, low, high), Price(100.0))
    assert pending is not None
    assert pending.level.reach is reach


@pytest.mark.parametrize(
    "alert",
    [
        an_alert(None, 101.0, 102.0),
        an_alert(low=None),
        an_alert(high=None),
        an_alert(base=""),
        an_alert(high=100.0),
        an_alert(low=101.0, high=102.0),
        an_alert(Side.SHORT),
        an_alert(Side.SHORT, 100.0, 101.0),
        an_alert(rule="cascade_start"),
        an_alert(rule="cluster_fade"),
        replace(an_alert(), finding=replace(an_alert().finding, holding=LONG)),  # one's own
    ],
)
def test_what_foretells_nothing_is_not_graded(alert: Alert) -> None:
    assert pending_of(alert, Price(100.0)) is None


def test_many_subscriptions_to_one_episode_are_one_case() -> None:
    def name(alert: Alert) -> str:
        pending = pending_of(alert, Price(100.0))
        return pending.id if pending else ""

    assert name(an_alert()) == name(an_alert(subscription=2))
    others = [an_alert(episode=7), an_alert(base="ETH"), an_alert(rule="thin_book")]
    assert len({name(each) for each in [an_alert(), *others]}) == 4


def a_fortnight(pending: Pending, seed: int = 0, volatility: float = 0.001) -> Candles:
    """A walk of the week before, and one candle more than the horizon after."""
    bars = WEEK + pending.level.reach.horizon_ms // FIVE_MINUTES_MS + 1
    walk = np.cumsum(np.random.default_rng(seed).standard_normal(bars)) * volatility
    closes = pending.level.mark * np.exp(walk - walk[WEEK - 1])
    start_ms = pending.level.at_ms - LOOK_BACK_MS
    return some_candles(closes, start_ms=start_ms, reach=volatility / 2)


def graded(pending: Pending, candles: Candles, seed: int = 0) -> object:
    return grade(pending, candles, NO_TAPES, pending.due_at, np.random.default_rng(seed))


def test_nothing_is_graded_before_its_horizon_is_over_and_the_last_candle_in() -> None:
    pending, chance = a_pending(), np.random.default_rng(0)
    candles = a_fortnight(pending)
    early = pending.due_at - timedelta(milliseconds=1)
    assert grade(pending, candles, NO_TAPES, early, chance) is None
    assert grade(pending, candles, NO_TAPES, pending.due_at, chance) is not None


def test_an_alert_and_its_mirror_image_are_judged_alike() -> None:
    pending = a_pending()
    down = grade(
        pending, towards(pending.level, [9.0]), (), pending.due_at, np.random.default_rng(0)
    )
    assert down is not None
    assert (down.kind, down.mirror, down.moments) == (Kind.CONTINUED, Kind.IGNORED, ())
    mirror = replace(pending, level=pending.level.mirrored())
    up = grade(mirror, towards(pending.level, [9.0]), (), pending.due_at, np.random.default_rng(0))
    assert up is not None
    assert (up.kind, up.mirror) == (Kind.IGNORED, Kind.CONTINUED)


def test_random_levels_are_of_the_week_before_and_end_with_the_alert() -> None:
    pending = a_pending()
    low = towards(pending.level, [0.0], bars=HOURS_4)
    # The week before fell without an end, what came then stood still.
    fall = some_candles(200 * 0.998 ** np.arange(WEEK - HOURS_4), start_ms=START_MS - LOOK_BACK_MS)
    candles = joined(fall, low)
    found = grade(pending, candles, (), pending.due_at, np.random.default_rng(0))
    assert found is not None
    assert (found.kind, found.mirror, len(found.moments)) == (Kind.IGNORED, Kind.IGNORED, 8)
    assert found.moments.count(Kind.CONTINUED) >= 7  # one may begin where the fall ends
    older = joined(some_candles([500.0] * 10, start_ms=START_MS - 2 * LOOK_BACK_MS), candles)
    assert graded(pending, older) == graded(pending, candles)


def test_chance_is_an_argument() -> None:
    pending = a_pending()
    candles = a_fortnight(pending)
    assert graded(pending, candles, 1) == graded(pending, candles, 1)
    drawn = {graded(pending, candles, seed) for seed in range(6)}
    assert len(drawn) > 1


def test_what_came_after_changes_nothing() -> None:
    pending = a_pending()
    candles = a_fortnight(pending)
    longer = joined(candles, some_candles([1.0] * 9, start_ms=int(candles.closed_ms[-1])))
    assert graded(pending, longer) == graded(pending, candles)
    assert graded(pending, candles.until(pending.level.until_ms)) == graded(pending, candles)


def test_what_fired_is_known_only_where_a_tape_was_heard() -> None:
    pending, chance = a_pending(), np.random.default_rng(0)
    candles = towards(pending.level, [(1.1, 0.0)])
    order = a_liquidation(at_ms=START_MS + 1, price=99.0, quantity=2.0)
    for tapes, fired in (((), None), ((Tape.of([]),), 0.0), ((Tape.of([order]),), 198.0)):
        found = grade(pending, candles, tapes, pending.due_at, chance)
        assert found is not None
        assert found.fired_usd == fired
    blind = grade(pending, candles.until(0), (Tape.of([order]),), pending.due_at, chance)
    assert blind is not None
    assert (blind.kind, blind.fired_usd) == (Kind.UNKNOWN, None)


def test_what_is_written_is_read_again() -> None:
    pending = a_pending(tiers=((25.0, 0.1), (50.0, 1 / 3)))
    assert pending_in(encoded(pending)) == pending
    assert pending_in(encoded(replace(pending, tiers=()))).tier is None
    for fired in (None, 1 / 3):
        outcome = an_outcome(Kind.UNKNOWN, fired_usd=fired, moments=(Kind.SWEPT, Kind.UNKNOWN))
        assert outcome_in(encoded(outcome)) == outcome
    real = graded(pending, a_fortnight(pending))
    assert outcome_in(encoded(real)) == real  # type: ignore[arg-type]


def test_what_was_never_written_is_not_read() -> None:
    wrong = [
        "",
        "{}",
        "[]",
        encoded(a_pending()).replace("near", "nearby"),
        encoded(a_pending()).replace('"mark": 100.0', '"mark": 1.0'),
    ]
    for text in wrong:
        with pytest.raises((ValueError, KeyError, TypeError)):
            pending_in(text)
        with pytest.raises((ValueError, KeyError, TypeError)):
            outcome_in(text)


def test_what_is_no_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encoded(a_pending(expected_usd=np.nan))


def test_a_level_is_kept_to_the_last_digit() -> None:
    level = a_level(Side.SHORT, near=1 / 300, at_ms=START_MS + 1)
    assert pending_in(encoded(a_pending(level))).level == level


def joined(*parts: Candles) -> Candles:
    names = ("opened_ms", "open", "high", "low", "close", "volume", "taker_buy_volume")
    columns = {name: np.concatenate([getattr(each, name) for each in parts]) for name in names}
    return Candles.mended(FIVE_MINUTES_MS, columns)[0]
