"""Brings chats what they are owed: claim, word, draw, send, and note what became of it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from numpy.random import Generator

from liqbot.alerting.alert import Alert, News
from liqbot.alerting.delivery import LEASE, Post, health, latest, next_step, prepared
from liqbot.alerting.grading import Outcomes, pending_of
from liqbot.alerting.ledger import Ledger
from liqbot.alerting.subscription import Recipient
from liqbot.alerting.wording import message
from liqbot.charts.chart import View
from liqbot.chat.message import Attachment, ChatId, Message
from liqbot.chat.messenger import Messenger
from liqbot.chat.numbers import Numbers
from liqbot.clock import Clock
from liqbot.commands.command import view_of
from liqbot.desk import Studio
from liqbot.errors import (
    ChatMoved,
    CommandError,
    DeliveryDelayed,
    DeliveryError,
    DeliveryRefused,
    StorageError,
)
from liqbot.heatmap.history import History
from liqbot.market.calendar import Event, next_release

_ENOUGH = LEASE / 2  # of a claim, to send a message in
_HANDS = 100  # messages that are under way at once; a claim has to outlast the sending of all
_FORETOLD = 1000  # that are known to be kept, to be graded

_log = logging.getLogger(__name__)


class Maps(Protocol):
    """The maps that pictures are drawn of."""

    def glance(self, base: str) -> History | None:
        """Return the newest map of a base; None before the first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Takes messages from the outbox to where people are."""

    clock: Clock
    chance: Generator  # spreads what is tried again
    ledger: Ledger
    outcomes: Outcomes  # of what is told
    messengers: Mapping[str, Messenger]  # by platform
    maps: Maps
    studio: Studio
    view: View
    calendar: tuple[Event, ...] = ()  # of releases that move markets
    changed: Callable[[Recipient], None]  # is told of chats that are told otherwise from now on
    _owed: dict[ChatId, deque[Post]] = field(default_factory=dict)  # claimed, of chats being told
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _unkept: list[Post] = field(default_factory=list)  # what became of them is not kept yet
    _foretold: deque[str] = field(default_factory=lambda: deque(maxlen=_FORETOLD))

    async def deliver(self) -> int:
        """Begin to deliver what is due, as far as hands are free; count the messages.

        Chats are told beside each other, so that a slow one holds up no other. Raise StorageError.
        """
        while self._unkept:  # before anything is claimed again that has been sent
            await self.ledger.outbox.finish(self._unkept[0])
            del self._unkept[0]
        free = _HANDS - sum(map(len, self._owed.values()))
        posts = await self.ledger.outbox.claim_due(self.clock.now(), free) if free > 0 else ()
        for each in posts:
            if each.chat in self._owed:
                self._owed[each.chat].append(each)
                continue
            self._owed[each.chat] = deque([each])
            task = asyncio.create_task(self._tell(each.chat))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(posts)

    async def idle(self) -> None:
        """Wait until all that has begun is over."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def stop(self, within_s: float) -> None:
        """Wait so long for what has begun, and break off the rest; who comes next sends it."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=within_s)
            for each in late:
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _tell(self, chat: ChatId) -> None:
        """Tell one chat what it is owed, in turn."""
        posts = self._owed[chat]
        try:
            while posts:
                try:
                    await self._bring(posts[0])
                except StorageError as error:
                    _log.warning("what came of a message is not kept", extra={"why": str(error)})
                posts.popleft()
        finally:
            del self._owed[chat]

    async def _bring(self, claimed: Post) -> None:
        """Bring one message and keep what came of it; raise StorageError."""
        at = self.clock.now()
        if any(each.due_at - at < _ENOUGH for each in claimed.claimed):
            return  # the claim may lapse on the way, and somebody else send it too
        post = prepared(claimed, at)
        if not post.claimed:  # it came too late
            await self._keep(post, post.sent, at)
            return
        recipient = await self.ledger.recipients.get(post.chat)
        outcome = await self._say(post, recipient, at)
        await self._keep(post, outcome, at)
        if health(recipient, post, outcome) != recipient:
            await self._note(post, outcome)
        if isinstance(outcome, str):
            await self._remember(post)

    async def _keep(self, post: Post, outcome: str | DeliveryError, at: datetime) -> None:
        """Keep what came of a message, or note that it has to be; raise StorageError."""
        after = next_step(post, outcome, at, self.chance.random())
        try:
            await self.ledger.outbox.finish(after)
        except StorageError:
            self._unkept.append(after)  # or it would be sent again
            raise

    async def _say(self, post: Post, recipient: Recipient, at: datetime) -> str | DeliveryError:
        """Send or change a message; return the platform's name for it, or why it did not arrive."""
        chat = post.chat
        messenger = self.messengers.get(chat.platform)
        if messenger is None:
            return DeliveryDelayed(f"{chat.platform} is not configured")
        if recipient.disabled:
            return DeliveryRefused(recipient.disabled)
        try:
            usual = replace(self.view, macro_at=next_release(self.calendar, at))
            view = view_of(usual, recipient)
            numbers = Numbers(view.locale, view.zone)
            said = replace(message(post, numbers, at), silent=post.silent)
            if post.sent:
                return await self._change(messenger, post, said, view)
            return await messenger.send(chat, await self._drawn(said, post, view))
        except DeliveryError as error:
            return error
        except Exception:  # noqa: BLE001 - whatever one message fails of, the others are sent
            _log.exception("a message failed", extra={"platform": chat.platform})
            return DeliveryDelayed("it could not be made")

    async def _change(self, messenger: Messenger, post: Post, said: Message, view: View) -> str:
        """Change the message that stands, or say anew what joins one that was deleted.

        What it said before, nobody wants to read again. Raise DeliveryError.
        """
        try:
            await messenger.edit(post.chat, post.sent, said)
        except DeliveryRefused:
            if not post.joins:
                raise
            return await messenger.send(post.chat, await self._drawn(said, post, view))
        return post.sent

    async def _drawn(self, said: Message, post: Post, view: View) -> Message:
        """Return a message with the picture of what weighs most in it, if there is one."""
        alert = _heaviest(post)
        history = None if alert is None else self.maps.glance(_base(alert))
        if alert is None or history is None:
            return said
        size = "portrait" if view.size == "hd" else view.size  # a file is nothing to glance at
        try:
            picture = await self.studio.draw(alert.chart, history, replace(view, size=size))
        except CommandError:
            return said  # an alert in time is worth more than its picture
        name = f"{history.base.lower()}-{alert.chart}-{history.at:%Y%m%d-%H%M%S}.png"
        drawn = Attachment(name=name, content=picture.png, alt=picture.alt)
        return replace(said, picture=drawn)

    async def _remember(self, post: Post) -> None:
        """Keep what has been foretold, for it to be graded."""
        for each in post.claimed:
            alert = each.alert
            history = None if alert is None else self.maps.glance(alert.fingerprint.base)
            if alert is None or history is None or each.news is not News.OPENED:
                continue
            tiers = next((c.tiers for c in history.clusters if c.id == alert.finding.cluster), {})
            pending = pending_of(alert, history.snapshot.mark, tiers)
            if pending is not None and pending.id not in self._foretold:
                await self.outcomes.add(pending)
                self._foretold.append(pending.id)  # it is the same for all who are told

    async def _note(self, post: Post, outcome: str | DeliveryError) -> None:
        """Keep how telling a chat goes, and where it is; users may have changed it meanwhile."""
        recipient = await self.ledger.recipients.get(post.chat)
        after = health(recipient, post, outcome)
        if isinstance(outcome, ChatMoved):
            await self.ledger.recipients.move(post.chat, after.chat)
        if after == recipient:
            return
        if after.disabled and not recipient.disabled:
            facts = {"platform": post.chat.platform, "why": after.disabled}
            _log.warning("a chat is told nothing more", extra=facts)
        await self.ledger.recipients.put(after)
        self.changed(after)


def _base(alert: Alert) -> str:
    return alert.fingerprint.base or next(iter(alert.finding.markets), "")


def _heaviest(post: Post) -> Alert | None:
    """Return the alert that a picture is worth most to; None for a digest and for notices."""
    if any(each.held for each in post.said):
        return None
    alerts = (each.alert for each in latest(post.said).values() if each.alert is not None)
    return max(alerts, key=lambda alert: alert.usd, default=None)
