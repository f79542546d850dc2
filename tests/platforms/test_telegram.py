"""The settings, how it opens and what a check tells."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from liqbot.commands import COMMANDS
from liqbot.config.reading import decode
from liqbot.config.secret import Secret
from liqbot.errors import ConfigError, DeliveryDelayed
from liqbot.platforms.telegram import PLATFORM, Settings, opened
from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.platforms._telegram.conversing import FILE, PLACES, asked_in, conversation
from tests.platforms.telegrams import desk_of_today, free_port, reception_in, talking
from tests.waiting import until

WRONG = "123456789:AAwrong-wrong-wrong-wrong-wrong"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"base_url": "api.telegram.org"}, "base_url: begins with https://"),
        ({"mode": "push"}, "must be polling or webhook"),
        ({"mode": "webhook"}, "webhook_url: mode webhook needs one"),
        ({"mode": "webhook", "webhook_url": "http://a.example/x"}, "begins with https://"),
        ({"port": 0}, "at least 1 and at most 65535"),
        ({"listen": ""}, "of at least 1 characters"),
        ({"allow": ["ann"]}, "each a whole number"),
        ({"owners": 7}, "a list, each a whole number"),
        ({"token": "x"}, "token"),
    ],
)
def test_what_cannot_be_is_said_with_what_can(table: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode(Settings, table, "telegram")
    assert told in str(caught.value)


def test_a_server_of_ones_own_may_call_without_tls() -> None:
    own = Settings(base_url="http://127.0.0.1:8081", mode="webhook", webhook_url="http://bot/x")
    assert own.webhook_url == "http://bot/x"


async def test_a_token_that_nobody_knows_does_not_open(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        reception = reception_in(tmp_path, desk_of_today(), token=WRONG)
        with pytest.raises(ConfigError, match="knows no bot of that token") as caught:
            async with opened(Settings(base_url=server.url), reception):
                pass
    assert WRONG not in str(caught.value)


async def test_a_folder_that_cannot_be_written_does_not_open(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.touch()
    async with TelegramServer() as server:
        reception = reception_in(folder, desk_of_today())
        with pytest.raises(ConfigError, match="cannot be written"):
            async with opened(Settings(base_url=server.url), reception):
                pass


async def test_a_server_that_is_not_there_yet_is_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = TelegramServer()
    await server.start()
    await server.stop()
    reception = reception_in(tmp_path, desk_of_today())
    with caplog.at_level(logging.INFO):
        async with opened(Settings(base_url=server.url), reception) as connection:
            listening = asyncio.create_task(connection.listen())
            await until(lambda: len(caplog.records) >= 2)
            await server.start()
            ann = server.user(7, "Ann")
            server.say(ann, text="/start")
            await server.answered(ann)
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
    await server.stop()
    ours = [each for each in caplog.records if each.name.startswith(("liqbot", "httpx", "tele"))]
    assert {each.getMessage() for each in ours} == {
        "Telegram cannot be reached",
        "Telegram answers again",
    }
    assert TOKEN not in "".join(str(vars(each)) for each in ours)


async def test_a_webhook_brings_what_is_asked(tmp_path: Path) -> None:
    port = free_port()
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        server.say(ann, text="/status")
        webhook = {"mode": "webhook", "webhook_url": f"http://127.0.0.1:{port}/in", "port": port}
        async with talking(server, tmp_path, settings=webhook):
            (shown,) = await server.answered(ann)
            query = server.press(shown, "status")
            await server.settled(query)
            assert server.count("getUpdates") == 0


async def test_a_check_tells_how_the_bot_is_invited() -> None:
    async with TelegramServer() as server:
        found = await PLATFORM.check(Settings(base_url=server.url), {"token": Secret(TOKEN)})
        assert found[0] == "@liqbot_test_bot, may join groups"
        assert found[-1].endswith("liqbot_test_bot?startchannel&admin=post_messages")
        assert server.violations == []


async def test_a_check_tells_what_is_wrong_without_the_token() -> None:
    async with TelegramServer() as server:
        settings = Settings(base_url=server.url)
        with pytest.raises(ConfigError, match="knows no bot of that token") as caught:
            await PLATFORM.check(settings, {"token": Secret(WRONG)})
        assert WRONG not in str(caught.value)
        server.fail("getWebhookInfo", 502)
        with pytest.raises(DeliveryDelayed, match="cannot be reached"):
            await PLATFORM.check(settings, {"token": Secret(TOKEN)})


async def test_a_conversation_is_as_it_was() -> None:
    assert await conversation() == FILE.read_text("utf-8")


@pytest.mark.parametrize("place", PLACES)
def test_every_command_is_in_the_conversation_wherever_people_talk(place: str) -> None:
    assert set(COMMANDS) - asked_in(place, FILE.read_text("utf-8")) == set()
