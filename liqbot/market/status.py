"""What the bot can see, and where it is blind and why: for /status, /healthz and /metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldersStatus:
    """Those on one exchange whose positions are asked for; by number only."""

    listed: int  # by the operator …
    telling: int  # … of whom an answer counts
    largest: int = 0  # accounts that are asked about besides …
    leading: int = 0  # … of whom an answer counts
    unranked: str = ""  # why it is not known who the largest are now; "" where it is, or not asked
    age_s: float  # of the oldest of these answers; inf where none counts
    positions: int  # that they hold in markets that are watched
    dropped: Mapping[str, int]  # positions not believed since the start, by reason
    failing: str  # why the last question was not answered; "" once one is


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueStatus:
    """One exchange."""

    venue: str
    asking: Condition
    listening: Condition | None  # None: it has no public tape
    completeness: float | None  # share of forced orders that its tape tells; None: nobody knows
    bracketed: int = 0  # markets whose margin brackets it tells; the others have the built-in ones
    bracketed_at: datetime | None = None  # when the oldest of these were told; None: once
    holders: HoldersStatus | None = None  # None: nobody is asked what they hold


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketStatus:
    """One instrument."""

    instrument: Instrument
    age_s: float  # of its newest datum; inf before the first
    gaps: tuple[Gap, ...]  # within the window that maps are made of
    dropped: Mapping[str, int] = field(default_factory=dict)  # not believed, or mended, by reason
    prints: int = 0  # forced orders heard since the start
    blind: str = ""  # why nothing is concluded from it now; "" = it sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole bot at one moment."""

    at: datetime  # aware, UTC
    started_at: datetime
    venues: tuple[VenueStatus, ...]  # in the order configured
    markets: tuple[MarketStatus, ...]  # by base, then as the venues
    model: str  # its version, and when it was fitted
    warming: tuple[str, ...]  # bases whose map has not seen enough past
    back_filling: float  # share of the past that has come, 0 … 1
    evaluated_s: Mapping[str, float]  # by base: what the last evaluation took
    queued: int  # evaluations and pictures waiting
    since_ms: int = 0  # where the window begins that maps are made of, Unix ms
