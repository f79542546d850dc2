"""What a chat is owed, and what to do when it does not arrive.

    owed ──▶ claimed ──▶ sent | refused | expired
      ▲─── delayed, moved ──┘

A message is the set of its deliveries: sending or changing it says all of them, each thing as it
was last seen. So what is closed before it left, grouped, or held through a night needs no rule of
its own. A claim is a lease: whoever dies with it leaves it to the next.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from liqbot.alerting.alert import Alert, Fingerprint, News, digest
from liqbot.alerting.subscription import Recipient, Subscription
from liqbot.chat.message import ChatId
from liqbot.errors import ChatMoved, DeliveryDelayed, DeliveryError, DeliveryRefused
from liqbot.market.units import ms_of

LEASE = timedelta(minutes=2)
FRESH = timedelta(seconds=60)  # how old a perishable alert may be when it leaves
OPERATOR = 0  # for a subscription: whose it is what those who run the bot are told
MOST_FAILURES = 20  # in a row, before a chat is told nothing more

_FIRST_DELAY, _LONGEST_DELAY = timedelta(seconds=2), timedelta(minutes=15)
_LASTING = timedelta(hours=24)  # for how long it is tried


class State(StrEnum):
    """How far a delivery is."""

    OWED = "owed"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"


_WAITING = (State.OWED, State.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One piece of news for one chat; `id` is unique per (fingerprint, episode, chat, news)."""

    id: str
    message: str  # that it is part of
    chat: ChatId
    subscription: int
    news: News
    made_at: datetime
    due_at: datetime  # while claimed: when the claim lapses
    fingerprint: Fingerprint | None = None
    episode: int = 0  # Unix ms
    alert: Alert | None = None  # of OPENED, REPEATED, CHANGED, and OUTCOME
    words: str = ""  # why it is closed, what came of it, or which subscription
    silent: bool = False
    held: bool = False  # part of a digest
    role: str = ""  # mentioned
    state: State = State.OWED
    attempts: int = 0
    ended_at: datetime | None = None
    sent: str = ""  # the platform's name for the message

    @property
    def alert_id(self) -> str:
        """What `/why` takes; "" for what is about no alert."""
        return digest(*self.fingerprint, self.episode) if self.fingerprint else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that is due: all of its deliveries in the order made, some perhaps sent already."""

    message: str
    chat: ChatId
    deliveries: tuple[Delivery, ...]

    @property
    def sent(self) -> str:
        """The platform's name for the message that stands there, the last; "" = nothing does."""
        return next((each.sent for each in reversed(self.deliveries) if each.sent), "")

    @property
    def joins(self) -> bool:
        """Whether what is to be said now is of something that the message did not say before."""
        before = {each.fingerprint for each in self.deliveries if each.state is State.SENT}
        return any(each.alert and each.fingerprint not in before for each in self.claimed)

    @property
    def claimed(self) -> tuple[Delivery, ...]:
        """What is to be said now."""
        return tuple(each for each in self.deliveries if each.state is State.CLAIMED)

    @property
    def said(self) -> tuple[Delivery, ...]:
        """What the message says: what is claimed, and what stands there."""
        kept = (State.CLAIMED, State.SENT)
        return tuple(each for each in self.deliveries if each.state in kept)

    @property
    def silent(self) -> bool:
        """Whether it makes no sound."""
        return all(each.silent for each in self.said)


def delivery_id(
    fingerprint: Fingerprint, episode: int, chat: ChatId, news: News, telling: str
) -> str:
    """Return what one piece of news is known by; the same for whoever computes it again."""
    return digest(*fingerprint, episode, chat.platform, chat.address, news, telling)


def change(
    subscription: Subscription,
    fingerprint: Fingerprint,
    episode: int,
    news: News,
    *,
    message: str,
    at: datetime,
    due_at: datetime | None = None,
    alert: Alert | None = None,
    words: str = "",
) -> Delivery:
    """Return what a message that stands, or that leaves at a moment, says from now on."""
    chat = subscription.chat
    return Delivery(
        id=delivery_id(fingerprint, episode, chat, news, f"{message} {ms_of(at)}"),
        message=message,
        chat=chat,
        subscription=subscription.id,
        news=news,
        made_at=at,
        due_at=max(due_at or at, at),
        fingerprint=fingerprint,
        episode=episode,
        alert=alert,
        words=words,
        silent=True,
    )


