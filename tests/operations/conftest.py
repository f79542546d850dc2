"""A status, of which only what matters is spelled out."""

from datetime import UTC, datetime, timedelta

from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.status import MarketStatus, Status, VenueStatus

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BTC = Instrument("binance", "BTC", "USDT")
ETH = Instrument("okx", "ETH", "USDT")
NEVER = Condition()
ASKED = Condition(answers=3, answered_at=AT - timedelta(seconds=20))


def some_venue(venue: str = "binance", asking: Condition = ASKED) -> VenueStatus:
    return VenueStatus(venue=venue, asking=asking, listening=None, completeness=None)


def some_market(instrument: Instrument = BTC, blind: str = "") -> MarketStatus:
    return MarketStatus(instrument=instrument, age_s=12.0, gaps=(), blind=blind)


def some_status(
    venues: tuple[VenueStatus, ...] = (some_venue(),),
    markets: tuple[MarketStatus, ...] = (some_market(),),
    model: str = "built-in",
    queued: int = 0,
) -> Status:
    return Status(
        at=AT,
        started_at=AT - timedelta(hours=1),
        venues=venues,
        markets=markets,
        model=model,
        warming=(),
        back_filling=1.0,
        evaluated_s={},
        queued=queued,
    )
