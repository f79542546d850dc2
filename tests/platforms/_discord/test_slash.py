"""Slash commands are what the commands declare."""

from dataclasses import dataclass
from typing import Annotated, Any

import discord
import pytest
from discord import app_commands

from liqbot.chat.arguments import LINE, MARKET, Word, one_of
from liqbot.chat.message import Message
from liqbot.commands import COMMANDS
from liqbot.commands.command import Command
from liqbot.platforms._discord.slash import slash
from tests.fakes.discord.limits import of_commands

COLOURS = Word("x" * 200, lambda text, _: text, lambda _: map(str, range(30)), fixed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    size: Annotated[str, one_of("size", ("wide", "hd", "x" * 101, ""))] = "wide"
    market: Annotated[object, MARKET]
    colour: Annotated[str, COLOURS] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    words: Annotated[str, Word("any", lambda text, _: text, lambda _: ()), LINE] = ""


async def _run(*_: object) -> Message:
    return Message(text=())


def told(arguments: type, *, admin_only: bool = False) -> dict[str, Any]:
    """Return what Discord is told of a command."""
    command: Command[Any] = Command(
        name="draw", summary="s" * 120, arguments=arguments, run=_run, admin_only=admin_only
    )
    made = slash(command, _nobody, lambda *_: [])
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    return made.to_dict(tree)


async def _nobody(*_: object) -> None: ...


async def test_what_is_required_comes_first_and_all_is_explained_in_few_words() -> None:
    found = told(Arguments)
    options = found["options"]
    assert [each["name"] for each in options] == ["market", "size", "colour"]
    assert [each["required"] for each in options] == [True, False, False]
    assert options[0]["description"] == "BTC, ETH/USDT, bybit:BTC …"
    assert options[2]["description"] == "x" * 99 + "…"
    assert found["description"] == "s" * 99 + "…"


async def test_a_short_list_is_offered_and_the_rest_completed() -> None:
    market, size, colour = told(Arguments)["options"]
    assert [each["name"] for each in size["choices"]] == ["wide", "hd"]
    assert "autocomplete" not in size
    assert (market["autocomplete"], colour["autocomplete"]) == (True, True)
    assert "choices" not in market


async def test_a_line_is_one_option() -> None:
    (option,) = told(Sentence)["options"]
    assert (option["name"], option["required"]) == ("words", False)


@pytest.mark.parametrize(("admin_only", "needed"), [(False, None), (True, 1 << 5)])
async def test_it_is_there_for_servers_and_users_and_some_for_who_manages_alone(
    admin_only: bool, needed: int | None
) -> None:
    found = told(Sentence, admin_only=admin_only)
    assert (found["integration_types"], found["contexts"]) == ([0, 1], [0, 1, 2])
    assert found["default_member_permissions"] == needed


async def test_discord_takes_every_command_there_is() -> None:
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    made = [slash(each, _nobody, lambda *_: []).to_dict(tree) for each in COMMANDS.values()]
    assert list(of_commands(made)) == []
    assert [each["name"] for each in made] == list(COMMANDS)
