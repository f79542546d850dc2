"""Slash commands, as the commands declare what they take."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from inspect import Parameter, Signature
from typing import Any

import discord
from discord import app_commands

from liqbot.chat.arguments import Known, Slot
from liqbot.commands.command import Command

Answer = Callable[[discord.Interaction, Command[Any], Mapping[str, str]], Awaitable[None]]
Complete = Callable[[discord.Interaction, Slot, str], list[str]]
Callback = Callable[..., Coroutine[Any, Any, None]]

CHOICES = 25
CHOICE = SUMMARY = 100  # characters

_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)


def slash(
    command: Command[Any], answer: Answer, complete: Complete
) -> app_commands.Command[Any, ..., None]:
    """Return a command as Discord offers it: an option per slot, with choices or completion."""

    async def callback(interaction: discord.Interaction, **given: object) -> None:
        told = {name: word for name, word in given.items() if word is not None}
        words = {name: word for name, word in told.items() if isinstance(word, str)}
        if words != told:
            raise app_commands.CommandSignatureMismatch(made)
        await answer(interaction, command, words)

    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=command.name,
        description=_short(command.summary),
        callback=_described(callback, command.slots),
        allowed_installs=_INSTALLS,
        allowed_contexts=_CONTEXTS,
    )
    if command.admin_only:
        made.default_permissions = discord.Permissions(manage_guild=True)
    for each in command.slots:
        if not _choices(each):
            made.autocomplete(each.name)(_completion(each, complete))
    return made


def _described(callback: Callback, slots: tuple[Slot, ...]) -> Callback:
    """Give a callback what discord.py reads options from: a signature, words and choices."""
    kind = Parameter.KEYWORD_ONLY
    options = [
        Parameter(each.name, kind, annotation=str)
        if each.required
        else Parameter(each.name, kind, annotation=str | None, default=None)
        for each in slots
    ]
    asked = Parameter("interaction", Parameter.POSITIONAL_ONLY, annotation=discord.Interaction)
    callback.__signature__ = Signature([asked, *options])  # type: ignore[attr-defined]
    told = {each.name: _short(each.word.help) for each in slots}
    listed = {each.name: made for each in slots if (made := _choices(each))}
    return app_commands.choices(**listed)(app_commands.describe(**told)(callback))


def _choices(slot: Slot) -> list[app_commands.Choice[str]]:
    """Return all that a slot takes, where that is fixed and not too much to list."""
    names = list(slot.word.names(Known())) if slot.word.fixed else []
    return _offered(names) if len(names) <= CHOICES else []


def _completion(
    slot: Slot, complete: Complete
) -> Callable[[discord.Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def completed(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return _offered(complete(interaction, slot, current))

    return completed


def _offered(names: list[str]) -> list[app_commands.Choice[str]]:
    """Offer names as they are, once each, as many as are shown."""
    fitting = dict.fromkeys(each for each in names if 0 < len(each) <= CHOICE)
    return [app_commands.Choice(name=each, value=each) for each in list(fitting)[:CHOICES]]


def _short(text: str) -> str:
    return text if len(text) <= SUMMARY else f"{text[: SUMMARY - 1]}…"
