"""All that was seen of one instrument on one venue."""

from dataclasses import dataclass
from datetime import datetime

from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A span of time for which something that should be there is not."""

    what: str  # "candles", "open_interest" …
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """All that was seen of one instrument on one venue up to one moment."""

    instrument: Instrument
    observed_at: datetime  # aware, UTC; the pipeline's only "now"
    mark: Price
    candles: Candles  # closed ones only, last price
    mark_candles: Candles | None
    open_interest: OpenInterest
    funding: Funding
    tape: Tape
    book: OrderBook | None
    gaps: tuple[Gap, ...]
    repairs: tuple[str, ...]  # what was mended on entry, in words
    simulated: bool
