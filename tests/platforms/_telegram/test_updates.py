import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from numpy.random import default_rng
from telegram import Bot, Update

from liqbot.platforms._telegram import updates
from liqbot.platforms._telegram.opening import bot_of
from liqbot.platforms._telegram.updates import hooked, polled
from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.platforms.telegrams import free_port
from tests.waiting import soon, until

_KINDS = ["message", "channel_post", "callback_query", "my_chat_member"]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "_FIRST_S", 0.01)
    monkeypatch.setattr(updates, "_LONGEST_S", 0.05)


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[TelegramServer, Bot]]:
    async with TelegramServer() as server:
        bot = bot_of(TOKEN, server.url)
        async with bot:
            yield server, bot
    assert server.violations == []


async def text_of(coming: AsyncGenerator[Update, None]) -> str | None:
    update = await soon(anext(coming))
    assert update.message is not None
    return update.message.text


async def test_what_is_asked_for_comes_once_in_order_and_only_of_the_kinds_that_are_read() -> None:
    async with serving() as (server, bot), aclosing(polled(bot, default_rng(0))) as coming:
        ann = server.user(7, "Ann")
        for i in range(3):
            server.say(ann, text=f"/help {i}")
        assert [await text_of(coming) for _ in range(3)] == ["/help 0", "/help 1", "/help 2"]
        said = server.say(ann, text="/status")
        assert await text_of(coming) == "/status"
        server.change(said, "/status now")
        server.say(ann, text="/start")
        assert await text_of(coming) == "/start"
        asked = [each for each in server.calls if each.method == "getUpdates"]
        assert asked[0].words["allowed_updates"] == _KINDS


async def test_what_nobody_took_in_is_told_again() -> None:
    async with serving() as (server, bot):
        server.say(server.user(7, "Ann"), text="/help")
        for _ in range(2):  # killed before it asks for more
            async with aclosing(polled(bot, default_rng(0))) as coming:
                assert await text_of(coming) == "/help"


async def test_updates_that_are_numbered_anew_after_a_quiet_time_are_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(updates, "_LONG", timedelta(0))
    async with serving() as (server, bot), aclosing(polled(bot, default_rng(0))) as coming:
        ann = server.user(7, "Ann")
        for text in ("/help", "/start"):
            server.say(ann, text=text)
            assert await text_of(coming) == text
        last = asyncio.create_task(text_of(coming))
        asked = server.count("getUpdates")
        await server.until(lambda: server.count("getUpdates") > asked + 2)
        server.updates.issued.clear()
        server.say(ann, text="/status")
        assert await last == "/status"


@pytest.mark.parametrize("what", [502, 429, "garbage", "reset", 409, 401])
async def test_nothing_that_telegram_says_ends_it(
    what: int | str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving() as (server, bot), aclosing(polled(bot, default_rng(0))) as coming:
        server.fail("getUpdates", what, times=2, retry_after=0)  # type: ignore[arg-type]
        server.say(server.user(7, "Ann"), text="/help")
        with caplog.at_level(logging.INFO, "liqbot"):
            assert await text_of(coming) == "/help"
    told = [each.getMessage() for each in caplog.records if each.name.startswith("liqbot")]
    assert told == ["Telegram does not tell what is asked", "Telegram answers again"]
    ours = [each for each in caplog.records if each.name.startswith("liqbot")]
    assert not any(TOKEN in str(vars(each)) for each in ours)


async def test_a_server_that_comes_back_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    async with serving() as (server, bot), aclosing(polled(bot, default_rng(0))) as coming:
        await server.stop()
        waiting = asyncio.create_task(text_of(coming))
        await until(lambda: "Telegram does not tell" in caplog.text)
        await server.start()
        server.say(server.user(7, "Ann"), text="/help")
        assert await waiting == "/help"


async def test_a_webhook_that_somebody_set_is_taken_away() -> None:
    async with serving() as (server, bot), aclosing(polled(bot, default_rng(0))) as coming:
        await bot.set_webhook("https://old.example/x")
        server.say(server.user(7, "Ann"), text="/help")
        assert await text_of(coming) == "/help"
        assert not server.updates.webhook


@asynccontextmanager
async def hooks(
    server: TelegramServer, bot: Bot
) -> AsyncIterator[tuple[AsyncGenerator[Update, None], str]]:
    url = f"http://127.0.0.1:{(port := free_port())}/liqbot"
    async with aclosing(hooked(bot, default_rng(0), url, "127.0.0.1", port)) as coming:
        first = asyncio.create_task(text_of(coming))
        await server.until(lambda: server.updates.webhook)
        server.say(server.user(7, "Ann"), text="/help")
        assert await first == "/help"
        yield coming, url


async def test_what_is_posted_to_the_webhook_comes() -> None:
    async with serving() as (server, bot), hooks(server, bot) as (coming, _):
        server.say(server.chats[7], text="/status")
        assert await text_of(coming) == "/status"
        assert server.updates.webhook["allowed_updates"] == _KINDS


async def test_nobody_else_can_post_to_it() -> None:
    async with serving() as (server, bot), hooks(server, bot) as (coming, url):
        forged = {"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "/forged"}}
        secret = server.updates.webhook["secret_token"]
        assert len(secret) == 64
        async with ClientSession() as session:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": secret[:-1]}):
                async with session.post(url, json=forged, headers=headers) as answer:
                    assert answer.status == 403
        server.say(server.chats[7], text="/status")
        assert await text_of(coming) == "/status"


async def test_a_webhook_that_cannot_be_set_is_tried_again() -> None:
    async with serving() as (server, bot):
        server.fail("setWebhook", 502, times=2)
        async with hooks(server, bot) as (_, __):
            assert server.count("setWebhook", 200) == 1
