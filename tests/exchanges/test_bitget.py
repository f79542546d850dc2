from typing import Any

import numpy as np

from liqbot.clock import SteppedClock
from liqbot.exchanges.bitget import EXCHANGE
from liqbot.market.instrument import Instrument
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, moment_of
from tests.builders import START_MS
from tests.exchanges.canned import Words, opened

NOW_MS = START_MS + 12 * HOUR_MS + 3 * MINUTE_MS
BTC = Instrument("bitget", "BTC", "USDT")
PEPE = Instrument("bitget", "PEPE", "USDC")
API = "/api/v2/mix/market"


def contract(symbol: str, base: str, quote: str, **known: object) -> dict[str, Any]:
    names = {"symbol": symbol, "baseCoin": base, "quoteCoin": quote, "symbolType": "perpetual"}
    places = {"pricePlace": "1", "priceEndStep": "1", "volumePlace": "3", "sizeMultiplier": "0.001"}
    terms = {"supportMarginCoins": [quote], "symbolStatus": "normal", "minTradeNum": "0.001"}
    return {**names, **places, **terms, "minTradeUSDT": "5", "maxLever": "125", **known}


def ticker(symbol: str) -> dict[str, object]:
    now = {"markPrice": "89900.5", "fundingRate": "0.0001", "holdingAmount": "31234.5"}
    return {"symbol": symbol, "lastPr": "90000", "ts": str(NOW_MS), **now}


CONTRACTS = {
    "USDT-FUTURES": [contract("BTCUSDT", "BTC", "USDT")],
    "USDC-FUTURES": [contract("PEPEPERP", "PEPE", "USDC")],
    "COIN-FUTURES": [contract("BTCUSD", "BTC", "USD", supportMarginCoins=["BTC"])],
}
TIERS = [
    {"level": "1", "startUnit": "0", "endUnit": "150000", "leverage": "125"},
    {"level": "2", "startUnit": "150000", "endUnit": "900000", "leverage": "100"},
]
PAID_EVERY_MS = 4 * HOUR_MS


def answer(path: str, words: Words) -> Any:  # noqa: ANN401 - JSON
    return {"code": "00000", "msg": "success", "data": data(path.removeprefix(API), words)}


def data(path: str, words: Words) -> Any:  # noqa: ANN401 - JSON
    match path:
        case "/contracts":
            return CONTRACTS.get(words["productType"], [])
        case "/tickers":
            return [ticker(each["symbol"]) for each in CONTRACTS[words["productType"]]]
        case "/candles":
            step = 300_000
            begin, end = int(words["startTime"]), int(words["endTime"])
            rows = range(-(-begin // step) * step, end, step)[-int(words["limit"]) :]
            price = "2" if words["kLineType"] == "mark" else "3"
            return [[str(each), price, "4", "1", price, "7.5", "20"] for each in rows]
        case "/history-fund-rate":
            size, page = int(words["pageSize"]), int(words["pageNo"])
            last_ms = NOW_MS // PAID_EVERY_MS * PAID_EVERY_MS - (page - 1) * size * PAID_EVERY_MS
            paid = range(last_ms, last_ms - size * PAID_EVERY_MS, -PAID_EVERY_MS)
            return [{"fundingRate": "0.0001", "fundingTime": str(each)} for each in paid]
        case "/query-position-lever":
            rates = ("0.004", "0.005")
            return [
                {**tier, "keepMarginRate": rate} for tier, rate in zip(TIERS, rates, strict=True)
            ]
        case "/merge-depth":
            return {"bids": [[89_999, 2.5]], "asks": [[90_001, 1]], "ts": str(NOW_MS)}
    raise AssertionError(path)


async def test_one_answer_tells_the_present_of_all_markets_with_one_margin() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        assert await one.source.instruments() == (BTC, PEPE)
        for each in (BTC, PEPE):
            seen = await one.source.observe(each, NOW_MS - HOUR_MS)
            assert seen.mark == 89_900.5
            assert seen.open_interest.quantity.tolist() == [31_234.5]
            assert seen.funding.rate[-1] == 0.0001
        asked = [words["productType"] for words in canned.words(f"{API}/tickers")]
        assert asked == ["USDT-FUTURES", "USDC-FUTURES"]
        assert one.tape is None


async def test_candles_come_of_the_last_price_and_of_the_mark() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, _):
        seen = await one.source.observe(BTC, NOW_MS - HOUR_MS)
    assert seen.mark_candles is not None
    assert seen.candles.close.tolist() == [3.0] * 12
    assert seen.mark_candles.close.tolist() == [2.0] * 12
    assert seen.candles.volume.tolist() == [7.5] * 12
    assert seen.candles.closed_ms[-1] == START_MS + 12 * HOUR_MS


async def test_a_month_is_asked_for_in_pages_of_at_most_1000_rows() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        seen = await one.source.recall(BTC, NOW_MS - 40 * DAY_MS, NOW_MS)
        asked = canned.words(f"{API}/candles", kLineType="market")
    assert max(int(words["limit"]) for words in asked) == 1000
    assert min(int(words["startTime"]) for words in asked) == NOW_MS - 30 * DAY_MS
    assert len(seen.candles) == 30 * 288 - 1
    assert np.all(np.diff(seen.candles.opened_ms) == 300_000)


async def test_funding_is_paged_back_to_the_moment_asked_for() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        seen = await one.source.recall(BTC, NOW_MS - 30 * DAY_MS, NOW_MS)
        pages = [int(words["pageNo"]) for words in canned.words(f"{API}/history-fund-rate")]
    assert pages == [1, 2]
    assert len(seen.funding) == 180
    assert seen.funding.at_ms[0] >= NOW_MS - 30 * DAY_MS


async def test_brackets_are_the_position_tiers() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, _):
        brackets = await one.source.brackets(BTC)
    assert brackets is not None
    assert [(float(each.cap), each.rate, each.max_leverage) for each in brackets.tiers] == [
        (150_000, 0.004, 125),
        (900_000, 0.005, 100),
    ]
