import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from telegram import Bot

from liqbot.clock import SystemClock
from liqbot.errors import ConfigError, DeliveryDelayed
from liqbot.platforms._telegram.opening import bot_of, introduce
from tests.fakes.telegram.server import TOKEN, TelegramServer

WRONG = "123456789:AAwrong-wrong-wrong-wrong-wrong"


@asynccontextmanager
async def _closing(token: str, url: str) -> AsyncIterator[Bot]:
    bot = bot_of(token, url)
    try:
        yield bot
    finally:
        await bot.shutdown()


@pytest.mark.parametrize("token", ["", "x", "123:", "123456:ABC\nDEF12345", "123456:http://x.y/zz"])
def test_what_is_no_token_is_told_before_it_goes_anywhere(token: str) -> None:
    with pytest.raises(ConfigError, match="is no token of a bot") as caught:
        bot_of(token, "http://127.0.0.1:1")
    assert not token or token not in str(caught.value)


def test_a_bot_does_not_print_its_token_nor_does_its_library_tell_of_addresses() -> None:
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    bot = bot_of(TOKEN, "http://127.0.0.1:1/")
    assert TOKEN not in repr(bot)
    assert bot.base_url == f"http://127.0.0.1:1/bot{TOKEN}"
    for name in ("httpx", "httpcore", "telegram", "tornado"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


async def test_a_token_that_nobody_knows_is_a_mistake_in_the_settings() -> None:
    async with TelegramServer() as server, _closing(WRONG, server.url) as bot:
        with pytest.raises(ConfigError, match="knows no bot of that token") as caught:
            await introduce(bot, server.url, SystemClock())
    assert WRONG not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_a_server_that_is_not_there_is_none() -> None:
    server = TelegramServer()
    await server.start()
    await server.stop()
    async with _closing(TOKEN, server.url) as bot:
        with pytest.raises(DeliveryDelayed, match="cannot be reached") as caught:
            await introduce(bot, server.url, SystemClock())
    assert TOKEN not in str(caught.value)
    assert caught.value.__context__ is None