def claim(deliveries: Iterable[Delivery], at: datetime) -> tuple[Delivery, ...]:
    """Return the deliveries of a message that is due, with those that wait claimed."""
    return tuple(
        replace(each, state=State.CLAIMED, due_at=at + LEASE) if each.state in _WAITING else each
        for each in deliveries
    )


def is_due(deliveries: Iterable[Delivery], at: datetime) -> bool:
    """Tell whether a message may be claimed: something waits, and nothing waits for later.

    What somebody claimed who did not come back waits until the claim lapses.
    """
    waiting = [each.due_at for each in deliveries if each.state in _WAITING]
    return bool(waiting) and max(waiting) <= at


def prepared(post: Post, at: datetime) -> Post:
    """Let expire what would be out of date when it is first said.

    In a digest, what came and went is still worth its line.
    """
    if post.sent:
        return post
    last = latest(post.said)
    old = {name for name, each in last.items() if _is_stale(each, at)}
    closed = {each.fingerprint for each in post.said if each.news is News.CLOSED}
    held = {each.fingerprint for each in post.said if each.held}
    gone = {name for name in old if not (name in closed and name in held)}
    gone |= {name for name in closed if name is not None and name not in last}
    return replace(
        post,
        deliveries=tuple(
            replace(each, state=State.EXPIRED, ended_at=at)
            if each.state is State.CLAIMED and each.fingerprint in gone
            else each
            for each in post.deliveries
        ),
    )


def latest(deliveries: Iterable[Delivery]) -> dict[Fingerprint, Delivery]:
    """Return what was last seen of each thing that a message is about."""
    return {
        each.fingerprint: each
        for each in deliveries
        if each.fingerprint is not None
        and each.alert is not None
        and each.news is not News.OUTCOME  # what came of it is no news of how it is
    }


def next_step(post: Post, outcome: str | DeliveryError, at: datetime, chance: float) -> Post:
    """Return a post after it was tried: what was claimed is sent, owed again, or over.

    `outcome` is the platform's name for the message, or why it did not arrive; `chance` in 0 … 1
    spreads those that failed together.
    """
    return replace(
        post,
        chat=_chat(post.chat, outcome),
        deliveries=tuple(
            _after(each, outcome, at, chance) if each.state is State.CLAIMED else each
            for each in post.deliveries
        ),
    )


def health(recipient: Recipient, post: Post, outcome: str | DeliveryError) -> Recipient:
    """Return a chat after a delivery: who refuses, or fails too often, is told nothing more."""
    if isinstance(outcome, str):
        return replace(recipient, failures=0)
    if isinstance(outcome, ChatMoved):
        return replace(recipient, chat=_chat(recipient.chat, outcome))
    if isinstance(outcome, DeliveryRefused) and not post.sent:
        return replace(recipient, failures=recipient.failures + 1, disabled=str(outcome))
    failures = recipient.failures + 1
    tired = f"{failures} deliveries in a row failed" if failures >= MOST_FAILURES else ""
    return replace(recipient, failures=failures, disabled=recipient.disabled or tired)


def _after(
    delivery: Delivery, outcome: str | DeliveryError, at: datetime, chance: float
) -> Delivery:
    if isinstance(outcome, str):
        return replace(delivery, state=State.SENT, ended_at=at, sent=outcome)
    if isinstance(outcome, DeliveryRefused):
        return replace(delivery, state=State.REFUSED, ended_at=at)
    attempts = delivery.attempts + 1
    if at - delivery.made_at >= _LASTING and not delivery.held:
        return replace(delivery, state=State.EXPIRED, ended_at=at, attempts=attempts)
    chat = _chat(delivery.chat, outcome)
    due_at = at if isinstance(outcome, ChatMoved) else at + _delay(attempts, chance)
    if isinstance(outcome, DeliveryDelayed) and outcome.retry_at is not None:
        due_at = max(due_at, outcome.retry_at)
    return replace(delivery, chat=chat, state=State.OWED, attempts=attempts, due_at=due_at)


def _delay(attempts: int, chance: float) -> timedelta:
    """Return the wait after so many attempts: doubled each time, give or take a half."""
    usual: timedelta = min(_FIRST_DELAY * 2 ** min(attempts - 1, 20), _LONGEST_DELAY)
    return usual * (0.5 + chance)


def _chat(chat: ChatId, outcome: str | DeliveryError) -> ChatId:
    return replace(chat, address=outcome.moved_to) if isinstance(outcome, ChatMoved) else chat


def _is_stale(delivery: Delivery, at: datetime) -> bool:
    alert = delivery.alert
    return alert is not None and alert.perishable and at - alert.at > FRESH
