"""Whatever is asked of it in whatever order, a database answers as the fake does."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqbot.alerting.alert import News
from liqbot.alerting.delivery import Delivery, State, claim
from liqbot.alerting.ledger import Ledger
from liqbot.alerting.lifecycle import Phase
from liqbot.alerting.roster import Amendment, Changes
from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import ChatId
from liqbot.storage.database import Database
from liqbot.storage.ledger.stores import sql_ledger
from tests.alerting.stage import START, a_subscription
from tests.fakes.ledger import a_ledger
from tests.ledgers import a_delivery, a_life, a_name, an_alert, empty

Step = Callable[[Ledger], Awaitable[object]]

CHATS = [ChatId("telegram", "1"), ChatId("telegram", "2"), ChatId("discord", "1")]
MESSAGES = ["m0", "m1"]
IDS = [f"d{i}" for i in range(6)]
MOMENTS = st.integers(0, 8).map(lambda each: START + each * timedelta(seconds=45, microseconds=3))
NUMBERS = st.integers(1, 4)
CHAT = st.sampled_from(CHATS)
STATES = st.sampled_from([State.OWED, State.SENT, State.REFUSED, State.EXPIRED])


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    number, at = draw(st.sampled_from([1, 1, 1, 2, 3])), draw(MOMENTS)
    has_alert = draw(st.booleans())
    return a_delivery(
        draw(st.sampled_from(IDS)),
        message=draw(st.sampled_from(MESSAGES)),
        chat=draw(CHAT),
        subscription=number,
        news=draw(st.sampled_from(News)),
        made_at=at,
        due_at=draw(MOMENTS),
        fingerprint=a_name(number) if has_alert else None,
        alert=an_alert(a_name(number), at) if has_alert else None,
        silent=draw(st.booleans()),
    )


@st.composite
def changes(draw: st.DrawFn) -> Changes:
    lives = st.builds(
        a_life,
        phase=st.sampled_from(Phase),
        since=st.none() | MOMENTS,
        owed=st.sampled_from(["", "d1"]),
        message=st.sampled_from(["", "m1"]),
    )
    names = st.builds(a_name, NUMBERS, st.sampled_from(["L1", "S1"]))
    alert = st.none() | st.builds(an_alert, st.just(a_name()), MOMENTS)
    into = st.sampled_from(MESSAGES)
    amended = st.builds(Amendment, st.sampled_from(IDS), into, MOMENTS, alert)
    trails = st.sampled_from(["fires|1|BTC", "fires|2|ETH", "told|telegram|1", "told|telegram|12"])
    numbered = NUMBERS.map(lambda each: a_subscription(number=each, reminded=True))
    return Changes(
        lives=draw(st.dictionaries(names, lives, max_size=3)),
        deliveries=draw(st.lists(deliveries(), max_size=4)),
        amendments={each.delivery: each for each in draw(st.lists(amended, max_size=2))},
        trails=draw(st.dictionaries(trails, st.lists(MOMENTS, max_size=2).map(tuple), max_size=2)),
        subscriptions={each.id: each for each in draw(st.lists(numbered, max_size=1))},
        ended=draw(st.lists(NUMBERS, max_size=1)),
    )


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, Step]:
    """Draw something to ask of a ledger, and its name."""
    told = draw(changes())
    chat, other, number, at = draw(CHAT), draw(CHAT), draw(NUMBERS), draw(MOMENTS)
    limit, user, state = draw(st.integers(0, 3)), draw(st.sampled_from("ab")), draw(STATES)
    own = a_subscription(number=0, chat=chat, user=user, created_at=at)
    life = a_life(phase=Phase.FIRING)
    paused = replace(own, id=number, paused="enough")
    moved = Recipient(chat=chat, failures=number)
    private = chat if draw(st.booleans()) else None

    async def finish(it: Ledger) -> object:
        found = []
        for post in await it.outbox.claim_due(at, limit):
            over = None if state is State.OWED else at
            tried = tuple(
                replace(each, state=state, ended_at=over, attempts=1, sent="x")
                for each in claim(post.deliveries, at)
                if each.state is State.CLAIMED
            )
            await it.outbox.finish(replace(post, deliveries=tried))
            found.append(post)
        return found

    every: dict[str, Step] = {
        "settle": lambda it: it.watch.settle(told),
        "add": lambda it: it.subscriptions.add(own, {a_name(0): life}),
        "put": lambda it: it.subscriptions.put(paused),
        "delete": lambda it: it.subscriptions.delete(number),
        "prefer": lambda it: it.recipients.put(moved),
        "move": lambda it: it.recipients.move(chat, other),
        "claim": lambda it: it.outbox.claim_due(at, limit),
        "finish": finish,
        "forget": lambda it: it.watch.forget(at),
        "erase": lambda it: it.privacy.erase(chat.platform, user, private),
    }
    often = ["settle"] * 3 + ["add"] * 2 + ["claim", "finish"]
    name = draw(st.sampled_from([*often, *every]))
    return name, every[name]


async def all_of(ledger: Ledger) -> list[Any]:
    """Return all that can be asked of a ledger without changing it."""
    about = [await ledger.deliveries.about(name) for name in MESSAGES]
    alerts = sorted({each.alert_id for listed in about for each in listed})
    return [
        await ledger.watch.load(),
        await ledger.subscriptions.listed(),
        *[await ledger.subscriptions.listed(chat, "a") for chat in CHATS],
        await ledger.recipients.listed(),
        *[await ledger.recipients.get(chat) for chat in CHATS],
        await ledger.deliveries.ended(IDS),
        about,
        *[await ledger.deliveries.about(each) for each in alerts],
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(steps(), min_size=1, max_size=12))
async def test_a_database_answers_as_the_fake_does(
    database: Database, asked: list[tuple[str, Step]]
) -> None:
    await empty(database)
    fake, real = a_ledger(), sql_ledger(database)
    for ledger in (fake, real):
        await ledger.subscriptions.add(a_subscription(), {})
    for name, step in asked:
        answers = [await step(ledger) for ledger in (fake, real)]
        assert answers[0] == answers[1], name
    assert await all_of(real) == await all_of(fake)
