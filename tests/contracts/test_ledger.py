"""The Ledger port: what users ask for and what the watcher remembers, the same everywhere."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from liqbot.alerting.alert import EVERYWHERE, Fingerprint
from liqbot.alerting.delivery import State
from liqbot.alerting.ledger import Ledger, Memory
from liqbot.alerting.lifecycle import QUIET, Life, Phase
from liqbot.alerting.quiet import Mode, Mute, QuietHours
from liqbot.alerting.roster import Changes
from liqbot.alerting.subscription import Recipient, Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.market.units import Side
from liqbot.rules.rule import Severity
from tests.alerting.stage import CHAT, START, a_subscription
from tests.ledgers import SECOND, a_delivery, a_life, a_name, owing
from tests.market.test_holding import LONG, SHORT

OTHER = ChatId("telegram", "-100|2")
WISH = Wish(
    rule="cluster_approach",
    base="ETH",
    side=Side.SHORT,
    case="short 1%",
    lines=(("min_share", 0.1), ("tiers", 0.015)),
    min_usd=40e6,
    severity=Severity.NOTABLE,
    grade="D",
    lone=True,
    once=True,
    cooldown=timedelta(minutes=7, microseconds=1),
)


async def added(ledger: Ledger, *names: str, **changes: Any) -> Subscription:  # noqa: ANN401
    """Add a subscription for which some things are true already."""
    lives = {a_name(0, name): a_life() for name in names}
    return await ledger.subscriptions.add(a_subscription(number=0, **changes), lives)


async def test_a_subscription_is_numbered_and_listed_as_it_was_made(ledger: Ledger) -> None:
    fresh = a_subscription(
        WISH,
        number=0,
        chat=OTHER,
        user="7",
        created_at=START + timedelta(microseconds=1),
        reminded=True,
        paused="told “15” times",
        followed_at=START + timedelta(microseconds=3),
        role="<@&5>",
    )
    kept = await ledger.subscriptions.add(fresh, {})
    assert kept == replace(fresh, id=kept.id)
    assert kept.id > 0
    plain = await added(ledger)
    assert await ledger.subscriptions.listed() == (kept, plain)
    assert plain.wish == Wish(rule="cluster_approach", base="BTC")


async def test_a_position_is_kept_with_its_wish_and_goes_with_its_owner(ledger: Ledger) -> None:
    wishes = [Wish(rule="own_position", base="BTC", holding=each) for each in (LONG, SHORT)]
    ours = [
        await added(ledger, "stop", wish=wish, user=user, chat=chat)
        for wish, user, chat in zip(wishes, ("7", "8"), (CHAT, OTHER), strict=True)
    ]
    assert [each.wish for each in await ledger.subscriptions.listed()] == wishes
    await ledger.subscriptions.put(replace(ours[0], wish=wishes[1]))
    assert [each.wish for each in await ledger.subscriptions.listed(CHAT)] == [wishes[1]]
    assert await ledger.privacy.erase(CHAT.platform, "7", CHAT) == (ours[0].id,)
    assert await ledger.subscriptions.listed() == (ours[1],)


async def test_a_number_is_never_given_twice(ledger: Ledger) -> None:
    first = await added(ledger)
    second = await added(ledger)
    await ledger.subscriptions.delete(second.id)
    third = await added(ledger)
    assert first.id < second.id < third.id


async def test_what_is_true_already_is_kept_under_the_number_given(ledger: Ledger) -> None:
    kept = await added(ledger, "L1", "L2")
    lives = {a_name(kept.id, "L1"): a_life(), a_name(kept.id, "L2"): a_life()}
    assert await ledger.watch.load() == Memory(lives=lives, trails={})


async def test_subscriptions_are_listed_of_a_chat_a_user_or_both(ledger: Ledger) -> None:
    ours = [await added(ledger, chat=chat, user=u) for chat in (CHAT, OTHER) for u in "ab"]
    listed = ledger.subscriptions.listed
    assert await listed() == tuple(ours)
    assert await listed(chat=OTHER) == (ours[2], ours[3])
    assert await listed(user="a") == (ours[0], ours[2])
    assert await listed(CHAT, "b") == (ours[1],)
    assert await listed(ChatId("telegram", CHAT.address)) == ()


async def test_a_subscription_is_replaced_and_one_that_is_gone_stays_gone(ledger: Ledger) -> None:
    kept = await added(ledger)
    changed = replace(kept, wish=WISH, paused="by its owner", chat=OTHER)
    await ledger.subscriptions.put(changed)
    await ledger.subscriptions.put(replace(kept, id=kept.id + 1))
    assert await ledger.subscriptions.listed() == (changed,)


async def test_a_subscription_goes_with_its_lives_and_what_is_owed(ledger: Ledger) -> None:
    gone, stays = await added(ledger, "L1"), await added(ledger, "L1")
    ours = [
        a_delivery("d1", subscription=gone.id, message="m1"),
        a_delivery("d2", subscription=gone.id, message="m2", due_at=START + 60 * SECOND),
        a_delivery("d3", subscription=stays.id, message="m3", due_at=START + 60 * SECOND),
    ]
    await ledger.watch.settle(owing(*ours))
    (claimed,) = await ledger.outbox.claim_due(START + 10 * SECOND, 9)
    await ledger.subscriptions.delete(gone.id)
    assert set((await ledger.watch.load()).lives) == {a_name(stays.id)}
    # What somebody is saying already is said.
    assert await ledger.deliveries.about("m1") == claimed.deliveries
    assert await ledger.deliveries.about("m2") == ()
    assert await ledger.deliveries.about("m3") == (ours[2],)
    await ledger.subscriptions.delete(gone.id)
    assert await ledger.subscriptions.listed() == (stays,)


async def test_many_chats_may_be_asked_for_at_once(ledger: Ledger) -> None:
    chats = [ChatId(platform, str(i)) for platform in ("telegram", "discord") for i in range(600)]
    kept = {each: Recipient(chat=each, cap=3) for each in (chats[0], chats[700], chats[1199])}
    for each in kept.values():
        await ledger.recipients.put(each)
    found = await asyncio.gather(*map(ledger.recipients.get, chats))
    assert found == [kept.get(each, Recipient(chat=each)) for each in chats]


async def test_a_chat_begins_as_all_do_and_is_kept_as_it_wants(ledger: Ledger) -> None:
    assert await ledger.recipients.get(OTHER) == Recipient(chat=OTHER)
    assert await ledger.recipients.listed() == ()
    for quiet in (
        None,
        QuietHours(zone="Europe/Berlin", start=time(23), end=time(7), weekdays=(0, 4)),
        QuietHours(zone="UTC", start=time(0, 1), end=time(0), mode=Mode.DROP, critical=True),
    ):
        wanted = Recipient(
            chat=OTHER,
            zone="Asia/Kathmandu",
            locale="de_DE",
            quiet=quiet,
            mutes=(Mute("BTC", START + timedelta(microseconds=5)), Mute(EVERYWHERE, START)),
            failures=3,
            disabled="the chat is gone",
            cap=4,
            theme="light",
            colours="cividis",
            range="7d",
            size="wide",
        )
        await ledger.recipients.put(wanted)
        assert await ledger.recipients.get(OTHER) == wanted
    assert await ledger.recipients.listed() == (wanted,)


async def test_chats_are_listed_by_platform_and_address(ledger: Ledger) -> None:
    chats = [ChatId("b", "10"), ChatId("b", "B"), ChatId("b", "a"), ChatId("c", "-1")]
    for chat in reversed(chats):
        await ledger.recipients.put(Recipient(chat=chat))
    assert [each.chat for each in await ledger.recipients.listed()] == chats


async def test_a_chat_that_moves_is_told_where_it_is_now(ledger: Ledger) -> None:
    kept = await added(ledger, chat=CHAT)
    await ledger.recipients.put(Recipient(chat=CHAT, cap=3))
    await ledger.recipients.put(Recipient(chat=OTHER, cap=9))
    sent = a_delivery("d1", subscription=kept.id)
    owed = a_delivery("d2", subscription=kept.id, message="m2")
    await ledger.watch.settle(owing(sent))
    (post,) = await ledger.outbox.claim_due(sent.due_at, 1)
    (done,) = [replace(each, state=State.SENT, ended_at=START) for each in post.deliveries]
    await ledger.outbox.finish(replace(post, deliveries=(done,)))
    await ledger.watch.settle(owing(owed))
    await ledger.recipients.move(CHAT, OTHER)
    assert await ledger.recipients.listed() == (Recipient(chat=OTHER, cap=3),)
    assert await ledger.subscriptions.listed() == (replace(kept, chat=OTHER),)
    assert await ledger.deliveries.about("m1") == (done,)
    assert await ledger.deliveries.about("m2") == (replace(owed, chat=OTHER),)
    for _ in range(2):  # where it is already, and from where nothing is kept
        await ledger.recipients.move(OTHER, OTHER)
        await ledger.recipients.move(CHAT, OTHER)
    assert await ledger.recipients.listed() == (Recipient(chat=OTHER, cap=3),)


async def test_what_was_settled_is_remembered_to_the_microsecond(ledger: Ledger) -> None:
    number = (await added(ledger)).id
    lives: dict[Fingerprint, Life] = {
        a_name(number): a_life(),
        a_name(number, base=EVERYWHERE): QUIET,
        a_name(number, "L2"): a_life(phase=Phase.PENDING, owed="", told_at=None),
    }
    trails = {"group|console|1|BTC": (START, START + timedelta(microseconds=1)), "told|a": ()}
    await ledger.watch.settle(Changes(lives=dict(lives), trails=dict(trails)))
    assert await ledger.watch.load() == Memory(lives=lives, trails=trails)
    lives[a_name(number)] = QUIET
    trails["told|a"] = (START,)
    news = Changes(lives={a_name(number): QUIET}, trails={"told|a": (START,)})
    await ledger.watch.settle(news)
    assert await ledger.watch.load() == Memory(lives=lives, trails=trails)


async def test_how_clusters_were_followed_is_kept_a_market(ledger: Ledger) -> None:
    assert await ledger.tracks.get("BTC") is None
    await ledger.tracks.put("BTC", "{}", START)
    await ledger.tracks.put("ETH", "[]", START)
    later = START + timedelta(minutes=15, microseconds=1)
    await ledger.tracks.put("BTC", '{"tracks": "…"}', later)
    assert await ledger.tracks.get("BTC") == ('{"tracks": "…"}', later)
    assert await ledger.tracks.get("ETH") == ("[]", START)


async def test_of_a_user_who_asks_for_it_nothing_is_left(ledger: Ledger) -> None:
    here = [await added(ledger, "L1", chat=OTHER, user="7") for _ in range(2)]
    channel = await added(ledger, "L1", chat=ChatId("telegram", "-100"), user="7")
    neighbour = await added(ledger, "L1", chat=ChatId("telegram", "-100"), user="8")
    namesake = await added(ledger, "L1", chat=CHAT, user="7")
    every = (*here, channel, neighbour, namesake)
    trails = [f"fires|{each.id}|BTC" for each in every]
    trails += ["group|telegram|-100|2|BTC", "told|telegram|-100|2"]
    trails += ["told|telegram|-100|22", "told|telegram|-100"]
    await ledger.watch.settle(
        Changes(
            deliveries=[
                a_delivery(f"{each.id}", subscription=each.id, chat=each.chat, message=f"{each.id}")
                for each in every
            ],
            trails=dict.fromkeys(trails, (START,)),
        )
    )
    (post,) = await ledger.outbox.claim_due(START + 10 * SECOND, 1)
    sent = [replace(each, state=State.SENT, ended_at=START) for each in post.deliveries]
    await ledger.outbox.finish(replace(post, deliveries=tuple(sent)))
    for chat in (OTHER, CHAT):
        await ledger.recipients.put(Recipient(chat=chat, locale="fr_FR"))
    gone = await ledger.privacy.erase("telegram", "7", OTHER)
    assert gone == tuple(each.id for each in (*here, channel))
    assert await ledger.subscriptions.listed() == (neighbour, namesake)
    memory = await ledger.watch.load()
    assert set(memory.lives) == {a_name(neighbour.id), a_name(namesake.id)}
    assert set(memory.trails) == {
        f"fires|{neighbour.id}|BTC",
        f"fires|{namesake.id}|BTC",
        "told|telegram|-100|22",
        "told|telegram|-100",
    }
    left = [each.id for each in every if await ledger.deliveries.about(f"{each.id}")]
    assert left == [neighbour.id, namesake.id]
    assert [each.chat for each in await ledger.recipients.listed()] == [CHAT]
    assert await ledger.privacy.erase("telegram", "7") == ()


async def test_of_a_user_in_a_channel_the_channel_stays(ledger: Ledger) -> None:
    ours = await added(ledger, chat=OTHER, user="7")
    theirs = await added(ledger, chat=OTHER, user="8")
    await ledger.recipients.put(Recipient(chat=OTHER))
    trails = {"told|telegram|-100|2": (START,)}
    await ledger.watch.settle(Changes(trails=dict(trails)))
    assert await ledger.privacy.erase("telegram", "7") == (ours.id,)
    assert await ledger.subscriptions.listed() == (theirs,)
    assert await ledger.recipients.listed() == (Recipient(chat=OTHER),)
    assert (await ledger.watch.load()).trails == trails
