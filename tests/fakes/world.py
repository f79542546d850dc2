"""The world that the fake exchanges tell of: markets on venues, replayed by a clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import log10
from zlib import crc32

from liqbot.clock import Clock
from liqbot.market.units import DAY_MS, HOUR_MS, ms_of
from tests.fakes.listing import Listing
from tests.fakes.walk import Nature, Walk, walk, whole_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A venue's share of the market and how it counts."""

    share: float
    quote: str
    funding_hours: int = 8
    lot_usd: float = 1.0  # about what the smallest quantity is worth
    lots_a_contract: int | None = None  # None: it counts in base units
    sparse: bool = False  # prints only the last forced order of a second


PLACES = {
    "binance": Place(share=0.30, quote="USDT", sparse=True),
    "bybit": Place(share=0.18, quote="USDT"),
    "okx": Place(share=0.15, quote="USDT", lot_usd=9.0, lots_a_contract=100),
    "bitget": Place(share=0.12, quote="USDT"),
    "hyperliquid": Place(share=0.10, quote="USDC", funding_hours=1),
    "gate": Place(share=0.08, quote="USDT", lot_usd=9.0, lots_a_contract=1),
    "dydx": Place(share=0.04, quote="USDC", funding_hours=1),
    "deribit": Place(share=0.03, quote="USDC", funding_hours=1),
}


def _nature(price: float, decimals: int, oi: float, volatility: float) -> Nature:
    return Nature(price=price, decimals=decimals, open_interest=oi, volatility=volatility)


NATURES = {
    "BTC": _nature(92_000.0, 1, 20e9, 0.021),
    "ETH": _nature(3_150.0, 2, 13e9, 0.027),
    "SOL": _nature(138.0, 3, 3.2e9, 0.033),
    "DOGE": _nature(0.14, 5, 1.3e9, 0.038),
    "AVAX": _nature(13.5, 4, 0.6e9, 0.038),
    "XRP": _nature(2.05, 4, 2.4e9, 0.032),
    "BNB": _nature(905.0, 2, 1.1e9, 0.022),
    "ADA": _nature(0.41, 5, 0.7e9, 0.036),
    "LINK": _nature(13.2, 4, 0.5e9, 0.035),
    "LTC": _nature(81.0, 3, 0.4e9, 0.03),
    "DOT": _nature(2.1, 4, 0.3e9, 0.037),
    "UNI": _nature(5.8, 4, 0.3e9, 0.04),
    "NEAR": _nature(1.7, 4, 0.25e9, 0.042),
    "APT": _nature(1.9, 4, 0.2e9, 0.043),
    "ARB": _nature(0.21, 5, 0.2e9, 0.043),
    "SUI": _nature(1.6, 4, 0.6e9, 0.042),
    "INJ": _nature(5.1, 4, 0.15e9, 0.044),
    "ATOM": _nature(2.3, 4, 0.15e9, 0.036),
    "AAVE": _nature(165.0, 3, 0.3e9, 0.038),
    "TIA": _nature(0.55, 5, 0.12e9, 0.047),
}


class RunningClock:
    """Runs from the wall's present on, as many times as fast."""

    def __init__(self, speed: float) -> None:
        """Start now."""
        self.speed, self._started = speed, datetime.now(UTC)

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._started + (datetime.now(UTC) - self._started) * self.speed


class World:
    """Markets on eight venues from `begin_ms` to `end_ms`; tells nothing after its clock's now."""

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 1,
        days: float = 3.0,
        ahead_days: float = 1.0,
        markets: int = 5,
    ) -> None:
        """Make a world whose clock stands `days` after its beginning."""
        now_ms = ms_of(clock.now())
        self.clock = clock
        self.begin_ms = whole_hours(round(now_ms - days * DAY_MS))
        self.end_ms = whole_hours(round(now_ms + ahead_days * DAY_MS)) + HOUR_MS
        self.bases = tuple(NATURES)[:markets]
        self._listings = {
            (listing.venue, listing.base): listing
            for base in self.bases
            for listing in _listings(_walk(base, seed, self.begin_ms, self.end_ms))
        }

    @property
    def now_ms(self) -> int:
        """What the clock says, Unix ms."""
        return ms_of(self.clock.now())

    @property
    def quarter_ms(self) -> int:
        """When the dated futures expire, long after the world has ended; Unix ms."""
        return self.end_ms // DAY_MS * DAY_MS + 60 * DAY_MS + 8 * HOUR_MS

    def listing(self, venue: str, base: str) -> Listing:
        """Return what is true of a market on a venue; raise KeyError where it is not listed."""
        return self._listings[venue, base]

    def listings(self, venue: str) -> tuple[Listing, ...]:
        """Return all of a venue, in the order of the bases."""
        return tuple(self._listings[venue, base] for base in self.bases)


@lru_cache(maxsize=64)
def _walk(base: str, seed: int, begin_ms: int, end_ms: int) -> Walk:
    return walk(base, NATURES[base], seed, begin_ms, end_ms)


def _listings(walked: Walk) -> Iterator[Listing]:
    before = 0.0
    for venue, place in PLACES.items():
        lot = round_number(place.lot_usd / NATURES[walked.base].price)
        contract = round(lot * place.lots_a_contract, 9) if place.lots_a_contract else 1.0
        yield Listing(
            venue=venue,
            base=walked.base,
            walk=walked,
            share=place.share,
            draws=(before, before + place.share),
            lot=lot,
            contract=contract,
            funding_hours=place.funding_hours,
            sparse=place.sparse,
            phase=crc32(f"{venue} {walked.base}".encode()) / 2**32,
        )
        before += place.share


def round_number(quantity: float) -> float:
    """Return the power of ten that is nearest to a quantity: 0.01, 1, 1000 …"""
    return float(f"1e{round(log10(quantity))}")
