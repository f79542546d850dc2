from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from liqbot.clock import SteppedClock
from liqbot.platforms._telegram.admins import Admins
from liqbot.platforms._telegram.opening import bot_of
from tests.fakes.telegram.server import TOKEN, TelegramServer

AT = datetime(2026, 1, 7, tzinfo=UTC)


@asynccontextmanager
async def asking() -> AsyncIterator[tuple[TelegramServer, Admins, SteppedClock]]:
    async with TelegramServer() as server:
        bot, clock = bot_of(TOKEN, server.url), SteppedClock(AT)
        async with bot:
            yield server, Admins(bot, clock), clock
    assert server.violations == []


async def test_the_founder_and_administrators_are_and_others_are_not() -> None:
    async with asking() as (server, admins, _):
        ann, bob, eve = (server.user(i, str(i)) for i in (7, 8, 9))
        group = server.supergroup("Traders", ann, bob)
        server.add_bot(group)
        server.become(group, bob, "administrator")
        assert await admins.includes(group.id, 7)
        assert await admins.includes(group.id, 8)
        assert not await admins.includes(group.id, 9)
        assert eve.id == 9


async def test_it_is_believed_for_a_minute() -> None:
    async with asking() as (server, admins, clock):
        ann, bob = (server.user(i, str(i)) for i in (7, 8))
        group = server.supergroup("Traders", ann, bob)
        server.add_bot(group)
        assert not await admins.includes(group.id, 8)
        server.become(group, bob, "administrator")
        clock.step(timedelta(seconds=59))
        assert not await admins.includes(group.id, 8)
        assert server.count("getChatMember") == 1
        clock.step(timedelta(seconds=1))
        assert await admins.includes(group.id, 8)


async def test_nobody_is_as_long_as_telegram_does_not_say() -> None:
    async with asking() as (server, admins, _):
        ann = server.user(7, "Ann")
        group = server.supergroup("Traders", ann)
        server.add_bot(group)
        server.fail("getChatMember", 502)
        assert not await admins.includes(group.id, 7)
        assert await admins.includes(group.id, 7)
