from types import SimpleNamespace
from typing import cast

import discord
import pytest

from liqbot.platforms._discord.invitation import findings, server_link, user_link


def an_application(flags: int = 0, url: str | None = None) -> discord.AppInfo:
    known = discord.ApplicationFlags._from_value(flags)
    return cast(
        "discord.AppInfo", SimpleNamespace(id=7, flags=known, interactions_endpoint_url=url)
    )


def test_the_least_rights_are_asked_for() -> None:
    view, send, embed, attach, in_threads = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 38
    rights = view | send | embed | attach | in_threads
    where = "https://discord.com/oauth2/authorize?client_id=7"
    assert server_link(7) == f"{where}&scope=bot+applications.commands&permissions={rights}"
    assert user_link(7) == f"{where}&scope=applications.commands&integration_type=1"


def test_all_in_order_is_who_it_is_and_two_links() -> None:
    assert [each.split(":")[0] for each in findings("liqbot", an_application())] == [
        "open as liqbot",
        "To add it to a server",
        "To use it anywhere",
    ]


@pytest.mark.parametrize(
    ("bit", "name"), [(12, "Presence"), (15, "Server Members"), (19, "Message Content")]
)
def test_intents_that_it_does_not_need_are_named(bit: int, name: str) -> None:
    *_, last = findings("liqbot", an_application(1 << bit))
    assert f"does not need the privileged intents {name}:" in last


def test_an_address_that_takes_its_commands_away_is_told() -> None:
    *_, last = findings("liqbot", an_application(url="https://elsewhere.example"))
    assert "Interactions Endpoint URL" in last
