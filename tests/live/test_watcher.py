"""The watcher, from scenes to what the ledger holds."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from liqbot.alerting.alert import Doubt, News
from liqbot.alerting.delivery import Post, State
from liqbot.alerting.roster import Changes, Terms
from liqbot.alerting.subscription import Caps, Recipient, Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.clock import SteppedClock
from liqbot.errors import CommandError, OutOfRange, StorageError
from liqbot.heatmap.tracks import Event, Kind
from liqbot.live.watcher import Watcher
from liqbot.market.units import ms_of
from liqbot.rules.rule import Finding, Scene
from tests.alerting.stage import CHAT, START, TERMS, a_subscription
from tests.fakes.ledger import a_ledger
from tests.rules.scenes import a_long, a_scene

TICK = timedelta(seconds=20)
NEAR, FAR = a_long(-0.015), a_long(-0.045)
WISH = Wish(rule="cluster_approach", base="BTC")


class World:
    """Markets that a test moves, and a watcher of them."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401
        self.clock = SteppedClock(START)
        self.ledger = a_ledger()
        self.scenes: dict[str, Scene] = {"BTC": a_scene(FAR)}
        self.watcher = self.watched(**settings)

    def watched(self, terms: Terms = TERMS, **settings: Any) -> Watcher:  # noqa: ANN401
        return Watcher(self.clock, self.ledger, terms, self._seen, **settings)

    async def _seen(self, _: datetime) -> Mapping[str, Scene]:
        return self.scenes

    async def subscribed(self, wish: Wish = WISH) -> Subscription:
        kept, _ = await self.watcher.subscribe(a_subscription(wish, number=0))
        return kept

    def move(self, base: str = "BTC", *, near: bool = True) -> None:
        self.scenes[base] = a_scene(NEAR if near else FAR, base=base)

    async def look(self, times: int = 1, *bases: str) -> None:
        for _ in range(times):
            self.clock.step(TICK)
            await self.watcher.look(*bases)

    async def owed(self) -> tuple[Post, ...]:
        return await self.ledger.outbox.claim_due(self.clock.now() + timedelta(minutes=5), 100)


@pytest.fixture
async def world() -> World:
    world = World()
    await world.subscribed()
    return world


async def test_what_is_seen_twice_is_owed_once(world: World) -> None:
    world.move()
    await world.look()
    assert await world.owed() == ()
    await world.look(5)
    [post] = await world.owed()
    assert post.chat == CHAT
    assert [each.alert.finding.cluster for each in post.deliveries if each.alert] == ["L-1"]


async def test_a_market_can_be_looked_at_alone(world: World) -> None:
    await world.subscribed(replace(WISH, base="ETH"))
    world.move()
    world.move("ETH")
    await world.look(3, "ETH")
    [post] = await world.owed()
    assert post.deliveries[0].fingerprint is not None
    assert post.deliveries[0].fingerprint.base == "ETH"


async def test_what_is_true_as_one_subscribes_is_said_at_once_and_is_no_crossing() -> None:
    world = World()
    world.move()
    _, found = await world.watcher.subscribe(a_subscription(WISH, number=0))
    assert [each.cluster for each in found] == ["L-1"]
    await world.look(5)
    assert await world.owed() == ()


async def test_a_watcher_that_is_started_again_goes_on(world: World) -> None:
    world.move()
    await world.look()
    world.watcher = world.watched()
    await world.watcher.remember()
    await world.look()
    assert len(await world.owed()) == 1
    world.watcher = world.watched()
    await world.watcher.remember()
    await world.look(5)
    assert await world.owed() == ()


async def test_what_users_change_elsewhere_is_taken_in(world: World) -> None:
    await world.watcher.refresh()
    other = await world.ledger.subscriptions.add(
        a_subscription(replace(WISH, cooldown=timedelta(hours=2)), number=0), {}
    )
    await world.ledger.subscriptions.delete(1)
    await world.watcher.refresh()
    world.move()
    await world.look(3)
    [post] = await world.owed()
    assert {each.subscription for each in post.deliveries} == {other.id}


async def test_a_chat_that_is_disabled_is_owed_nothing(world: World) -> None:
    world.watcher.take_note(Recipient(chat=CHAT, disabled="blocked"))
    world.move()
    await world.look(3)
    [told] = await world.owed()
    assert (told.chat, told.deliveries[0].news) == (ChatId.private("console", "u"), News.LOST)


async def test_a_rule_that_is_doubted_says_so(world: World) -> None:
    doubt = Doubt(40, 0.9)
    world.watcher.doubt({("cluster_approach", "BTC"): doubt})
    world.move()
    await world.look(3)
    [post] = await world.owed()
    assert [each.alert.unproven for each in post.deliveries if each.alert] == [doubt]


