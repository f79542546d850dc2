"""How alerts did, in rows for a table: shares with their intervals, and lift over baselines.

What happens to one level happens to its neighbours of the same days in every market, so lift
counts whole days, or as many days as the longest horizon among the cases: an interval is only as
narrow as there are such spans of time, however many alerts there were.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from liqbot.alerting.alert import Doubt
from liqbot.alerting.grading import Outcome
from liqbot.alerting.outcome import Kind
from liqbot.calibration.place import wilson
from liqbot.market.units import DAY_MS, I8, integers

_Z = 1.96  # 95 %
_LEAST_SPANS = 6  # of time; how much fewer differ by chance nobody can tell
_PLACE = {kind.value: place for place, kind in enumerate(Kind)}
_UNKNOWN = _PLACE[Kind.UNKNOWN.value]
_REACHED, _SWEPT = (
    np.array(flags)
    for flags in ([kind.was_reached for kind in Kind], [kind.was_swept for kind in Kind])
)


class Axis(StrEnum):
    """By what cases are told apart."""

    RULE = "rule"
    MARKET = "market"
    SIDE = "side"
    TIER = "tier"  # the leverage that most of the level stands at
    DISTANCE = "distance"


class Share(NamedTuple):
    """How many of n cases, with the Wilson 95 % interval of the share; 0 … 1 where n is 0."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share; NaN where n is 0."""
        return self.hits / self.n if self.n else np.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """How many times as often as at levels that nobody chose; 1 = nothing was foretold."""

    n: int  # alerts whose baseline is known
    spans: int  # of time, in which these are
    usual: float  # the share of the levels that nobody chose to which it happened
    value: float
    low: float  # 95 % interval; 0 … inf where there were fewer than six spans
    high: float


class Lifts(NamedTuple):
    """Lift over each baseline; None where it never happened to that."""

    moments: Lift | None  # over levels at random moments
    mirror: Lift | None  # over mirror images


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of some cases."""

    key: Mapping[Axis, str]
    n: int  # whose outcome is known
    unknown: int  # those of which too little was seen
    kinds: Mapping[Kind, Share]  # of the n; together all of them
    reached: Share
    swept: Share
    reach_lift: Lifts
    sweep_lift: Lifts
    fired_n: int  # swept ones with a tape
    fired_usd: float  # sum of what was liquidated in these
    expected_usd: float  # sum of what was expected of them
    simulated: bool  # whether any of it never happened


def score(outcomes: Iterable[Outcome], by: Collection[Axis] = (Axis.RULE,)) -> tuple[Row, ...]:
    """Return a row for each combination of values on some axes, in their order; none without."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for each in outcomes:
        groups.setdefault(tuple(_on(each, axis) for axis in by), []).append(each)
    return tuple(
        _row(dict(zip(by, key, strict=True)), cases)
        for key, cases in sorted(groups.items(), key=lambda group: _natural(group[0]))
    )


def unproven(
    outcomes: Iterable[Outcome], *, floor: float, least: int
) -> Mapping[tuple[str, str], Doubt]:
    """Return the (rule, market) whose alerts were not shown to foretell anything there.

    That is where the lower bound of the lift in being reached is below `floor` over either
    baseline, in `least` cases or more; told is the lift with the lower bound. Of fewer cases, or
    of too short a time, nothing is said.
    """
    doubts = dict[tuple[str, str], Doubt]()
    for row in score(outcomes, by=(Axis.RULE, Axis.MARKET)):
        short = [each for each in row.reach_lift if each and _falls_short(each, floor, least)]
        if short:
            worst = min(short, key=lambda lift: lift.low)
            doubts[row.key[Axis.RULE], row.key[Axis.MARKET]] = Doubt(worst.n, worst.value)
    return doubts


