"""Whoever runs the bot hears of feeds that fall silent, and of little else."""

from datetime import timedelta

from liqbot.alerting.alert import News
from liqbot.alerting.feeds import BACK
from liqbot.chat.message import ChatId
from liqbot.live.silences import Silences
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from tests.alerting.stage import START
from tests.live.test_watcher import World

OWNER = ChatId.private("console", "1")


class FakeWatched:
    """A market of which nothing is ever told."""

    instruments: tuple[Instrument, ...] = (Instrument("binance", "BTC", "USDT"),)

    @property
    def memory(self) -> "FakeWatched":
        return self

    def of(self, _: Instrument) -> Observation | None:
        return None

    def known(self) -> tuple[Instrument, ...]:
        return self.instruments


async def test_owners_hear_once_that_feeds_fall_silent_and_once_that_they_are_back() -> None:
    markets = FakeWatched()
    silences = Silences(markets=markets, since=START - timedelta(hours=1), owners=(OWNER,))
    world = World(silences=silences)
    await world.look(2)
    world.watcher = world.watched(silences=silences)  # a restart tells nothing twice
    await world.watcher.remember()
    await world.look(2)
    [gone] = await world.owed()
    assert (gone.chat, gone.deliveries[0].news) == (OWNER, News.FEEDS)
    assert "BTC on Binance" in gone.deliveries[0].words
    markets.instruments = ()
    await world.look(2)
    [back] = await world.owed()
    assert back.deliveries[0].words == BACK
