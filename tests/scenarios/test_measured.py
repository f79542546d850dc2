"""From a venue's wire to the answers in a chat: what is measured, and whose it is nowhere."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.exchanges.exchange import Opened
from liqbot.jobs.ask_positions import Asking, Settings
from liqbot.jobs.job import Workshop
from liqbot.live.keeping import PatientArchive
from liqbot.live.markets import LiveMarkets
from liqbot.market.instrument import MarketQuery
from liqbot.market.units import DAY_MS, ms_of
from tests.exchanges.venues import Asked, asked
from tests.fakes.archive import FakeArchive
from tests.fakes.desk import CALLER, a_desk
from tests.fakes.faults import Fault, Kind
from tests.waiting import PATIENCE_S
from tests.walks import QUICK

ADDRESSES = tuple(f"0x{place:02x}{'ab' * 18}1{place}" for place in range(1, 5))


@dataclass
class Bot:
    """A bot that asks Hyperliquid about four addresses."""

    it: Asked
    markets: LiveMarkets
    asking: Asking
    desk: Desk

    async def pass_by(self, seconds: int) -> None:
        """Let time pass; every half minute the market is polled, every 2 s two holders."""
        for second in range(0, seconds, 2):
            if second % 30 == 0:
                self.markets.see(await self.it.source.observe(self.it.instrument(), self._since()))
            await self.asking.listed.ask()
            await self.asking.largest.ask()
            if self.it.positions is not None and self.it.positions.sought and second % 60 == 0:
                await self.asking.rank()
            self.it.step(2)

    async def said(self, words: str) -> str:
        """Ask, and return all that is answered in words, the description of a picture too."""
        name, _, rest = words.partition(" ")
        found = await COMMANDS[name].invoke(self.desk, CALLER, rest)
        alt = found.picture.alt if found.picture else ""
        return f"{plain(found.text)} {alt}"

    def _since(self) -> int:
        return ms_of(self.it.clock.now()) - DAY_MS


@asynccontextmanager
async def a_bot(timeout_s: float = PATIENCE_S, **settings: object) -> AsyncIterator[Bot]:
    chosen: dict[str, Any] = {"addresses": ADDRESSES, "timeout_s": timeout_s, **settings}
    async with asked("hyperliquid", markets=1, **chosen) as it:
        opened = Opened(source=it.source, tape=None, completeness=None, positions=it.positions)
        markets = LiveMarkets(it.clock, [opened], QUICK, model_named="quick", bin_width=0.01)
        shop = Workshop(
            clock=it.clock,
            chance=np.random.default_rng(1),
            queries=(MarketQuery("BTC"),),
            archive=PatientArchive(FakeArchive()),
            markets=markets,
        )
        assert it.positions is not None
        asking = Asking(shop, Settings(), "hyperliquid", it.positions)
        markets.watch([it.instrument()])
        desk = replace(a_desk(draws=True)[0], markets=markets, clock=it.clock)
        yield Bot(it, markets, asking, desk)


async def test_what_is_held_is_told_and_drawn_and_whose_it_is_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "liqbot")
    async with a_bot() as bot:
        await bot.pass_by(10)
        levels, status = await bot.said("levels btc"), await bot.said("status")
        others = [await bot.said(each) for each in ("heatmap btc", "accuracy btc", "help")]
        assert "◆ Measured, not in the estimate: 4 positions worth $" in levels
        assert "4 of 4 listed addresses, " in levels
        assert "Measured apart from the estimate: 4 positions" in levels
        assert "Measured on Hyperliquid: 4 of 4 listed addresses answer" in status
        assert "◆ marks what is measured" in others[-1]
        said = " ".join([levels, status, *others, caplog.text, repr(bot.asking)]).lower()
        assert "abab" not in said
        assert bot.it.server.violations == []
        assert bot.it.server.count("hyperliquid", "positions") == 4


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("429", "hyperliquid"),
        ("500", "hyperliquid answered HTTP 500"),
        ("timeout", "hyperliquid did not answer in time"),
        ("html", "hyperliquid answered no JSON"),
        ("truncated", "hyperliquid answered no JSON"),
        ("nulls", "hyperliquid answered in another shape"),
    ],
)
async def test_what_goes_wrong_blinds_this_layer_alone_and_says_so(fault: Kind, why: str) -> None:
    async with a_bot(0.3 if fault == "timeout" else PATIENCE_S) as bot:
        await bot.pass_by(10)
        bot.it.server.faults.add(Fault(kind=fault, venue="hyperliquid", endpoint="positions"))
        bot.it.step(295)
        await bot.pass_by(4)
        assert f"failing: {why}" in await bot.said("status")
        bot.it.step(timedelta(minutes=11).total_seconds())
        after = await bot.said("levels btc text")
        assert "◆ Measured: blind, none of 4 listed addresses is told of now." in after
        assert "0 of 4 listed addresses answer · blind" in await bot.said("status")
        assert "A ▲" in after
        bot.it.server.faults.clear()
        await bot.pass_by(90)
        assert "◆ Measured, not in the estimate: 4 positions" in await bot.said("levels btc text")


async def test_prices_a_hundred_times_too_high_are_never_drawn() -> None:
    async with a_bot() as bot:
        await bot.pass_by(2)
        wrong = Fault(kind="hundredfold", venue="hyperliquid", endpoint="positions")
        bot.it.server.faults.add(wrong)
        await bot.pass_by(10)
        history = await bot.markets.history(MarketQuery("BTC"), timedelta(days=1))
        assert history.measured is not None
        assert len(history.measured.positions) == 1  # of whoever was asked about before
        assert "not believed: price 3" in await bot.said("status")


async def test_the_largest_accounts_are_told_beside_the_listed_and_who_they_are_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "liqbot")
    async with a_bot(leaderboard=20) as bot:
        assert "its leaderboard has not been read yet" in await bot.said("status")
        await bot.pass_by(60)
        levels, status = await bot.said("levels btc"), await bot.said("status")
        who = "4 of 4 listed addresses and 20 of 20 large accounts"
        assert "◆ Measured, not in the estimate: 24 positions worth $" in levels
        assert f"{who}, " in levels
        assert f"Measured on Hyperliquid: {who} answer" in status
        said = " ".join([levels, status, await bot.said("heatmap btc"), caplog.text])
        assert "abab" not in said.lower()
        assert "cdcd" not in said.lower()
        assert bot.it.server.violations == []
        assert bot.it.server.count("hyperliquid", "leaderboard") == 1


@pytest.mark.parametrize(
    ("fault", "why"), [("429", "answered HTTP 429"), ("truncated", "was cut short")]
)
async def test_without_a_leaderboard_the_listed_are_told_and_why_is_said(
    fault: Kind, why: str
) -> None:
    async with a_bot(leaderboard=20) as bot:
        wrong = Fault(kind=fault, venue="hyperliquid", endpoint="leaderboard")
        bot.it.server.faults.add(wrong)
        await bot.pass_by(20)
        assert "4 of 4 listed addresses, " in await bot.said("levels btc")
        status = await bot.said("status")
        assert "4 of 4 listed addresses answer · " in status
        assert f" · hyperliquid's leaderboard {why}" in status
        assert "All 1 venue fine" in status
        bot.it.server.faults.clear()
        bot.it.step(3600)
        await bot.pass_by(60)
        assert "20 of 20 large accounts" in await bot.said("levels btc")
