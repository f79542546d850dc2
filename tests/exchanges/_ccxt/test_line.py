import asyncio
from collections.abc import Awaitable

import pytest
from numpy.random import default_rng

from liqbot.clock import SteppedClock
from liqbot.errors import SourceDelayed, SourceError, SourceRefused, SourceUnreadable
from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.settings import CcxtSettings
from liqbot.exchanges._ccxt.source import CcxtSource
from liqbot.exchanges._ccxt.venue import Past, Present, Venue
from liqbot.exchanges._pacing import Budget, Pace
from liqbot.market.units import HOUR_MS, moment_of
from tests.exchanges.venues import CLOSED_MS, NOW_MS, Asked, asked
from tests.fakes.faults import Fault

LOST = SourceDelayed("lost", kind="network")


def line_of(it: Asked) -> Line:
    assert isinstance(it.source, CcxtSource)
    return it.source._line


class Asking:
    """Answers after it is let; counts how often it was asked."""

    def __init__(self, *answers: str | SourceError) -> None:
        self.answers = list(answers)
        self.times = 0
        self.let = asyncio.Event()

    async def __call__(self) -> str:
        self.times += 1
        answer = self.answers.pop(0)
        await self.let.wait()
        if isinstance(answer, SourceError):
            raise answer
        return answer


async def all_of(*tasks: Awaitable[tuple[int, str]]) -> list[object]:
    found = await asyncio.gather(*tasks, return_exceptions=True)
    return [each if isinstance(each, BaseException) else each[1] for each in found]


async def test_what_many_need_at_once_is_asked_for_once() -> None:
    async with asked("binance") as it:
        asking = Asking("told")
        asking.let.set()
        assert await all_of(*(line_of(it).shared("x", asking) for _ in range(20))) == ["told"] * 20
        it.step(9.9)
        assert await all_of(line_of(it).shared("x", asking)) == ["told"]
        assert asking.times == 1


async def test_an_answer_is_stamped_when_it_came_and_grows_old() -> None:
    async with asked("binance") as it:
        asking = Asking("old", "new")
        asking.let.set()
        assert await line_of(it).shared("x", asking) == (NOW_MS, "old")
        it.step(9)
        assert await line_of(it).shared("x", asking) == (NOW_MS, "old")
        it.step(1)
        assert await line_of(it).shared("x", asking) == (NOW_MS + 10_000, "new")


async def test_who_waits_shares_the_error_and_who_comes_later_asks_again() -> None:
    async with asked("binance") as it:
        asking = Asking(LOST, "told")
        asyncio.get_running_loop().call_later(0.01, asking.let.set)
        assert await all_of(*(line_of(it).shared("x", asking) for _ in range(3))) == [LOST] * 3
        assert await all_of(line_of(it).shared("x", asking)) == ["told"]


async def test_who_gives_up_leaves_the_question_to_the_next() -> None:
    async with asked("binance") as it:
        asking = Asking("never", "told")
        first, second = (asyncio.ensure_future(line_of(it).shared("x", asking)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        asking.let.set()
        assert (await second)[1] == "told"
        assert first.cancelled() or not first.done()


async def test_what_ccxt_or_a_parser_raises_is_ours_and_counted_once() -> None:
    async def nonsense() -> None:
        raise KeyError("data")

    async with asked("binance") as it:
        line = line_of(it)
        with pytest.raises(SourceUnreadable, match="KeyError"):
            await line.ask(line.ask(nonsense()))
        with pytest.raises(SourceRefused, match="does not have market symbol"):
            await line.ask(line.api.fetch_order_book("NONE/USDT:USDT"))
        assert line.pace.condition.failures == {"unreadable": 1, "refused": 1}


async def test_every_request_counts_by_its_weight() -> None:
    async with asked("binance") as it:
        line = line_of(it)
        waits: list[float] = []
        wait = line.pace._wait

        async def noted(weight: float) -> None:
            waits.append(weight)
            await wait(weight)

        line.pace._wait = noted  # type: ignore[method-assign]
        await it.source.instruments()
        await asyncio.gather(
            line.api.fetch_order_book("BTC/USDT:USDT", 500),
            line.api.fetch_order_book("ETH/USDT:USDT", 5),
            it.source.recall(it.instrument(), CLOSED_MS - 20 * HOUR_MS, CLOSED_MS),
        )
        assert sorted(waits) == [1, 1, 1, 2, 2, 2, 10]


async def test_no_request_goes_out_while_the_venue_wants_quiet() -> None:
    async with asked("binance") as it:
        it.server.faults.add(Fault(kind="429", venue="binance", retry_after=5))
        with pytest.raises(SourceDelayed):
            await it.source.instruments()
        with pytest.raises(SourceDelayed, match="asked for quiet"):
            await it.source.instruments()
        assert it.server.count() == 1


async def test_a_mirror_stands_for_every_host_and_may_have_a_path() -> None:
    async def nothing(*_: object) -> Present:
        return Present(at_ms=0)

    past = Past(page=nothing, rows=1, step_ms=1)  # type: ignore[arg-type]
    clock = SteppedClock(moment_of(NOW_MS))
    for ccxt_id in ("binanceusdm", "bybit", "okx", "bitget", "hyperliquid", "gate", "dydx"):
        venue = Venue(
            name="x",
            summary="",
            ccxt_id=ccxt_id,
            budget=Budget(weight=1, window_s=1),
            candles=past,
            present=nothing,
        )
        settings = CcxtSettings(base_url="https://mirror/a/", ws_url="wss://mirror/b")
        line = Line(venue, settings, Pace("x", venue.budget, clock, default_rng(1)), clock)
        for url in leaves(line.api.urls["api"]):
            assert url.startswith(("https://mirror/a/", "wss://mirror/b/"))
            assert "//" not in url.split("://", 1)[1]
        await line.close()


def leaves(urls: object) -> list[str]:
    if isinstance(urls, dict):
        return [leaf for each in urls.values() for leaf in leaves(each)]
    return [str(urls)]
