from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from telegram import Bot

from liqbot.chat.message import Message
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk
from liqbot.platforms._telegram.menus import LONG, SHORT, show
from liqbot.platforms._telegram.opening import bot_of
from tests.fakes.telegram.server import TOKEN, TelegramServer

EVERYBODY, ADMINS = '{"type": "default"}', '{"type": "all_chat_administrators"}'


async def _say(_: Desk, __: Caller, ___: NoArguments) -> Message:
    return Message(text=())


PLAIN = Command(name="plain", summary="Say it", arguments=NoArguments, run=_say)
RULE = replace(PLAIN, name="rule", summary="Rule " + "x" * 300, admin_only=True)


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[TelegramServer, Bot]]:
    async with TelegramServer() as server:
        bot = bot_of(TOKEN, server.url)
        async with bot:
            yield server, bot
    assert server.violations == []


def shown(server: TelegramServer) -> dict[tuple[str, str], list[str]]:
    return {
        scope: [each["command"] for each in menu]
        for scope, menu in server.settings.commands.items()
    }


async def test_everybody_sees_what_everybody_may_and_administrators_all_in_no_language() -> None:
    async with serving() as (server, bot):
        await show(bot, {"plain": PLAIN, "rule": RULE})
        assert shown(server) == {(EVERYBODY, ""): ["plain"], (ADMINS, ""): ["plain", "rule"]}
        assert server.settings.texts == {
            ("description", ""): LONG,
            ("short_description", ""): SHORT,
        }


async def test_what_is_shown_already_is_not_said_again() -> None:
    async with serving() as (server, bot):
        commands: dict[str, Command[Any]] = {"plain": PLAIN}
        for _ in range(2):
            await show(bot, commands)
        assert server.count("setMyCommands") == 1
        assert server.count("setMyDescription") == server.count("setMyShortDescription") == 1
        await show(bot, {"plain": replace(PLAIN, summary="Say it anew")})
        assert server.count("setMyCommands") == 2


async def test_the_menu_is_the_registry() -> None:
    async with serving() as (server, bot):
        await show(bot, COMMANDS)
        everybody = [each.name for each in COMMANDS.values() if not each.admin_only]
        assert shown(server)[EVERYBODY, ""] == everybody
