from pathlib import Path

import discord
import pytest

from liqbot.errors import ConfigError, DeliveryDelayed
from liqbot.platforms._discord.endpoint import pointed
from liqbot.platforms._discord.entry import log_in
from tests.fakes.discord.faults import Fault
from tests.platforms._discord.stage import Stage, Token, staged


async def entered(stage: Stage, token: str) -> discord.Client:
    client = discord.Client(intents=discord.Intents.none())
    with pointed(stage.server.api_url, None):
        await log_in(client, Token(token), stage.desk.clock)
    return client


async def test_who_logs_in_is_known(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        client = await entered(stage, stage.server.realm.token)
        assert str(client.user) == "liqbot#0000"
        await client.close()


async def test_a_wrong_token_is_told_without_showing_it(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        with pytest.raises(ConfigError, match="does not know this token") as raised:
            await entered(stage, "MTAw.wrong")
    error: BaseException | None = raised.value
    assert "MTAw" not in repr(error)
    assert error is not None
    assert error.__cause__ is None


async def test_where_discord_is_away_it_is_delayed(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        stage.server.faults.add(Fault(kind="503"))
        with pytest.raises(DeliveryDelayed):
            await entered(stage, stage.server.realm.token)
