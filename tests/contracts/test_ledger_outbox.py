"""The Ledger port: what chats are owed, the same of the fake, SQLite and PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from liqbot.alerting.alert import Fingerprint, News
from liqbot.alerting.delivery import LEASE, OPERATOR, Delivery, Post, State, claim, is_due
from liqbot.alerting.ledger import Ledger
from liqbot.alerting.lifecycle import Phase
from liqbot.alerting.roster import Amendment, Changes
from liqbot.chat.message import ChatId
from tests.alerting.stage import CHAT, START, a_subscription
from tests.ledgers import SECOND, a_delivery, a_life, a_name, owing, said_by

DUE = START + 10 * SECOND  # when a delivery of the tests is
OTHER = ChatId("telegram", "7")


async def a_number(ledger: Ledger) -> int:
    return (await ledger.subscriptions.add(a_subscription(number=0), {})).id


async def owed(ledger: Ledger, *deliveries: Delivery) -> tuple[Delivery, ...]:
    """Owe deliveries, all of one subscription, the first of this ledger."""
    assert await a_number(ledger) == 1
    await ledger.watch.settle(owing(*deliveries))
    return deliveries


def sent(post: Post, **changes: Any) -> Post:  # noqa: ANN401
    told: dict[str, Any] = {"state": State.SENT, "ended_at": DUE, "sent": "m7", **changes}
    return replace(
        post,
        deliveries=tuple(
            replace(each, **told) if each.state is State.CLAIMED else each
            for each in post.deliveries
        ),
    )


async def test_what_is_owed_is_read_as_it_was_made(ledger: Ledger) -> None:
    every = await owed(
        ledger,
        a_delivery("d1", role="<@&5>", silent=True, made_at=START + timedelta(microseconds=1)),
        a_delivery("d2", news=News.CLOSED, alert=None, words="it was swept", held=True),
        a_delivery("d3", news=News.REMINDER, alert=None, fingerprint=None, episode=0, words="x"),
        a_delivery("d4", state=State.EXPIRED, attempts=3, ended_at=DUE, sent="m1"),
    )
    assert await ledger.deliveries.about("m1") == every
    assert await ledger.deliveries.about(every[0].alert_id) == (every[0], every[1], every[3])
    assert await ledger.deliveries.about("nothing") == ()


async def test_a_delivery_is_there_once_however_often_it_is_settled(ledger: Ledger) -> None:
    (first,) = await owed(ledger, a_delivery())
    again = a_delivery(message="m2", words="another", due_at=START)
    await ledger.watch.settle(owing(again, a_delivery("d2"), a_delivery("d2", message="m3")))
    assert await ledger.deliveries.about("m1") == (first, a_delivery("d2"))
    (post,) = await ledger.outbox.claim_due(DUE, 9)
    await ledger.outbox.finish(sent(post))
    await ledger.watch.settle(owing(first))
    assert await ledger.outbox.claim_due(DUE, 9) == ()


async def test_nothing_is_due_before_its_time(ledger: Ledger) -> None:
    (first,) = await owed(ledger, a_delivery(due_at=DUE + timedelta(microseconds=1)))
    assert await ledger.outbox.claim_due(DUE, 9) == ()
    assert await ledger.deliveries.about("m1") == (first,)
    assert len(await ledger.outbox.claim_due(DUE + timedelta(microseconds=1), 9)) == 1


async def test_a_message_is_claimed_whole_and_once(ledger: Ledger) -> None:
    every = await owed(ledger, a_delivery("d2"), a_delivery("d1"), a_delivery("d0", message="m2"))
    posts = await ledger.outbox.claim_due(DUE, 9)
    assert posts == (
        Post(message="m1", chat=CHAT, deliveries=claim(every[:2], DUE)),
        Post(message="m2", chat=CHAT, deliveries=claim(every[2:], DUE)),
    )
    assert await ledger.outbox.claim_due(DUE, 9) == ()
    assert await ledger.deliveries.about("m1") == posts[0].deliveries


async def test_a_message_waits_for_all_that_it_says(ledger: Ledger) -> None:
    await owed(ledger, a_delivery("d1"), a_delivery("d2", due_at=DUE + SECOND))
    assert await ledger.outbox.claim_due(DUE, 9) == ()
    (post,) = await ledger.outbox.claim_due(DUE + SECOND, 9)
    assert len(post.claimed) == 2


async def test_the_longest_due_go_first_and_no_more_than_asked_for(ledger: Ledger) -> None:
    waits = ((5, "ma"), (3, "mb"), (5, "m0"), (9, "mc"), (99, "md"))
    await owed(
        ledger,
        *(a_delivery(name, message=name, due_at=START + wait * SECOND) for wait, name in waits),
        a_delivery("early", message="mc", due_at=START + SECOND),
    )
    claimed = [
        [post.message for post in await ledger.outbox.claim_due(START + 9 * SECOND, 2)]
        for _ in range(3)
    ]
    assert claimed == [["mc", "mb"], ["m0", "ma"], []]
    assert await ledger.outbox.claim_due(START + 99 * SECOND, 0) == ()


async def test_a_claim_of_somebody_who_died_lapses(ledger: Ledger) -> None:
    await owed(ledger, a_delivery())
    await ledger.outbox.claim_due(DUE, 9)
    almost = DUE + LEASE - timedelta(microseconds=1)
    assert await ledger.outbox.claim_due(almost, 9) == ()
    (post,) = await ledger.outbox.claim_due(DUE + LEASE, 9)
    assert post.deliveries[0].due_at == DUE + 2 * LEASE


async def test_what_came_meanwhile_waits_for_the_claim_and_stays(ledger: Ledger) -> None:
    first, *_ = await owed(ledger, a_delivery("d1"))
    (post,) = await ledger.outbox.claim_due(DUE, 9)
    later = a_delivery("d2", news=News.CLOSED, due_at=DUE)
    await ledger.watch.settle(owing(later))
    assert await ledger.outbox.claim_due(DUE + SECOND, 9) == ()
    await ledger.outbox.finish(sent(post))
    (edit,) = await ledger.outbox.claim_due(DUE + SECOND, 9)
    assert edit.sent == "m7"
    assert [each.id for each in edit.claimed] == ["d2"]
    assert [each.id for each in edit.deliveries] == [first.id, "d2"]


async def test_what_became_of_a_post_is_kept(ledger: Ledger) -> None:
    await owed(ledger, *(a_delivery(f"d{i}", message=f"m{i}") for i in range(4)))
    posts = await ledger.outbox.claim_due(DUE, 9)
    later = DUE + timedelta(seconds=3, microseconds=7)
    outcomes: list[dict[str, Any]] = [
        {},
        {"state": State.REFUSED, "sent": ""},
        {"state": State.EXPIRED, "sent": "", "attempts": 4},
        {"state": State.OWED, "due_at": later, "ended_at": None, "attempts": 1, "chat": OTHER},
    ]
    done = [sent(post, **told) for post, told in zip(posts, outcomes, strict=True)]
    for post in done:
        await ledger.outbox.finish(post)
    numbers = [f"d{i}" for i in range(5)]
    over = {f"d{i}": done[i].deliveries[0] for i in range(3)}
    assert await ledger.deliveries.ended(numbers) == over
    assert await ledger.deliveries.ended(["d1", "d3"]) == {"d1": over["d1"]}
    assert await ledger.deliveries.ended([]) == {}
    assert await ledger.deliveries.about("m3") == done[3].deliveries
    (again,) = await ledger.outbox.claim_due(later, 9)
    assert (again.message, again.chat) == ("m3", OTHER)


async def test_what_somebody_else_sent_meanwhile_stays_sent(ledger: Ledger) -> None:
    await owed(ledger, a_delivery())
    (slow,) = await ledger.outbox.claim_due(DUE, 9)
    (quick,) = await ledger.outbox.claim_due(DUE + LEASE, 9)
    await ledger.outbox.finish(sent(quick))
    late = sent(slow, state=State.OWED, due_at=START, ended_at=None, sent="")
    await ledger.outbox.finish(late)
    assert await ledger.deliveries.about("m1") == sent(quick).deliveries
    assert await ledger.outbox.claim_due(DUE + LEASE, 9) == ()


async def test_a_delivery_that_is_gone_is_not_made_again_by_finishing_it(ledger: Ledger) -> None:
    await owed(ledger, a_delivery())
    (post,) = await ledger.outbox.claim_due(DUE, 9)
    await ledger.privacy.erase(CHAT.platform, "u", CHAT)
    await ledger.outbox.finish(sent(post))
    assert await ledger.deliveries.about("m1") == ()


async def test_amendments_reach_what_is_owed_and_nothing_else(ledger: Ledger) -> None:
    first, second, third = await owed(
        ledger, a_delivery("d1"), a_delivery("d2", message="m2"), a_delivery("d3", message="m3")
    )
    later = said_by(second, DUE)
    amendments = [
        Amendment("d2", "m4", DUE + SECOND, later.alert),
        Amendment("d3", "m5", DUE + 2 * SECOND, None),
        Amendment("d9", "m9", DUE, None),
    ]
    (post,) = await ledger.outbox.claim_due(DUE, 1)
    tardy = Amendment("d1", "m4", DUE, later.alert)
    changes = Changes(amendments={each.delivery: each for each in (*amendments, tardy)})
    for _ in range(2):
        await ledger.watch.settle(changes)
        assert await ledger.deliveries.about("m1") == post.deliveries == claim([first], DUE)
        assert await ledger.deliveries.about("m4") == (
            replace(later, message="m4", due_at=DUE + SECOND),
        )
        assert await ledger.deliveries.about("m5") == (
            replace(third, message="m5", due_at=DUE + 2 * SECOND),
        )


async def test_what_is_new_may_be_amended_in_the_same_tick(ledger: Ledger) -> None:
    number = await a_number(ledger)
    new = a_delivery(subscription=number)
    amended = Amendment("d1", "m2", DUE + SECOND, None)
    await ledger.watch.settle(Changes(deliveries=[new], amendments={"d1": amended}))
    assert await ledger.deliveries.about("m2") == (replace(new, message="m2", due_at=DUE + SECOND),)


async def test_what_concerns_a_subscription_that_is_gone_is_left_out(ledger: Ledger) -> None:
    number = await a_number(ledger)
    gone = number + 1
    await ledger.watch.settle(
        Changes(
            lives={a_name(gone): a_life(), a_name(number): a_life()},
            deliveries=[
                a_delivery("d1", subscription=gone),
                a_delivery("d2", subscription=number),
                a_delivery("d3", subscription=OPERATOR),
            ],
            subscriptions={gone: a_subscription(number=gone)},
        )
    )
    assert set((await ledger.watch.load()).lives) == {a_name(number)}
    assert [each.id for each in await ledger.deliveries.about("m1")] == ["d2", "d3"]
    assert [each.id for each in await ledger.subscriptions.listed()] == [number]


async def test_a_subscription_that_is_over_goes_and_is_told_so(ledger: Ledger) -> None:
    ends, stays = await a_number(ledger), await a_number(ledger)
    lives = {a_name(ends): a_life(), a_name(stays): a_life()}
    farewell = a_delivery(subscription=ends, news=News.CLOSED, alert=None, words="expired")
    reminded = a_subscription(number=stays, reminded=True)
    changes = Changes(
        lives=dict(lives),
        deliveries=[farewell],
        subscriptions={stays: reminded, ends: a_subscription(number=ends, reminded=True)},
        ended=[ends],
    )
    for _ in range(2):
        await ledger.watch.settle(changes)
        assert await ledger.subscriptions.listed() == (reminded,)
        assert set((await ledger.watch.load()).lives) == {a_name(stays)}
        assert await ledger.deliveries.about("m1") == (farewell,)


async def test_what_is_long_over_is_forgotten_and_nothing_else(ledger: Ledger) -> None:
    ends = (START, START + SECOND, None)
    listed = [
        a_delivery(f"d{i}", state=State.OWED if at is None else State.SENT, ended_at=at)
        for i, at in enumerate(ends)
    ]
    await owed(ledger, *listed)
    quiet = a_life(phase=Phase.INACTIVE, owed="", message="", since=START)
    names: dict[Fingerprint, bool] = {}
    lives = {}
    cases: list[tuple[str, dict[str, Any], bool]] = [
        ("over", {}, False),
        ("young", {"since": START + SECOND}, True),
        ("owed", {"owed": "d9"}, True),
        ("standing", {"message": "m9"}, True),
        ("on", {"phase": Phase.RECOVERING}, True),
        ("blank", {"since": None}, True),
    ]
    for about, changes, stays in cases:
        lives[a_name(1, about)] = quiet._replace(**changes)
        names[a_name(1, about)] = stays
    await ledger.watch.settle(Changes(lives=lives))
    assert await ledger.watch.forget(START) == 0
    assert await ledger.watch.forget(START + SECOND) == 2
    assert await ledger.deliveries.about("m1") == tuple(listed[1:])
    assert set((await ledger.watch.load()).lives) == {n for n, stays in names.items() if stays}


async def test_of_many_who_ask_at_once_one_gets_a_message(ledger: Ledger) -> None:
    await owed(
        ledger,
        *(a_delivery(f"d{i}", message=f"m{i // 2}") for i in range(40)),
    )
    answers = await asyncio.gather(*(ledger.outbox.claim_due(DUE, 3) for _ in range(12)))
    claimed = [post for posts in answers for post in posts]
    assert sorted(post.message for post in claimed) == sorted(f"m{i}" for i in range(20))
    assert all(len(post.claimed) == 2 for post in claimed)
    assert not any(is_due(post.deliveries, DUE) for post in claimed)


async def test_who_alone_may_claim_need_not_wait_for_a_claim_to_lapse(ledger: Ledger) -> None:
    await owed(ledger, a_delivery("d1"), a_delivery("d2", message="m2"), a_delivery("d3", sent=""))
    claimed = await ledger.outbox.claim_due(DUE, 1)
    assert await ledger.outbox.claim_due(DUE, 9) != ()
    assert await ledger.outbox.release(DUE) == 3
    assert await ledger.outbox.release(DUE) == 0
    again = await ledger.outbox.claim_due(DUE, 9)
    assert {each.message for each in again} == {"m1", "m2"}
    assert claimed[0] in again


async def test_what_was_sent_is_told_in_order(ledger: Ledger) -> None:
    await owed(ledger, a_delivery("d2"), a_delivery("d1"), a_delivery("d0", message="m2"))
    first, _ = await ledger.outbox.claim_due(DUE, 9)
    await ledger.outbox.finish(sent(first))
    assert [each.id for each in await ledger.deliveries.sent(DUE)] == ["d1", "d2"]
    assert await ledger.deliveries.sent(DUE + timedelta(microseconds=1)) == ()
