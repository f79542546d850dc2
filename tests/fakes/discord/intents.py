"""Which events a bot is told, by the intents that it declared."""

from tests.fakes.faults import Json

GUILDS, GUILD_MEMBERS, GUILD_PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = {GUILD_MEMBERS: "members", GUILD_PRESENCES: "presences", MESSAGE_CONTENT: "content"}


def privileged(intents: int) -> list[str]:
    """Return the names of what needs the leave of Discord."""
    return [name for bit, name in PRIVILEGED.items() if intents & bit]


def permit(intents: int, event: str, data: Json) -> bool:
    """Tell whether an event is told under some intents."""
    if event.startswith(("GUILD_ROLE", "CHANNEL_", "THREAD_")) or event in {
        "GUILD_CREATE",
        "GUILD_UPDATE",
        "GUILD_DELETE",
    }:
        return bool(intents & GUILDS)
    if event.startswith("MESSAGE_"):
        return bool(intents & (GUILD_MESSAGES if "guild_id" in data else DIRECT_MESSAGES))
    return True
