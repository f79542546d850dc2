from datetime import datetime
from typing import Any

import numpy as np
import pytest

from liqbot.clock import SteppedClock
from liqbot.exchanges.dydx import EXCHANGE
from liqbot.market.instrument import Instrument
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, moment_of, ms_of
from tests.builders import START_MS
from tests.exchanges.canned import Words, opened

NOW_MS = START_MS + 12 * HOUR_MS + 3 * MINUTE_MS
BTC = Instrument("dydx", "BTC", "USDC")


def market(ticker: str, **known: str) -> dict[str, object]:
    told = {"clobPairId": "0", "ticker": ticker, "status": "ACTIVE", "oraclePrice": "89919.2"}
    margin = {"initialMarginFraction": "0.02", "maintenanceMarginFraction": "0.012"}
    now = {"nextFundingRate": "0.0000025", "openInterest": "381.7348", "tickSize": "1"}
    return {**told, **margin, **now, "stepSize": "0.0001", **known}


MARKETS = {"BTC-USD": market("BTC-USD"), "GONE-USD": market("GONE-USD", status="FINAL_SETTLEMENT")}


def iso(at_ms: int) -> str:
    return f"{moment_of(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def read(text: str) -> int:
    return ms_of(datetime.fromisoformat(text))


def candle(opened_ms: int) -> dict[str, object]:
    prices = {"low": "0.5", "high": "4", "open": "1", "close": "2", "baseTokenVolume": "3.25"}
    told = {"startedAt": iso(opened_ms), "ticker": "BTC-USD", "resolution": "5MINS"}
    minutes = opened_ms // MINUTE_MS % 1000
    return {**told, **prices, "usdVolume": "6", "startingOpenInterest": str(minutes)}


def answer(path: str, words: Words) -> Any:  # noqa: ANN401 - JSON
    match path.rsplit("/", 1)[0]:
        case "/v4":
            return {"markets": MARKETS}
        case "/v4/candles/perpetualMarkets":
            begin = -(-read(words["fromISO"]) // 300_000) * 300_000
            rows = range(begin, read(words["toISO"]), 300_000)
            return {"candles": [candle(each) for each in reversed(rows)][: int(words["limit"])]}
        case "/v4/historicalFunding":
            last_ms = read(words["effectiveBeforeOrAt"]) // HOUR_MS * HOUR_MS
            paid = range(last_ms, last_ms - int(words["limit"]) * HOUR_MS, -HOUR_MS)
            told = [{"rate": "0.000002", "effectiveAt": iso(each + 219)} for each in paid]
            return {"historicalFunding": told}
        case "/v4/orderbooks/perpetualMarket":
            side = [{"price": "89999", "size": "2.5"}]
            return {"bids": side, "asks": [{"price": "90001", "size": "1"}]}
    raise AssertionError(path)


async def test_the_oracle_price_is_the_mark_and_candles_tell_the_open_interest() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        assert await one.source.instruments() == (BTC,)
        seen = await one.source.observe(BTC, NOW_MS - HOUR_MS)
        assert seen.mark == 89_919.2
        assert seen.mark_candles is None
        assert seen.candles.volume.tolist() == [3.25] * 12
        assert seen.candles.closed_ms[-1] == START_MS + 12 * HOUR_MS
        newest_ms = START_MS + 12 * HOUR_MS
        assert seen.open_interest.at_ms[-2:].tolist() == [newest_ms, NOW_MS]
        assert seen.open_interest.quantity[-2:].tolist() == [newest_ms // 60_000 % 1000, 381.7348]
        assert seen.funding.rate[-1] == 0.0000025
        assert one.tape is None
        assert len(canned.words("/v4/perpetualMarkets")) == 2


async def test_a_month_is_asked_for_in_pages_of_which_none_is_too_long() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        seen = await one.source.recall(BTC, NOW_MS - 30 * DAY_MS, NOW_MS)
        candles = canned.words("/v4/candles/perpetualMarkets/BTC-USD")
        funding = canned.words("/v4/historicalFunding/BTC-USD")
    assert max(int(words["limit"]) for words in candles) == 1000
    assert max(int(words["limit"]) for words in funding) == 100
    assert len(seen.candles) == 30 * 288 - 1
    assert np.all(np.diff(seen.candles.opened_ms) == 300_000)
    assert len(seen.funding) == 720
    assert np.isnan(seen.mark)


async def test_margin_fractions_make_one_bracket() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, _):
        brackets = await one.source.brackets(BTC)
    assert brackets is not None
    (tier,) = brackets.tiers
    assert (tier.rate, tier.max_leverage) == pytest.approx((0.012, 50))
