"""What only a database can do wrong: half a tick, damaged rows, claims that search everything."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from liqbot.alerting.delivery import State
from liqbot.alerting.ledger import Ledger
from liqbot.alerting.roster import Amendment, Changes
from liqbot.alerting.subscription import Recipient
from liqbot.errors import StorageError
from liqbot.storage.database import Database
from liqbot.storage.ledger.outbox import due_messages
from liqbot.storage.ledger.stores import sql_ledger
from liqbot.storage.ledger.turns import turn
from tests.alerting.stage import CHAT, START, a_subscription
from tests.ledgers import SECOND, a_delivery, a_life, a_name

DUE = START + 10 * SECOND


@pytest.fixture
async def ledger(database: Database) -> Ledger:
    """A ledger with one subscription, and a chat."""
    made = sql_ledger(database)
    await made.subscriptions.add(a_subscription(number=0), {})
    await made.recipients.put(Recipient(chat=CHAT))
    return made


async def spoil(database: Database, statement: str) -> None:
    async with database.writing() as connection:
        await connection.execute(text(statement))


async def test_a_tick_is_kept_whole_or_not_at_all(database: Database, ledger: Ledger) -> None:
    before = await ledger.watch.load()
    # Of all that is written this comes last.
    await spoil(database, "ALTER TABLE subscriptions RENAME COLUMN reminded TO told")
    changes = Changes(
        lives={a_name(): a_life()},
        deliveries=[a_delivery()],
        trails={"told": (START,)},
        subscriptions={1: a_subscription(reminded=True)},
    )
    with pytest.raises(StorageError):
        await ledger.watch.settle(changes)
    assert await ledger.watch.load() == before
    assert await ledger.deliveries.about("m1") == ()
    await spoil(database, "ALTER TABLE subscriptions RENAME COLUMN told TO reminded")
    await ledger.watch.settle(changes)
    assert await ledger.deliveries.about("m1") == (a_delivery(),)


async def test_a_tick_may_be_larger_than_a_statement(ledger: Ledger) -> None:
    made = [a_delivery(f"d{i}", message=f"m{i}") for i in range(2_345)]
    await ledger.watch.settle(
        Changes(
            lives={a_name(1, f"L{i}"): a_life() for i in range(2_345)},
            deliveries=made,
            amendments={each.id: Amendment(each.id, "m", START, None) for each in made},
            ended=[*range(2, 2_345)],
        )
    )
    assert len((await ledger.watch.load()).lives) == 2_345
    (post,) = await ledger.outbox.claim_due(DUE, 5_000)
    assert [each.id for each in post.deliveries] == [each.id for each in made]
    done = [replace(each, state=State.SENT, ended_at=DUE) for each in post.deliveries]
    await ledger.outbox.finish(replace(post, deliveries=tuple(done)))
    assert await ledger.deliveries.ended([each.id for each in made]) == {
        each.id: each for each in done
    }


async def test_many_messages_are_claimed_at_once(ledger: Ledger) -> None:
    made = [a_delivery(f"d{i}", message=f"m{i:04}") for i in range(1_200)]
    await ledger.watch.settle(Changes(deliveries=made))
    posts = await ledger.outbox.claim_due(DUE, 5_000)
    assert [post.message for post in posts] == [each.message for each in made]


@pytest.mark.parametrize(
    ("statement", "ask"),
    [
        ("UPDATE subscriptions SET wish = '{\"side\": 1}'", lambda it: it.subscriptions.listed()),
        ("UPDATE subscriptions SET wish = '[]'", lambda it: it.subscriptions.listed()),
        ("UPDATE recipients SET quiet = 'at night'", lambda it: it.recipients.get(CHAT)),
        ("UPDATE recipients SET mutes = '[3]'", lambda it: it.recipients.listed()),
        ("UPDATE deliveries SET alert = '{}'", lambda it: it.deliveries.about("m1")),
        ("UPDATE deliveries SET news = 'weather'", lambda it: it.outbox.claim_due(DUE, 1)),
        ("UPDATE deliveries SET state = 'lost'", lambda it: it.deliveries.about("m1")),
        ("UPDATE trails SET moments = '3'", lambda it: it.watch.load()),
    ],
)
async def test_a_damaged_row_is_told_of(
    database: Database,
    ledger: Ledger,
    statement: str,
    ask: Callable[[Ledger], Awaitable[object]],
) -> None:
    await ledger.watch.settle(Changes(deliveries=[a_delivery()], trails={"told": (START,)}))
    await ask(ledger)
    await spoil(database, "UPDATE deliveries SET state = 'owed', due_us = 0")
    await spoil(database, statement)
    with pytest.raises(StorageError, match="kept is damaged"):
        await ask(ledger)


async def test_no_claim_searches_what_is_over(database: Database, ledger: Ledger) -> None:
    over = [
        a_delivery(f"d{i}", message=f"m{i}", state=State.SENT, ended_at=START) for i in range(3_000)
    ]
    await ledger.watch.settle(Changes(deliveries=[*over, a_delivery("owed")]))
    explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
    async with database.writing() as connection:
        asked = due_messages(9, 9).compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        if database.dialect == "postgresql":
            await connection.execute(text("ANALYZE"))
        told = await connection.execute(text(f"{explain} {asked}"))
        assert "ix_deliveries_due_us" in str(told.all())


async def test_who_is_stopped_in_a_turn_keeps_others_waiting_for_half_a_minute(
    database: Database,
) -> None:
    async with turn(database) as connection:
        if database.dialect == "postgresql":
            name = "idle_in_transaction_session_timeout"
            assert await connection.scalar(text(f"SHOW {name}")) == "30s"


async def test_turns_are_taken_one_after_the_other(database: Database) -> None:
    inside, most = 0, 0

    async def take() -> None:
        nonlocal inside, most
        async with turn(database) as connection:
            inside += 1
            most = max(most, inside)
            await connection.execute(text("SELECT 1"))
            inside -= 1

    await asyncio.gather(*(take() for _ in range(8)))
    assert (inside, most) == (0, 1)


async def test_what_is_waited_for_is_part_of_the_statement(database: Database) -> None:
    async with database.reading() as connection:
        asked = str(due_messages(9, 9).compile(dialect=connection.dialect))
    assert asked.count("state IN ('owed', 'claimed')") == 2
