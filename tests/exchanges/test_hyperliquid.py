import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.clock import SteppedClock
from liqbot.exchanges._ccxt.source import CcxtSource
from liqbot.exchanges._ranking import MISREAD, Largest
from liqbot.exchanges.hyperliquid import EXCHANGE, _account, _weight
from liqbot.market.instrument import Instrument
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, moment_of
from tests.builders import START_MS
from tests.exchanges.canned import Words, opened
from tests.exchanges.venues import asked
from tests.fakes.wire.hyperliquid import leader, ranked

NOW_MS = START_MS + 12 * HOUR_MS + 3 * MINUTE_MS
BTC = Instrument("hyperliquid", "BTC", "USDC")
DOGE = Instrument("hyperliquid", "DOGE", "USDC")


def market(name: str, **known: object) -> dict[str, object]:
    return {"name": name, "szDecimals": 5, "maxLeverage": 40, **known}


def context(mark: str, open_interest: str) -> dict[str, object]:
    told = {"funding": "0.0000125", "premium": "0.0003", "oraclePx": mark, "dayNtlVlm": "1.0"}
    return {**told, "markPx": mark, "midPx": mark, "openInterest": open_interest}


META = {
    "universe": [
        market("BTC", marginTableId=56),
        market("GONE", isDelisted=True),
        market("DOGE", maxLeverage=10, marginTableId=10),
    ],
    "marginTables": [
        [
            56,
            {
                "description": "tiered 40x",
                "marginTiers": [
                    {"lowerBound": "0.0", "maxLeverage": 40},
                    {"lowerBound": "150000000.0", "maxLeverage": 20},
                ],
            },
        ]
    ],
}
CONTEXTS = [context("90000.0", "20000.5"), context("0.0", "0.0"), context("0.14", "9e8")]


def candle(opened_ms: int) -> dict[str, object]:
    stamps = {"t": opened_ms, "T": opened_ms + 299_999, "s": "BTC", "i": "5m", "n": 9}
    return {**stamps, "o": "1.0", "h": "4.0", "l": "0.5", "c": "2.0", "v": "7.5"}


def answer(_path: str, words: Words) -> Any:  # noqa: ANN401 - JSON
    span = words.get("req", words)
    match words["type"]:
        case "metaAndAssetCtxs":
            return [META, CONTEXTS]
        case "candleSnapshot":
            begin = -(-span["startTime"] // 300_000) * 300_000
            return [candle(each) for each in range(begin, span["endTime"] + 1, 300_000)]
        case "fundingHistory":
            at_ms = START_MS + 11 * HOUR_MS + 76
            return [{"coin": "BTC", "fundingRate": "-0.00001", "premium": "0", "time": at_ms}]
        case "l2Book":
            side = [{"px": "89999.0", "sz": "2.5", "n": 3}]
            return {"levels": [side, [{"px": "90001.0", "sz": "1", "n": 1}]], "time": 0}
    raise AssertionError(words)


async def test_one_answer_tells_the_present_of_every_market() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        assert await one.source.instruments() == (BTC, DOGE)
        for each, mark, quantity in [(BTC, 90_000.0, 20_000.5), (DOGE, 0.14, 9e8)]:
            seen = await one.source.observe(each, NOW_MS - HOUR_MS)
            assert seen.mark == mark
            assert seen.open_interest.at_ms.tolist() == [NOW_MS]
            assert seen.open_interest.quantity.tolist() == [quantity]
            assert seen.funding.rate.tolist() == [-0.00001, 0.0000125]
        assert len(canned.words("/info", type="metaAndAssetCtxs")) == 2
        assert one.tape is None


async def test_candles_are_of_the_last_price_and_there_are_no_mark_candles() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, _):
        seen = await one.source.observe(BTC, NOW_MS - HOUR_MS)
        assert seen.mark_candles is None
        assert len(seen.candles) == 12
        assert seen.candles.closed_ms[-1] == NOW_MS - 3 * MINUTE_MS
        assert seen.candles.volume.tolist() == [7.5] * 12
        assert np.isnan(seen.candles.taker_buy_volume).all()
        assert seen.book is not None
        assert seen.book.usd_between(0, 1e6) == 2.5 * 89_999 + 90_001


