"""What a rule is: it looks at a scene and says what is worth telling, and why."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.confluence import Confluence, confluence_of
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import Quality, is_weekend, lowered, quality_of
from liqbot.heatmap.tracks import Track
from liqbot.market.calendar import Event, upcoming
from liqbot.market.holding import Holding
from liqbot.market.margin import MarginSchedule
from liqbot.market.norms import UNKNOWN, Norms
from liqbot.market.units import Price, Side

_LIGHTEST, _HEAVIEST = 0.5, 0.85  # weight of a cluster at a weekend
_LATE_BARS = 2  # after which a map is out of date

Settings = TypeVar("Settings")


class Unit(StrEnum):
    """In what a fact is counted."""

    USD = "usd"
    PRICE = "price"
    RATIO = "ratio"  # one number ÷ another, "2.4 : 1"
    FRACTION = "fraction"  # shown as percent
    SIGMA = "sigma"  # of the market's own standard deviations
    SECONDS = "seconds"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Fact:
    """One number worth telling. Raises ValueError unless it is finite."""

    label: str
    value: float
    unit: Unit

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"{self.label}: {self.value} is no fact")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A fact that has to reach a line; once it has, it may fall back as far as `leave`.

    With `slack` below 1 the fact has to be large, with one above 1 it has to be small. To judge
    by another line, replace `enter`.
    """

    setting: str  # the field of the rule's settings that draws the line
    fact: Fact
    enter: float
    slack: float  # leave ÷ enter

    @property
    def leave(self) -> float:
        """The line beyond which it is over."""
        return self.enter * self.slack

    @property
    def entered(self) -> bool:
        """Whether the fact reaches the line."""
        value = self.fact.value
        return value <= self.enter if self.slack > 1 else value >= self.enter

    @property
    def left(self) -> bool:
        """Whether the fact is not even near the line any more."""
        value = self.fact.value
        return value > self.leave if self.slack > 1 else value < self.leave


class Severity(StrEnum):
    """How much it matters, rising."""

    INFO = "info"
    NOTABLE = "notable"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule sees now, and why it is or is nearly worth telling.

    It is worth telling once it has `entered`, and until it has `left` or is found no more.
    `case`, `cluster`, the markets and whose position it is tell apart the findings of one rule.
    """

    case: str  # which of the rule's few cases: "long", "long 1%" …
    side: Side | None  # whose positions
    cluster: str | None  # its id
    markets: tuple[str, ...]  # bases; several where the rule looks across markets
    headline: str  # a sentence without numbers
    criteria: tuple[Criterion, ...]  # all have to hold; by how much the first changes is news
    facts: tuple[Fact, ...]  # what else speaks for and against it
    severity: Severity
    grade: str  # "A" (best) … "D"
    venues: int  # on how many it rests
    low: Price | None  # the prices that it is about
    high: Price | None
    rank: int = 0  # of findings alike but for their case, the highest rank speaks
    holding: Holding | None = None  # the position that it is about, nobody's business but its own

    @property
    def value(self) -> float:
        """The number whose change is news."""
        return self.criteria[0].fact.value

    @property
    def entered(self) -> bool:
        """Whether it is worth telling."""
        return all(each.entered for each in self.criteria)

    @property
    def left(self) -> bool:
        """Whether it is over, if it was worth telling."""
        return any(each.left for each in self.criteria)


@dataclass(frozen=True, slots=True)
class Blind:
    """A rule cannot tell; nothing begins and nothing ends."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long something has to be seen before it is told, and unseen before it is over."""

    evaluations: int = 1  # in a row; 1 = at once, if there is nothing to hold
    hold: timedelta = timedelta(0)
    keep: timedelta
    past: bool = False  # what is told is over already: it stays as it was said


