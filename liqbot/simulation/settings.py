"""Which market to simulate, and the blocks of time in which it passes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from operator import ge, gt, le, lt
from typing import Annotated, get_type_hints

import numpy as np
from annotated_types import Ge, GroupedMetadata, Gt, Interval

from liqbot.errors import OutOfRange, UnknownName
from liqbot.market.units import DAY_MS, HOUR_MS, I8, MINUTE_MS, Side, Usd, integers
from liqbot.simulation.venues import CONTRACTS

_LIMITS = {"ge": ge, "gt": gt, "le": le, "lt": lt}
STEPS = 12  # price steps in a block; 5 s each in a block of one minute
_COARSE_DAYS, _FINE_DAYS = 20, 1  # of warm-up, in blocks of 1 h, then of 5 m


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A build-up of leveraged positions at one price, and perhaps a shock that drives price there.

    Times are hours since the start of the recording.
    """

    market: str
    side: Side  # whose positions
    usd: Annotated[Usd, Gt(0)]  # notional, over all venues
    distance: Annotated[float, Interval(gt=0.005, lt=0.5)]  # from the mark at `begin_h`, fraction
    begin_h: Annotated[float, Ge(0)]
    end_h: Annotated[float, Gt(0)]
    shock_h: float | None = None

    def __post_init__(self) -> None:
        """Raise OutOfRange for a build-up that cannot be."""
        _check_bounds(self)
        if self.end_h <= self.begin_h:
            raise OutOfRange(f"A build-up has to end after it begins at {self.begin_h} h.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the simulated market depends on."""

    seed: Annotated[int, Ge(0)] = 1
    days: Annotated[float, Interval(ge=1 / 288, le=400)] = 3.0
    markets: tuple[str, ...] = ("BTC", "ETH")
    start: datetime = datetime(2026, 1, 5, tzinfo=UTC)
    correlation: Annotated[float, Interval(ge=0, lt=1)] = 0.8  # of the markets' own shocks
    volatility: Annotated[float, Interval(gt=0, le=10)] = 1.0  # 1 = usual for each market
    cascades: Annotated[float, Interval(ge=0, le=10)] = 1.0  # price impact of forced orders
    planted: tuple[Planted, ...] = ()

    def __post_init__(self) -> None:
        """Raise OutOfRange or UnknownName for what cannot be simulated."""
        _check_bounds(self)
        if not self.markets or len(set(self.markets)) < len(self.markets):
            raise OutOfRange("Name at least one market, and each only once.")
        for market in self.markets:
            if market not in CONTRACTS:
                raise UnknownName("simulated market", market, CONTRACTS)
        for plan in self.planted:
            if plan.market not in self.markets:
                raise UnknownName("market in this simulation", plan.market, self.markets)
        if self.start.tzinfo is None or self.start_ms % HOUR_MS:
            raise OutOfRange(f"The start has to be a full hour with a time zone, not {self.start}.")

    @property
    def start_ms(self) -> int:
        """The start of the recording, Unix ms, UTC."""
        return round(self.start.timestamp() * 1000)

    def generator(self, *purpose: str) -> np.random.Generator:
        """Return the chance that one part runs on; parts do not disturb each other."""
        key = tuple(" ".join(purpose).encode())
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def blocks(self) -> "Blocks":
        """Return the blocks of the warm-up and of the recording itself."""
        minutes = round(self.days * DAY_MS / MINUTE_MS / 5) * 5
        coarse = np.full(_COARSE_DAYS * 24, HOUR_MS)
        fine = np.full(_FINE_DAYS * 288, 5 * MINUTE_MS)
        length = np.concatenate([coarse, fine, np.full(minutes, MINUTE_MS)])
        ends = self.start_ms - (_COARSE_DAYS + _FINE_DAYS) * DAY_MS + np.cumsum(length)
        return Blocks(integers(length), integers(ends), coarse.size + fine.size)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Spans of time, one after the other; long ones while the market warms up."""

    length_ms: I8  # (block,)
    ends_ms: I8  # (block,) Unix ms, UTC
    warm_up: int  # how many of them lie before the recording

    def __len__(self) -> int:
        return self.length_ms.size


def _check_bounds(settings: object) -> None:
    """Raise OutOfRange for a field outside the bounds that its annotation states."""
    for name, hint in get_type_hints(type(settings), include_extras=True).items():
        value = getattr(settings, name)
        for stated in getattr(hint, "__metadata__", ()):
            for bound in stated if isinstance(stated, GroupedMetadata) else (stated,):
                for limit, fits in _LIMITS.items():
                    if hasattr(bound, limit) and not fits(value, getattr(bound, limit)):
                        raise OutOfRange(f"{name} has to be {stated}, not {value}.")
