from typing import Any

import numpy as np
import pytest

from liqbot.clock import SteppedClock
from liqbot.exchanges.deribit import EXCHANGE
from liqbot.market.instrument import Instrument
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, moment_of
from tests.builders import START_MS
from tests.exchanges.canned import Words, opened

NOW_MS = START_MS + 12 * HOUR_MS + 3 * MINUTE_MS
BTC = Instrument("deribit", "BTC", "USDC")
API = "/api/v2/public"


def instrument(base: str, **known: object) -> dict[str, object]:
    names = {"instrument_name": f"{base}_USDC-PERPETUAL", "base_currency": base, "kind": "future"}
    money = {"quote_currency": "USDC", "counter_currency": "USDC", "settlement_currency": "USDC"}
    terms = {"settlement_period": "perpetual", "instrument_type": "linear", "is_active": True}
    sizes = {"contract_size": 0.0001, "min_trade_amount": 0.0001, "tick_size": 1.0}
    more = {"max_leverage": 50, "expiration_timestamp": 32503708800000}
    return {**names, **money, **terms, **sizes, **more, **known}


INSTRUMENTS = [
    instrument("BTC"),
    instrument("ETH", is_active=False),
    instrument("SOL", instrument_name="SOL_USDC-27FEB26", settlement_period="month"),
]
SUMMARIES = [
    {
        "instrument_name": "BTC_USDC-PERPETUAL",
        "mark_price": 89_900.5,
        "open_interest": 1234.5678,
        "funding_8h": 0.00008,
        "current_funding": 0.001,
    },
    {"instrument_name": "SOL_USDC-27FEB26", "mark_price": None, "open_interest": 0.0},
]


def answer(path: str, words: Words) -> Any:  # noqa: ANN401 - JSON
    return {"jsonrpc": "2.0", "result": result(path.removeprefix(API), words)}


def result(path: str, words: Words) -> Any:  # noqa: ANN401 - JSON
    if path in {"/get_instruments", "/get_book_summary_by_currency"}:
        assert words == {"currency": "USDC", "kind": "future"}
        return INSTRUMENTS if path == "/get_instruments" else SUMMARIES
    if path == "/get_order_book":
        return {"bids": [[89_999.0, 2.5]], "asks": [[90_001.0, 1.0]], "timestamp": 1}
    begin, end = int(words["start_timestamp"]), int(words["end_timestamp"])
    if path == "/get_tradingview_chart_data":
        ticks = list(range(-(-begin // 300_000) * 300_000, end + 1, 300_000))
        prices = {"open": 1.0, "high": 4.0, "low": 0.5, "close": 2.0, "volume": 0.75, "cost": 9.0}
        return {"ticks": ticks, **{name: [each] * len(ticks) for name, each in prices.items()}}
    assert path == "/get_funding_rate_history"
    hours = range(-(-begin // HOUR_MS) * HOUR_MS, end + 1, HOUR_MS)
    return [{"timestamp": each, "interest_1h": 1e-6, "interest_8h": 8e-6} for each in hours]


async def test_amounts_are_in_base_units_whatever_a_contract_holds() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, _):
        assert await one.source.instruments() == (BTC,)
        seen = await one.source.observe(BTC, NOW_MS - HOUR_MS)
    assert seen.mark == 89_900.5
    assert seen.open_interest.quantity.tolist() == [1234.5678]
    assert seen.candles.volume.tolist() == [0.75] * 12
    assert seen.mark_candles is None
    assert seen.book is not None
    assert seen.book.bid_quantity.tolist() == [2.5]
    assert one.tape is None


async def test_funding_is_by_the_hour_in_the_past_and_now() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        seen = await one.source.observe(BTC, NOW_MS - HOUR_MS)
        assert seen.funding.rate.tolist() == [1e-6, 1e-6, pytest.approx(1e-5)]
        past = await one.source.recall(BTC, NOW_MS - 30 * DAY_MS, NOW_MS)
        spans = canned.words(f"{API}/get_funding_rate_history")
    lengths = [int(each["end_timestamp"]) - int(each["start_timestamp"]) for each in spans]
    assert max(lengths) < 30 * DAY_MS
    assert len(past.funding) == 720
    assert len(past.candles) == 30 * 288 - 1
    assert np.isnan(past.mark)


async def test_the_bracket_is_of_the_smallest_position() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, _):
        brackets = await one.source.brackets(BTC)
    assert brackets is not None
    (tier,) = brackets.tiers
    assert (tier.rate, tier.max_leverage) == (0.01, 50)
