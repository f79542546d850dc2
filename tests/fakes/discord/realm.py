"""All that Discord knows: users, guilds, channels, commands, and what was done in them."""

from datetime import datetime
from typing import TYPE_CHECKING

from liqbot.clock import Clock
from tests.fakes.discord.messages import Attached, Message
from tests.fakes.discord.people import Member, Role, User
from tests.fakes.discord.permissions import EVERYTHING, ORDINARY, bits, holds
from tests.fakes.discord.places import DIRECT, GROUP, TEXT, THREAD, Channel, Guild
from tests.fakes.discord.refusal import Refusal
from tests.fakes.discord.transcript import Transcript
from tests.fakes.faults import Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.discord.interaction import Interaction

_COUNTED = 22  # the lowest bits of an id do not tell the time
_EPOCH_MS = 1_420_070_400_000  # Discord counts from 2015


class Realm:
    """The state behind gateway and REST."""

    def __init__(self, clock: Clock, token: str) -> None:
        self.clock, self.token = clock, token
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.files: dict[str, Attached] = {}  # by path
        self.commands: dict[int | None, list[Json]] = {}  # by guild; None is everywhere
        self.interactions: dict[str, Interaction] = {}  # by token
        self.violations: list[str] = []
        self.transcript = Transcript()
        self.tell: Callable[[str, Json, int | None], None] = lambda *_: None
        self.url = ""
        self._last_id = 0
        self.bot = self.user("liqbot", bot=True)
        self.application_id = self.bot.id
        self.owner = self.user("owner")

    def now(self) -> datetime:
        """Return the moment."""
        return self.clock.now()

    def new_id(self) -> int:
        """Return a number that nothing has yet, and that tells when it was given."""
        ms = int(self.clock.now().timestamp() * 1000) - _EPOCH_MS
        self._last_id = max(self._last_id + 1, ms << _COUNTED)
        return self._last_id

    def violate(self, what: str) -> None:
        """Note what a program that behaves does not do."""
        self.violations.append(what)

    # People and places: what a test sets up.

    def user(self, name: str, *, bot: bool = False, installed: bool = False) -> User:
        """Let somebody join Discord; `installed` gives them the application in every chat."""
        user = User(id=self.new_id(), name=name, bot=bot, installed=installed)
        self.users[user.id] = user
        return user

    def guild(self, name: str, *, owner: User | None = None, bot: bool = True) -> Guild:
        """Found a guild; `bot` invites the bot, with ordinary permissions."""
        if (self.new_id() >> _COUNTED) % 2 != len(self.guilds) % 2:  # of two shards, in turn
            self._last_id += 1 << _COUNTED
        guild = Guild(id=self._last_id, name=name, owner=owner or self.owner)
        everyone = Role(id=guild.id, name="@everyone", permissions=bits(*ORDINARY))
        guild.roles.append(everyone)
        guild.members[guild.owner.id] = Member(user=guild.owner)
        self.guilds[guild.id] = guild
        if bot:
            self.invite(guild)
        return guild

    def invite(self, guild: Guild, *permissions: str) -> None:
        """Add the bot to a guild; it is no guild that was unavailable."""
        own = Role(id=self.new_id(), name="liqbot", permissions=bits(*permissions), managed=True)
        guild.roles.append(own)
        guild.members[self.bot.id] = Member(user=self.bot, roles=[own])
        new = {name: said for name, said in guild.create(self.bot).items() if name != "unavailable"}
        self.tell("GUILD_CREATE", new, guild.id)

    def role(self, guild: Guild, name: str, *permissions: str, mentionable: bool = False) -> Role:
        """Make a role."""
        made = Role(id=self.new_id(), name=name, mentionable=mentionable)
        made.permissions, made.position = bits(*permissions), len(guild.roles)
        guild.roles.append(made)
        data = {"guild_id": str(guild.id), "role": made.payload()}
        self.tell("GUILD_ROLE_CREATE", data, guild.id)
        return made

    def member(self, guild: Guild, user: User, *roles: Role) -> Member:
        """Let somebody join a guild, or change the roles they have in it."""
        guild.members[user.id] = Member(user=user, roles=list(roles))
        return guild.members[user.id]

    def channel(self, guild: Guild, name: str) -> Channel:
        """Open a text channel."""
        return self._open(Channel(id=self.new_id(), name=name, kind=TEXT, guild=guild))

    def thread(self, parent: Channel, name: str) -> Channel:
        """Open a thread of a channel."""
        return self._open(
            Channel(id=self.new_id(), name=name, kind=THREAD, guild=parent.guild, parent=parent)
        )

    def direct(self, user: User) -> Channel:
        """Return the direct messages of a user and the bot."""
        for each in self.channels.values():
            if each.recipient is user and each.kind == DIRECT:
                return each
        channel = Channel(id=self.new_id(), name=user.name, kind=DIRECT, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def group(self, user: User, name: str) -> Channel:
        """Return a group of a user and others, where the bot is only by the user's install."""
        channel = Channel(id=self.new_id(), name=name, kind=GROUP, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def _open(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        assert channel.guild is not None
        channel.guild.channels[channel.id] = channel
        event = "THREAD_CREATE" if channel.parent else "CHANNEL_CREATE"
        self.tell(event, channel.payload(), channel.guild.id)
        return channel

    # What requests ask for: a Refusal where it is not there, or not for the bot.

    def me(self) -> Json:
        """Return the bot's own UserPIIResponse."""
        own = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
        return self.bot.payload() | own | {"premium_type": 0}

    def joined(self) -> list[Guild]:
        """Return the guilds that the bot is in."""
        return [each for each in self.guilds.values() if self.bot.id in each.members]

    def guild_of(self, guild_id: int) -> Guild:
        """Return a guild that the bot is in."""
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise Refusal(10004)
        if self.bot.id not in guild.members:
            raise Refusal(50001)
        return guild

    def channel_of(self, channel_id: int, *needed: str) -> Channel:
        """Return a channel that the bot sees and in which it has some permissions."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal(10003)
        held = channel.permissions(self.bot)
        if not holds(held, "view_channel"):
            raise Refusal(50001)
        if not holds(held, *needed):
            raise Refusal(50013)
        return channel

    def message_of(self, channel: Channel, message_id: int) -> Message:
        """Return a message of a channel that everybody there sees."""
        found = self.messages.get(message_id)
        if found is None or found.deleted or found.channel_id != channel.id or found.ephemeral:
            raise Refusal(10008)
        return found

    def takes_messages(self, user: User) -> bool:
        """Tell whether the bot may write to somebody by themselves."""
        shared = any(user.id in guild.members for guild in self.joined())
        return user.reachable and (shared or user.installed) and not user.bot

    def permissions_here(self, channel: Channel) -> int:
        """Return what an interaction says that the bot may do."""
        return channel.permissions(self.bot) if channel.guild else EVERYTHING
