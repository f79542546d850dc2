"""The bot on recorded time, left alone and broken off."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from liqbot.alerting.subscription import Wish
from liqbot.charts.chart import View
from liqbot.chat.message import ChatId, Message
from liqbot.clock import SteppedClock
from liqbot.heatmap.history import recall
from liqbot.live.courier import Courier
from liqbot.live.recorded import Recorded, RecordedScenes, relive
from liqbot.live.watcher import Watcher
from liqbot.market.units import DAY_MS, HOUR_MS, moment_of, ms_of
from tests.alerting.stage import TERMS, a_subscription
from tests.builders import START_MS
from tests.fakes.desk import FakeStudio
from tests.fakes.ledger import a_ledger
from tests.fakes.messenger import FakeMessenger
from tests.fakes.outcomes import FakeOutcomes
from tests.fakes.source import truths
from tests.walks import QUICK, by, without

BARS = 288 * 6
FROM_MS = START_MS + 5 * DAY_MS + 6 * HOUR_MS
TO_MS = START_MS + 5 * DAY_MS + 11 * HOUR_MS
RULES = ("asymmetric_cluster", "cluster_approach", "cluster_migration", "open_interest_shift")


@pytest.fixture(scope="module")
def recording() -> tuple[Recorded, ...]:
    """Six days of two markets; one of them tells nothing for an hour."""
    truth = truths(("BTC", "ETH"), ("binance", "okx"), bars=BARS)
    gap = range(5 * 288 + 90, 5 * 288 + 102)
    return tuple(
        Recorded(
            base=base,
            observations=tuple(
                without(seen, *gap) if base == "ETH" else seen
                for instrument, seen in truth.items()
                if instrument.base == base
            ),
        )
        for base in ("BTC", "ETH")
    )


def scenes_of(recording: tuple[Recorded, ...]) -> RecordedScenes:
    return RecordedScenes(recording, QUICK, from_ms=FROM_MS, to_ms=TO_MS, bin_width=0.01)


class Killed(BaseException):
    """What nothing catches."""


class Bot:
    """A bot that can be ended anywhere and begun again, on one ledger."""

    def __init__(self, recording: tuple[Recorded, ...]) -> None:
        self.recording = recording
        self.ledger = a_ledger()
        self.outcomes = FakeOutcomes()
        self.messenger = FakeMessenger()
        self.told = list[str]()
        self.sends_left = 10**6

    async def subscribe(self) -> None:
        for row, rule in enumerate(RULES, 1):
            wish = Wish(rule=rule, lone=True, grade="D")
            begin = moment_of(FROM_MS)
            until = begin + timedelta(days=30)
            asked = a_subscription(wish, number=row, created_at=begin, expires_at=until)
            await self.ledger.subscriptions.add(asked, {})

    async def run(self, tell: Callable[[datetime], None] = lambda _: None) -> None:
        clock, scenes = SteppedClock(moment_of(FROM_MS)), scenes_of(self.recording)
        watcher = Watcher(clock, self.ledger, TERMS, scenes, marks=True)
        courier = Courier(
            clock=clock,
            chance=Generator(PCG64(1)),
            ledger=self.ledger,
            outcomes=self.outcomes,
            messengers={"console": self},
            maps=scenes,
            studio=FakeStudio(),
            view=View(),
            changed=watcher.take_note,
        )
        await self.ledger.outbox.release(clock.now())
        await watcher.remember()
        await relive(scenes, clock, watcher, courier, tell)

    async def send(self, chat: ChatId, message: Message) -> str:
        name = await self.messenger.send(chat, message)
        assert message.picture is None or message.picture.name
        self.told.append(f"{message.text}")
        self.sends_left -= 1
        if not self.sends_left:
            raise Killed
        return name

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        await self.messenger.edit(chat, sent, message)


@pytest.fixture
async def alone(recording: tuple[Recorded, ...]) -> Bot:
    """Return a bot that was left alone."""
    bot = Bot(recording)
    await bot.subscribe()
    await bot.run()
    return bot


def test_each_moment_is_as_if_worked_out_then(recording: tuple[Recorded, ...]) -> None:
    scenes = scenes_of(recording)
    moments = []
    for at in scenes.moments():
        moments.append(ms_of(at))
        if len(moments) == 20:
            market = recording[0]
            seen = [by(ms_of(at), each) for each in market.observations]
            wanted = recall("BTC", seen, QUICK, DAY_MS, bin_width=0.01)
            known = scenes.glance("BTC")
            assert known is not None
            np.testing.assert_array_equal(known.heatmap.usd, wanted.heatmap.usd)
            assert known.at == at
    assert moments == list(range(FROM_MS, TO_MS + 1, 300_000))
    assert scenes.glance("SOL") is None


async def test_a_market_of_which_nothing_comes_grows_old(recording: tuple[Recorded, ...]) -> None:
    scenes = scenes_of(recording)
    ages = dict[datetime, float]()
    for at in scenes.moments():
        shown = await scenes(at)
        assert all(each.history.at == at for each in shown.values())
        ages[at] = shown["ETH"].history.data_age_s
    assert max(ages.values()) >= 3600
    assert min(ages.values()) == 0


async def test_what_is_usual_is_counted_a_day_at_a_time(recording: tuple[Recorded, ...]) -> None:
    scenes = scenes_of(recording)
    norms = [(await scenes(at))["BTC"].norms for at in scenes.moments()]
    assert all(each is norms[0] for each in norms)


async def test_something_is_told_with_the_time_going_by(alone: Bot) -> None:
    assert len(alone.told) >= 3
    sent = await alone.ledger.deliveries.sent(moment_of(FROM_MS))
    assert all(each.ended_at and each.ended_at > each.made_at for each in sent)
    again = Bot(alone.recording)
    again.ledger, again.outcomes = alone.ledger, alone.outcomes
    await again.run()
    assert again.told == []


@pytest.mark.parametrize("seed", range(2))
async def test_broken_off_anywhere_it_tells_the_same(alone: Bot, seed: int) -> None:
    chance = np.random.default_rng(seed)
    bot = Bot(alone.recording)
    await bot.subscribe()
    span = (TO_MS - FROM_MS) // 300_000

    for _ in range(3):
        stop_at = moment_of(FROM_MS + int(chance.integers(span)) * 300_000)

        def stop(at: datetime, stop_at: datetime = stop_at) -> None:
            if at == stop_at:
                raise Killed

        with pytest.raises(Killed):
            await bot.run(stop)
    await bot.run()
    assert bot.told == alone.told


async def test_of_a_bot_killed_as_it_sends_only_that_message_is_repeated(alone: Bot) -> None:
    for count in (1, len(alone.told)):
        bot = Bot(alone.recording)
        await bot.subscribe()
        bot.sends_left = count
        with pytest.raises(Killed):
            await bot.run()
        bot.sends_left = 10**6
        await bot.run()
        twice = bot.told.pop(count)
        assert twice == bot.told[count - 1]
        assert bot.told == alone.told


def test_a_market_of_a_recording_tells_who_was_listened_to(
    recording: tuple[Recorded, ...],
) -> None:
    assert recording[0].tapes == {}
    heard = truths(("BTC",), ("okx",), bars=288, prints=5)
    assert Recorded(base="BTC", observations=tuple(heard.values())).tapes == {"okx": None}
