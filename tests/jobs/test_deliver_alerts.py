"""What chats are owed is delivered by itself."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.errors import StorageError
from liqbot.jobs import JOBS
from liqbot.jobs.deliver_alerts import Settings, deliver
from tests.fakes.workshop import FakeWorkshop
from tests.live.test_courier import WAIT, Post
from tests.waiting import until

SOON = Settings(every=timedelta(milliseconds=10))


async def test_what_is_due_is_delivered() -> None:
    post = Post()
    shop = replace(FakeWorkshop().shop, courier=post.courier)
    await post.owe()
    post.clock.step(WAIT)
    async with JOBS["deliver_alerts"].open(shop, SOON):
        await until(lambda: post.messenger.sent)
    assert len(post.messenger.sent) == 1


async def test_a_database_that_cannot_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def locked(*_: object) -> None:
        raise StorageError("the database is locked")

    post = Post()
    await post.owe()
    post.clock.step(WAIT)
    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(post.ledger.outbox, "claim_due", locked)
        await deliver(post.courier)
    assert [each.message for each in caplog.records] == ["nothing delivered"]
    await deliver(post.courier)
    await post.courier.idle()
    assert len(post.messenger.sent) == 1


async def test_where_nobody_is_told_nothing_is_delivered() -> None:
    async with JOBS["deliver_alerts"].open(FakeWorkshop().shop, SOON):
        await asyncio.sleep(0.03)
