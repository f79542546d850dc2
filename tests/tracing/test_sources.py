"""Where numbers come from."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.market.calendar import Event
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Usd, floats, ms_of
from liqbot.rules.rule import Scene
from liqbot.tracing.sources import Source, of_scene
from tests.builders import a_liquidation
from tests.planning.scenes import a_known_scene
from tests.rules.scenes import a_scene
from tests.rules.test_thin_book import a_book

AGES = {"binance": 4.0, "bybit": 5.0, "okx": 6.0}


def told(scene: Scene) -> dict[tuple[str, str], Source]:
    return {(each.what, each.venue): each for each in of_scene(scene, AGES)}


def value(source: Source) -> float:
    assert source.fact is not None
    return source.fact.value


def test_price_candles_and_funding_are_of_the_leading_venue() -> None:
    found = told(a_known_scene(funding=3e-4))
    assert value(found["price", "binance"]) == 65_000.0
    assert found["price", "binance"].age_s == 4.0
    assert value(found["candles", "binance"]) == 600
    assert found["candles", "binance"].age_s == 0.0
    assert value(found["funding", "binance"]) == 3e-4
    assert found["funding", "binance"].age_s == 0.0  # the fiftieth hour ends the six hundredth bar


def test_open_interest_is_told_by_venue_in_dollars() -> None:
    scene = a_scene()
    found = told(scene)
    each = 1000.0 / 3 * 65_000
    assert value(found["open interest", "okx"]) == pytest.approx(each)
    unknown = np.array(scene.history.interest)
    unknown[2, -1] = np.nan
    scene = replace(scene, history=replace(scene.history, interest=floats(unknown)))
    assert told(scene)["open interest", "okx"].fact is None


def test_a_book_says_how_old_it_is_and_whether_it_counts() -> None:
    books = {"binance": a_book(1e6, age_s=2.0), "bybit": a_book(1e6, age_s=300.0)}
    found = told(a_scene(books=books))
    assert value(found["order book", "binance"]) == pytest.approx(2e6)
    assert found["order book", "binance"].age_s == 2.0
    assert found["order book", "bybit"].note == "too old to count"
    assert found["order book", "okx"].fact is None


def test_what_nobody_told_has_no_number() -> None:
    found = told(a_scene())
    assert found["funding", "binance"].fact is None
    assert found["forced orders", ""].age_s is None
    assert value(found["forced orders", ""]) == 0.0
    assert found["calendar", ""].note == "the operator gave none"


def test_forced_orders_tell_how_completely_they_are_heard() -> None:
    scene = a_scene(scene={"tapes": {"binance": 0.6, "okx": None}})
    at_ms = ms_of(scene.history.at)
    tape = Tape.of(
        a_liquidation(at_ms=at_ms - ago * MINUTE_MS, quantity=1e4) for ago in (5, 25 * 60)
    )
    found = told(replace(scene, history=replace(scene.history, tape=tape)))
    assert value(found["forced orders", ""]) == 1e6
    assert found["forced orders", ""].age_s == 300.0
    assert value(found["tape", "binance"]) == 0.6
    assert found["tape", "okx"].fact is None


def test_the_calendar_counts_what_is_ahead() -> None:
    at = a_scene().history.at
    events = tuple(Event(at=at + timedelta(hours=each), name="CPI") for each in (-1, 1, 30))
    assert value(told(a_scene(scene={"events": events}))["calendar", ""]) == 2


def test_a_usual_day_says_whether_it_was_told_or_modelled() -> None:
    scene = a_scene()
    norms = replace(scene.norms, daily_usd=Usd(7e6))
    assert told(scene)["usual day", ""].note == "liquidated, modelled"
    assert value(told(replace(scene, norms=norms))["usual day", ""]) == 7e6
