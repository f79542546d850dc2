"""Which commands a client shows to somebody, and what it lets them fill in."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.discord.people import Role, User
from tests.fakes.discord.places import DIRECT, Channel, context_of
from tests.fakes.discord.realm import Realm
from tests.fakes.faults import Json

_SUBCOMMAND, _GROUP, _STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE = 1, 2, 3, 4, 5, 6, 7, 8
_NUMBER = 10
_TAKES: Mapping[int, tuple[type, ...]] = {
    _STRING: (str,),
    _INTEGER: (int,),
    _BOOLEAN: (bool,),
    _USER: (User,),
    _CHANNEL: (Channel,),
    _ROLE: (Role,),
    _NUMBER: (int, float),
}


class NotOffered(LookupError):  # noqa: N818 - what the client would show
    """The client would not let somebody do that."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A command or subcommand as it is shown to somebody."""

    command: Json
    path: tuple[Json, ...]  # group and subcommand, if any
    guild_id: int | None

    def filled(self, given: Mapping[str, Json], realm: Realm) -> Json:
        """Return the data of a command with all that it requires."""
        missing = [
            each["name"]
            for each in self._options
            if each.get("required") and each["name"] not in given
        ]
        if missing:
            raise NotOffered(f"/{self.command['name']} cannot be sent without {missing}")
        return self._data([self._value(name, value) for name, value in given.items()], given)

    def typed(self, given: Mapping[str, Json], realm: Realm, focused: str, value: str) -> Json:
        """Return the data of a command that is being typed."""
        option = self._option(focused)
        if not option.get("autocomplete"):
            raise NotOffered(f"/{self.command['name']} {focused} is not completed")
        typing = {"name": focused, "type": option["type"], "value": value, "focused": True}
        written = [self._value(name, each) for name, each in given.items()]
        return self._data([*written, typing], given)

    @property
    def _options(self) -> list[Json]:
        return (self.path[-1] if self.path else self.command).get("options") or []

    def _option(self, name: str) -> Json:
        found = next((each for each in self._options if each["name"] == name), None)
        if found is None:
            there = [each["name"] for each in self._options]
            raise NotOffered(f"/{self.command['name']} has no option {name!r} but {there}")
        return found

    def _value(self, name: str, value: Json) -> Json:
        option = self._option(name)
        kind, choices = option["type"], option.get("choices") or []
        fits = isinstance(value, _TAKES[kind]) and (kind == _BOOLEAN or not isinstance(value, bool))
        if not fits:
            raise NotOffered(f"{name} takes no {type(value).__name__}: {value!r}")
        by_name = {each["name"]: each["value"] for each in choices}
        value = by_name.get(value, value) if choices else value
        if choices and value not in by_name.values():
            raise NotOffered(f"{name} offers {sorted(by_name)}, not {value!r}")
        if kind in {_USER, _CHANNEL, _ROLE}:
            return {"name": name, "type": kind, "value": str(value.id)}
        length = len(value) if isinstance(value, str) else value
        sort = "length" if isinstance(value, str) else "value"
        low, high = option.get(f"min_{sort}"), option.get(f"max_{sort}")
        if (low is not None and length < low) or (high is not None and length > high):
            raise NotOffered(f"{name}: {value!r} is not within {low} … {high}")
        return {"name": name, "type": kind, "value": value}

    def _data(self, options: list[Json], given: Mapping[str, Json]) -> Json:
        for each in reversed(self.path):
            options = [{"name": each["name"], "type": each["type"], "options": options}]
        told = {"id": self.command["id"], "name": self.command["name"], "type": 1}
        told |= {"options": options, "resolved": _resolved(given)}
        return told | ({"guild_id": str(self.guild_id)} if self.command.get("guild_id") else {})


def offered(realm: Realm, user: User, channel: Channel, words: str) -> Offer:
    """Return what somebody is shown for a command; NotOffered where they are shown nothing."""
    name, *below = words.split(" ")
    guild = channel.guild
    scopes = [None, *([guild.id] if guild else [])]
    known = {each["name"]: each for scope in scopes for each in realm.commands.get(scope, [])}
    if name not in known:
        raise NotOffered(f"no command is /{name} among {sorted(known)}")
    command = known[name]
    _available(realm, command, user, channel)
    path = []
    here = command
    for word in below:
        there = {each["name"]: each for each in here.get("options") or ()}
        if word not in there or there[word]["type"] not in {_SUBCOMMAND, _GROUP}:
            raise NotOffered(f"/{words}: no {word!r} among {sorted(there)}")
        here = there[word]
        path.append(here)
    nested = here.get("options") or []
    if nested and nested[0]["type"] in {_SUBCOMMAND, _GROUP}:
        raise NotOffered(f"/{words} needs one of {[each['name'] for each in nested]}")
    return Offer(command, tuple(path), guild.id if guild else None)


def _available(realm: Realm, command: Json, user: User, channel: Channel) -> None:
    """Raise NotOffered where an install, a context or a permission hides a command."""
    guild, name = channel.guild, command["name"]
    installs = command.get("integration_types") or [0]
    contexts = command.get("contexts")
    context = context_of(channel)
    inside = realm.bot.id in guild.members if guild else channel.kind == DIRECT
    if not (inside and 0 in installs) and not (user.installed and 1 in installs):
        raise NotOffered(f"/{name} is installed neither in {channel.title} nor by {user.name}")
    if contexts is not None and context not in contexts:
        raise NotOffered(f"/{name} is not for {channel.title}: contexts {contexts}")
    if contexts is None and context and command.get("dm_permission") is False:
        raise NotOffered(f"/{name} is not for direct messages")
    needed = command.get("default_member_permissions")
    if guild is None:
        return
    held = channel.permissions(user)
    if not held:
        raise NotOffered(f"{user.name} does not see {channel.title}")
    if needed is not None and (held & int(needed) != int(needed) or not int(needed)):
        raise NotOffered(f"/{name} is hidden from {user.name}: it needs permissions {needed}")


def _resolved(given: Mapping[str, Json]) -> Json:
    told: dict[str, dict[str, Json]] = {}
    for each in given.values():
        for kind, place in ((User, "users"), (Channel, "channels"), (Role, "roles")):
            if isinstance(each, kind):
                told.setdefault(place, {})[str(each.id)] = each.payload()
        if isinstance(each, Channel):
            permissions = {"permissions": str((1 << 53) - 1)}
            told["channels"][str(each.id)] |= permissions
    return told
