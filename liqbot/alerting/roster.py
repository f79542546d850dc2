"""What is remembered from tick to tick, and what one tick changes of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from liqbot.alerting.alert import EVERYWHERE, Alert, Doubt, Fingerprint
from liqbot.alerting.delivery import Delivery
from liqbot.alerting.lifecycle import Life
from liqbot.alerting.looking import Demand, demand
from liqbot.alerting.subscription import Recipient, Subscription
from liqbot.chat.message import ChatId
from liqbot.rules.rule import Rule

Place = tuple[str, str]  # rule, base
Lives = dict[tuple[int, str], Life]  # by subscription and what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the operator decided."""

    rules: Mapping[str, Rule[Any]]  # those that run, by name
    settings: Mapping[str, object]  # of each
    venues: int  # configured
    unproven: Mapping[tuple[str, str], Doubt] = field(default_factory=dict)  # by rule, market
    mute_unproven: bool = False  # or say so with each alert


class Amendment(NamedTuple):
    """What a delivery that is still owed says instead, and with which message, when."""

    delivery: str
    message: str
    due_at: datetime
    alert: Alert | None  # None = what it said


@dataclass(slots=True)
class Changes:
    """What one tick does, to be kept in one transaction."""

    lives: dict[Fingerprint, Life] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)  # new; those known already stay
    amendments: dict[str, Amendment] = field(default_factory=dict)  # by delivery
    trails: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)  # subscriptions that are over

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not any(
            (
                self.lives,
                self.deliveries,
                self.amendments,
                self.trails,
                self.subscriptions,
                self.ended,
            )
        )


class Roster:
    """Everything that routing has to know, indexed; `apply` is the one way to change it."""

    def __init__(
        self,
        subscriptions: Iterable[Subscription] = (),
        recipients: Iterable[Recipient] = (),
        lives: Mapping[Fingerprint, Life] | None = None,
        trails: Mapping[str, tuple[datetime, ...]] | None = None,
    ) -> None:
        self.subscriptions: dict[int, Subscription] = {each.id: each for each in subscriptions}
        self.recipients: dict[ChatId, Recipient] = {each.chat: each for each in recipients}
        self.trails: dict[str, tuple[datetime, ...]] = dict(trails or {})
        self.lives: dict[Place, Lives] = defaultdict(dict)
        self.owed: dict[str, Fingerprint] = {}  # by delivery
        self._listeners: dict[Place, dict[Demand, list[Subscription]]] = {}
        self.apply(Changes(lives=dict(lives or {})))
        self._reindex()

    def apply(self, changes: Changes) -> None:
        """Remember what was kept."""
        for name, life in changes.lives.items():
            here = self.lives[name.rule, name.base]
            before = here.get((name.subscription, name.about))
            if before is not None and before.owed and before.owed != life.owed:
                self.owed.pop(before.owed, None)
            if life.owed:
                self.owed[life.owed] = name
            here[name.subscription, name.about] = life
        self.trails |= changes.trails
        if changes.subscriptions or changes.ended:
            self.put(changes.subscriptions.values(), changes.ended)

    def put(
        self,
        subscriptions: Iterable[Subscription] = (),
        ended: Iterable[int] = (),
        recipients: Iterable[Recipient] = (),
    ) -> None:
        """Take over what users changed; what is over is forgotten with its lives."""
        self.subscriptions |= {each.id: each for each in subscriptions}
        self.recipients |= {each.chat: each for each in recipients}
        for gone in ended:
            self.subscriptions.pop(gone, None)
            for here in self.lives.values():
                for key in [key for key in here if key[0] == gone]:
                    self.owed.pop(here.pop(key).owed, None)
        self._reindex()

    def forget(self, base: str, clusters: Iterable[str]) -> None:
        """Forget the lives of clusters that will never come back, unless news is on its way."""
        gone = set(clusters)
        for (_, at), here in self.lives.items():
            if at in {base, EVERYWHERE}:
                for key in [k for k, life in here.items() if k[1] in gone and not life.owed]:
                    del here[key]

    def life(self, name: Fingerprint) -> Life:
        """Return the life of a fingerprint that has one."""
        return self.lives[name.rule, name.base][name.subscription, name.about]

    def recipient(self, chat: ChatId) -> Recipient:
        """Return how a chat wants to be told."""
        return self.recipients.get(chat) or Recipient(chat=chat)

    def listeners(self, rule: str, base: str) -> Iterator[tuple[Demand, list[Subscription]]]:
        """Yield who listens to a rule in a market, by what they demand."""
        if base == EVERYWHERE:
            for (name, _), by_demand in self._listeners.items():
                if name == rule:
                    yield from by_demand.items()
            return
        for at in (base, EVERYWHERE):
            yield from self._listeners.get((rule, at), {}).items()

    def of(self, subscriptions: Collection[int]) -> Iterator[tuple[Fingerprint, Life]]:
        """Yield the lives of some subscriptions."""
        for (rule, base), here in self.lives.items():
            for (number, about), life in here.items():
                if number in subscriptions:
                    yield Fingerprint(number, rule, base, about), life

    def _reindex(self) -> None:
        self._listeners = {}
        for each in self.subscriptions.values():
            if not each.paused:
                place = (each.wish.rule, each.wish.base)
                by_demand = self._listeners.setdefault(place, {})
                by_demand.setdefault(demand(each.wish), []).append(each)
