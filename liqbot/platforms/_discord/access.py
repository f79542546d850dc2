"""Who asks, as Discord and the operator see them."""

from dataclasses import dataclass

import discord

from liqbot.chat.message import ChatId
from liqbot.commands.command import Caller

NAME = "discord"


@dataclass(frozen=True, slots=True)
class Access:
    """Whom the operator lets in: servers and users by id; everybody where none are named."""

    allow: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()

    def caller(self, interaction: discord.Interaction) -> Caller:
        """Return who an interaction is from, and where."""
        user = interaction.user.id
        alone = ChatId.private(NAME, str(user))
        is_alone = interaction.guild_id is None and interaction.context.dm_channel
        chat = alone if is_alone else ChatId(NAME, str(interaction.channel_id))
        return Caller(
            chat=chat,
            user=str(user),
            is_admin=is_alone or _manages(interaction),
            is_allowed=self._lets_in(user, interaction.guild_id),
            is_owner=user in self.owners,
        )

    def _lets_in(self, user: int, guild: int | None) -> bool:
        known = self.allow | self.owners
        return not self.allow or user in known or guild in self.allow


def _manages(interaction: discord.Interaction) -> bool:
    """Tell whether somebody may set up a server that the bot is in itself."""
    return interaction.is_guild_integration() and interaction.permissions.manage_guild
