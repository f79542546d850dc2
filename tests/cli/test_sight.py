"""What was seen of one market, and what a model makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.cli.sight import Sight, query_of
from liqbot.errors import OutOfRange, RecordingError
from liqbot.heatmap.model import Model
from liqbot.market.instrument import MarketQuery
from liqbot.market.units import ms_of
from tests.builders import an_observation, some_candles
from tests.cli.conftest import seen


def a_sight() -> Sight:
    told = seen("binance", "BTC", 90_000.0), seen("okx", "BTC", 90_000.0)
    at_ms = ms_of(told[0].observed_at)
    return Sight(where="the archive", base="BTC", at_ms=at_ms, observations=told)


def test_a_venue_that_is_asked_for_twice_is_one() -> None:
    assert query_of("okx:BTC", "all") == query_of("BTC", " OKX ") == query_of("okx:BTC", "okx")
    assert query_of("BTC", "all") == MarketQuery("BTC")
    with pytest.raises(OutOfRange, match="bybit:BTC is on bybit, and --venue asks for okx"):
        query_of("bybit:BTC", "okx")


def test_it_is_simulated_as_soon_as_one_venue_is() -> None:
    sight = a_sight()
    assert not sight.simulated
    first, second = sight.observations
    assert replace(sight, observations=(replace(first, simulated=True), second)).simulated


def test_repairs_are_told_with_their_venue() -> None:
    first, second = a_sight().observations
    mended = replace(second, repairs=("2 rows dropped",))
    assert replace(a_sight(), observations=(first, mended)).repairs == ["okx: 2 rows dropped"]


def test_a_history_is_recalled_of_all_venues() -> None:
    history = a_sight().recall(Model(), timedelta(days=1), timedelta(hours=6))
    assert history.venues == ("binance", "okx")
    assert history.age_ms == 6 * 3_600_000


def test_without_a_price_there_is_no_map_and_where_it_was_looked_for_is_told() -> None:
    nothing = an_observation(some_candles(()))
    with pytest.raises(RecordingError, match="the archive: no candles of BTC in it"):
        replace(a_sight(), observations=(nothing,)).with_candles()
