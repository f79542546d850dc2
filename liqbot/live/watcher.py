"""Judges what is seen, and settles what chats are owed of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from liqbot.alerting.aftermath import Swept, aftermath, swept
from liqbot.alerting.alert import EVERYWHERE, Doubt
from liqbot.alerting.evaluation import Evaluation, evaluate
from liqbot.alerting.feeds import heeded
from liqbot.alerting.ledger import Ledger
from liqbot.alerting.looking import Look
from liqbot.alerting.roster import Changes, Roster, Terms
from liqbot.alerting.routing import received, route, standing
from liqbot.alerting.subscription import Caps, Recipient, Subscription, check_new
from liqbot.alerting.upkeep import WarmUp, blind_markets, kept_up, newly_blind
from liqbot.chat.message import ChatId
from liqbot.clock import Clock
from liqbot.errors import StorageError
from liqbot.live.silences import Silences
from liqbot.rules.rule import Finding, Scene

_AT_ONCE = 500  # of what came of alerts, so that looks do not wait for long
_LOOKED = "looked"  # the trail of a watcher that marks
_WARMING = timedelta(minutes=30)  # then alerts are told, whoever has not been heard of yet

_log = logging.getLogger(__name__)


class Watcher:
    """Looks at the markets again and again; one at a time, all that it does is settled in turn.

    `scenes` tells what there is to see at a moment, `venues` are those whose word is waited for
    after a start, as `told` tells which have given it. Where it `marks`, each look is settled with
    its moment, for another watcher to go on from there. Whoever runs the bot hears of `silences`.
    """

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        terms: Terms,
        scenes: Callable[[datetime], Awaitable[Mapping[str, Scene]]],
        *,
        venues: Iterable[str] = (),
        bases: Iterable[str] = (),
        told: Callable[[], Iterable[str]] = tuple,
        marks: bool = False,
        caps: Caps | None = None,
        silences: Silences | None = None,
    ) -> None:
        self.terms = terms
        self._caps = caps or Caps()
        self._marks = marks
        self._silences = silences
        self._clock, self._ledger, self._scenes, self._told = clock, ledger, scenes, told
        self._roster = Roster()
        self._lock = asyncio.Lock()
        self._warm_up = WarmUp(frozenset(venues), frozenset(bases))
        self._warm_by = clock.now() + _WARMING
        self._blind: dict[str, str] = {}
        self.made = 0  # deliveries, since the start
        self._followed: set[Swept] = set()

    @property
    def looked_at(self) -> datetime | None:
        """When it last looked, if that was marked."""
        return next(iter(self._roster.trails.get(_LOOKED, ())), None)

    @property
    def owes(self) -> bool:
        """Whether chats are owed an alert, as far as was heard by the last look."""
        return bool(self._roster.owed)

    async def remember(self) -> None:
        """Take in what was settled and what users want; raise StorageError."""
        async with self._lock:
            await self._load()

    async def refresh(self) -> None:
        """Take in what users have changed since; raise StorageError."""
        async with self._lock:
            wanted = {each.id: each for each in await self._ledger.subscriptions.listed()}
            recipients = {each.chat: each for each in await self._ledger.recipients.listed()}
            if (wanted, recipients) != (self._roster.subscriptions, self._roster.recipients):
                await self._load()

    def take_note(self, recipient: Recipient) -> None:
        """Take in how a chat wants to be told from now on."""
        self._roster.put(recipients=[recipient])

    def doubt(self, unproven: Mapping[tuple[str, str], Doubt]) -> None:
        """Take in which rules were not shown to foretell anything, and where."""
        self.terms = replace(self.terms, unproven=unproven)

    async def judge(self, *bases: str) -> None:
        """Take in what users changed, and look; leave it to the next time if nothing is kept."""
        try:
            await self.refresh()
            await self.look(*bases)
        except StorageError as error:
            _log.warning("nothing settled", extra={"why": str(error)})

    async def look(self, *bases: str) -> tuple[Look, ...]:
        """Judge some markets, or all of them; settle what chats are owed. Raise StorageError.

        What could not be settled has not happened, and the next look finds it again.
        """
        async with self._lock:
            at = self._clock.now()
            await self._keep_up(at)
            scenes = await self._scenes(at)
            there = bases or (*scenes, EVERYWHERE)
            seen = await asyncio.to_thread(evaluate, scenes, there, self._roster, self.terms)
            self._report(seen, scenes, there)
            if self._is_warm(scenes, at):
                owed = await asyncio.to_thread(route, self._roster, seen.looks, at, self.terms)
                if self._marks:
                    owed.trails[_LOOKED] = (at,)
                await self._settle(owed)
                await self._follow_up(scenes, at)
            return seen.looks

    async def subscribe(self, wanted: Subscription) -> tuple[Subscription, list[Finding]]:
        """Keep a new subscription; return it numbered, and what is true of it already.

        Raise StorageError, and CommandError for one too many or one that is there: of two at once,
        the second is told.
        """
        async with self._lock:
            others = await self._ledger.subscriptions.listed(chat=wanted.chat)
            check_new(wanted, others, self._caps)
            at = self._clock.now()
            scenes = await self._scenes(at)
            there = (*scenes, EVERYWHERE)
            seen = await asyncio.to_thread(evaluate, scenes, there, Roster([wanted]), self.terms)
            lives, found = standing(wanted, seen.looks, at, self.terms)
            kept = await self._ledger.subscriptions.add(wanted, lives)
            self._roster.put([kept])
            numbered = {name._replace(subscription=kept.id): life for name, life in lives.items()}
            self._roster.apply(Changes(lives=numbered))
            return kept, found

    async def forget(self, chat: ChatId) -> tuple[int, ...]:
        """Erase all that is kept of whose chat it is; return the numbers of their subscriptions.

        Raise StorageError.
        """
        async with self._lock:
            gone = await self._ledger.privacy.erase(chat.platform, chat.user or "", chat)
            await self._load()
            return gone

    async def _load(self) -> None:
        memory = await self._ledger.watch.load()
        self._roster = Roster(
            await self._ledger.subscriptions.listed(),
            await self._ledger.recipients.listed(),
            memory.lives,
            memory.trails,
        )

    async def _keep_up(self, at: datetime) -> None:
        """Take in what arrived, and what became of subscriptions themselves."""
        if owed := tuple(self._roster.owed):
            await self._settle(received(self._roster, await self._ledger.deliveries.ended(owed)))
        await self._settle(kept_up(self._roster, at, self.terms))
        if (heard := self._silences) is not None:
            feeds = heard.feeds(at)
            await self._settle(heeded(self._roster.trails, feeds, heard.owners, at))

    async def _settle(self, changes: Changes) -> None:
        self.made += len(changes.deliveries)
        if not changes.is_empty:
            await self._ledger.watch.settle(changes)
            self._roster.apply(changes)

    async def _follow_up(self, scenes: Mapping[str, Scene], at: datetime) -> None:
        """Settle what chats are owed of what came of their alerts, once each."""
        due = swept(self._roster, scenes, at)
        fresh = sorted(due - self._followed)[:_AT_ONCE]
        told = {each: await self._ledger.deliveries.about(each.alert_id) for each in fresh}
        await self._settle(aftermath(self._roster, told, scenes, at))
        self._followed = (self._followed & due).union(fresh)

    def _is_warm(self, scenes: Mapping[str, Scene], at: datetime) -> bool:
        """Tell whether all was seen once since the start, or has had its time."""
        if not self._warm_up.is_over:
            self._warm_up = self._warm_up.after(self._told(), scenes)
        return self._warm_up.is_over or at >= self._warm_by

    def _report(self, seen: Evaluation, scenes: Mapping[str, Scene], there: Iterable[str]) -> None:
        """Tell the operator of rules that failed, and once of each market that went blind.

        Where there is a map and only what rules need beside it is missing, that is no warning.
        """
        for each in seen.faults:
            facts = {"rule": each.rule, "market": each.base or "all"}
            _log.error("a rule failed", exc_info=each.error, extra=facts)
        blind = blind_markets(seen.looks)
        for base, why in blind.items():
            level = logging.WARNING if scenes[base].blind else logging.INFO
            for sentence in newly_blind(self._blind, {base: why}):
                _log.log(level, "blind", extra={"why": sentence})
        elsewhere = {base: why for base, why in self._blind.items() if base not in there}
        self._blind = elsewhere | blind
