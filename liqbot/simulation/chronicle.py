"""What passed in one market after the warm-up: the raw material of what is published."""

from dataclasses import dataclass, field

import numpy as np

from liqbot.market.units import F8, I8, MINUTE_MS
from liqbot.simulation.positions import POSITION, Rows
from liqbot.simulation.settings import STEPS, Blocks, Settings
from liqbot.simulation.venues import VENUES


@dataclass(slots=True)
class Chronicle:
    """Minute by minute; written while the market runs and read afterwards."""

    base: str
    start_ms: int
    marks: F8  # (minute, STEPS) Price, each at the end of its step
    volatility: F8  # (minute,) relative to the long run
    traded: F8  # (minute, venue) base units that opened or closed positions
    hurried: F8  # (minute, venue, side) base units of these that stops and venues closed
    open_interest: F8  # (minute + 1, venue) base units, from the start on
    crowding: dict[int, float] = field(default_factory=dict)  # by Unix ms: −1 … 1, > 0 = longs
    first_mark: float = 0.0  # at the start
    forced: list[Rows] = field(default_factory=list)  # positions as they stood, until_ms = when
    forced_marks: list[F8] = field(default_factory=list)  # (order,) Price that triggered each

    @staticmethod
    def blank(base: str, settings: Settings, blocks: Blocks) -> "Chronicle":
        """Return a chronicle of nothing yet."""
        minutes, venues = len(blocks) - blocks.warm_up, len(VENUES)
        return Chronicle(
            base=base,
            start_ms=settings.start_ms,
            marks=np.empty((minutes, STEPS)),
            volatility=np.empty(minutes),
            traded=np.empty((minutes, venues)),
            hurried=np.empty((minutes, venues, 2)),
            open_interest=np.empty((minutes + 1, venues)),
        )

    @property
    def opened_ms(self) -> I8:
        """When each minute began, (minute,) Unix ms, UTC."""
        return self.start_ms + MINUTE_MS * np.arange(self.volatility.size)

    @property
    def end_ms(self) -> int:
        """When the last minute ended, Unix ms, UTC."""
        return self.start_ms + MINUTE_MS * self.volatility.size

    def force(self, rows: Rows, mark: float, at_ms: int) -> None:
        """Write down forced orders; those of the warm-up are passed over."""
        if at_ms > self.start_ms:
            rows = rows.copy()
            rows["until_ms"] = at_ms
            self.forced.append(rows)
            self.forced_marks.append(np.full(rows.size, mark))

    def orders(self) -> tuple[Rows, F8]:
        """Return all forced orders and the marks that triggered them, oldest first."""
        nothing = np.empty(0, POSITION), np.empty(0)
        if not self.forced:
            return nothing
        return np.concatenate(self.forced), np.concatenate(self.forced_marks)
