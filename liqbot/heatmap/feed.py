"""What was force-closed lately, by venue, beside the cluster that price is going through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from heapq import nlargest
from typing import NamedTuple

import numpy as np

from liqbot.heatmap.eaten import Eaten, eaten_of
from liqbot.heatmap.history import History
from liqbot.market.condition import Condition
from liqbot.market.status import Status
from liqbot.market.tape import Tape
from liqbot.market.units import F8, Side, floats, ms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one venue tells of its forced orders."""

    venue: str
    tape: Tape  # within the span
    share: float | None  # of all that it tells; None: nobody knows
    silent: str = ""  # why it is not heard now; "" = it is


class Order(NamedTuple):
    """One forced order, and who told of it."""

    usd: float
    at_ms: int  # Unix ms, UTC
    venue: str
    side: Side  # whose position was closed
    price: float


@dataclass(frozen=True, kw_only=True)
class Feed:
    """The forced orders of one market within a span that ends now."""

    history: History
    span: timedelta
    heard: tuple[Heard, ...]  # by venue, also those that are not heard
    eaten: Eaten | None

    @property
    def to_ms(self) -> int:
        """The end of the span, Unix ms."""
        return ms_of(self.history.at)

    @property
    def from_ms(self) -> int:
        """The beginning of the span, Unix ms."""
        return ms_of(self.history.at - self.span)

    @property
    def listening(self) -> tuple[Heard, ...]:
        """The venues that are heard."""
        return tuple(each for each in self.heard if not each.silent)

    @cached_property
    def tape(self) -> Tape:
        """The orders of all venues, oldest first."""
        return Tape.merge(each.tape for each in self.heard)

    def largest(self, count: int) -> list[Order]:
        """Return at most so many orders, the largest first, of equal ones the newest."""
        orders = (
            Order(float(usd), int(at_ms), each.venue, [*Side][side], float(price))
            for each in self.heard
            for at_ms, side, price, usd in zip(
                each.tape.at_ms, each.tape.side, each.tape.price, each.tape.usd, strict=True
            )
        )
        return nlargest(count, orders)


def usd_by_side(tape: Tape) -> F8:
    """Sum the notional of orders, (side,) Usd."""
    return floats(np.bincount(tape.side, tape.usd, minlength=2))


def feed_of(history: History, tapes: Mapping[str, Tape], status: Status, span: timedelta) -> Feed:
    """Put together what venues told within a span up to `history.at`; `tapes` are by venue."""
    to_ms, from_ms = ms_of(history.at), ms_of(history.at - span)
    conditions = {each.venue: each for each in status.venues}
    heard = []
    for venue, tape in tapes.items():
        at = conditions.get(venue)
        heard.append(
            Heard(
                venue=venue,
                tape=tape.since(from_ms).until(to_ms),
                share=None if at is None else at.completeness,
                silent="not configured" if at is None else _silence(at.listening),
            )
        )
    return Feed(history=history, span=span, heard=tuple(heard), eaten=eaten_of(history))


def _silence(listening: Condition | None) -> str:
    """Say why forced orders are not heard now; nothing where they are."""
    if listening is None:
        return "no public tape"
    if listening.failing:
        return f"tape lost: {listening.failing}"
    return "" if listening.answers or listening.connections else "tape not connected yet"
