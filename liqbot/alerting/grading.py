"""What came of an alert, beside what came of levels that nobody chose.

Two baselines, as each alone can flatter: the level's mirror image at the same moment knows how
restless the market is, but not where it drifts; levels on the same side at random moments of the
week before know the drift, but not what that moment was like. All are as far from the mark, as
wide and as long watched as the alert's, and judged by the same function.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import numpy as np

from liqbot.alerting.alert import Alert, about, digest
from liqbot.alerting.outcome import Kind, Level, Reach, Reaction, fired_usd, reach_of, react
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, Price, Side, Usd, moment_of, ms_of

GRACE = timedelta(minutes=15)  # for the last candles of a horizon to arrive
LOOK_BACK_MS = 7 * DAY_MS  # in which random levels begin

_RANDOM = 8  # levels at random moments, for each alert
# Thousands are read at once, and calling an Enum takes five times as long.
_KINDS = {each.value: each for each in Kind}
_SIDES = {each.value: each for each in Side}
_REACHES = {each.value: each for each in Reach}
_BEHIND = ("cascade_start", "cascade_end", "cluster_fade")  # they tell of what is not ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An alert whose outcome is not known yet: what was told of a level, and when."""

    id: str  # the same for all subscriptions that were told in the same episode
    rule: str
    base: str
    level: Level
    expected_usd: Usd
    grade: str  # "A" (best) … "D"
    tiers: tuple[tuple[float, float], ...]  # (leverage, raw Usd); empty where nobody knows
    simulated: bool

    @property
    def at(self) -> datetime:
        """When it was told."""
        return moment_of(self.level.at_ms)

    @property
    def due_at(self) -> datetime:
        """When it can be graded."""
        return moment_of(self.level.until_ms) + GRACE

    @property
    def tier(self) -> float | None:
        """The leverage that most of the level stands at; None where nobody knows."""
        return max(self.tiers, key=lambda each: each[1])[0] if self.tiers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an alert, and of its baselines."""

    pending: Pending
    reaction: Reaction
    fired_usd: Usd | None  # on the tapes that were heard; None where none was, or nothing is known
    mirror: Kind  # of the mirror image
    moments: tuple[Kind, ...]  # of the levels at random moments

    @property
    def kind(self) -> Kind:
        """What came of the alert."""
        return self.reaction.kind


class Outcomes(Protocol):
    """Port: where outcomes are kept. Every method raises StorageError and nothing else."""

    async def add(self, pending: Pending) -> None:
        """Keep what is to be graded; one that is kept already, graded or not, stays as it is."""
        ...

    async def due(self, at: datetime, limit: int) -> tuple[Pending, ...]:
        """Return at most so many that can be graded by a moment, the longest due first, by id."""
        ...

    async def finish(self, outcome: Outcome) -> None:
        """Keep what came of a pending one; what is graded or unknown already stays as it is."""
        ...

    async def graded(self, since: datetime) -> tuple[Outcome, ...]:
        """Return what came of all that was told since a moment, in order of time and id."""
        ...


def pending_of(
    alert: Alert, mark: Price, tiers: Mapping[float, Usd] | None = None
) -> Pending | None:
    """Return what has to be graded of an alert that was told at a mark; None if nothing has.

    Only what names a level ahead of the price in one market foretells anything. `tiers` is what
    stands there by leverage, as its cluster knows.
    """
    found, name = alert.finding, alert.fingerprint
    if found.side is None or found.low is None or found.high is None or not name.base:
        return None
    if found.holding is not None:  # what one holds is in nobody else's score
        return None
    ahead = found.high < mark if found.side is Side.LONG else found.low > mark
    if name.rule in _BEHIND or not ahead:
        return None
    near = found.high if found.side is Side.LONG else found.low
    level = Level(
        side=found.side,
        low=found.low,
        high=found.high,
        mark=mark,
        at_ms=ms_of(alert.at),
        reach=reach_of(abs(near / mark - 1)),
    )
    return Pending(
        id=digest(name.rule, name.base, about(found), alert.episode),
        rule=name.rule,
        base=name.base,
        level=level,
        expected_usd=Usd(alert.usd),
        grade=found.grade,
        tiers=tuple((tiers or {}).items()),
        simulated=alert.simulated,
    )


def grade(
    pending: Pending,
    candles: Candles,
    tapes: Sequence[Tape],
    at: datetime,
    chance: np.random.Generator,
) -> Outcome | None:
    """Tell what came of an alert; None as long as its horizon is not over.

    `candles` are those of one venue, from `LOOK_BACK_MS` before it was told until its horizon;
    `tapes` those of the venues that were heard. Later ones change nothing.
    """
    if at < pending.due_at:
        return None
    level = pending.level
    reaction = react(level, candles)
    told = bool(tapes) and reaction.kind is not Kind.UNKNOWN
    return Outcome(
        pending=pending,
        reaction=reaction,
        fired_usd=fired_usd(level, reaction, candles, tapes) if told else None,
        mirror=react(level.mirrored(), candles).kind,
        moments=tuple(react(each, candles).kind for each in _at_random(level, candles, chance)),
    )


def _at_random(level: Level, candles: Candles, chance: np.random.Generator) -> Iterable[Level]:
    """Yield the level at random moments of the week before; their horizons are over with it."""
    before = candles.since(level.at_ms - LOOK_BACK_MS).until(level.at_ms)
    known = np.flatnonzero(~np.isnan(before.open))
    rows = chance.choice(known, min(_RANDOM, known.size), replace=False)
    for row in np.sort(rows).tolist():
        yield level.moved(int(before.opened_ms[row]), Price(float(before.open[row])))


def encoded(kept: Pending | Outcome) -> str:
    """Return it as JSON, to the last digit."""
    return json.dumps(asdict(kept), allow_nan=False)


def pending_in(text: str) -> Pending:
    """Read what `encoded` wrote; raise ValueError, KeyError or TypeError for anything else."""
    return _pending(json.loads(text))


def outcome_in(text: str) -> Outcome:
    """Read what `encoded` wrote; raise ValueError, KeyError or TypeError for anything else."""
    told = json.loads(text)
    kind, *stamps = told["reaction"]
    return Outcome(
        pending=_pending(told["pending"]),
        reaction=Reaction(_KINDS[kind], *stamps),
        fired_usd=None if told["fired_usd"] is None else Usd(told["fired_usd"]),
        mirror=_KINDS[told["mirror"]],
        moments=tuple([_KINDS[each] for each in told["moments"]]),
    )


def _pending(told: dict[str, Any]) -> Pending:
    level = told["level"]
    level |= {"side": _SIDES[level["side"]], "reach": _REACHES[level["reach"]]}
    tiers = tuple([(leverage, usd) for leverage, usd in told["tiers"]])
    return Pending(**(told | {"level": Level(**level), "tiers": tiers}))
