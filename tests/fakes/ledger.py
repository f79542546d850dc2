"""A ledger that forgets all when the test ends; alerts are kept as text, as in a database."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from liqbot.alerting.alert import Fingerprint, decoded, encoded
from liqbot.alerting.delivery import OPERATOR, Delivery, Post, State, claim, is_due
from liqbot.alerting.ledger import Ledger, Memory, is_trail_of
from liqbot.alerting.lifecycle import Life, Phase
from liqbot.alerting.roster import Changes
from liqbot.alerting.subscription import Recipient, Subscription
from liqbot.chat.message import ChatId

OVER = (State.SENT, State.REFUSED, State.EXPIRED)
TRIED = ("chat", "state", "due_at", "attempts", "ended_at", "sent")  # what trying changes


@dataclass
class _Tables:
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    recipients: dict[ChatId, Recipient] = field(default_factory=dict)
    lives: dict[Fingerprint, Life] = field(default_factory=dict)
    trails: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    tracks: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    deliveries: dict[str, tuple[Delivery, str]] = field(default_factory=dict)  # alert as text
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def end(self, number: int) -> None:
        self.subscriptions.pop(number, None)
        for name in [name for name in self.lives if name.subscription == number]:
            del self.lives[name]

    def write(self, delivery: Delivery) -> None:
        text = encoded(delivery.alert) if delivery.alert else ""
        self.deliveries[delivery.id] = replace(delivery, alert=None), text

    def read(self) -> list[Delivery]:
        return [
            replace(each, alert=decoded(text) if text else None)
            for each, text in self.deliveries.values()
        ]


def a_ledger() -> Ledger:
    """Return a ledger that does what the port says, in memory."""
    tables = _Tables()
    return Ledger(
        subscriptions=FakeSubscriptions(tables),
        recipients=FakeRecipients(tables),
        watch=FakeWatch(tables),
        outbox=FakeOutbox(tables),
        deliveries=FakeDeliveries(tables),
        tracks=FakeTracks(tables),
        privacy=FakePrivacy(tables),
    )


@dataclass
class FakeSubscriptions:
    _tables: _Tables

    async def add(
        self, subscription: Subscription, lives: Mapping[Fingerprint, Life]
    ) -> Subscription:
        numbered = replace(subscription, id=next(self._tables.numbers))
        self._tables.subscriptions[numbered.id] = numbered
        for name, life in lives.items():
            self._tables.lives[name._replace(subscription=numbered.id)] = life
        return numbered

    async def listed(
        self, chat: ChatId | None = None, user: str | None = None
    ) -> tuple[Subscription, ...]:
        return tuple(
            each
            for _, each in sorted(self._tables.subscriptions.items())
            if chat in (None, each.chat) and user in (None, each.user)
        )

    async def put(self, subscription: Subscription) -> None:
        if subscription.id in self._tables.subscriptions:
            self._tables.subscriptions[subscription.id] = subscription

    async def delete(self, number: int) -> None:
        tables = self._tables
        tables.end(number)
        for each in tables.read():
            if each.subscription == number and each.state is State.OWED:
                del tables.deliveries[each.id]


@dataclass
class FakeRecipients:
    _tables: _Tables

    async def get(self, chat: ChatId) -> Recipient:
        return self._tables.recipients.get(chat) or Recipient(chat=chat)

    async def listed(self) -> tuple[Recipient, ...]:
        kept = self._tables.recipients.values()
        return tuple(sorted(kept, key=lambda each: (each.chat.platform, each.chat.address)))

    async def put(self, recipient: Recipient) -> None:
        self._tables.recipients[recipient.chat] = recipient

    async def move(self, before: ChatId, after: ChatId) -> None:
        tables = self._tables
        if before in tables.recipients:
            tables.recipients[after] = replace(tables.recipients.pop(before), chat=after)
        for number, each in tables.subscriptions.items():
            if each.chat == before:
                tables.subscriptions[number] = replace(each, chat=after)
        for owed in tables.read():
            if owed.chat == before and owed.state not in OVER:
                tables.write(replace(owed, chat=after))


@dataclass
class FakeWatch:
    _tables: _Tables

    async def load(self) -> Memory:
        return Memory(lives=dict(self._tables.lives), trails=dict(self._tables.trails))

    async def settle(self, changes: Changes) -> None:
        tables = self._tables
        known = tables.subscriptions
        for name, life in changes.lives.items():
            if name.subscription in known:
                tables.lives[name] = life
        for delivery in changes.deliveries:
            is_wanted = delivery.subscription in (OPERATOR, *known)
            if delivery.id not in tables.deliveries and is_wanted:
                tables.write(delivery)
        for each in tables.read():
            amended = changes.amendments.get(each.id)
            if amended and each.state is State.OWED:
                alert = amended.alert or each.alert
                message, due_at = amended.message, amended.due_at
                tables.write(replace(each, message=message, due_at=due_at, alert=alert))
        tables.trails |= changes.trails
        known |= {number: each for number, each in changes.subscriptions.items() if number in known}
        for number in changes.ended:
            tables.end(number)

    async def forget(self, before: datetime) -> int:
        tables = self._tables
        old = [each.id for each in tables.read() if each.ended_at and each.ended_at < before]
        for number in old:
            del tables.deliveries[number]
        over = [name for name, life in tables.lives.items() if _was_over(life, before)]
        for name in over:
            del tables.lives[name]
        return len(old) + len(over)


@dataclass
class FakeOutbox:
    _tables: _Tables

    async def claim_due(self, at: datetime, limit: int) -> tuple[Post, ...]:
        messages: dict[str, list[Delivery]] = {}
        for each in self._tables.read():
            messages.setdefault(each.message, []).append(each)
        due = [each for each in messages.items() if is_due(each[1], at)]
        due.sort(key=lambda each: (_due_at(each[1]), each[0]))
        posts = [
            Post(message=name, chat=_chat(each), deliveries=claim(each, at))
            for name, each in due[:limit]
        ]
        for post in posts:
            for each in post.claimed:
                self._tables.write(each)
        return tuple(posts)

    async def release(self, at: datetime) -> int:
        claimed = [each for each in self._tables.read() if each.state is State.CLAIMED]
        for each in claimed:
            self._tables.write(replace(each, state=State.OWED, due_at=at))
        return len(claimed)

    async def finish(self, post: Post) -> None:
        known = {each.id: each for each in self._tables.read()}
        for each in post.deliveries:
            if each.id in known and known[each.id].state not in OVER:
                tried = {name: getattr(each, name) for name in TRIED}
                self._tables.write(replace(known[each.id], **tried))


@dataclass
class FakeDeliveries:
    _tables: _Tables

    async def ended(self, numbers: Collection[str]) -> Mapping[str, Delivery]:
        read = self._tables.read()
        return {each.id: each for each in read if each.id in numbers and each.state in OVER}

    async def sent(self, since: datetime) -> tuple[Delivery, ...]:
        sent = [
            (each.ended_at, each.id, each)
            for each in self._tables.read()
            if each.state is State.SENT and each.ended_at is not None and each.ended_at >= since
        ]
        return tuple(each for *_, each in sorted(sent, key=lambda row: row[:2]))

    async def about(self, number: str) -> tuple[Delivery, ...]:
        return tuple(
            each for each in self._tables.read() if number in (each.alert_id, each.message)
        )


@dataclass
class FakeTracks:
    _tables: _Tables

    async def put(self, base: str, text: str, at: datetime) -> None:
        self._tables.tracks[base] = text, at

    async def get(self, base: str) -> tuple[str, datetime] | None:
        return self._tables.tracks.get(base)


@dataclass
class FakePrivacy:
    _tables: _Tables

    async def erase(self, platform: str, user: str, chat: ChatId | None = None) -> tuple[int, ...]:
        tables = self._tables
        numbers = tuple(
            number
            for number, each in sorted(tables.subscriptions.items())
            if (each.chat.platform, each.user) == (platform, user) or each.chat == chat
        )
        for number in numbers:
            tables.end(number)
        for name in [name for name in tables.trails if is_trail_of(name, numbers, chat)]:
            del tables.trails[name]
        for owed in tables.read():
            if owed.subscription in numbers or owed.chat == chat:
                del tables.deliveries[owed.id]
        if chat is not None:
            tables.recipients.pop(chat, None)
        return numbers


def _was_over(life: Life, before: datetime) -> bool:
    """Tell whether a life was over with nothing left to tell."""
    waits = life.phase is not Phase.INACTIVE or life.owed or life.message
    return not waits and life.since is not None and life.since < before


def _due_at(deliveries: list[Delivery]) -> datetime:
    return min(each.due_at for each in deliveries if each.state not in OVER)


def _chat(deliveries: list[Delivery]) -> ChatId:
    return next(each.chat for each in deliveries if each.state not in OVER)