class _Cases(NamedTuple):
    """What came of some cases and of their baselines, each kind by its place among all."""

    at_ms: I8  # (case,)
    horizon_ms: I8  # (case,)
    kind: I8  # (case,)
    mirror: I8  # (case, 1)
    moments: I8  # (case, level), unknown where one has fewer than others

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "_Cases":
        most = max(len(each.moments) for each in outcomes)
        spare = [Kind.UNKNOWN] * most
        levels = [each.pending.level for each in outcomes]
        return cls(
            at_ms=integers([each.at_ms for each in levels]),
            horizon_ms=integers([each.reach.horizon_ms for each in levels]),
            kind=integers([_PLACE[each.kind.value] for each in outcomes]),
            mirror=integers([[_PLACE[each.mirror.value]] for each in outcomes]),
            moments=integers(
                [[_PLACE[k.value] for k in [*each.moments, *spare][:most]] for each in outcomes]
            ),
        )

    @property
    def spans(self) -> I8:
        """Which span of time each case is in, (case,) numbered from 0."""
        length = -(-int(self.horizon_ms.max()) // DAY_MS) * DAY_MS
        return integers(np.unique(self.at_ms // length, return_inverse=True)[1])


def _lift(cases: _Cases, baseline: I8, happened: NDArray[np.bool_]) -> Lift | None:
    """Return how many times as often something happened to alerts as to a baseline, (case, level).

    `happened` tells of each kind whether it did. None where it never happened to the baseline. The
    ratio of two means over the same cases, its logarithm's variance linearised over spans of time:
    W. G. Cochran, Sampling Techniques (1977) §6.4 and §9A; Student's t by M. Abramowitz and
    I. Stegun, Handbook (1964) 26.7.5.
    """
    known = baseline != _UNKNOWN
    paired = (cases.kind != _UNKNOWN) & known.any(axis=1)
    told = happened[cases.kind[paired]].astype(np.float64)
    usual = ((happened[baseline] & known).sum(axis=1)[paired]) / known.sum(axis=1)[paired]
    if not usual.any():
        return None
    usually = float(usual.mean())
    places = _Cases(*(column[paired] for column in cases)).spans
    spans, value = int(places.max()) + 1, float(told.sum() / usual.sum())
    if spans < _LEAST_SPANS:
        low, high = 0.0, np.inf
    elif not told.any():
        low, high = 0.0, wilson(0, told.size)[1] / usually
    else:
        off = np.bincount(places, told / told.sum() - usual / usual.sum())
        error = float(np.sqrt(off @ off * spans / (spans - 1))) * _student(spans - 1)
        low, high = value * np.exp(-error), value * np.exp(error)
    return Lift(
        n=told.size, spans=spans, usual=usually, value=value, low=float(low), high=float(high)
    )


def _row(key: Mapping[Axis, str], outcomes: Sequence[Outcome]) -> Row:
    cases = _Cases.of(outcomes)
    counts = dict(zip(Kind, np.bincount(cases.kind, minlength=len(Kind)).tolist(), strict=True))
    unknown = counts.pop(Kind.UNKNOWN)
    n = sum(counts.values())
    fired = [each for each in outcomes if each.fired_usd is not None and each.kind.was_swept]
    return Row(
        key=key,
        n=n,
        unknown=unknown,
        kinds={kind: Share(count, n) for kind, count in counts.items()},
        reached=Share(sum(count for kind, count in counts.items() if kind.was_reached), n),
        swept=Share(sum(count for kind, count in counts.items() if kind.was_swept), n),
        reach_lift=_lifts(cases, _REACHED),
        sweep_lift=_lifts(cases, _SWEPT),
        fired_n=len(fired),
        fired_usd=sum(each.fired_usd or 0.0 for each in fired),
        expected_usd=sum(each.pending.expected_usd for each in fired),
        simulated=any(each.pending.simulated for each in outcomes),
    )


def _lifts(cases: _Cases, happened: NDArray[np.bool_]) -> Lifts:
    return Lifts(
        moments=_lift(cases, cases.moments, happened),
        mirror=_lift(cases, cases.mirror, happened),
    )


def _falls_short(lift: Lift, floor: float, least: int) -> bool:
    return lift.n >= least and lift.spans >= _LEAST_SPANS and lift.low < floor


def _on(outcome: Outcome, axis: Axis) -> str:
    pending = outcome.pending
    match axis:
        case Axis.RULE:
            return pending.rule
        case Axis.MARKET:
            return pending.base
        case Axis.SIDE:
            return pending.level.side
        case Axis.TIER:
            return f"{pending.tier:g}x" if pending.tier else "unknown"
        case Axis.DISTANCE:
            return pending.level.reach


def _natural(key: tuple[str, ...]) -> list[tuple[float, str]]:
    """Put 5x before 25x, and what is no number by its letters."""
    numbers = (each.removesuffix("x") for each in key)
    return [
        (float(number) if number.isdecimal() else np.inf, each)
        for number, each in zip(numbers, key, strict=True)
    ]


def _student(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t, right to 1 % from 4 degrees of freedom on."""
    terms = (_Z**3 + _Z) / 4, (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96
    third = (3 * _Z**7 + 19 * _Z**5 + 17 * _Z**3 - 15 * _Z) / 384
    return _Z + terms[0] / freedom + terms[1] / freedom**2 + third / freedom**3
