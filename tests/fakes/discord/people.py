"""Users, and the rights they have in a guild."""

from dataclasses import dataclass, field

from tests.fakes.discord.permissions import EVERYTHING, holds
from tests.fakes.faults import Json

JOINED = "2026-01-01T00:00:00+00:00"


@dataclass(eq=False, kw_only=True, slots=True)
class User:
    """Somebody, or the bot."""

    id: int
    name: str
    bot: bool = False
    reachable: bool = True  # takes direct messages
    installed: bool = False  # has installed the application for themselves

    @property
    def mention(self) -> str:
        """How a text points at them."""
        return f"<@{self.id}>"

    def payload(self) -> Json:
        """Return a UserResponse."""
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0000" if self.bot else "0",
            "global_name": None,
            "avatar": None,
            "banner": None,
            "accent_color": None,
            "avatar_decoration_data": None,
            "collectibles": None,
            "primary_guild": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
        }


@dataclass(eq=False, kw_only=True, slots=True)
class Role:
    """A role of a guild."""

    id: int
    name: str
    permissions: int = 0
    mentionable: bool = False
    managed: bool = False  # the application's own
    position: int = 0

    @property
    def mention(self) -> str:
        """How a text points at those who have it."""
        return f"<@&{self.id}>"

    def payload(self) -> Json:
        """Return a GuildRoleResponse."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": self.mentionable,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(eq=False, kw_only=True, slots=True)
class Member:
    """A user in a guild."""

    user: User
    roles: list[Role] = field(default_factory=list)  # without @everyone

    def permissions(self, everyone: Role, owner: bool) -> int:
        """Return what they may do where no channel says otherwise."""
        held = everyone.permissions
        for role in self.roles:
            held |= role.permissions
        return EVERYTHING if owner or holds(held, "administrator") else held

    def payload(self) -> Json:
        """Return a GuildMemberResponse."""
        return {
            "user": self.user.payload(),
            "roles": [str(role.id) for role in self.roles],
            "joined_at": JOINED,
            "avatar": None,
            "banner": None,
            "communication_disabled_until": None,
            "flags": 0,
            "nick": None,
            "pending": False,
            "premium_since": None,
            "mute": False,
            "deaf": False,
        }
