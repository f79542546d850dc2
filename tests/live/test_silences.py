"""A feed is silent once nothing came of it for two bars, while the bot listened."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from liqbot.alerting.feeds import Feed
from liqbot.live.silences import Silences
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.units import ms_of
from tests.alerting.stage import START
from tests.builders import an_observation, some_candles, some_open_interest

BTC, ETH = (Instrument("binance", base, "USDT") for base in ("BTC", "ETH"))
MINUTE = timedelta(minutes=1)


@dataclass
class Markets:
    """Two markets, and what was told of them."""

    told: dict[Instrument, Observation] = field(default_factory=dict)

    @property
    def memory(self) -> "Markets":
        return self

    def of(self, instrument: Instrument) -> Observation | None:
        return self.told.get(instrument)

    def known(self) -> tuple[Instrument, ...]:
        return BTC, ETH


def at_work(markets: Markets) -> Silences:
    return Silences(markets=markets, since=START - 10 * MINUTE, owners=())


def told(instrument: Instrument, minutes_ago: float) -> Observation:
    """Return what was told of an instrument so long before the start."""
    at_ms = ms_of(START) - int(minutes_ago * 60_000)
    return an_observation(
        instrument=instrument,
        candles=some_candles([], start_ms=at_ms),
        open_interest=some_open_interest([1.0], start_ms=at_ms),
    )


@pytest.mark.parametrize(("minutes", "silent"), [(9.9, False), (10.0, True), (600.0, True)])
def test_two_bars_without_anything_are_silence(minutes: float, *, silent: bool) -> None:
    markets = Markets({BTC: told(BTC, minutes), ETH: told(ETH, 0)})
    feeds = {Feed("binance", "BTC")} if silent else set()
    assert at_work(markets).feeds(START) == feeds


def test_what_never_told_anything_is_silent_too() -> None:
    assert at_work(Markets({ETH: told(ETH, 0)})).feeds(START) == {Feed("binance", "BTC")}


def test_nothing_is_silent_before_the_bot_has_listened_for_as_long() -> None:
    assert at_work(Markets()).feeds(START - MINUTE / 60) == frozenset()
