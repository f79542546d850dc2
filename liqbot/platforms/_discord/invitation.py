"""How the bot is invited, with no more rights than it needs."""

from collections.abc import Iterator

import discord
from discord.utils import oauth_url

NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
)
_NEEDLESS = {
    "Presence": ("gateway_presence", "gateway_presence_limited"),
    "Server Members": ("gateway_guild_members", "gateway_guild_members_limited"),
    "Message Content": ("gateway_message_content", "gateway_message_content_limited"),
}


def findings(bot: str, application: discord.AppInfo) -> Iterator[str]:
    """Yield who the bot is, how it is invited, and what about its application is amiss."""
    yield f"open as {bot}"
    yield f"To add it to a server: {server_link(application.id)}"
    yield f"To use it anywhere: {user_link(application.id)}"
    flags = application.flags
    needless = [name for name, each in _NEEDLESS.items() if any(getattr(flags, f) for f in each)]
    if needless:
        named = " and ".join(needless)
        yield f"It does not need the privileged intents {named}: switch them off on its Bot page."
    if application.interactions_endpoint_url:
        yield (
            "Its commands go to its Interactions Endpoint URL and never come here: empty that "
            "field on its General Information page."
        )


def server_link(application: int) -> str:
    """Return the address at which somebody adds the bot to a server."""
    return oauth_url(application, permissions=NEEDED, scopes=("bot", "applications.commands"))


def user_link(application: int) -> str:
    """Return the address at which somebody adds the bot for themselves."""
    return f"{oauth_url(application, scopes=('applications.commands',))}&integration_type=1"
