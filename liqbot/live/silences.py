"""Which markets a venue tells nothing of, and who is to know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from liqbot.alerting.feeds import SILENT_FOR, Feed
from liqbot.chat.message import ChatId
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation


class Seen(Protocol):
    """What is believed of instruments."""

    def of(self, instrument: Instrument) -> Observation | None:
        """Return what is believed of one; None before anything is."""
        ...


class Watched(Protocol):
    """The markets that are watched."""

    @property
    def memory(self) -> Seen:
        """What is believed of them."""
        ...

    def known(self) -> Collection[Instrument]:
        """Return the instruments."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Silences:
    """Tells which feeds are silent; none is before the bot has listened for as long itself."""

    markets: Watched
    since: datetime  # when the bot was started
    owners: tuple[ChatId, ...]

    def feeds(self, at: datetime) -> frozenset[Feed]:
        """Return the feeds of which nothing came for two bars."""
        if at - self.since < SILENT_FOR:
            return frozenset()
        return frozenset(
            Feed(each.venue, each.base)
            for each in self.markets.known()
            if self._is_silent(each, at)
        )

    def _is_silent(self, instrument: Instrument, at: datetime) -> bool:
        seen = self.markets.memory.of(instrument)
        return seen is None or seen.age_s(at) >= SILENT_FOR / timedelta(seconds=1)
