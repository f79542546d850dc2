"""What happens to places while a bot is in them."""

from tests.fakes.discord.messages import Message
from tests.fakes.discord.people import Role, User
from tests.fakes.discord.permissions import bits
from tests.fakes.discord.places import Channel, Guild
from tests.fakes.discord.posting import erase
from tests.fakes.discord.realm import Realm


class Moderation:
    """Each tells the bot as Discord does, where the bot may know."""

    realm: Realm

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel and its threads; asking for it is 10003 from now on."""
        realm, guild = self.realm, channel.guild
        for each in [each for each in realm.channels.values() if each.parent is channel]:
            self.delete_channel(each)
        del realm.channels[channel.id]
        if guild is not None:
            del guild.channels[channel.id]
            event = "THREAD_DELETE" if channel.parent else "CHANNEL_DELETE"
            realm.tell(event, channel.payload(), guild.id)

    def forbid(self, channel: Channel, *permissions: str, whom: Role | User | None = None) -> None:
        """Take permissions away in a channel: from the bot, or from a role or user."""
        self._overwrite(channel, whom, allow=0, deny=bits(*permissions))

    def allow(self, channel: Channel, *permissions: str, whom: Role | User | None = None) -> None:
        """Give permissions in a channel: to the bot, or to a role or user."""
        self._overwrite(channel, whom, allow=bits(*permissions), deny=0)

    def empower(self, guild: Guild, role: Role, *permissions: str) -> None:
        """Set what a role may do."""
        role.permissions = bits(*permissions)
        data = {"guild_id": str(guild.id), "role": role.payload()}
        self.realm.tell("GUILD_ROLE_UPDATE", data, guild.id)

    def kick(self, guild: Guild) -> None:
        """Throw the bot out; what it asks of the guild is 50001 from now on."""
        bot = self.realm.bot
        del guild.members[bot.id]
        guild.roles = [each for each in guild.roles if not each.managed]
        self.realm.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

    def outage(self, guild: Guild) -> None:
        """Make a guild unavailable, which is not the end of it."""
        self.realm.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)

    def delete_message(self, message: Message) -> None:
        """Delete a message; editing it is 10008 from now on."""
        erase(self.realm, self.realm.channels[message.channel_id], message)

    def _overwrite(
        self, channel: Channel, whom: Role | User | None, *, allow: int, deny: int
    ) -> None:
        realm, bot = self.realm, self.realm.bot
        channel = channel.parent or channel  # threads have no rules of their own
        assert channel.guild is not None
        whose = (whom or channel.guild.members[bot.id].roles[0]).id
        before_allow, before_deny = channel.overwrites.get(whose, (0, 0))
        channel.overwrites[whose] = before_allow & ~deny | allow, before_deny & ~allow | deny
        realm.tell("CHANNEL_UPDATE", channel.payload(), channel.guild.id)
