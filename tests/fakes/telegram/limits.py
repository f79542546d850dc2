"""How fast a bot may send, and what goes wrong on request."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.telegram.refusal import too_many

What = Literal["garbage", "timeout", "reset"] | int


@dataclass
class Limits:
    """Telegram's budgets on sending; all off until `on`.

    A client that spaces its sends by exactly a second is not to blame for the jitter of the
    loopback, so a chat is held to a twentieth less.
    """

    now: Callable[[], float]  # s
    on: bool = False
    overall: int = 30  # in any second
    group: int = 20  # in any minute, to one group or channel
    spacing_s: float = 0.95  # between two to one private chat
    ban_s: int = 1  # of the bot, after too many in a second
    refused: int = 0  # sends that were answered 429
    while_blocked: int = 0  # of them, those during a ban of the bot
    _sent: deque[float] = field(default_factory=deque)
    _to: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _banned_until: float = -math.inf

    def admit(self, chat: int, *, private: bool) -> None:
        """Count a send; raise Refused where it is one too many."""
        if not self.on:
            return
        now = self.now()
        if now < self._banned_until:
            self.while_blocked += 1
            raise self._refusal(self._banned_until - now)
        most, window = (1, self.spacing_s) if private else (self.group, 60.0)
        recent = _within(self._to[chat], now - window)
        if len(recent) >= most:
            raise self._refusal(recent[0] + window - now)
        if len(_within(self._sent, now - 1)) >= self.overall:
            self._banned_until = now + self.ban_s
            raise self._refusal(self.ban_s)
        recent.append(now)
        self._sent.append(now)

    def ban(self, seconds: int) -> None:
        """Let the bot send nothing for a while."""
        self.on, self._banned_until = True, self.now() + seconds

    def _refusal(self, seconds: float) -> Exception:
        self.refused += 1
        return too_many(max(math.ceil(seconds), 1))


@dataclass
class Trouble:
    """What the next calls of a method get instead of an answer."""

    method: str
    what: What  # a status, or how the answer is lost
    times: int
    accepted: bool  # the call took effect all the same
    retry_after: int  # s, with 429


@dataclass
class Troubles:
    """All that is to go wrong, and how long every call takes."""

    latency_s: float = 0.0
    slow: dict[str, float] = field(default_factory=dict)  # s, of single methods
    standing: list[Trouble] = field(default_factory=list)

    def delay(self, method: str) -> float:
        """Return how long a call takes, s."""
        return self.slow.get(method, self.latency_s)

    def next(self, method: str) -> Trouble | None:
        """Return what goes wrong with this call."""
        for each in self.standing:
            if each.method == method:
                each.times -= 1
                if not each.times:
                    self.standing.remove(each)
                return each
        return None


def _within(times: deque[float], since: float) -> deque[float]:
    """Forget what was before a moment."""
    while times and times[0] <= since:
        times.popleft()
    return times
