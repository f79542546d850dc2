"""Forced orders are heard once each, whatever becomes of the connection."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from numpy.random import default_rng

from liqbot.clock import SteppedClock
from liqbot.errors import SourceDelayed, SourceUnreadable
from liqbot.exchanges._stream import Ear, Heard, StreamedTape, polled
from liqbot.market.instrument import Instrument
from liqbot.market.tape import Tape
from liqbot.market.units import moment_of
from tests.builders import START_MS, a_liquidation
from tests.waiting import timeless

BTC, ETH = Instrument("bybit", "BTC", "USDT"), Instrument("bybit", "ETH", "USDT")
Call = Callable[[Sequence[Instrument], Ear], Awaitable[None]]


def a_tape(*calls: Call, silence_s: float = 5.0) -> StreamedTape:
    """Return a tape whose first connections are these; the last one is made again and again."""
    waiting = list(calls)

    async def connect(instruments: Sequence[Instrument], ear: Ear) -> None:
        call = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        await call(instruments, ear)

    clock = SteppedClock(moment_of(START_MS))
    return StreamedTape("bybit", connect, silence_s, clock, default_rng(1))


def tells(*messages: Heard, then: Exception | None = None) -> Call:
    async def call(_: Sequence[Instrument], ear: Ear) -> None:
        ear.connected()
        for message in messages:
            ear.heard(message)
        if then is not None:
            raise then
        await asyncio.Event().wait()

    return call


async def first(tape: StreamedTape, count: int) -> list[tuple[Instrument, Tape]]:
    found = []
    listening = tape.listen((BTC, ETH))
    async with asyncio.timeout(3):
        async for each in listening:
            found.append(each)
            if len(found) == count:
                break
    await listening.aclose()  # type: ignore[attr-defined] # a generator, as every listen is
    return found


@timeless
async def test_a_burst_is_told_whole_by_instrument() -> None:
    orders = [a_liquidation(at_ms=START_MS + i) for i in range(100)]
    tape = a_tape(
        tells(
            [(BTC, each) for each in orders[:50]],
            [(BTC, each) for each in orders[50:]],
            [(ETH, orders[0])],
        )
    )
    (one, btc), (other, eth) = await first(tape, 2)
    assert (one, len(btc), other, len(eth)) == (BTC, 100, ETH, 1)
    assert tape.condition.answers == 3
    assert tape.condition.answered_at == moment_of(START_MS)
    assert tape.condition.connections == 1


@timeless
async def test_a_lost_connection_is_made_again() -> None:
    lost = SourceDelayed("hung up", kind="network")
    tape = a_tape(tells([(BTC, a_liquidation())], then=lost), tells([(ETH, a_liquidation())]))
    assert [instrument for instrument, _ in await first(tape, 2)] == [BTC, ETH]
    assert tape.condition.connections == 2
    assert tape.condition.failures == {"network": 1}
    assert tape.condition.failing == ""


@timeless
async def test_what_was_told_before_the_line_was_lost_is_not_lost() -> None:
    lost = SourceDelayed("hung up", kind="network")
    tape = a_tape(tells([(BTC, a_liquidation())], [(BTC, a_liquidation())], then=lost))
    ((_, told),) = await first(tape, 1)
    assert len(told) == 2


@timeless
async def test_a_silent_connection_is_made_again() -> None:
    tape = a_tape(tells(), tells([(BTC, a_liquidation())]), silence_s=0.05)
    await first(tape, 1)
    assert tape.condition.connections == 2
    assert tape.condition.failures == {"timeout": 1}


@timeless
async def test_orders_that_nobody_asked_about_are_a_sign_of_life() -> None:
    async def chatters(_: Sequence[Instrument], ear: Ear) -> None:
        ear.connected()
        for _message in range(10):
            ear.heard([])
            await asyncio.sleep(0.03)
        ear.heard([(BTC, a_liquidation())])
        await asyncio.Event().wait()

    tape = a_tape(chatters, silence_s=0.2)
    await first(tape, 1)
    assert tape.condition.connections == 1


@timeless
async def test_a_connection_that_ends_without_a_word_is_lost_too() -> None:
    async def ends(_: Sequence[Instrument], ear: Ear) -> None:
        ear.connected()

    tape = a_tape(ends, tells([(BTC, a_liquidation())]))
    await first(tape, 1)
    assert tape.condition.failures == {"network": 1}


@timeless
async def test_a_venue_that_is_down_is_called_less_and_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def slept(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 12:
            enough.set()
            await asyncio.Event().wait()

    async def down(_: Sequence[Instrument], __: Ear) -> None:
        raise SourceDelayed("down", kind="network")

    tape = a_tape(down)
    monkeypatch.setattr("liqbot.exchanges._stream.asyncio.sleep", slept)
    listening = asyncio.ensure_future(anext(aiter(tape.listen((BTC,)))))
    await enough.wait()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert 0.5 <= pauses[0] <= 1.0
    assert pauses[4] > 4 * pauses[0]
    assert 30 <= pauses[-1] <= 60
    assert len(set(pauses)) == len(pauses)
    assert tape.condition.connections == 0


@timeless
async def test_a_message_that_cannot_be_read_is_counted_and_the_next_one_heard() -> None:
    async def mumbles(_: Sequence[Instrument], ear: Ear) -> None:
        ear.connected()
        ear.failed(SourceUnreadable("no order"))
        ear.heard([(BTC, a_liquidation())])
        await asyncio.Event().wait()

    tape = a_tape(mumbles)
    await first(tape, 1)
    assert tape.condition.failures == {"unreadable": 1}
    assert tape.condition.connections == 1


@timeless
async def test_hanging_up_ends_the_connection() -> None:
    ended = asyncio.Event()

    async def call(_: Sequence[Instrument], ear: Ear) -> None:
        try:
            ear.heard([(BTC, a_liquidation())])
            await asyncio.Event().wait()
        finally:
            ended.set()

    await first(a_tape(call), 1)
    assert ended.is_set()


@timeless
async def test_a_venue_that_has_to_be_asked_is_asked_again_and_again() -> None:
    asked = 0

    async def ask(_: Sequence[Instrument]) -> Heard:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise SourceDelayed("busy", kind="rate_limit")
        return [(BTC, a_liquidation(at_ms=START_MS + asked))]

    tape = a_tape(polled(ask, every_s=0.01))
    assert [int(each.at_ms[0]) - START_MS for _, each in await first(tape, 3)] == [1, 2, 4]
    assert tape.condition.failures == {"rate_limit": 1}
