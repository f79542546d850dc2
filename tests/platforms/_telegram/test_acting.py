"""Whoever waits sees that something is being done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from liqbot.platforms._telegram import acting
from liqbot.platforms._telegram.acting import typing
from liqbot.platforms._telegram.opening import bot_of
from liqbot.platforms._telegram.places import Place
from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.waiting import until


@asynccontextmanager
async def waiting(after_s: float, chat: int = 7) -> AsyncIterator[TelegramServer]:
    """Give a server, while somebody is waiting there."""
    async with TelegramServer() as server, bot_of(TOKEN, server.url) as bot:
        server.user(7, "Ann", started=True)
        async with typing(bot, Place(chat), after_s=after_s):
            yield server


async def test_who_waits_long_sees_it_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "_AGAIN_S", 0.01)
    async with waiting(0.0) as server:
        await until(lambda: len(server.actions) > 2)
    assert {(each.chat.id, each.action) for each in server.actions} == {(7, "typing")}
    assert asyncio.all_tasks() == {asyncio.current_task()}  # nothing that would go on
    assert server.violations == []


async def test_what_comes_soon_is_not_announced() -> None:
    async with waiting(60.0) as server:
        pass
    assert server.actions == []


async def test_an_answer_does_not_fail_for_its_announcement() -> None:
    done = False
    async with waiting(0.0, chat=8) as server:  # who never wrote
        await until(lambda: server.refusals)
        done = True
    assert done
