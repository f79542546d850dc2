"""Who may do what where."""

from pathlib import Path

import pytest

from liqbot.chat.message import ChatId, Message
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk
from tests.platforms._discord.stage import Stage, staged, words


async def _whom(_: Desk, caller: Caller, __: NoArguments) -> Message:
    return Message(text=((repr(caller.chat), str(caller.is_admin)),), private=True)


def a_command(*, admin_only: bool = False) -> dict[str, Command[NoArguments]]:
    made = Command(
        name="who",
        summary="Say who asks",
        arguments=NoArguments,
        run=_whom,
        admin_only=admin_only,
        personal=True,
    )
    return {"who": made}


async def asked(stage: Stage, who: str, where: str) -> str:
    """Ask as somebody somewhere; return what they read."""
    user = {"ann": stage.ann, "admin": stage.admin, "owner": stage.guild.owner}[who]
    place = {"here": stage.channel, "alone": stage.alone(user)}.get(where)
    if place is None:  # a server that the bot is not in
        user.installed = True
        realm = stage.server.realm
        away = realm.guild("Away", bot=False)
        realm.member(away, user, realm.role(away, "mods", "manage_guild", "view_channel"))
        place = realm.channel(away, "x")
    return words((await stage.server.slash(user, place, "who")).answer)


@pytest.mark.parametrize(
    ("who", "where", "is_admin"),
    [
        ("ann", "here", False),
        ("admin", "here", True),
        ("owner", "here", True),
        ("ann", "alone", True),
        ("admin", "away", False),
    ],
)
async def test_whoever_manages_a_server_or_is_alone_with_the_bot_rules_there(
    tmp_path: Path, who: str, where: str, is_admin: bool
) -> None:
    async with staged(tmp_path, commands=a_command()) as stage, stage.open():
        said = await asked(stage, who, where)
        alone = ChatId.private("discord", str(stage.ann.id))
    assert said.endswith(str(is_admin))
    assert (f"user\\:{alone.user}" in said) == (where == "alone")


@pytest.mark.parametrize(("who", "is_shown"), [("ann", False), ("admin", True)])
async def test_who_does_not_manage_a_server_is_told_so_also_if_the_command_is_shown(
    tmp_path: Path, who: str, is_shown: bool
) -> None:
    async with staged(tmp_path, commands=a_command(admin_only=True)) as stage, stage.open():
        for each in stage.server.realm.commands[None]:
            each["default_member_permissions"] = None  # as administrators of a server may set it
        said = await asked(stage, who, "here")
    assert ("Only an administrator" not in said) == is_shown


@pytest.mark.parametrize(
    ("allow", "owners", "ann", "admin"),
    [
        ((), (), True, True),
        (("guild",), (), True, True),
        (("ann",), (), True, False),
        (("nobody",), (), False, False),
        (("nobody",), ("admin",), False, True),
        ((), ("admin",), True, True),
    ],
)
async def test_the_operator_says_who_may_ask(
    tmp_path: Path,
    allow: tuple[str, ...],
    owners: tuple[str, ...],
    ann: bool,
    admin: bool,
) -> None:
    async with staged(tmp_path, commands=a_command()) as stage:
        ids = {"guild": stage.guild.id, "ann": stage.ann.id, "admin": stage.admin.id, "nobody": 1}
        allowed = tuple(ids[each] for each in allow)
        ruling = tuple(ids[each] for each in owners)
        async with stage.open(allow=allowed, owners=ruling):
            told = [await asked(stage, who, "here") for who in ("ann", "admin")]
    assert ["This bot is private" not in each for each in told] == [ann, admin]
