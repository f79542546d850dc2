"""Forced orders, as the servers stream them: all, once, right side up, in base units."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from liqbot.exchanges import _stream
from liqbot.market.instrument import Instrument
from liqbot.market.tape import Tape
from liqbot.market.units import Side
from tests.exchanges.venues import NOW_MS, Asked, asked
from tests.fakes.exchange_server import VENUES
from tests.fakes.faults import Fault
from tests.fakes.listing import Order

STREAMING = [name for name in ("binance", "bybit", "okx") if name in VENUES]
every_stream = pytest.mark.parametrize("name", STREAMING)


@pytest.fixture(autouse=True)
def _haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stream, "_FIRST_PAUSE_S", 0.05)


class Listener:
    """Listens in the background; `until` waits for what it has heard."""

    def __init__(self, it: Asked, *bases: str) -> None:
        assert it.tape is not None
        self.tapes: dict[Instrument, list[Tape]] = {it.instrument(base): [] for base in bases}
        self._tape = it.tape
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for instrument, tape in self._tape.listen(list(self.tapes)):
            self.tapes[instrument].append(tape)

    def heard(self, instrument: Instrument) -> Tape:
        return Tape.merge(self.tapes[instrument])

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not done():
                await asyncio.sleep(0.01)
                assert not self._task.done()

    async def hears(self, base: str, count: int) -> None:
        """Wait for so many orders of a market."""
        (instrument,) = (each for each in self.tapes if each.base == base)
        await self.until(lambda: len(self.heard(instrument)) >= count)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def listening(it: Asked, *bases: str) -> AsyncIterator[Listener]:
    """Listen to some markets, subscribed at the server before anything happens."""
    listener = Listener(it, *bases)
    try:
        await listener.until(lambda: subscribed(it) >= 1)
        await asyncio.sleep(0.05)
        yield listener
    finally:
        await listener.stop()


def subscribed(it: Asked) -> int:
    return it.server.count(endpoint="tape")


def truth(it: Asked, base: str, from_ms: int, to_ms: int) -> list[Order]:
    return list(it.truth(base).tape(from_ms, to_ms))


def agree(told: Tape, orders: list[Order], name: str) -> None:
    assert len(told) == len(orders)
    np.testing.assert_array_equal(told.at_ms, [each.at_ms for each in orders])
    sides = [(Side.LONG if each.long else Side.SHORT).index for each in orders]
    np.testing.assert_array_equal(told.side, sides)
    off = 0.005 if name == "okx" else 1e-9  # it tells the price of bankruptcy, which lies beyond
    np.testing.assert_allclose(told.price, [each.price for each in orders], rtol=off)
    np.testing.assert_allclose(told.quantity, [each.quantity for each in orders], rtol=1e-9)


@every_stream
async def test_every_order_is_heard_once_also_in_a_burst(name: str) -> None:
    async with asked(name) as it, listening(it, "BTC", "ETH") as listener:
        it.step(12 * 3600)
        for base in ("BTC", "ETH"):
            orders = truth(it, base, NOW_MS, it.server.world.now_ms)
            assert len(orders) > 10
            await listener.hears(base, len(orders))
            agree(listener.heard(it.instrument(base)), orders, name)
        assert it.server.violations == []
        assert it.tape is not None
        assert it.tape.condition.connections == 1
        assert it.tape.condition.failures == {}


@every_stream
async def test_markets_that_nobody_listens_to_are_not_heard(name: str) -> None:
    async with asked(name) as it, listening(it, "ETH") as listener:
        it.step(6 * 3600)
        orders = truth(it, "ETH", NOW_MS, it.server.world.now_ms)
        await listener.hears("ETH", len(orders))
        assert set(listener.tapes) == {it.instrument("ETH")}


@every_stream
async def test_a_socket_that_closes_again_and_again_is_opened_again(name: str) -> None:
    async with asked(name) as it, listening(it, "BTC") as listener:
        assert it.tape is not None
        it.server.faults.add(Fault(kind="closes", venue=name, endpoint="tape", seconds=0.2))
        tape = it.tape
        await listener.until(lambda: tape.condition.connections >= 3)
        it.server.faults.clear()
        calls = subscribed(it)
        await listener.until(lambda: it.server.sockets.count(name) == 1 and subscribed(it) >= calls)
        await asyncio.sleep(0.3)
        at_ms = it.server.world.now_ms
        it.step(6 * 3600)
        orders = truth(it, "BTC", at_ms, it.server.world.now_ms)
        await listener.hears("BTC", len(orders))
        agree(listener.heard(it.instrument()), orders, name)
        assert it.tape.condition.failures.keys() == {"network"}


@every_stream
async def test_a_socket_that_stays_open_and_silent_is_opened_again(name: str) -> None:
    async with asked(name, silence_s=0.5) as it, listening(it, "BTC") as listener:
        assert it.tape is not None
        it.server.faults.add(Fault(kind="silent", venue=name, endpoint="tape"))
        tape = it.tape
        await listener.until(lambda: tape.condition.connections >= 2)
        assert it.tape.condition.failures.keys() == {"timeout"}
        assert it.server.sockets.count(name) == 1


@every_stream
async def test_a_server_that_is_gone_is_called_until_it_is_back(name: str) -> None:
    async with asked(name) as it, listening(it, "BTC") as listener:
        assert it.tape is not None
        tape = it.tape
        await it.server.stop()
        await listener.until(lambda: tape.condition.failing != "")
        await it.server.start()
        await listener.until(lambda: tape.condition.connections >= 2)
        await listener.until(lambda: it.server.sockets.count(name) == 1)


@every_stream
async def test_a_market_that_is_not_listed_spoils_nothing(name: str) -> None:
    async with asked(name) as it, listening(it, "NONE", "BTC") as listener:
        it.step(6 * 3600)
        await listener.hears("BTC", len(truth(it, "BTC", NOW_MS, it.server.world.now_ms)))
        assert it.tape is not None
        assert it.tape.condition.failures == {}


async def test_how_much_a_tape_tells_is_said_only_where_it_is_known() -> None:
    told = {}
    for name in STREAMING:
        async with asked(name) as it:
            told[name] = it.completeness
    assert told == {"binance": None, "bybit": 1.0, "okx": None}
