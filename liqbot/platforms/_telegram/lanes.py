"""Whose turn it is to be written to: one flow of messages without bursts, in two lanes.

Answers to those who wait go before alerts, whatever queue of these there is. Telegram counts
messages to a chat, in a group or channel by the minute, and all together by the second; a client
that went too fast is turned away altogether for a while, and so is one that does not heed that.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from liqbot.clock import Clock
from liqbot.errors import DeliveryDelayed

_REMEMBERED = 4096  # chats; then those that may be written to are forgotten


class Lane(Enum):
    """Who waits, the more urgent first; the value is for how long they would wait, s."""

    ANSWERS = 60.0
    ALERTS = 5.0  # the courier comes again, and others wait behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast Telegram may be written to; a little slower than it says, for jitter on the way."""

    overall_s: float = 1 / 26  # between any two; Telegram allows 30/s, as they arrive there
    made_up: int = 3  # turns that were missed, at the most
    a_second: int = 29  # under way or over for less: no more can have arrived there within one
    chat_s: float = 1.05  # between two to one chat
    shared: int = 20  # messages to a group or channel …
    shared_s: float = 61.0  # … within so long
    in_a_row: int = 4  # answers, before an alert that waits gets its turn


@dataclass(eq=False, slots=True)
class Turn:
    """Somebody who waits to write to a chat."""

    chat: int
    lane: Lane


class Schedule:
    """Decides who is next. Moments are seconds of any clock that never goes back."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiting: dict[Lane, dict[Turn, float]] = {lane: {} for lane in Lane}  # since when
        self._busy: set[int] = set()
        self._sent: dict[int, deque[float]] = {}  # the last times, by chat
        self._over: deque[float] = deque()  # when the writing of the last second was over
        self._free_at = -math.inf
        self._answers = 0  # in a row

    def wait(self, turn: Turn, now: float) -> None:
        """Queue somebody up."""
        self._waiting[turn.lane][turn] = now

    def leave(self, turn: Turn) -> None:
        """Let somebody go who waits no longer."""
        self._waiting[turn.lane].pop(turn, None)

    def freeze(self, until: float) -> None:
        """Give nobody a turn before a moment."""
        self._free_at = max(self._free_at, until)

    def grant(self, now: float) -> Turn | None:
        """Return who may write now, if anybody; their chat is busy until they are `done`."""
        while self._over and self._over[0] + 1 <= now:
            self._over.popleft()
        if now < self._free_at or self._is_full:
            return None
        for lane in self._order():
            for turn, since in self._waiting[lane].items():
                if turn.chat not in self._busy and self._chat_at(turn.chat) <= now:
                    del self._waiting[lane][turn]
                    self._busy.add(turn.chat)
                    # Turns that passed while somebody waited are made up for, a few of them.
                    missed_s = min(now - since, self._pace.made_up * self._pace.overall_s)
                    self._free_at = max(self._free_at, now - missed_s) + self._pace.overall_s
                    self._answers = self._answers + 1 if lane is Lane.ANSWERS else 0
                    return turn
        return None

    def release(self, turn: Turn) -> None:
        """Take back a turn that nobody makes use of."""
        self._busy.discard(turn.chat)

    def done(self, turn: Turn, now: float) -> None:
        """Take note that somebody has written."""
        self._busy.discard(turn.chat)
        self._over.append(now)
        if len(self._sent) >= _REMEMBERED:
            self._sent = {
                chat: times
                for chat, times in self._sent.items()
                if times[-1] > now - self._pace.shared_s
            }
        self._sent.setdefault(turn.chat, deque(maxlen=self._pace.shared)).append(now)

    def impatient(self, now: float) -> list[tuple[Turn, float]]:
        """Send away whose chat cannot be written to for longer than they wait; with how long."""
        gone = []
        for lane, waiting in self._waiting.items():
            held = {turn: self._ready_at(turn) - now for turn in waiting}
            gone += [(turn, wait) for turn, wait in held.items() if wait > lane.value]
        for turn, _ in gone:
            self.leave(turn)
        return gone

    def wake_at(self) -> float:
        """Return when there may be a turn to give; never, as long as nobody waits for a moment."""
        if self._is_full:
            return self._over[0] + 1 if self._over else math.inf
        return min(
            (
                self._ready_at(turn)
                for waiting in self._waiting.values()
                for turn in waiting
                if turn.chat not in self._busy
            ),
            default=math.inf,
        )

    @property
    def _is_full(self) -> bool:
        return len(self._busy) + len(self._over) >= self._pace.a_second

    def _order(self) -> tuple[Lane, ...]:
        patient = self._answers >= self._pace.in_a_row
        return (Lane.ALERTS, Lane.ANSWERS) if patient else (Lane.ANSWERS, Lane.ALERTS)

    def _ready_at(self, turn: Turn) -> float:
        return max(self._free_at, self._chat_at(turn.chat))

    def _chat_at(self, chat: int) -> float:
        """Return from when on a chat may be written to."""
        times = self._sent.get(chat)
        if not times:
            return -math.inf
        is_full = chat < 0 and len(times) == self._pace.shared
        window = times[0] + self._pace.shared_s if is_full else -math.inf
        return max(times[-1] + self._pace.chat_s, window)


class Lanes:
    """Lets those through whose turn it is."""

    def __init__(self, clock: Clock, pace: Pace) -> None:
        self._clock = clock
        self._schedule = Schedule(pace)
        self._granted: dict[Turn, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, chat: int, lane: Lane) -> AsyncIterator[None]:
        """Wait for the turn to write to a chat.

        Raise DeliveryDelayed if that would take too long, saying from when on it can be had.
        """
        loop = asyncio.get_running_loop()
        turn, granted = Turn(chat, lane), loop.create_future()
        self._granted[turn] = granted
        self._schedule.wait(turn, loop.time())
        self._go_on()
        try:
            await granted
        except asyncio.CancelledError:
            self._schedule.leave(turn)
            if granted.done() and not granted.cancelled() and granted.exception() is None:
                self._end(turn)
            raise
        finally:
            self._granted.pop(turn, None)
        try:
            yield
        finally:
            self._end(turn)

    def freeze(self, seconds: float) -> None:
        """Write nothing for a while."""
        self._schedule.freeze(asyncio.get_running_loop().time() + seconds)
        self._go_on()

    def _end(self, turn: Turn) -> None:
        self._schedule.done(turn, asyncio.get_running_loop().time())
        self._go_on()

    def _go_on(self) -> None:
        """Give the turns that can be given, and come again when there are more."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for turn, wait in self._schedule.impatient(now):
            retry_at = self._clock.now() + timedelta(seconds=wait)
            refusal = DeliveryDelayed("Telegram cannot be written to yet.", retry_at=retry_at)
            if not (granted := self._granted[turn]).done():
                granted.set_exception(refusal)
        while (next_ := self._schedule.grant(now)) is not None:
            if (granted := self._granted[next_]).done():  # cancelled, and about to leave
                self._schedule.release(next_)
            else:
                granted.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
        at = self._schedule.wake_at()
        self._timer = loop.call_at(at, self._go_on) if at < math.inf else None
