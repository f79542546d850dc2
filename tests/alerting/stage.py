"""A small bot for tests: looks in, messages out, on a clock that is told the time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from liqbot.alerting.alert import Fingerprint
from liqbot.alerting.delivery import Post, health, next_step, prepared
from liqbot.alerting.ledger import Ledger
from liqbot.alerting.lifecycle import Life
from liqbot.alerting.looking import Ending, Look
from liqbot.alerting.roster import Changes, Roster, Terms
from liqbot.alerting.routing import received, route, standing
from liqbot.alerting.subscription import Recipient, Subscription, Wish
from liqbot.alerting.upkeep import kept_up
from liqbot.alerting.wording import message
from liqbot.chat.message import ChatId, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.errors import DeliveryError
from liqbot.market.units import Price, Side
from liqbot.rules import RULES
from liqbot.rules.rule import Blind, Criterion, Fact, Finding, Rule, Severity, Unit
from tests.fakes.ledger import a_ledger

START = datetime(2026, 1, 7, 12, tzinfo=UTC)  # a Wednesday
CHAT = ChatId("console", "1")
STEP = timedelta(seconds=20)
NUMBERS = Numbers("en_GB", "UTC")
RULE_TABLE: Mapping[str, Rule[Any]] = {name: RULES[name] for name in RULES}
TERMS = Terms(
    rules=RULE_TABLE,
    settings={name: rule.settings() for name, rule in RULE_TABLE.items()},
    venues=3,
)


def near(
    distance: float = 0.015,
    *,
    side: Side = Side.LONG,
    cluster: str | None = "L1",
    base: str = "BTC",
    share: float = 0.5,
    usd: float = 40e6,
    **changes: Any,  # noqa: ANN401
) -> tuple[Finding, ...]:
    """Return what cluster_approach finds at a distance, a finding for each tier not left."""
    tiers = (0.02, 0.01, 0.005)
    found = Finding(
        case=side,
        side=side,
        cluster=cluster,
        markets=(base,),
        headline="Price is near a cluster of longs below it",
        criteria=(),
        facts=(Fact("modelled", usd / 0.75, Unit.USD), Fact("expected", usd, Unit.USD)),
        severity=Severity.INFO,
        grade="A",
        venues=3,
        low=Price(64_000.0),
        high=Price(64_500.0),
    )
    fact = Fact("distance to its edge", distance, Unit.FRACTION)
    heavy = Criterion("min_share", Fact("of a usual day", share, Unit.RATIO), 0.15, 0.8)
    return tuple(
        replace(
            found,
            case=f"{side} {tier:g}",
            criteria=(Criterion("tiers", fact, tier, 1.25), heavy),
            rank=rank,
            **changes,
        )
        for rank, tier in enumerate(tiers)
        if distance <= tier * 1.25
    )


def cascade(*, side: Side = Side.LONG, base: str = "BTC", pace: float = 5.0) -> tuple[Finding, ...]:
    """Return what cascade_start finds."""
    fact = Fact("heaviest minute to usual", pace, Unit.RATIO)
    return (
        replace(
            near(base=base, side=side)[0],
            case=side,
            cluster=None,
            headline=f"Forced orders of {side}s come in a cascade",
            criteria=(Criterion("min_pace", fact, 1.0, 0.8),),
            facts=(Fact("realised so far", 5e6, Unit.USD),),
            severity=Severity.CRITICAL,
            rank=0,
        ),
    )


def ratio(value: float, *, base: str = "BTC", side: Side = Side.LONG) -> tuple[Finding, ...]:
    """Return what asymmetric_cluster finds."""
    fact = Fact("heavier to lighter side", value, Unit.RATIO)
    return (
        replace(
            near(base=base, side=side)[0],
            case=side,
            cluster=None,
            headline=f"{side}s outweigh",
            criteria=(Criterion("min_ratio", fact, 2.0, 0.85),),
            rank=0,
        ),
    )


def look(
    seen: Iterable[Finding] | Blind = (),
    *,
    rule: str = "cluster_approach",
    base: str = "BTC",
    ends: Mapping[str, Ending] | None = None,
    at: datetime = START,
) -> Look:
    told = seen if isinstance(seen, Blind) else tuple(seen)
    return Look(rule=rule, base=base, seen=told, data_at=at, ends=ends or {})


def a_subscription(wish: Wish | None = None, *, number: int = 1, **changes: Any) -> Subscription:  # noqa: ANN401
    values: dict[str, Any] = {
        "id": number,
        "chat": CHAT,
        "user": "u",
        "wish": wish or Wish(rule="cluster_approach", base="BTC"),
        "created_at": START,
        "expires_at": START + timedelta(days=30),
    }
    return Subscription(**(values | changes))


@dataclass
class Stage:
    """The watcher and the deliverer in one, as the jobs will do it."""

    at: datetime = START
    ledger: Ledger = field(default_factory=a_ledger)
    roster: Roster = field(default_factory=Roster)
    terms: Terms = TERMS
    sent: list[tuple[datetime, ChatId, Message]] = field(default_factory=list)
    edited: list[tuple[datetime, str, Message]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    troubles: list[DeliveryError] = field(default_factory=list)
    online: bool = True

    async def subscribe(
        self,
        *wishes: Wish,
        looks: Iterable[Look] = (),
        **changes: Any,  # noqa: ANN401
    ) -> list[Subscription]:
        made = []
        for wish in wishes or (Wish(rule="cluster_approach", base="BTC"),):
            fresh = a_subscription(wish, number=0, **{"created_at": self.at, **changes})
            lives, _ = standing(fresh, looks, self.at, self.terms)
            made.append(await self.ledger.subscriptions.add(fresh, lives))
        await self.restart()
        return made

    async def prefer(self, recipient: Recipient) -> None:
        await self.ledger.recipients.put(recipient)
        await self.restart()

    async def restart(self) -> None:
        memory = await self.ledger.watch.load()
        self.roster = Roster(
            await self.ledger.subscriptions.listed(),
            await self.ledger.recipients.listed(),
            memory.lives,
            memory.trails,
        )

    async def tick(self, *looks: Look, after: timedelta = STEP) -> Changes:
        """Let time pass, deliver what is due on the way, then look."""
        await self._run(self.at + after)
        self.at += after
        ended = await self.ledger.deliveries.ended(tuple(self.roster.owed))
        await self._keep(received(self.roster, ended))
        await self._keep(kept_up(self.roster, self.at, self.terms))
        fresh = [replace(each, data_at=self.at) for each in looks]
        changes = route(self.roster, fresh, self.at, self.terms)
        await self._keep(changes)
        return changes

    async def stay(self, *looks: Look, lasting: timedelta, step: timedelta = STEP) -> None:
        """Look at the same again and again."""
        until = self.at + lasting
        while self.at < until:
            await self.tick(*looks, after=step)

    async def _keep(self, changes: Changes) -> None:
        await self.ledger.watch.settle(changes)
        self.roster.apply(changes)

    async def _run(self, until: datetime) -> None:
        now = self.at
        while now < until:
            now = min(now + timedelta(seconds=5), until)
            if self.online:
                await self.deliver(now)

    async def deliver(self, at: datetime) -> None:
        for claimed in await self.ledger.outbox.claim_due(at, 1000):
            post = prepared(claimed, at)
            outcome: str | DeliveryError = post.sent
            if post.claimed:
                said = message(post, NUMBERS, at)
                outcome = self._send(post, said, at)
                recipient = self.roster.recipient(post.chat)
                after = health(recipient, post, outcome)
                if after != recipient:
                    await self.ledger.recipients.put(after)
                    self.roster.put(recipients=[after])
            await self.ledger.outbox.finish(next_step(post, outcome, at, 0.5))

    def _send(self, post: Post, said: Message, at: datetime) -> str | DeliveryError:
        if self.troubles:
            return self.troubles.pop(0)
        self.posts.append(post)
        if post.sent:
            self.edited.append((at, post.sent, said))
            return post.sent
        self.sent.append((at, post.chat, said))
        return f"m{len(self.sent)}"

    @property
    def lives(self) -> list[tuple[Fingerprint, Life]]:
        return list(self.roster.of(set(self.roster.subscriptions)))

    @property
    def texts(self) -> list[str]:
        return [plain(said.text) for _, _, said in self.sent]

    @property
    def edits(self) -> list[str]:
        return [plain(said.text) for _, _, said in self.edited]
