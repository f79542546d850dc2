"""Listening to a venue's forced orders: heard once each, called again when lost or silent."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.errors import SourceDelayed, SourceError
from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.tape import Liquidation, Tape

Heard: TypeAlias = Sequence[tuple[Instrument, Liquidation]]
Connect: TypeAlias = Callable[[Sequence[Instrument], "Ear"], Awaitable[None]]

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0

_log = logging.getLogger(__name__)


class Ear:
    """What one connection tells: that it stands, what was said on it, what could not be read."""

    def __init__(self, clock: Clock, condition: Condition) -> None:
        self.condition = condition
        self.said: asyncio.Queue[Heard] = asyncio.Queue()
        self._clock = clock

    def connected(self) -> None:
        """Take note that the venue took the call."""
        connections = self.condition.connections + 1
        self.condition = replace(self.condition, connections=connections, failing="")

    def heard(self, orders: Heard) -> None:
        """Take a message; one of no order that is asked about is a sign of life too."""
        self.condition = replace(
            self.condition,
            answers=self.condition.answers + 1,
            answered_at=self._clock.now(),
            failing="",
        )
        self.said.put_nowait(orders)

    def failed(self, error: SourceError) -> None:
        """Count a failure, be it of one message or of the connection."""
        failures = dict(self.condition.failures)
        failures[error.kind] = failures.get(error.kind, 0) + 1
        now = self._clock.now()
        self.condition = replace(
            self.condition, failures=failures, failed_at=now, failing=str(error)
        )


class StreamedTape:
    """TapeSource over connections that come and go.

    `connect(instruments, ear)` tells the ear all it hears and returns or raises a SourceError
    when the connection is lost; it is cancelled to hang up.
    """

    def __init__(
        self, venue: str, connect: Connect, silence_s: float, clock: Clock, chance: Generator
    ) -> None:
        self.venue = venue
        self._connect = connect
        self._silence_s = silence_s
        self._clock = clock
        self._chance = chance
        self._ear = Ear(clock, Condition())

    @property
    def condition(self) -> Condition:
        """How listening went so far."""
        return self._ear.condition

    async def listen(
        self, instruments: Sequence[Instrument]
    ) -> AsyncIterator[tuple[Instrument, Tape]]:
        """Yield forced orders as they happen, until closed; reconnects by itself, never ends."""
        pause_s = _FIRST_PAUSE_S
        loop = asyncio.get_running_loop()
        while True:
            self._ear = ear = Ear(self._clock, self.condition)
            called_s = loop.time()
            connection = asyncio.ensure_future(self._connect(instruments, ear))
            try:
                while True:
                    for instrument, tape in (await self._next(ear, connection)).items():
                        yield instrument, tape
            except SourceError as error:
                ear.failed(error)
                _log.warning("tape lost", extra={"venue": self.venue, "reason": str(error)})
            finally:
                connection.cancel()
                await asyncio.gather(connection, return_exceptions=True)
            # A connection that held for a while is worth calling again soon.
            held = loop.time() - called_s > 2 * pause_s
            pause_s = _FIRST_PAUSE_S if held else min(2 * pause_s, _LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s * self._chance.uniform(0.5, 1.0))

    async def _next(self, ear: Ear, connection: asyncio.Future[None]) -> dict[Instrument, Tape]:
        """Return all that waits to be told, or the next; raise SourceError for a dead line."""
        message = asyncio.ensure_future(ear.said.get())
        try:
            await asyncio.wait(
                (message, connection),
                timeout=self._silence_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not message.done():
                self._raise_why(connection)
            batches = [message.result()]
        finally:
            message.cancel()
        while not ear.said.empty():
            batches.append(ear.said.get_nowait())
        orders: defaultdict[Instrument, list[Liquidation]] = defaultdict(list)
        for batch in batches:
            for instrument, order in batch:
                orders[instrument].append(order)
        return {instrument: Tape.of(each) for instrument, each in orders.items()}

    def _raise_why(self, connection: asyncio.Future[None]) -> None:
        if connection.done():
            connection.result()
            raise SourceDelayed(f"{self.venue} hung up", kind="network")
        text = f"{self.venue} told of no forced order for {self._silence_s:.0f} s; calling again"
        raise SourceDelayed(text, kind="timeout")


def polled(ask: Callable[[Sequence[Instrument]], Awaitable[Heard]], every_s: float) -> Connect:
    """Return a connection to a venue that tells only when asked: every so many seconds.

    `ask` returns what happened since it was last asked, each order once.
    """

    async def connect(instruments: Sequence[Instrument], ear: Ear) -> None:
        orders = await ask(instruments)
        ear.connected()
        while True:
            ear.heard(orders)
            await asyncio.sleep(every_s)
            orders = await ask(instruments)

    return connect
