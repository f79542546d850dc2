"""Port: where all that alerting has to remember is kept, in a few small stores.

One process watches and settles; any number of them claim and finish. Users' edits may come from
anywhere: whoever makes one tells the watcher's roster of it. Every method raises StorageError and
nothing else.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liqbot.alerting.alert import Fingerprint
from liqbot.alerting.delivery import Delivery, Post
from liqbot.alerting.lifecycle import Life
from liqbot.alerting.roster import Changes
from liqbot.alerting.subscription import Recipient, Subscription
from liqbot.chat.message import ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a watcher knew, for it to go on as if it had never stopped."""

    lives: Mapping[Fingerprint, Life]
    trails: Mapping[str, tuple[datetime, ...]]


class Subscriptions(Protocol):
    """Who wants to hear of what."""

    async def add(
        self, subscription: Subscription, lives: Mapping[Fingerprint, Life]
    ) -> Subscription:
        """Keep a subscription with the lives of what is true already; return it numbered.

        Numbers are never given twice. The fingerprints' own numbers count for nothing.
        """
        ...

    async def listed(
        self, chat: ChatId | None = None, user: str | None = None
    ) -> tuple[Subscription, ...]:
        """Return all subscriptions, or those of a chat, a user or both, by number."""
        ...

    async def put(self, subscription: Subscription) -> None:
        """Replace a subscription by its number; one that is gone stays gone."""
        ...

    async def delete(self, number: int) -> None:
        """Forget a subscription, its lives, and what its chat is still owed of it."""
        ...


class Recipients(Protocol):
    """Chats, as they want to be told."""

    async def get(self, chat: ChatId) -> Recipient:
        """Return a chat; one that nothing is kept of as all chats begin."""
        ...

    async def listed(self) -> tuple[Recipient, ...]:
        """Return all chats that anything is kept of, by platform and address."""
        ...

    async def put(self, recipient: Recipient) -> None:
        """Keep how a chat wants to be told, and how telling it goes."""
        ...

    async def move(self, before: ChatId, after: ChatId) -> None:
        """Give a chat another id, wherever it is named and not sent yet."""
        ...


class Watch(Protocol):
    """What the watcher remembers."""

    async def load(self) -> Memory:
        """Return all that was settled."""
        ...

    async def settle(self, changes: Changes) -> None:
        """Keep one tick's changes in one transaction, all or none.

        Deliveries known already stay as they are, so settling twice changes nothing. Amendments
        reach only what is still owed. What concerns a subscription that is gone is left out;
        what the OPERATOR is told is kept.
        """
        ...

    async def forget(self, before: datetime) -> int:
        """Forget deliveries that ended, and lives that were over, before a moment; count them.

        A life that is over, with nothing on its way and no message that stands, decides nothing
        any more once its longest cooldown has passed.
        """
        ...


class Outbox(Protocol):
    """What chats are owed."""

    async def claim_due(self, at: datetime, limit: int) -> tuple[Post, ...]:
        """Claim at most so many messages that are due (`delivery.is_due`), the longest due first.

        A message is claimed whole, by a conditional update: of many who ask, one gets it.
        """
        ...

    async def release(self, at: datetime) -> int:
        """Owe again at a moment whatever is claimed, and count it; for who alone may claim.

        So a start need not wait for the claims of one that was killed to lapse.
        """
        ...

    async def finish(self, post: Post) -> None:
        """Keep what became of the deliveries of a post; those added meanwhile stay.

        What is over stays over: somebody else may have sent what was claimed for too long.
        """
        ...


class Deliveries(Protocol):
    """What became of what chats are owed."""

    async def ended(self, numbers: Collection[str]) -> Mapping[str, Delivery]:
        """Return those of some deliveries that are sent, refused or expired, by id."""
        ...

    async def sent(self, since: datetime) -> tuple[Delivery, ...]:
        """Return all deliveries that were sent since a moment, by when and id."""
        ...

    async def about(self, number: str) -> tuple[Delivery, ...]:
        """Return all deliveries of an alert or a message, by its id, in the order made."""
        ...


class Tracks(Protocol):
    """How the clusters of each market's map were followed, so that a restart renames none."""

    async def put(self, base: str, text: str, at: datetime) -> None:
        """Keep a market's, as text, followed up to a moment."""
        ...

    async def get(self, base: str) -> tuple[str, datetime] | None:
        """Return what was kept last, and of when; None if nothing was."""
        ...


class Privacy(Protocol):
    """What people may ask to be forgotten."""

    async def erase(self, platform: str, user: str, chat: ChatId | None = None) -> tuple[int, ...]:
        """Forget all that is kept of a user, and of a chat that is theirs alone.

        Subscriptions go with their lives, trails and deliveries, also those that were sent. Return
        the numbers of the subscriptions, for the watcher's roster to put away.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The stores together; they share one database."""

    subscriptions: Subscriptions
    recipients: Recipients
    watch: Watch
    outbox: Outbox
    deliveries: Deliveries
    tracks: Tracks
    privacy: Privacy


def is_trail_of(name: str, subscriptions: Collection[int], chat: ChatId | None) -> bool:
    """Tell whether a trail, by its name, is one of some subscriptions or of a chat."""
    kind, _, whose = name.partition("|")
    if kind == "fires":
        return whose.partition("|")[0] in map(str, subscriptions)
    return chat is not None and f"{whose}|".startswith(f"{chat.platform}|{chat.address}|")