NEARNESS = Patience(evaluations=2, keep=timedelta(minutes=5))
STRUCTURE = Patience(hold=timedelta(minutes=5), keep=timedelta(minutes=15))
INSTANT = Patience(keep=timedelta(seconds=60))
AFTERWARDS = Patience(keep=timedelta(seconds=60), past=True)
LOSS = Patience(hold=timedelta(minutes=5), keep=timedelta(minutes=15), past=True)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One market at one moment, and what it is compared with."""

    history: History
    norms: Norms = UNKNOWN
    events: tuple[Event, ...] = ()  # scheduled releases
    tapes: Mapping[str, float | None] = field(default_factory=dict)  # completeness by venue heard
    brackets: Mapping[str, MarginSchedule] = field(default_factory=dict)  # as venues tell them
    holdings: tuple[Holding, ...] = ()  # that are watched for people
    others: "tuple[Scene, ...]" = ()  # the other watched markets, without others of their own

    @cached_property
    def confluence(self) -> Confluence:
        """What else there is to look at."""
        return confluence_of(self.history)

    @cached_property
    def context(self) -> tuple[Fact, ...]:
        """What is said with every finding: confluence, weight and the next release."""
        return tuple(_context(self))

    @cached_property
    def quality(self) -> Quality:
        """What speaks for the map."""
        return quality_of(self.history)

    @cached_property
    def near(self) -> Event | None:
        """The next scheduled release, if it is near."""
        return upcoming(self.events, self.history.at)

    @cached_property
    def tracks(self) -> Mapping[str, Track]:
        """The clusters' tracks by id."""
        return {each.id: each for each in self.history.tracking.tracks}

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """Those whose names last: born since the last quarter, one has another at every look."""
        settled = {each.id for each in self.history.lookback.settled.tracks}
        return tuple(each for each in self.history.clusters if each.id in settled)

    @cached_property
    def daily_usd(self) -> float:
        """What is liquidated on a usual day: as told, else as modelled; Usd, 0 if unknown."""
        told, modelled = self.norms.daily_usd, self.history.daily_usd
        return next((each for each in (told, modelled) if each > 0), 0.0)

    @cached_property
    def weight(self) -> float:
        """What a cluster's dollars count: at a weekend 0.5 … 0.85, as open interest then falls."""
        measured = self.norms.weekend
        if math.isnan(measured) or not is_weekend(self.history):
            return 1.0
        return min(max(measured, _LIGHTEST), _HEAVIEST)

    def grade(self, cluster: Cluster | None) -> str:
        """Return the worse of the map's grade and a cluster's, one worse near a release."""
        worse = max(self.quality.grade, cluster.grade if cluster else "A")
        return lowered(worse) if self.near else worse

    def share(self, usd: float) -> float:
        """Return expected Usd ÷ a usual day's, as it counts today."""
        return usd * self.weight / self.daily_usd

    @cached_property
    def blind(self) -> Blind | None:
        """Why nothing is to be concluded from the map; None if something is."""
        known, late_s = self.history, _LATE_BARS * self.history.heatmap.interval_ms / 1000
        if not known.warm:
            return Blind("the map has not seen five days yet")
        if not known.data_age_s <= late_s:
            return Blind("a venue has not told anything for two bars")
        if not known.snapshot.mark > 0:
            return Blind("the price is unknown")
        if not known.snapshot.total.any():
            return Blind("nothing is modelled")
        return None if self.daily_usd > 0 else Blind("what a usual day liquidates is unknown")


def _context(scene: Scene) -> Iterator[Fact]:
    told = scene.confluence
    for label, value, unit in (
        ("open interest, 1 h", told.interest_hour, Unit.FRACTION),
        ("open interest, 24 h", told.interest_day, Unit.FRACTION),
        (f"funding{_per(told.funding_hours)}", told.funding, Unit.FRACTION),
        ("taker flow, 1 h", told.taker_flow, Unit.FRACTION),
        ("book, bids less asks", told.book, Unit.FRACTION),
        ("trend, 24 h", told.trend, Unit.FRACTION),
        ("volume, 1 h to usual", told.volume, Unit.RATIO),
    ):
        if value is not None:
            yield Fact(label, value, unit)
    if scene.weight < 1:
        yield Fact("weekend weight", scene.weight, Unit.FRACTION)
    if scene.near:
        away = (scene.near.at - scene.history.at).total_seconds()
        yield Fact(f"until {scene.near.name}", away, Unit.SECONDS)


def _per(hours: float | None) -> str:
    return f" per {hours:g} h" if hours else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Settings]):
    """Something that is worth telling. `name` is what [rules.NAME] sets and users type.

    `evaluate` returns what it sees, also what is not yet or only still worth telling; `judge`
    leaves out what is neither. A rule that looks `across` markets finds the same in whichever of
    them it is given.
    """

    name: str
    summary: str
    settings: type[Settings]  # a frozen dataclass; every field has a default and a bound
    evaluate: Callable[[Scene, Settings], Iterable[Finding] | Blind]
    patience: Patience
    chart: str  # drawn beside it
    across: bool = False
    private: bool = False  # it looks at what people hold, each of whom sees their own alone

    def judge(self, scene: Scene, settings: Settings) -> tuple[Finding, ...] | Blind:
        """Return what has entered or not left yet; the life of an alert tells which it is."""
        found = self.evaluate(scene, settings)
        if isinstance(found, Blind):
            return found
        return tuple(each for each in found if not each.left)
