"""The composition root: what is configured runs, and what cannot run is told."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from liqbot.app import calendar_of, open_bot, open_exchanges, owners_of, terms_of
from liqbot.chat.message import ChatId
from liqbot.clock import SystemClock
from liqbot.config.reading import load
from liqbot.errors import ConfigError, ModelError, StorageError
from liqbot.market.instrument import MarketQuery
from liqbot.rules import RULES
from tests.cli.venues import config_at, serving
from tests.fakes.exchange_server import ExchangeServer

PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def server() -> Iterator[ExchangeServer]:
    with serving() as running:
        yield running
        assert running.violations == []


async def seen(markets: object, base: str) -> None:
    """Wait for the first map of a market."""
    async with asyncio.timeout(PATIENCE_S):
        while markets.newest(base) is None:  # type: ignore[attr-defined]
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.1)


async def test_from_nothing_a_map_comes_and_stays(server: ExchangeServer, tmp_path: Path) -> None:
    config = load(config_at(tmp_path, server.url))
    url = f"sqlite:///{tmp_path / 'liqbot.db'}"
    for _ in range(2):
        async with open_bot(config, SystemClock(), url=url, folder=tmp_path) as bot:
            await seen(bot.markets, "BTC")
            history = await bot.markets.history(MarketQuery("BTC"), timedelta(hours=24))
            assert history.venues == ("binance", "bybit")
            assert not history.simulated
            assert [each.venue for each in bot.markets.status().venues] == ["binance", "bybit"]


async def test_an_exchange_is_opened_once(tmp_path: Path, server: ExchangeServer) -> None:
    more = "[exchanges.simulated]\nseed = 1"
    config = load(config_at(tmp_path, server.url, more=more))
    chance = np.random.default_rng(1)
    with pytest.raises(ConfigError, match="both bring binance; keep one"):
        async with open_exchanges(config, SystemClock(), chance):
            pass


async def test_a_model_that_is_none_is_named(tmp_path: Path, server: ExchangeServer) -> None:
    (tmp_path / "model.toml").write_text("tiers = 3", "utf-8")
    more = f'[model]\nfile = "{tmp_path / "model.toml"}"'
    config = load(config_at(tmp_path, server.url, more=more))
    with pytest.raises(ModelError, match=r"model\.file = .*model\.toml"):
        async with open_bot(config, SystemClock(), url=f"sqlite:///{tmp_path}/db", folder=tmp_path):
            pass


async def test_a_database_that_is_none_is_told(tmp_path: Path, server: ExchangeServer) -> None:
    config = load(config_at(tmp_path, server.url))
    with pytest.raises(StorageError):
        async with open_bot(config, SystemClock(), url="mysql://x/y", folder=tmp_path):
            pass


async def test_rules_and_releases_are_as_configured(tmp_path: Path, server: ExchangeServer) -> None:
    (tmp_path / "week.toml").write_text(
        '[[event]]\nat = 2026-01-28T19:00:00Z\nname = "FOMC"\n', "utf-8"
    )
    more = (
        f'[alerts]\nwithout = ["large_position"]\ncalendar = "{tmp_path / "week.toml"}"\n'
        "mute_unproven = true\n"
        "[rules.asymmetric_cluster]\nmin_ratio = 3.0"
    )
    config = load(config_at(tmp_path, server.url, more=more))
    terms = terms_of(config, 2)
    assert terms.mute_unproven
    assert list(terms.rules) == [each for each in RULES if each != "large_position"]
    assert terms.settings["asymmetric_cluster"].min_ratio == 3.0  # type: ignore[attr-defined]
    assert [each.name for each in calendar_of(config)] == ["FOMC"]


async def test_owners_are_told_in_their_own_chats(tmp_path: Path, server: ExchangeServer) -> None:
    more = "[telegram]\nowners = [7, 8]\n[discord]\nowners = [9]\n"
    config = load(config_at(tmp_path, server.url, more=more))
    told = [("telegram", "7"), ("telegram", "8"), ("discord", "9")]
    assert sorted(owners_of(config), key=str) == sorted(
        (ChatId.private(*each) for each in told), key=str
    )


async def test_a_calendar_that_is_none_is_named(tmp_path: Path, server: ExchangeServer) -> None:
    for name in ("missing.ics", "bad.toml"):
        (tmp_path / "bad.toml").write_text("[[event]]\nat = 3\n", "utf-8")
        more = f'[alerts]\ncalendar = "{tmp_path / name}"'
        config = load(config_at(tmp_path, server.url, more=more))
        with pytest.raises(ConfigError, match=name):
            calendar_of(config)
