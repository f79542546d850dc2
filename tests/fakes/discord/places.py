"""Guilds and channels, threads and direct messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.fakes.discord.messages import Message
from tests.fakes.discord.people import JOINED, Member, Role, User
from tests.fakes.discord.permissions import EVERYTHING, holds
from tests.fakes.faults import Json

TEXT, DIRECT, GROUP, THREAD = 0, 1, 3, 11
_NOTHING = (
    "icon description home_header splash discovery_splash banner application_id "
    "afk_channel_id system_channel_id widget_channel_id vanity_url_code rules_channel_id "
    "max_presences safety_alerts_channel_id public_updates_channel_id incidents_data "
    "premium_progress_bar_enabled_user_updated_at"
)
_ZERO = (
    "system_channel_flags verification_level default_message_notifications mfa_level "
    "explicit_content_filter premium_tier premium_subscription_count nsfw_level"
)


@dataclass(eq=False, kw_only=True, slots=True)
class Channel:
    """Where messages are."""

    id: int
    name: str
    kind: int = TEXT
    guild: "Guild | None" = None
    parent: "Channel | None" = None  # of a thread
    recipient: User | None = None  # of direct messages, or who brought the bot to a group
    overwrites: dict[int, tuple[int, int]] = field(
        default_factory=dict
    )  # allow, deny by role, user
    messages: list[Message] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What a transcript calls it."""
        if self.guild is None:
            return f"@{self.name}"
        above = f"{self.parent.name} › " if self.parent else ""
        return f"{self.guild.name} #{above}{self.name}"

    def permissions(self, user: User) -> int:
        """Return what somebody may do here; nothing where they are not."""
        if self.guild is None:
            there = user is self.recipient or (user.bot and self.kind == DIRECT)
            return EVERYTHING if there else 0
        if self.parent is not None:
            return self.parent.permissions(user)
        member = self.guild.members.get(user.id)
        if member is None:
            return 0
        held = self.guild.permissions(user)
        if holds(held, "administrator"):
            return held
        everyone = self.overwrites.get(self.guild.id, (0, 0))
        roles = [self.overwrites.get(role.id, (0, 0)) for role in member.roles]
        roles_allow, roles_deny = _joined(allow for allow, _ in roles), _joined(d for _, d in roles)
        own = self.overwrites.get(user.id, (0, 0))
        for allow, deny in (everyone, (roles_allow, roles_deny), own):
            held = held & ~deny | allow
        return held if holds(held, "view_channel") else 0

    def payload(self) -> Json:
        """Return a GuildChannelResponse, ThreadResponse or PrivateChannelResponse."""
        last = str(self.messages[-1].id) if self.messages else None
        told = {"id": str(self.id), "type": self.kind, "flags": 0, "last_message_id": last}
        if self.guild is None:
            people = [self.recipient.payload()] if self.recipient else []
            told |= {"recipients": people}
            if self.kind == DIRECT:
                return told
            return told | {"name": self.name, "icon": None, "owner_id": people[0]["id"]}
        told |= {"guild_id": str(self.guild.id), "name": self.name, "rate_limit_per_user": 0}
        if self.parent is not None:
            return told | {"parent_id": str(self.parent.id), **_thread(self.guild)}
        overwrites = [self._overwrite(each) for each in self.overwrites]
        told |= {"position": 0, "permission_overwrites": overwrites, "parent_id": None}
        return told | {"topic": None, "nsfw": False}

    def _overwrite(self, whose: int) -> Json:
        allow, deny = self.overwrites[whose]
        of_user = self.guild is not None and whose in self.guild.members
        return {"id": str(whose), "type": int(of_user), "allow": str(allow), "deny": str(deny)}


@dataclass(eq=False, kw_only=True, slots=True)
class Guild:
    """A guild: people call it a server."""

    id: int
    name: str
    owner: User
    roles: list[Role] = field(default_factory=list)  # @everyone first
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # and threads

    def permissions(self, user: User) -> int:
        """Return what somebody may do where no channel says otherwise."""
        member = self.members.get(user.id)
        return member.permissions(self.roles[0], user is self.owner) if member else 0

    def payload(self) -> Json:
        """Return a GuildWithCountsResponse."""
        return {
            **dict.fromkeys(_NOTHING.split()),
            **dict.fromkeys(_ZERO.split(), 0),
            "id": str(self.id),
            "name": self.name,
            "features": [],
            "owner_id": str(self.owner.id),
            "region": "deprecated",
            "afk_timeout": 300,
            "widget_enabled": False,
            "roles": [role.payload() for role in self.roles],
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "preferred_locale": "en-US",
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "emojis": [],
            "stickers": [],
        }

    def create(self, bot: User) -> Json:
        """Return what GUILD_CREATE tells a bot without privileged intents."""
        seen = [each for each in self.channels.values() if each.permissions(bot)]
        nothing = "voice_states presences stage_instances guild_scheduled_events soundboard_sounds"
        return self.payload() | {
            **{name: [] for name in nothing.split()},
            "joined_at": JOINED,
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [self.members[bot.id].payload()],
            "channels": [each.payload() for each in self.channels.values() if not each.parent],
            "threads": [each.payload() for each in seen if each.parent],
        }


def context_of(channel: Channel) -> int:
    """Return what an interaction calls a place: guild, direct messages with the bot, others."""
    return {DIRECT: 1, GROUP: 2}.get(channel.kind, 0)


def _joined(each: Iterable[int]) -> int:
    held = 0
    for one in each:
        held |= one
    return held


def _thread(guild: Guild) -> Json:
    return {
        "owner_id": str(guild.owner.id),
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": JOINED,
            "auto_archive_duration": 1440,
            "locked": False,
            "create_timestamp": JOINED,
        },
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
    }
