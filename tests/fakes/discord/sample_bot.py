"""A small bot on plain discord.py, to prove the fake with."""

import io

import discord
from discord import app_commands

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4)


class SampleBot(discord.AutoShardedClient):
    """What liqbot will be, in a few lines."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.01)
        self.tree = app_commands.CommandTree(self)
        self.gone: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds between sessions."""

    async def setup_hook(self) -> None:
        self.add_view(Ranges())
        self.tree.add_command(heatmap)
        await self.tree.sync()

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self.gone.append(channel.name)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.gone.append(guild.name)


class Ranges(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="7 d", custom_id="v1:heatmap:BTC:7d")
    async def week(self, interaction: discord.Interaction, _: discord.ui.Button["Ranges"]) -> None:
        await interaction.response.defer()
        embed = discord.Embed(title="a week").set_image(url="attachment://week.png")
        file = discord.File(io.BytesIO(PNG), "week.png")
        await interaction.edit_original_response(embed=embed, attachments=[file])


@app_commands.command(description="Draw a heatmap")
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def heatmap(interaction: discord.Interaction, market: str, quiet: bool = False) -> None:
    await interaction.response.defer(ephemeral=quiet)
    embed = discord.Embed(title=market, description="a day").set_image(url="attachment://day.png")
    file = discord.File(io.BytesIO(PNG), "day.png", description="longs below, shorts above")
    await interaction.followup.send(embed=embed, file=file, view=Ranges())


@heatmap.autocomplete("market")
async def markets(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    known = ["BTC", "BNB", "ETH"]
    return [app_commands.Choice(name=m, value=m) for m in known if m.startswith(typed.upper())]
