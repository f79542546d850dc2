"""An hour in which everything goes wrong at random: nothing wrong is kept, and all recovers."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.errors import SourceDelayed, SourceRefused, SourceUnreadable
from liqbot.exchanges import _pacing
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.watch_markets import Settings, Watch
from liqbot.live import hearing
from liqbot.market.belief import Belief
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, OpenInterest
from liqbot.market.units import Price, floats
from tests.fakes.source import FakeSource, as_it_is, is_part_of, scaled
from tests.fakes.workshop import FakeWorkshop
from tests.jobs.hour import KINDS, lived

POLL = timedelta(seconds=30)
FAULTS = ("timeout", "nonsense", "hundredfold", "hundredth", "spike", "nulls", "frozen", "skewed")
FACTORS = {"hundredfold": 100.0, "hundredth": 0.01}


def off(factor: float) -> Callable[[Observation], Observation]:
    def bend(seen: Observation) -> Observation:
        book = seen.book and replace(
            seen.book,
            bid_price=floats(seen.book.bid_price * factor),
            ask_price=floats(seen.book.ask_price * factor),
        )
        mark = Price(seen.mark * factor)
        return replace(seen, candles=scaled(seen.candles, factor), mark=mark, book=book)

    return bend


def spiked(seen: Observation) -> Observation:
    """The newest candle has a wick that nobody else saw."""
    high = seen.candles.high.copy()
    high[-1:] *= 1.5
    return replace(seen, candles=replace(seen.candles, high=floats(high)))


def full_of_nulls(seen: Observation) -> Observation:
    """Every second row is unknown."""
    candles, samples = seen.candles, seen.open_interest
    holes = np.arange(len(candles)) % 2 == 1
    columns = [floats(np.where(holes, np.nan, getattr(candles, each))) for each in PRICES]
    quantity = np.where(np.arange(len(samples)) % 2 == 1, np.nan, samples.quantity)
    blank = Candles.mended(
        candles.interval_ms,
        {"opened_ms": candles.opened_ms, "volume": candles.volume}
        | dict(zip(PRICES, columns, strict=True)),
    )[0]
    return replace(seen, candles=blank, open_interest=replace(samples, quantity=floats(quantity)))


PRICES = ("open", "high", "low", "close")


def frozen_at(quantity: float) -> Callable[[Observation], Observation]:
    def bend(seen: Observation) -> Observation:
        samples = seen.open_interest
        stuck = floats(np.full(len(samples), quantity))
        return replace(seen, open_interest=OpenInterest(at_ms=samples.at_ms, quantity=stuck))

    return bend


def put_in(hall: FakeWorkshop, source: FakeSource, fault: str) -> None:
    source.fault, source.bend, source.skew_s = None, as_it_is, 0.0
    if fault == "timeout":
        source.fault = SourceDelayed("timed out", kind="timeout")
    elif fault == "nonsense":
        source.fault = SourceUnreadable("<html>")
    elif fault in FACTORS:
        source.bend = off(FACTORS[fault])
    elif fault == "spike":
        source.bend = spiked
    elif fault == "nulls":
        source.bend = full_of_nulls
    elif fault == "frozen":
        newest = hall.seen(source.venue).open_interest
        source.bend = frozen_at(float(newest.quantity[-1]))
    elif fault == "skewed":
        source.skew_s = 90.0


async def polled(watch: Watch, hall: FakeWorkshop) -> None:
    await asyncio.gather(*(watch.poll(each) for each in hall.markets.known()))
    hall.clock.step(POLL)


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_wrong_is_kept_and_all_recovers_within_two_polls(seed: int) -> None:
    chance = np.random.default_rng(seed)
    hall = FakeWorkshop(bases=("BTC",))
    watch = Watch(hall.shop, Settings(), Schedule())
    for venue in hall.sources:
        await watch.enlist(venue)
    for _ in range(3):
        await polled(watch, hall)
    faults = 0
    for _ in range(120):
        for source in hall.sources.values():
            if chance.random() < 0.08:
                put_in(hall, source, str(chance.choice(FAULTS)))
                faults += 1
            elif chance.random() < 0.2:
                put_in(hall, source, "")
        await polled(watch, hall)
    for source in hall.sources.values():
        put_in(hall, source, "")
    await polled(watch, hall)
    await polled(watch, hall)
    assert faults > 15
    for instrument, truth in hall.truth.items():
        kept = await hall.database.read(instrument, 0, 10**14)
        assert is_part_of(kept, truth), instrument
        assert len(kept.candles) >= 20
    shown = hall.markets.status().markets
    assert [each.blind for each in shown] == ["", "", ""]
    assert all(each.age_s <= 30 for each in shown)
    assert any(sum(each.dropped.values()) for each in shown)


async def test_on_the_wire_of_eight_venues_nothing_wrong_is_kept_and_all_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_pacing, "_STEADY", 1e6)
    hour = await lived(polls=30, seed=4)
    assert sum(hour.faults.values()) >= 15
    assert set(hour.faults) <= set(KINDS)
    assert hour.checked > 1000
    assert hour.wrong == set()
    assert hour.hidden == []
    assert hour.late == []


async def test_without_belief_wrong_values_would_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def credulous(seen: Observation, *_: object, **__: object) -> Belief:
        return Belief(observation=seen, dropped={}, gaps=())

    monkeypatch.setattr(_pacing, "_STEADY", 1e6)
    monkeypatch.setattr(hearing, "believed", credulous)
    hour = await lived(polls=6, seed=1, venues=("binance", "okx"), kinds=("hundredfold",))
    assert any("candles.close" in each for each in hour.wrong)


async def test_a_gap_is_shown_where_nothing_was_believed() -> None:
    hall = FakeWorkshop()
    watch = Watch(hall.shop, Settings(), Schedule())
    for venue in hall.sources:
        await watch.enlist(venue)
    await polled(watch, hall)
    await polled(watch, hall)
    hall.sources["okx"].bend = off(100.0)
    for _ in range(30):
        await polled(watch, hall)
    shown = {each.instrument.venue: each for each in hall.markets.status().markets}
    assert shown["okx"].gaps[-1].what == "open_interest"
    assert shown["okx"].gaps[-1].to_ms > shown["binance"].gaps[-1].to_ms
    assert shown["okx"].blind.startswith("not believed")


async def test_a_market_that_is_refused_leaves_the_others_alone() -> None:
    hall = FakeWorkshop()
    watch = Watch(hall.shop, Settings(), Schedule())
    for venue in hall.sources:
        await watch.enlist(venue)
    hall.sources["okx"].fault = SourceRefused("not listed")
    await polled(watch, hall)
    await polled(watch, hall)
    assert [each.venue for each in hall.markets.known()] == ["binance", "bybit"]
    assert hall.markets.newest("BTC") is not None
