"""What a rule's look at a market means to a subscription that draws its own lines."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from liqbot.alerting.alert import about, worth_of
from liqbot.alerting.lifecycle import Sight
from liqbot.alerting.subscription import Wish
from liqbot.alerting.vocabulary import drawn, term_of
from liqbot.market.holding import Holding
from liqbot.market.units import Side
from liqbot.rules.rule import Blind, Criterion, Finding, Rule, Severity

_USD_SLACK = 0.8
_SHARE = "min_share"  # of a usual day, which an own amount stands for
_RANKS = {each: rank for rank, each in enumerate(Severity)}
_NOTHING: Mapping[str, "Ending"] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one rule saw of one market."""

    rule: str
    base: str  # EVERYWHERE for a rule that looks across markets
    seen: tuple[Finding, ...] | Blind
    data_at: datetime  # of the oldest datum that it rests on
    simulated: bool = False
    ends: Mapping[str, "Ending"] = field(default_factory=lambda: _NOTHING)  # by cluster


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a cluster, and when."""

    kind: str  # "swept", "faded", "migrated" …
    at: datetime


class Demand(NamedTuple):
    """What of a wish decides what is seen; wishes that share it see the same."""

    side: Side | None
    case: str
    lines: tuple[tuple[str, float], ...]
    min_usd: float | None
    severity: Severity
    grade: str
    lone: bool
    base: str  # that has to take part in what is seen across markets
    holding: Holding | None


@dataclass(frozen=True)
class Seen:
    """What a demand sees of one thing, and the finding that says so."""

    sight: Sight
    found: Finding
    criteria: tuple[Criterion, ...]  # by the lines of who asks

    @cached_property
    def finding(self) -> Finding:
        """The finding by the lines of who asks."""
        return replace(self.found, criteria=self.criteria, rank=self.sight.rank)


def demand(wish: Wish) -> Demand:
    """Return what of a wish decides what is seen."""
    return Demand(
        wish.side,
        wish.case,
        wish.lines,
        wish.min_usd,
        wish.severity,
        wish.grade,
        wish.lone,
        wish.base,
        wish.holding,
    )


def by_holding(findings: Iterable[Finding]) -> Mapping[Holding | None, list[Finding]]:
    """Return findings by the position that they are about; None for what is no one's own."""
    found = defaultdict[Holding | None, list[Finding]](list)
    for each in findings:
        found[each.holding].append(each)
    return found


def sights(
    findings: Iterable[Finding], wanted: Demand, settings: object, venues: int
) -> dict[str, Seen]:
    """Return what a demand sees, by what it is about; of several tiers the nearest speaks.

    `settings` are the operator's, for lines that nobody draws; `venues` are configured. Where
    there is but one, what rests on one venue alone is all there is.
    """
    found: dict[str, Seen] = {}
    for each in findings:
        judged = _judged(each, wanted, settings, venues)
        if judged is None:
            continue
        key = about(each)
        before = found.get(key)
        found[key] = judged if before is None else max(before, judged, key=_loudness)
    return found


def widest(rule: Rule[Any], settings: object, wishes: Iterable[Wish | Demand]) -> object:
    """Return settings by which a rule finds whatever the operator or any wish asks for."""
    term, listed = term_of(rule), list(wishes)
    own = defaultdict[str, list[float]](list)
    for setting, value in (each for wish in listed for each in wish.lines):
        own[setting].append(value)
    changes: dict[str, object] = {}
    for setting, values in own.items():
        line = drawn(settings, setting)
        if isinstance(line, tuple):
            if (farthest := max(values)) > max(line):
                changes[setting] = (farthest, *sorted(line, reverse=True)[-4:])
        elif line is not None:
            falls = term.falls and setting == term.setting
            changes[setting] = max(*values, line) if falls else min(*values, line)
    if any(each.min_usd is not None for each in listed) and hasattr(settings, _SHARE):
        changes[_SHARE] = 0.0
    widened: object = replace(settings, **changes) if changes else settings  # type: ignore[type-var]
    return widened


def _loudness(seen: Seen) -> tuple[bool, bool, int]:
    return seen.sight.entered, seen.sight.inside, seen.sight.rank


def _judged(finding: Finding, wanted: Demand, settings: object, venues: int) -> Seen | None:
    """Return what a demand sees of one finding; None where it is none of its business."""
    if (
        (wanted.side is not None and finding.side is not wanted.side)
        or (wanted.case and finding.case != wanted.case)
        or (wanted.base and wanted.base not in finding.markets)
        or wanted.holding != finding.holding
    ):
        return None
    criteria = _redrawn(finding, wanted, settings)
    if criteria is None:
        return None
    entered = (
        all(each.entered for each in criteria)
        and _RANKS[finding.severity] >= _RANKS[wanted.severity]
        and finding.grade <= wanted.grade
        and (wanted.lone or finding.venues >= min(2, venues))
    )
    first = criteria[0]
    own = any(setting == first.setting for setting, _ in wanted.lines)
    sight = Sight(
        entered=entered,
        inside=not any(each.left for each in criteria),
        value=first.fact.value,
        rank=0 if own else finding.rank,
        falls=first.slack > 1,
        line=first.enter,
    )
    return Seen(sight, finding, criteria)


def _redrawn(finding: Finding, wanted: Demand, settings: object) -> tuple[Criterion, ...] | None:
    """Return the criteria by the lines of who asks; None for a tier that nobody here draws."""
    own = dict(wanted.lines)
    criteria = []
    for each in finding.criteria:
        line = drawn(settings, each.setting)
        if each.setting in own:
            criteria.append(replace(each, enter=own[each.setting]))
        elif each.setting == _SHARE and wanted.min_usd is not None:
            criteria.append(_amount(finding, wanted.min_usd))
        elif isinstance(line, tuple):
            if each.enter not in line:
                return None
            criteria.append(each)
        else:
            criteria.append(each if line in (None, each.enter) else replace(each, enter=line))
    if wanted.min_usd is not None and all(each.setting != "min_usd" for each in criteria):
        criteria.append(_amount(finding, wanted.min_usd))
    return tuple(criteria)


def _amount(finding: Finding, usd: float) -> Criterion:
    """Return what a finding is worth against an own line, called what it counts."""
    return Criterion("min_usd", worth_of(finding), usd, _USD_SLACK)
