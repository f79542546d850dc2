"""What a bot asks outside of interactions."""

from collections.abc import Mapping

from tests.fakes.discord.asking import Answer, Ask
from tests.fakes.discord.limits import of_commands
from tests.fakes.discord.places import Channel
from tests.fakes.discord.posting import edit, erase, post, readable
from tests.fakes.discord.refusal import Refusal
from tests.fakes.faults import Json


def application(ask: Ask) -> Json:
    """Return a PrivateApplicationResponse."""
    realm = ask.realm
    nothing = "icon type interactions_endpoint_url role_connections_verification_url team"
    return {
        **dict.fromkeys(nothing.split()),
        "id": str(realm.application_id),
        "name": "liqbot",
        "description": "",
        "verify_key": "00",
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "owner": realm.owner.payload(),
        "bot": realm.bot.payload(),
        "bot_public": True,
        "bot_require_code_grant": False,
        "approximate_guild_count": len(realm.joined()),
        "approximate_user_install_count": sum(each.installed for each in realm.users.values()),
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "integration_types_config": {"0": {}, "1": {}},
        "eligible_oauth2_scopes": [],
    }


def me(ask: Ask) -> Json:
    """Return the bot."""
    return ask.realm.me()


def user(ask: Ask) -> Json:
    """Return anybody."""
    found = ask.realm.users.get(ask.number("user_id"))
    if found is None:
        raise Refusal(10013)
    return found.payload()


def open_direct(ask: Ask) -> Json:
    """Return the direct messages of a user."""
    found = ask.realm.users.get(int(ask.body.get("recipient_id") or 0))
    if found is None:
        raise Refusal(50033, f"no user is {ask.body.get('recipient_id')}")
    if found.bot:
        raise Refusal(50007)
    return ask.realm.direct(found).payload()


def guilds(ask: Ask) -> Json:
    """Return where the bot is."""
    realm = ask.realm
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(each.permissions(realm.bot)),
            "features": [],
        }
        for each in realm.joined()
    ]


def guild(ask: Ask) -> Json:
    """Return a guild."""
    return ask.realm.guild_of(ask.number("guild_id")).payload()


def leave(ask: Ask) -> None:
    """Leave a guild."""
    found = ask.realm.guild_of(ask.number("guild_id"))
    del found.members[ask.realm.bot.id]
    ask.realm.tell("GUILD_DELETE", {"id": str(found.id)}, found.id)


def roles(ask: Ask) -> Json:
    """Return the roles of a guild."""
    return [each.payload() for each in ask.realm.guild_of(ask.number("guild_id")).roles]


def channels(ask: Ask) -> Json:
    """Return the channels of a guild."""
    found = ask.realm.guild_of(ask.number("guild_id"))
    return [each.payload() for each in found.channels.values() if not each.parent]


def threads(ask: Ask) -> Json:
    """Return the threads of a guild."""
    found = ask.realm.guild_of(ask.number("guild_id"))
    told = [each.payload() for each in found.channels.values() if each.parent]
    return {"threads": told, "members": [], "has_more": False}


def member(ask: Ask) -> Json:
    """Return somebody in a guild."""
    found = ask.realm.guild_of(ask.number("guild_id"))
    if ask.number("user_id") not in found.members:
        raise Refusal(10007 if ask.number("user_id") in ask.realm.users else 10013)
    return found.members[ask.number("user_id")].payload()


def channel(ask: Ask) -> Json:
    """Return a channel."""
    return ask.realm.channel_of(ask.number("channel_id")).payload()


def typing(ask: Ask) -> None:
    """Show that the bot is typing."""
    found = ask.realm.channel_of(ask.number("channel_id"))
    _may_write(ask, found)


def send(ask: Ask) -> Json:
    """Post a message."""
    found = ask.realm.channel_of(ask.number("channel_id"))
    _may_write(ask, found)
    return post(ask.realm, found, ask.body, ask.uploads).payload()


def history(ask: Ask) -> Json:
    """Return messages, newest first."""
    found = ask.realm.channel_of(ask.number("channel_id"), "read_message_history")
    if "around" in ask.query:
        raise Refusal(50035, "this fake knows no ?around")
    most, after = int(ask.query.get("limit", 50)), int(ask.query.get("after", 0))
    before = int(ask.query.get("before", 1 << 63))
    there = [each for each in found.messages if after < each.id < before and not each.ephemeral]
    there = there[:most] if after else there[-most:]
    return [readable(ask.realm, found, each) for each in reversed(there)]


