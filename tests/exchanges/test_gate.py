import asyncio
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from liqbot.clock import SteppedClock
from liqbot.exchanges._ccxt import opening
from liqbot.exchanges.gate import EXCHANGE
from liqbot.market.instrument import Instrument
from liqbot.market.source import TapeSource
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Side, moment_of
from tests.builders import START_MS
from tests.exchanges.canned import Words, opened
from tests.exchanges.venues import asked
from tests.waiting import soon

NOW_MS = START_MS + 12 * HOUR_MS + 3 * MINUTE_MS
NOW_S = NOW_MS // 1000
BTC = Instrument("gate", "BTC", "USDT")
API = "/api/v4/futures/usdt"
SIZE = 0.0001  # BTC a contract


def contract(name: str, **known: object) -> dict[str, object]:
    now = {"mark_price": "89900.5", "funding_rate": "0.0001", "position_size": 500_000}
    terms = {"quanto_multiplier": "0.0001", "type": "direct", "in_delisting": False}
    sizes = {"order_size_min": 1, "order_price_round": "0.1", "mark_price_round": "0.01"}
    return {"name": name, **now, **terms, **sizes, "leverage_max": "100", **known}


CONTRACTS = [contract("BTC_USDT")]


def forced(
    age_s: int, size: int, fill: str = "89700.1", order: str = "89500.5", name: str = "BTC_USDT"
) -> dict[str, object]:
    told = {"time": NOW_S - age_s, "contract": name, "size": size, "order_size": -size}
    return {**told, "fill_price": fill, "order_price": order, "left": 0}


