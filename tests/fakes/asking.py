"""How a venue is asked, and what it is made of on the wire."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from liqbot.market.units import I8, MINUTE_MS, integers
from tests.fakes.faults import Faults, Json
from tests.fakes.listing import Listing, Order
from tests.fakes.world import World

LENGTHS = {"m": MINUTE_MS, "h": 60 * MINUTE_MS, "d": 1440 * MINUTE_MS}


class Refusal(Exception):  # noqa: N818 - it is what a venue answers
    """An answer that is an error of the one who asked."""

    def __init__(self, body: Json, status: int = 400) -> None:
        super().__init__(str(body))
        self.body, self.status = body, status


class Unlisted(Exception):  # noqa: N818 - it is why a venue refuses
    """A market that the venue does not list, or lists no more."""


@dataclass(slots=True, kw_only=True)
class Ask:
    """One question to a venue; what is never read of it is a violation."""

    venue: str
    endpoint: str
    world: World
    faults: Faults
    words: dict[str, Json]  # of the path, the query and the body
    violations: list[str]
    market: str | None = None  # the one base that it is about, once that is known
    _read: set[str] = field(default_factory=set)

    @property
    def now_ms(self) -> int:
        """What the venue's clock says."""
        skew = self.faults.find(("skewed",), self.venue, self.endpoint, self.market)
        return self.world.now_ms + (round(skew.seconds * 1000) if skew else 0)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a word; a missing one without default is a violation."""
        self._read.add(name)
        value = self.words.get(name, default)
        if value is None:
            self.violate(f"{name} is missing")
            return ""
        return str(value)

    def one_of(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Return a word out of those allowed; another is a violation."""
        value, known = self.text(name, default), tuple(allowed)
        if value not in known:
            self.violate(f"{name}={value} is none of {', '.join(known)}")
            return known[0]
        return value

    def integer(self, name: str, default: int) -> int:
        """Return a whole number."""
        value = self.text(name, str(default))
        if not re.fullmatch(r"-?\d+", value):
            self.violate(f"{name}={value} is no whole number")
            return default
        return int(value)

    def limit(self, name: str, default: int, cap: int) -> int:
        """Return how many rows are asked for; more than the venue gives is a violation."""
        value = self.integer(name, default)
        if not 1 <= value <= cap:
            self.violate(f"{name}={value} is not within 1 … {cap}")
        return max(1, min(value, cap))

    def listing(self, base: str) -> Listing:
        """Return what the venue knows of a market; raise Unlisted where there is none."""
        self.market = base
        if self.is_delisted(base) or base not in self.world.bases:
            raise Unlisted(base)
        return self._faulty(self.world.listing(self.venue, base))

    def listings(self) -> list[Listing]:
        """Return every market that trades."""
        return [
            self._faulty(each)
            for each in self.world.listings(self.venue)
            if not self.is_delisted(each.base)
        ]

    def is_delisted(self, base: str) -> bool:
        """Tell whether a market was taken off."""
        return self.faults.find(("delisted",), self.venue, self.endpoint, base) is not None

    def violate(self, text: str) -> None:
        """Write down what a real venue would not have accepted, or silently changed."""
        self.violations.append(f"{self.venue} {self.endpoint}: {text}")

    def unread(self) -> set[str]:
        """Return the words that meant nothing to the venue."""
        return set(self.words) - self._read

    def _faulty(self, listing: Listing) -> Listing:
        fault = self.faults.find(("frozen",), self.venue, self.endpoint, listing.base)
        wrong = self.faults.find(("hundredfold",), self.venue, self.endpoint, listing.base)
        if fault is not None:
            listing = replace(listing, frozen_ms=self.faults.standing[fault])
        return replace(listing, factor=100.0) if wrong else listing


@dataclass(slots=True, eq=False)
class Line:
    """One open socket."""

    path: str
    topics: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Route:
    """One question that a venue answers; `{word}` in its path is read like a parameter."""

    method: str
    path: str
    endpoint: str  # what it is about, the same on all venues
    answer: Callable[[Ask], Json]
    weight: Callable[[Mapping[str, Json]], int] = lambda _: 1

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the words of a path, or None where it is another question."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        found = re.fullmatch(pattern, path) if method == self.method else None
        return None if found is None else found.groupdict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A venue as it shows on the wire."""

    name: str
    hosts: tuple[str, ...]
    routes: Sequence[Route]
    unknown: Callable[[Ask], Refusal]  # what it says of a market it does not list
    limited: Json  # what it says beside 429
    budget: int = 1200  # weight in `window_s`
    window_s: int = 60
    path: Callable[[str, Mapping[str, Json]], str] = lambda path, _words: path
    headers: Callable[[int, int], dict[str, str]] = lambda _used, _now_ms: {}
    lines: Sequence[str] = ()  # paths of sockets, as patterns
    hear: Callable[[Line, str, Callable[[str], None]], list[str]] | None = None
    tell: Callable[[Line, Listing, list[Order], int], list[str]] | None = None

    def route(self, method: str, path: str) -> tuple[Route, dict[str, Json]] | None:
        """Return the question that a path asks, and the words in it."""
        for route in self.routes:
            words = route.match(method, path)
            if words is not None:
                return route, dict(words)
        return None


def decline(body: Json, status: int = 400) -> NoReturn:
    """Answer with an error."""
    raise Refusal(body, status)


def page(
    from_ms: int, to_ms: int, step_ms: int, limit: int, *, oldest: bool = False
) -> tuple[int, int]:
    """Return the first and last stamp, both inclusive, of a span's newest or oldest rows."""
    first, last = -(-from_ms // step_ms) * step_ms, to_ms // step_ms * step_ms
    if oldest:
        return first, min(last, first + (limit - 1) * step_ms)
    return max(first, last - (limit - 1) * step_ms), last


def stamps(first_ms: int, last_ms: int, step_ms: int) -> I8:
    """Return the stamps from … to, both inclusive, on a grid."""
    return integers(range(first_ms, last_ms + 1, step_ms))


def length_ms(text: str) -> int:
    """Read 5m, 1h or 1d."""
    return int(text[:-1]) * LENGTHS[text[-1].lower()]


def told(value: float, decimals: int) -> str:
    """Write a number as most venues do: in quotes, with its decimals."""
    return f"{value:.{decimals}f}"


def plain(value: float) -> str:
    """Write a number without needless zeros, never with an exponent."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return text or "0"
