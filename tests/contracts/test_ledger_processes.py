"""Processes of their own that claim from one database: no message is got by two."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from liqbot.alerting.delivery import LEASE
from liqbot.alerting.roster import Changes
from liqbot.storage.database import Database, open_database
from liqbot.storage.ledger.stores import sql_ledger
from tests.alerting.stage import START, a_subscription
from tests.ledgers import SECOND, a_delivery

ROOT = Path(__file__).parents[2]
DUE = START + 10 * SECOND
MESSAGES = 150


async def claim_until_empty(url: str) -> None:
    """Wait for a line, then claim message by message and say which, until nothing is due."""
    async with open_database(url) as database:
        outbox = sql_ledger(database).outbox
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        while posts := await outbox.claim_due(DUE, 2):
            told = [(post.message, len(post.claimed)) for post in posts]
            sys.stdout.write(f"{json.dumps(told)}\n")
            sys.stdout.flush()


async def started(url: str) -> Process:
    code = (
        "import asyncio, sys; from tests.contracts.test_ledger_processes import claim_until_empty;"
        "asyncio.run(claim_until_empty(sys.argv[1]))"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, url), stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


def go(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")


async def fill(database: Database) -> None:
    """Owe many messages of two deliveries each."""
    ledger = sql_ledger(database)
    number = (await ledger.subscriptions.add(a_subscription(number=0), {})).id
    made = [
        a_delivery(f"{part}{i:03}", message=f"m{i:03}", subscription=number)
        for part in "ab"
        for i in range(MESSAGES)
    ]
    await ledger.watch.settle(Changes(deliveries=made))


def told_in(lines: bytes) -> list[tuple[str, int]]:
    return [(name, count) for line in lines.splitlines() for name, count in json.loads(line)]


async def test_of_two_processes_one_gets_a_message_whole(
    database: Database, empty_url: str
) -> None:
    await fill(database)
    both = await asyncio.gather(started(empty_url), started(empty_url))
    for process in both:
        go(process)
    answers = await asyncio.gather(*(process.communicate() for process in both))
    claimed = [told_in(lines) for lines, _ in answers]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(claimed[0] + claimed[1]) == [(f"m{i:03}", 2) for i in range(MESSAGES)]
    assert all(claimed)  # or they were not at it at the same time


async def test_what_a_killed_process_had_claimed_is_due_when_its_claim_lapses(
    database: Database, empty_url: str
) -> None:
    await fill(database)
    process = await started(empty_url)
    go(process)
    assert process.stdout is not None
    lines = await process.stdout.readline()
    process.kill()
    told = {name for name, _ in told_in(lines + await process.stdout.read())}
    assert await process.wait() == -signal.SIGKILL
    outbox = sql_ledger(database).outbox
    owed = {post.message for post in await outbox.claim_due(DUE, MESSAGES)}
    assert told
    assert told.isdisjoint(owed)
    lapsed = {post.message for post in await outbox.claim_due(DUE + LEASE, 2 * MESSAGES)}
    assert lapsed == {f"m{i:03}" for i in range(MESSAGES)}