class Venue:
    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []

    def __call__(self, path: str, words: Words) -> Any:  # noqa: ANN401, PLR0911 - JSON of a kind each
        begin, end = (int(words.get(name, 0)) for name in ("from", "to"))
        match path.removeprefix(API):
            case "/contracts":
                return CONTRACTS
            case "/candlesticks":
                told = {"o": "1", "h": "4", "l": "0.5", "c": "2"}
                volume = {} if words["contract"].startswith("mark_") else {"v": 750}
                rows = range(-(-begin // 300) * 300, end + 1, 300)
                return [{"t": each, **told, **volume} for each in rows]
            case "/contract_stats":
                rows = range(begin, begin + 300 * int(words["limit"]), 300)
                return [{"time": each, "open_interest": 10_000} for each in rows]
            case "/funding_rate":
                return [{"t": START_MS // 1000 + 8 * 3600, "r": "-0.0002"}]
            case "/order_book":
                side = [{"p": "89999", "s": 25_000}]
                return {"current": NOW_S, "bids": side, "asks": [{"p": "90001", "s": 10_000}]}
            case "/risk_limit_tiers":
                tiers = [("1000000", "0.005", "100"), ("200000", "0.004", "125")]
                names = ("risk_limit", "maintenance_rate", "leverage_max")
                return [dict(zip(names, tier, strict=True)) for tier in tiers]
            case "/liq_orders":
                assert end - begin <= 3600
                orders = [each for each in self.orders if begin <= each["time"] <= end]
                orders.sort(key=lambda each: -each["time"])
                return orders[: int(words["limit"])]
        raise AssertionError(path)


async def test_contracts_become_base_units_and_seconds_milliseconds() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, Venue()) as (one, canned):
        assert await one.source.instruments() == (BTC,)
        seen = await one.source.observe(BTC, NOW_MS - HOUR_MS)
        assert canned.words(f"{API}/liq_orders") == []
    assert seen.mark == 89_900.5
    assert seen.open_interest.quantity[-2:].tolist() == [10_000 * SIZE, 500_000 * SIZE]
    assert seen.open_interest.at_ms[-2:].tolist() == [NOW_MS - 3 * MINUTE_MS, NOW_MS]
    assert seen.candles.volume.tolist() == [750 * SIZE] * 12
    assert seen.candles.closed_ms[-1] == START_MS + 12 * HOUR_MS
    assert seen.mark_candles is not None
    assert np.array_equal(seen.mark_candles.opened_ms, seen.candles.opened_ms)
    assert seen.book is not None
    assert seen.book.bid_quantity.tolist() == [2.5]


async def test_a_month_is_asked_for_in_pages_of_which_none_is_too_long() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, Venue()) as (one, canned):
        seen = await one.source.recall(BTC, NOW_MS - 10 * DAY_MS, NOW_MS)
        candles = canned.words(f"{API}/candlesticks", contract="BTC_USDT")
        stats = canned.words(f"{API}/contract_stats")
    assert max(int(each["to"]) - int(each["from"]) for each in candles) < 1000 * 300
    assert max(int(each["limit"]) for each in stats) == 100
    assert len(seen.candles) == 10 * 288 - 1
    assert np.all(np.diff(seen.open_interest.at_ms) == 300_000)
    assert seen.funding.rate.tolist() == [-0.0002]


async def test_brackets_are_the_risk_limits() -> None:
    clock = SteppedClock(moment_of(NOW_MS))
    async with opened(EXCHANGE, clock, Venue()) as (one, _):
        brackets = await one.source.brackets(BTC)
    assert brackets is not None
    assert [(float(each.cap), each.rate, each.max_leverage) for each in brackets.tiers] == [
        (200_000, 0.004, 125),
        (1_000_000, 0.005, 100),
    ]


async def test_a_position_above_zero_is_a_long_and_is_told_at_its_fill() -> None:
    venue = Venue()
    venue.orders = [forced(9, 250), forced(7, -40, "90150", "90300"), forced(5, -1, "0", "90400")]
    tape = (await heard(venue, 1))[0]
    assert tape.side.tolist() == [Side.LONG.index, Side.SHORT.index, Side.SHORT.index]
    assert tape.price.tolist() == [89_700.1, 90_150.0, 90_400.0]
    assert tape.quantity.tolist() == [250 * SIZE, 40 * SIZE, 1 * SIZE]
    assert tape.at_ms.tolist() == [NOW_MS - 9000, NOW_MS - 7000, NOW_MS - 5000]


async def test_every_order_is_told_once_late_ones_and_twins_too() -> None:
    venue = Venue()
    twins = [forced(20, 30), forced(20, 30)]
    venue.orders = [*twins, forced(10, 5, name="ETH_USDT")]
    first, second = await heard(venue, 2, [[forced(20, 30), forced(30, 7)]])
    assert first.quantity.tolist() == [30 * SIZE] * 2
    assert second.quantity.tolist() == [7 * SIZE, 30 * SIZE]


async def test_a_full_answer_is_followed_by_what_is_older() -> None:
    venue = Venue()
    venue.orders = [forced(each // 50, 1 + each) for each in range(2500)]
    (tape,) = await heard(venue, 1)
    assert sorted(np.round(tape.quantity / SIZE)) == list(range(1, 2501))


async def test_an_answer_that_makes_no_sense_is_counted_and_asked_for_again() -> None:
    clock, venue = SteppedClock(moment_of(NOW_MS)), Venue()
    venue.orders = [{**forced(9, 1), "fill_price": None, "order_price": "x"}]
    async with opened(EXCHANGE, clock, venue) as (one, _):
        assert one.tape is not None
        waiting = asyncio.ensure_future(told(one.tape))
        while not one.tape.condition.failures:  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0.01)
        assert one.tape.condition.failures == {"unreadable": 1}
        venue.orders = [forced(9, 3)]
        assert (await waiting).quantity.tolist() == [3 * SIZE]


async def test_what_was_missed_while_the_venue_was_away_is_told_at_most_an_hour_late() -> None:
    clock, venue = SteppedClock(moment_of(NOW_MS)), Venue()
    async with opened(EXCHANGE, clock, venue) as (one, _):
        assert one.tape is not None
        venue.orders = [forced(3, 2)]
        await told(one.tape)
        clock.step(timedelta(minutes=90))
        venue.orders = [forced(-29 * 60, 4), forced(-31 * 60, 9)]
        tape = await told(one.tape)
        assert tape.quantity.tolist() == [9 * SIZE]


async def test_most_of_a_day_is_told_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "_POLL_EVERY_S", 0.005)
    tapes: list[Tape] = []
    async with asked("gate") as it:

        async def listen(tape: TapeSource) -> None:
            async for _, told in tape.listen([it.instrument()]):
                tapes.append(told)

        assert it.tape is not None
        from_ms = it.server.world.now_ms // 1000 * 1000 - 60_000
        listening = asyncio.ensure_future(listen(it.tape))
        for _ in range(120):
            told_before = it.server.count(endpoint="tape")
            while it.server.count(endpoint="tape") < told_before + 2:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.002)
            it.step(600)
        listening.cancel()
        orders = it.truth().tape(from_ms - 1, it.server.world.now_ms - 600_000)
        assert it.server.violations == []
        heard = Tape.merge(tapes)
    assert len(orders) > 10
    assert heard.at_ms.tolist() == [each.at_ms // 1000 * 1000 for each in orders]
    assert np.allclose(heard.quantity, [each.quantity for each in orders])
    assert (heard.side == Side.LONG.index).tolist() == [each.long for each in orders]


async def heard(
    venue: Venue, times: int, more: list[list[dict[str, Any]]] | None = None
) -> list[Tape]:
    """Listen so many times; between them other orders come to light, and a second passes."""
    clock = SteppedClock(moment_of(NOW_MS))
    tapes = []
    async with opened(EXCHANGE, clock, venue) as (one, _):
        assert one.tape is not None
        for extra in [[], *(more or [])][:times]:
            venue.orders += extra
            tapes.append(await told(one.tape))
            clock.step(timedelta(seconds=1))
    return tapes


async def told(source: TapeSource) -> Tape:
    """Return the next that is told, and hang up."""
    prints = source.listen([BTC])
    instrument, tape = await soon(anext(prints))
    assert instrument == BTC
    await prints.aclose()  # type: ignore[attr-defined]
    return tape