def message(ask: Ask) -> Json:
    """Return a message."""
    found = ask.realm.channel_of(ask.number("channel_id"), "read_message_history")
    return readable(ask.realm, found, ask.realm.message_of(found, ask.number("message_id")))


def edit_message(ask: Ask) -> Json:
    """Change a message of the bot."""
    realm, found = ask.realm, ask.realm.channel_of(ask.number("channel_id"))
    one = realm.message_of(found, ask.number("message_id"))
    if one.author is not realm.bot:
        raise Refusal(50005)
    edit(realm, found, one, ask.body, ask.uploads)
    return one.payload()


def delete_message(ask: Ask) -> None:
    """Delete a message, that of somebody else only with the right to."""
    found = ask.realm.channel_of(ask.number("channel_id"))
    one = ask.realm.message_of(found, ask.number("message_id"))
    if one.author is not ask.realm.bot:
        ask.realm.channel_of(found.id, "manage_messages")
    erase(ask.realm, found, one)


def commands(ask: Ask) -> Json:
    """Return the commands of one scope."""
    return ask.realm.commands.get(_scope(ask), [])


def put_commands(ask: Ask) -> Json:
    """Replace all commands of one scope; those that stay keep their number."""
    realm, scope = ask.realm, _scope(ask)
    wrong = [*of_commands(ask.body)]
    if wrong:
        full = all(each.endswith("commands, more than 100") for each in wrong)
        raise Refusal(30032 if full else 50035, "; ".join(wrong))
    before = {each["name"]: each["id"] for each in realm.commands.get(scope, [])}
    written = []
    for each in ask.body:
        told = {key: value for key, value in each.items() if value is not None}
        told |= {"id": before.get(each["name"]) or str(realm.new_id()), "type": 1}
        told |= {"type": each.get("type") or 1, "version": str(realm.new_id())}
        told |= {"application_id": str(realm.application_id)}
        permissions = each.get("default_member_permissions")
        told["default_member_permissions"] = None if permissions is None else str(permissions)
        if scope is not None:
            told["guild_id"] = str(scope)
        written.append(told)
    realm.commands[scope] = written
    return written


def _scope(ask: Ask) -> int | None:
    if ask.number("application_id") != ask.realm.application_id:
        raise Refusal(50001)
    if "guild_id" not in ask.words:
        return None
    return ask.realm.guild_of(ask.number("guild_id")).id


def _may_write(ask: Ask, where: Channel) -> None:
    if where.recipient is not None and not ask.realm.takes_messages(where.recipient):
        raise Refusal(50007)
    body = ask.body or {}
    needed = ["send_messages_in_threads" if where.parent else "send_messages"]
    needed += ["embed_links"] if body.get("embeds") else []
    needed += ["attach_files"] if ask.uploads else []
    needed += ["read_message_history"] if body.get("message_reference") else []
    ask.realm.channel_of(where.id, *needed)


_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
ENDPOINTS: Mapping[str, Answer] = {
    "GET /users/@me": me,
    "GET /users/@me/guilds": guilds,
    "DELETE /users/@me/guilds/{guild_id}": leave,
    "POST /users/@me/channels": open_direct,
    "GET /users/{user_id}": user,
    "GET /applications/@me": application,
    "GET /oauth2/applications/@me": application,
    f"GET {_COMMANDS}": commands,
    f"PUT {_COMMANDS}": put_commands,
    f"GET {_GUILD_COMMANDS}": commands,
    f"PUT {_GUILD_COMMANDS}": put_commands,
    "GET /guilds/{guild_id}": guild,
    "GET /guilds/{guild_id}/roles": roles,
    "GET /guilds/{guild_id}/channels": channels,
    "GET /guilds/{guild_id}/threads/active": threads,
    "GET /guilds/{guild_id}/members/{user_id}": member,
    "GET /channels/{channel_id}": channel,
    "POST /channels/{channel_id}/typing": typing,
    "GET /channels/{channel_id}/messages": history,
    "POST /channels/{channel_id}/messages": send,
    f"GET {_MESSAGE}": message,
    f"PATCH {_MESSAGE}": edit_message,
    f"DELETE {_MESSAGE}": delete_message,
}
