"""Rate limits: how many requests of a kind fit into a while."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.fakes.faults import Json

# Requests, seconds: per route and channel, guild or webhook. Of the same size as the real ones.
RATES: Mapping[str, tuple[int, float]] = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "GET /channels/{channel_id}/messages": (5, 5.0),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 2.0),
    "POST /users/@me/channels": (10, 10.0),
    "PUT /applications/{application_id}/commands": (2, 60.0),
}
ORDINARY, OVERALL = (30, 10.0), (50, 1.0)
_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")
_FREE = ("/interactions/", "/webhooks/")  # do not count against the overall limit
_UNLIMITED = "POST /interactions/"


@dataclass(slots=True)
class _Window:
    most: int
    seconds: float
    ends: float = 0.0
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request fits, and the headers that say so."""

    headers: dict[str, str]
    retry_after: float | None = None  # s, where it does not fit
    overall: bool = False

    @property
    def body(self) -> Json:
        """What the asker reads where it does not fit."""
        return limited(self.retry_after or 0.0, overall=self.overall)


@dataclass(slots=True)
class Buckets:
    """All windows; with `pace` 0.1 they are ten times shorter than the real ones."""

    time: Callable[[], float]
    pace: float = 1.0
    rates: dict[str, tuple[int, float]] = field(default_factory=lambda: dict(RATES))
    _windows: dict[tuple[str, ...], _Window] = field(default_factory=dict)
    _overall: deque[float] = field(default_factory=deque)

    def take(self, operation: str, words: Mapping[str, str]) -> Verdict:
        """Count one request in; the verdict on it."""
        if operation.startswith(_UNLIMITED):
            return Verdict(headers={})
        now = self.time()
        most, seconds = self.rates.get(operation, ORDINARY)
        key = (operation, *(words[each] for each in _MAJOR if each in words))
        window = self._windows.setdefault(key, _Window(most, seconds * self.pace))
        if now >= window.ends:
            window.ends, window.used = now + window.seconds, 0
        left = max(0.0, window.ends - now)
        if window.used >= window.most:
            return Verdict(headers=refused(left, window.most, operation), retry_after=left)
        if not any(each in operation for each in _FREE):
            while self._overall and self._overall[0] <= now - OVERALL[1] * self.pace:
                self._overall.popleft()
            if len(self._overall) >= OVERALL[0]:
                wait = self._overall[0] + OVERALL[1] * self.pace - now
                return Verdict(headers=refused(wait), retry_after=wait, overall=True)
            self._overall.append(now)
        window.used += 1
        return Verdict(headers=_told(window.most - window.used, left, window.most, operation))


def limited(retry_after: float, *, overall: bool) -> Json:
    """Return the body of a 429."""
    said = "You are being rate limited."
    return {"message": said, "retry_after": round(retry_after, 3), "global": overall, "code": 0}


def refused(retry_after: float, most: int = 0, operation: str = "") -> dict[str, str]:
    """Return the headers of a 429; without an operation it is the overall one."""
    headers = {"Retry-After": str(int(retry_after) + 1), "Via": "1.1 google"}
    if not operation:
        return headers | {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
    return headers | _told(0, retry_after, most, operation) | {"X-RateLimit-Scope": "user"}


def _told(left: int, seconds: float, most: int, operation: str) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(most),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset-After": f"{seconds:.3f}",
        "X-RateLimit-Bucket": f"{abs(hash(operation)):x}"[:16],
    }