async def test_what_came_of_an_alert_is_owed_once_whoever_watches(world: World) -> None:
    world.move()
    await world.look(3)
    [post] = await world.owed()
    sent = replace(post.claimed[0], state=State.SENT, ended_at=world.clock.now(), sent="1")
    await world.ledger.outbox.finish(replace(post, deliveries=(sent,)))
    at = START + timedelta(minutes=5)
    end = Event(kind=Kind.SWEPT, track="L-1", at_ms=ms_of(at), facts={})
    world.clock.at = at + timedelta(minutes=3)
    world.scenes["BTC"] = a_scene(FAR, events=[end], scene={"tapes": {"okx": 1.0}})
    for _ in range(2):
        await world.look(2)
        world.watcher = world.watched()
        await world.watcher.remember()
    [owed] = await world.owed()
    assert [each.news for each in owed.claimed] == [News.OUTCOME]
    assert "3 min after price went through" in owed.claimed[0].words


async def test_nothing_is_told_before_all_was_seen_once() -> None:
    heard: set[str] = set()
    world = World(venues=("okx", "bybit"), bases=("BTC", "ETH"), told=lambda: heard)
    await world.subscribed()
    world.move()
    heard.add("okx")
    await world.look(3)
    heard.add("bybit")
    await world.look(3)
    assert await world.owed() == ()
    world.scenes["ETH"] = a_scene(base="ETH")
    await world.look(3)
    assert len(await world.owed()) == 1


async def test_a_venue_that_never_tells_silences_nobody_for_good() -> None:
    world = World(venues=("okx",))
    await world.subscribed()
    world.move()
    await world.look(80)
    assert await world.owed() == ()
    await world.look(15)
    assert len(await world.owed()) == 1


async def test_what_could_not_be_settled_is_found_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: Changes) -> None:
        raise StorageError("the disk is full")

    world.move()
    with monkeypatch.context() as broken:
        broken.setattr(world.ledger.watch, "settle", full)
        with pytest.raises(StorageError):
            await world.look()
        await world.watcher.judge()
    await world.look()
    assert await world.owed() == ()
    await world.look()
    assert len(await world.owed()) == 1


async def test_a_rule_that_fails_and_a_market_that_goes_blind_are_logged_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    blind = a_scene(FAR)
    world.scenes["BTC"] = replace(blind, history=replace(blind.history, warm=False))
    with caplog.at_level(logging.WARNING):
        await world.look(3)
    assert [each.message for each in caplog.records] == ["blind"]

    def fail(_: Scene, __: object) -> Iterable[Finding]:
        raise ZeroDivisionError

    rules = dict(TERMS.rules)
    rules["cluster_approach"] = replace(rules["cluster_approach"], evaluate=fail)
    world.watcher = world.watched(replace(TERMS, rules=rules))
    await world.watcher.remember()
    with caplog.at_level(logging.WARNING):
        await world.look()
    assert "a rule failed" in [each.message for each in caplog.records]


async def test_whoever_asks_to_be_forgotten_is(world: World) -> None:
    theirs = ChatId.private("console", "7")
    other = a_subscription(replace(WISH, grade="C"), number=0)
    mine = replace(a_subscription(WISH, number=0), chat=theirs, user="7")
    kept, _ = await world.watcher.subscribe(mine)
    await world.watcher.subscribe(other)
    world.move()
    await world.look(2)
    assert theirs in {post.chat for post in await world.owed()}
    assert await world.watcher.forget(theirs) == (kept.id,)
    assert theirs not in {each.chat for each in await world.ledger.subscriptions.listed()}
    made = world.watcher.made
    await world.look(3)
    assert world.watcher.made == made
    assert theirs not in {post.chat for post in await world.owed()}


async def test_a_market_whose_map_is_there_is_no_warning_though_its_rules_are_blind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    await world.subscribed(Wish(rule="cascade_start", base="BTC"))
    with caplog.at_level(logging.INFO):
        await world.look(3)
    [record] = [each for each in caplog.records if each.message == "blind"]
    assert record.levelno == logging.INFO


async def test_two_subscriptions_at_once_do_not_pass_the_cap_together() -> None:
    world = World(caps=Caps(1))
    both = [a_subscription(replace(WISH, base=each), number=0) for each in ("BTC", "ETH")]
    done = await asyncio.gather(*map(world.watcher.subscribe, both), return_exceptions=True)
    assert [type(each) for each in done] == [tuple, OutOfRange]
    assert len(await world.ledger.subscriptions.listed()) == 1


async def test_the_same_asked_for_twice_at_once_is_kept_once() -> None:
    world = World()
    both = [a_subscription(WISH, number=0)] * 2
    done = await asyncio.gather(*map(world.watcher.subscribe, both), return_exceptions=True)
    assert [type(each) for each in done] == [tuple, CommandError]