async def test_no_candle_is_asked_for_beyond_the_5000_that_are_told() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, canned):
        seen = await one.source.recall(BTC, NOW_MS - 30 * DAY_MS, NOW_MS)
        asked = [words["req"] for words in canned.words("/info", type="candleSnapshot")]
        assert len(asked) == 5
        assert min(span["startTime"] for span in asked) == NOW_MS - 5000 * 300_000
        assert len(seen.candles) == 4999
        assert all(words["coin"] == "BTC" for words in canned.words("/info", type="fundingHistory"))


async def test_brackets_follow_the_margin_table_or_else_the_highest_leverage() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, answer) as (one, _):
        btc, doge = await one.source.brackets(BTC), await one.source.brackets(DOGE)
    assert btc is not None
    assert doge is not None
    assert [(each.rate, each.max_leverage) for each in btc.tiers] == [(0.0125, 40), (0.025, 20)]
    assert (btc.tiers[0].cap, btc.tiers[1].cap) == (150e6, float("inf"))
    assert btc.tiers[1].amount == pytest.approx(150e6 * 0.0125)
    assert [(each.rate, each.max_leverage) for each in doge.tiers] == [(0.05, 10)]
    assert "2026-01-01" in btc.source


def test_whoever_traded_lately_is_ranked_by_the_worth_of_their_account() -> None:
    assert _account(ranked(3, worth=12.5)) == (leader(3), 12.5)
    assert _account(ranked(3) | {"ethAddress": leader(3).upper().replace("X", "x")}) is not None
    assert _account(ranked(3, week="0.0")) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"accountValue": "-0.5"},
        {"accountValue": "NaN"},
        {"accountValue": "1e400"},
        {"accountValue": "2e12"},
        {"accountValue": None},
        {"accountValue": {}},
        {"ethAddress": leader(3)[:-1]},
        {"ethAddress": leader(3)[:-1] + "g"},
        {"ethAddress": leader(3)[:-1] + "\u0661"},
        {"ethAddress": 3},
        {"windowPerformances": [["week", {"vlm": "-1"}]]},
        {"windowPerformances": [["week", {"vlm": "inf"}]]},
        {"windowPerformances": [["day", {"vlm": "1"}]]},
        {"windowPerformances": [1]},
        {"windowPerformances": None},
    ],
)
def test_a_row_of_nobody_who_can_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MISREAD):
        _account(ranked(3) | changes)
    for missing in changes:
        row = ranked(3)
        del row[missing]
        with pytest.raises(MISREAD):
            _account(row)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["week", "vlm", "x"]), inner)
        | st.tuples(st.just("week"), st.fixed_dictionaries({"vlm": inner})).map(list)
    ),
    max_leaves=6,
)
TOLD = ranked(3)


@settings(max_examples=50)
@given(row=st.fixed_dictionaries({name: JSON | st.just(TOLD[name]) for name in TOLD}) | JSON)
def test_whatever_stands_in_a_row_is_an_account_or_counted(row: object) -> None:
    largest = Largest(2, (), _account)
    largest.take(row)
    largest.take(ranked(4))
    assert leader(4) in largest.found("it")
    assert largest.doubted <= 1


def test_a_question_weighs_what_the_venue_counts() -> None:
    assert _weight('{"type": "clearinghouseState", "user": "0x"}') == 2
    assert _weight('{"type": "metaAndAssetCtxs"}') == 20
    span = {"coin": "BTC", "interval": "5m", "startTime": 0, "endTime": 1_000 * 5 * MINUTE_MS}
    candles = _weight(json.dumps({"type": "candleSnapshot", "req": span}))
    assert candles == pytest.approx(20 + 1_000 / 60)
    span = {"coin": "BTC", "startTime": 0, "endTime": 500 * HOUR_MS}
    assert _weight(json.dumps({"type": "fundingHistory", **span})) == 20 + 500 / 20


async def test_ccxt_s_questions_are_weighed_by_what_they_ask() -> None:
    weights: list[float] = []
    async with asked("hyperliquid", addresses=(leader(1),)) as it:
        source = it.source
        assert isinstance(source, CcxtSource)
        pace = source._line.pace
        wait = pace._wait

        async def noted(weight: float) -> None:
            weights.append(weight)
            await wait(weight)

        pace._wait = noted  # type: ignore[method-assign]
        assert it.positions is not None
        await it.positions.positions(0)
        await source.observe(it.instrument(), NOW_MS)
    assert weights[:2] == [20, 2]
    assert all(2 <= each <= 46 for each in weights)
