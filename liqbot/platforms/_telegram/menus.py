"""What Telegram shows of the bot by itself: its commands, and what it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeDefault,
)

from liqbot.commands.command import Command

SHORT = "Where leveraged crypto positions would be liquidated: maps and alerts. Not advice."
LONG = (
    "Liquidation heatmaps of perpetual futures, and alerts on what is near.\n\n"
    "Try /heatmap BTC or /subscribe BTC near.\n\n"
    "Modelled, not measured: an estimate of what would fire if price went there. Not a forecast."
)

_SUMMARY = 256  # characters


async def show(bot: Bot, commands: Mapping[str, Command[Any]]) -> None:
    """Tell Telegram what has changed of it, in no language; raise TelegramError.

    Changing it is rationed, and asking is not.
    """
    everybody = tuple(each for each in commands.values() if not each.admin_only)
    await _list(bot, everybody, BotCommandScopeDefault())
    if len(everybody) < len(commands):
        await _list(bot, commands.values(), BotCommandScopeAllChatAdministrators())
    if (await bot.get_my_short_description()).short_description != SHORT:
        await bot.set_my_short_description(SHORT)
    if (await bot.get_my_description()).description != LONG:
        await bot.set_my_description(LONG)


async def _list(bot: Bot, commands: Iterable[Command[Any]], scope: BotCommandScope) -> None:
    menu = tuple(BotCommand(each.name, each.summary[:_SUMMARY]) for each in commands)
    if await bot.get_my_commands(scope) != menu:
        await bot.set_my_commands(menu, scope)
