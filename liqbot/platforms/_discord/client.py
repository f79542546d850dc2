"""discord.py's client as liqbot uses it: which events it wants, and who deals with them."""

import discord
from discord import app_commands

from liqbot.platforms._discord.answering import Answering
from liqbot.platforms._discord.departures import Departures
from liqbot.platforms._discord.dressing import NOBODY
from liqbot.platforms._discord.slash import slash
from liqbot.platforms._discord.syncing import sync
from liqbot.platforms.platform import Reception

_LONGEST_WAIT_S = 30.0  # that discord.py sleeps where it is asked to wait; it takes no less
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
_CHANGED = "That command is another now. Reload Discord and try again."


class _Tree(app_commands.CommandTree[discord.AutoShardedClient]):
    """Answers also those whose Discord still shows what there was."""

    async def on_error(
        self,
        interaction: discord.Interaction[discord.AutoShardedClient],
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Say that a command is gone or takes other words; log whatever else went wrong.

        Who still types one is offered nothing.
        """
        gone = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
        if interaction.type is discord.InteractionType.autocomplete:
            return  # what our own code fails of, the library logs before it comes to this
        if isinstance(error, gone):
            await interaction.response.send_message(_CHANGED, ephemeral=True)
        else:
            await super().on_error(interaction, error)


class Client(discord.AutoShardedClient):
    """Listens to questions, and to what happens to channels; keeps no message and no member."""

    def __init__(self, reception: Reception, answering: Answering) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=NOBODY,
            max_messages=None,
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=_LONGEST_WAIT_S,
        )
        self._reception, self._answering = reception, answering
        self._departures = Departures(reception.desk.ledger)
        self.tree = _Tree(self)
        for each in reception.commands.values():
            self.tree.add_command(slash(each, answering.typed, answering.complete))

    async def setup_hook(self) -> None:
        """Tell Discord the commands, after the log-in."""
        await sync(self.tree, self._reception.folder, self._reception.desk.clock)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer a button; the tree answers commands."""
        if interaction.type is discord.InteractionType.component:
            await self._answering.pressed(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Go on with what was told in a server that lets the bot in again."""
        await self._departures.changed(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """End what was told in a server."""
        await self._departures.removed(guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """End what was told in a channel."""
        await self._departures.deleted(channel.id, channel)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """End what was told in a thread."""
        await self._departures.deleted(payload.thread_id, payload.thread)

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """See whether the bot may still write there."""
        if before.overwrites != after.overwrites:
            await self._departures.changed(after.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """See where the bot may still write."""
        if before.permissions != after.permissions:
            await self._departures.changed(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """See where the bot may still write."""
        await self._departures.changed(role.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """See where the bot may still write, when it is given or loses roles itself."""
        if after == after.guild.me and before.roles != after.roles:
            await self._departures.changed(after.guild)
