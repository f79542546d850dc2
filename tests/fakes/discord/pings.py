"""Whose telephone rings for a message: what it says, less what it was not allowed."""

import re

from tests.fakes.discord.messages import SILENT, Message, Pings
from tests.fakes.discord.people import User
from tests.fakes.discord.permissions import holds
from tests.fakes.discord.places import Channel
from tests.fakes.faults import Json

_USER, _ROLE, _ALL = (
    re.compile(r"<@!?(\d+)>"),
    re.compile(r"<@&(\d+)>"),
    re.compile(r"@(everyone|here)"),
)


def ring(message: Message, channel: Channel, allowed: Json | None, bot: User) -> None:
    """Work out the pings of a new message; without `allowed` all that it says rings."""
    said = message.content
    parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or ())
    listed = allowed or {}
    users = _chosen(_USER.findall(said), "users", parse, listed)
    roles = _chosen(_ROLE.findall(said), "roles", parse, listed)
    mighty = channel.guild is not None and holds(channel.permissions(bot), "mention_everyone")
    known = channel.guild.roles if channel.guild else []
    people = [each.user for each in channel.guild.members.values()] if channel.guild else []
    people += [channel.recipient] if channel.recipient else []
    reply = message.reply_to
    message.pinged = [each for each in people if str(each.id) in users]
    if reply is not None and listed.get("replied_user", allowed is None):
        message.pinged.append(reply.author)
    message.pings = Pings(
        everyone=bool(_ALL.search(said)) and "everyone" in parse and mighty,
        roles=tuple(
            each.name for each in known if str(each.id) in roles and (each.mentionable or mighty)
        ),
        users=tuple(each.name for each in message.pinged),
    )
    if message.flags & SILENT:
        message.pings = Pings()


def _chosen(said: list[str], kind: str, parse: set[str], listed: Json) -> set[str]:
    return (
        set(said) if kind in parse else set(said) & {str(each) for each in listed.get(kind) or ()}
    )
