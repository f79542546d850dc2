"""The courier, from the outbox to a platform that now and then does not take a message."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from numpy.random import PCG64, Generator

from liqbot.alerting.delivery import LEASE, Delivery, State
from liqbot.alerting.roster import Roster
from liqbot.alerting.routing import received, route
from liqbot.alerting.subscription import Recipient, Wish
from liqbot.charts.chart import View
from liqbot.chat.message import ChatId, Message
from liqbot.chat.messenger import Messenger
from liqbot.chat.richtext import plain
from liqbot.clock import SteppedClock
from liqbot.errors import ChatMoved, DeliveryDelayed, DeliveryRefused, StorageError
from liqbot.heatmap.history import History
from liqbot.live.courier import Courier
from liqbot.rules.rule import Finding
from tests.alerting.stage import CHAT, START, TERMS, a_subscription, cascade, look
from tests.charts.histories import a_history
from tests.fakes.desk import PNG, FakeStudio
from tests.fakes.ledger import a_ledger
from tests.fakes.messenger import FakeMessenger
from tests.fakes.outcomes import FakeOutcomes

WAIT = timedelta(minutes=1)  # longer than any message is grouped


class Maps:
    """One map of BTC."""

    def __init__(self) -> None:
        self._history = a_history()

    def glance(self, base: str) -> History | None:
        return self._history if base == "BTC" else None


class Post:
    """A courier, and alerts that wait for it."""

    def __init__(self) -> None:
        self.clock = SteppedClock(START)
        self.ledger = a_ledger()
        self.outcomes = FakeOutcomes()
        self.roster = Roster()
        self.messenger = FakeMessenger()
        self.studio = FakeStudio()
        self.failures: list[tuple[int, str]] = []
        self.courier = self.carrying({"console": self.messenger})

    def carrying(self, messengers: dict[str, Messenger]) -> Courier:
        return Courier(
            clock=self.clock,
            chance=Generator(PCG64(1)),
            ledger=self.ledger,
            outcomes=self.outcomes,
            messengers=messengers,
            maps=Maps(),
            studio=self.studio,
            view=View(),
            changed=lambda chat: self.failures.append((chat.failures, chat.disabled)),
        )

    async def owe(self, *, number: int = 1, chat: ChatId = CHAT, base: str = "BTC") -> None:
        """Owe a chat the message that a cascade has begun."""
        wish = Wish(rule="cascade_start", base=base)
        asked = a_subscription(wish, number=number, chat=chat)
        await self.ledger.subscriptions.add(asked, {})
        self.roster.put([asked])
        await self.look(*cascade(base=base), base=base)

    async def look(self, *seen: Finding, base: str = "BTC") -> None:
        self.roster.apply(received(self.roster, await self.ended()))
        now = self.clock.now()
        changes = route(self.roster, [look(seen, rule="cascade_start", base=base)], now, TERMS)
        await self.ledger.watch.settle(changes)
        self.roster.apply(changes)

    async def deliver(self, after: timedelta = WAIT) -> int:
        self.clock.step(after)
        count = await self.courier.deliver()
        await self.courier.idle()
        return count

    async def ended(self) -> Mapping[str, Delivery]:
        return await self.ledger.deliveries.ended(tuple(self.roster.owed))


@pytest.fixture
def post() -> Post:
    return Post()


async def test_an_alert_arrives_with_its_picture_once(post: Post) -> None:
    await post.owe()
    assert await post.deliver() == 1
    assert await post.deliver() == 0
    [(chat, said)] = post.messenger.sent
    assert chat == CHAT
    assert "Forced orders of longs come in a cascade" in plain(said.text)
    assert said.picture is not None
    assert said.picture.content == PNG
    assert said.picture.name.startswith("btc-")
    [sent] = (await post.ended()).values()
    assert (sent.state, sent.sent) == (State.SENT, "1")
    assert sent.ended_at == START + WAIT


async def test_without_a_map_or_a_studio_it_arrives_in_words(post: Post) -> None:
    await post.owe(base="ETH")
    await post.deliver()
    await post.owe(number=2, chat=ChatId("console", "2"))
    post.studio.is_busy = True
    await post.deliver()
    assert [said.picture for _, said in post.messenger.sent] == [None, None]


async def test_what_is_delayed_is_tried_again_and_arrives(post: Post) -> None:
    await post.owe()
    later = START + timedelta(minutes=5)
    post.messenger.troubles = [DeliveryDelayed("full", retry_at=later), DeliveryDelayed("full")]
    assert await post.deliver() == 1
    assert await post.deliver(timedelta(minutes=3)) == 0
    assert await post.deliver(timedelta(minutes=1)) == 1
    assert await post.deliver(timedelta(minutes=1)) == 1
    assert len(post.messenger.sent) == 1
    recipient = await post.ledger.recipients.get(CHAT)
    assert recipient.failures == 0
    assert post.failures == [(1, ""), (2, ""), (0, "")]


async def test_who_refuses_is_told_nothing_more(post: Post) -> None:
    await post.owe()
    post.messenger.troubles = [DeliveryRefused("the bot was blocked")]
    await post.deliver()
    assert post.failures == [(1, "the bot was blocked")]
    [refused] = (await post.ended()).values()
    assert refused.state is State.REFUSED
    await post.owe(number=2)
    await post.deliver()
    assert post.messenger.sent == []


async def test_what_a_chat_changes_while_it_is_told_is_not_lost(post: Post) -> None:
    class Slow(FakeMessenger):
        async def send(self, chat: ChatId, message: Message) -> str:
            await post.ledger.recipients.put(Recipient(chat=chat, zone="Europe/Berlin"))
            raise DeliveryDelayed("full")

    post.courier = post.carrying({"console": Slow()})
    await post.owe()
    await post.deliver()
    kept = await post.ledger.recipients.get(CHAT)
    assert (kept.zone, kept.failures) == ("Europe/Berlin", 1)


async def test_a_chat_that_moved_is_told_where_it_is(post: Post) -> None:
    await post.owe()
    post.messenger.troubles = [ChatMoved("it is a supergroup now", moved_to="-100")]
    await post.deliver()
    await post.deliver()
    [(chat, _)] = post.messenger.sent
    assert chat == ChatId("console", "-100")
    [subscription] = await post.ledger.subscriptions.listed()
    assert subscription.chat == chat


async def test_one_message_that_cannot_be_made_holds_up_no_other(post: Post) -> None:
    class Broken(FakeMessenger):
        async def send(self, chat: ChatId, message: object) -> str:
            raise RuntimeError(chat.address)

    post.courier = post.carrying({"console": post.messenger, "broken": Broken()})
    await post.owe(chat=ChatId("broken", "1"))
    await post.owe(number=2, chat=ChatId("nowhere", "1"))
    await post.owe(number=3)
    assert await post.deliver() == 3
    assert [chat for chat, _ in post.messenger.sent] == [CHAT]


async def test_what_a_dead_courier_claimed_is_delivered_by_the_next(post: Post) -> None:
    await post.owe()
    post.clock.step(WAIT)
    assert len(await post.ledger.outbox.claim_due(post.clock.now(), 10)) == 1
    assert await post.deliver(LEASE / 2) == 0
    assert await post.deliver(LEASE) == 1


async def test_a_slow_chat_holds_up_no_other_and_is_told_in_order(post: Post) -> None:
    slow = asyncio.Event()

    class Slow(FakeMessenger):
        async def send(self, chat: ChatId, message: Message) -> str:
            await slow.wait()
            return await super().send(chat, message)

    messenger = Slow()
    post.courier = post.carrying({"console": post.messenger, "slow": messenger})
    await post.owe(chat=ChatId("slow", "1"))
    post.clock.step(WAIT)
    assert await post.courier.deliver() == 1
    await post.owe(number=2)
    await post.owe(number=3, chat=ChatId("slow", "1"), base="ETH")
    post.clock.step(WAIT)
    assert await post.courier.deliver() == 2
    for _ in range(20):
        await asyncio.sleep(0)
    assert (len(post.messenger.sent), messenger.sent) == (1, [])
    slow.set()
    await post.courier.idle()
    assert [plain(said.text)[:3] for _, said in messenger.sent] == ["BTC", "ETH"]


async def test_what_waits_so_long_that_its_claim_may_lapse_is_left_to_the_next(post: Post) -> None:
    class Slow(FakeMessenger):
        async def send(self, chat: ChatId, message: Message) -> str:
            post.clock.step(LEASE)
            return await super().send(chat, message)

    messenger = Slow()
    post.courier = post.carrying({"console": messenger})
    await post.owe()
    await post.owe(number=2, base="ETH")
    assert await post.deliver() == 2
    assert len(messenger.sent) == 1
    assert await post.deliver() == 1
    assert len(messenger.sent) == 2


async def test_what_was_sent_and_could_not_be_noted_is_not_sent_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_: object) -> None:
        raise StorageError("the database is locked")

    await post.owe()
    with monkeypatch.context() as broken:
        broken.setattr(post.ledger.outbox, "finish", locked)
        assert await post.deliver() == 1
        with pytest.raises(StorageError):
            await post.deliver(LEASE * 2)
    assert await post.deliver() == 0
    assert len(post.messenger.sent) == 1
    [sent] = (await post.ended()).values()
    assert sent.state is State.SENT


async def test_what_is_broken_off_at_the_end_is_delivered_by_the_next(post: Post) -> None:
    class Stuck(FakeMessenger):
        async def send(self, chat: ChatId, message: Message) -> str:
            await asyncio.Event().wait()
            return ""

    post.courier = post.carrying({"console": Stuck()})
    await post.owe()
    post.clock.step(WAIT)
    await post.courier.deliver()
    await post.courier.stop(0.01)
    post.courier = post.carrying({"console": post.messenger})
    await post.ledger.outbox.release(post.clock.now())
    assert await post.deliver() == 1
    assert len(post.messenger.sent) == 1


async def test_a_message_that_stands_is_changed_in_its_place(post: Post) -> None:
    await post.owe()
    await post.deliver()
    for _ in range(3):
        await post.look()
        post.clock.step(WAIT)
    await post.deliver()
    assert len(post.messenger.sent) == 1
    [(_, name, said)] = post.messenger.edited
    assert name == "1"
    assert "Over" in plain(said.text)


async def test_a_chat_sees_what_it_is_told_as_it_wants_to(post: Post) -> None:
    wanted = Recipient(chat=CHAT, locale="de", zone="Europe/Berlin", theme="light", size="hd")
    await post.ledger.recipients.put(wanted)
    await post.owe()
    await post.deliver()
    [(_, view)] = post.studio.asked
    assert (view.locale, view.zone, view.theme) == ("de", "Europe/Berlin", "light")
    assert view.size == "portrait"
    [(_, said)] = post.messenger.sent
    assert "64.000 to 64.500" in plain(said.text)
