"""A market that was simulated: what venues tell of it, and what is true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from liqbot.calibration.truth import Truth
from liqbot.errors import OutOfRange, UnknownName
from liqbot.market.observation import Observation
from liqbot.market.recording.layout import BOOK, candles
from liqbot.market.recording.table import write_table
from liqbot.market.recording.writer import write_recording
from liqbot.market.series import Candles
from liqbot.market.tape import LiquidationTotals
from liqbot.market.units import MINUTE_MS, Side, floats, moment_of
from liqbot.simulation.market import Market
from liqbot.simulation.positions import Rows, standing_at
from liqbot.simulation.publishing import Published, publish, totals
from liqbot.simulation.settings import Settings
from liqbot.simulation.venues import VENUES

TRUTH_FILE = "truth.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """All markets of one simulation."""

    settings: Settings
    published: Mapping[str, tuple[Published, ...]]  # by market, in the order of VENUES
    totals: Mapping[str, LiquidationTotals]  # by market, complete
    positions: Mapping[str, Rows]  # by market: all that stood, when and as what
    end_ms: int  # Unix ms, UTC

    @property
    def label(self) -> str:
        """Say where the recording is from."""
        return f"SIMULATED, seed {self.settings.seed}"

    def observations(self, market: str) -> tuple[Observation, ...]:
        """Return what each venue tells of a market; raise UnknownName."""
        self._check(market)
        return tuple(each.observation for each in self.published[market])

    def standing(self, market: str, at_ms: int | None = None) -> Rows:
        """Return the positions of a market that stood at a moment, by default the end.

        Rows of POSITION, by venue, side and liquidation price. Raise UnknownName for a market
        and OutOfRange for a moment that was not simulated.
        """
        self._check(market)
        start_ms, at_ms = self.settings.start_ms, self.end_ms if at_ms is None else at_ms
        if not start_ms <= at_ms <= self.end_ms:
            raise OutOfRange(
                f"{moment_of(at_ms)} was not simulated; {moment_of(start_ms)} to"
                f" {moment_of(self.end_ms)} was."
            )
        return standing_at(self.positions[market], at_ms)

    def truth(self, market: str, at_ms: int | None = None) -> Truth:
        """Return where the positions of `standing` would be liquidated; a long at 1x nowhere."""
        rows = self.standing(market, at_ms)
        rows = rows[rows["liquidation"] > 0]
        side = rows["side"].astype(np.int8)
        side.flags.writeable = False
        return Truth(
            side=side,
            liquidation_price=floats(rows["liquidation"]),
            quantity=floats(rows["quantity"]),
        )

    def write(self, folder: Path, *, minutes: bool = False) -> None:
        """Write a recording, marked as simulated, and beside it what is true at its end.

        With `minutes` there are candles of 1 m too, which readers prefer: five times the bars.
        Raise RecordingError where one cannot write, or over a recording that is real.
        """
        every = [each for venues in self.published.values() for each in venues]
        told = [each.observation for each in every]
        write_recording(folder, told, totals=self.totals, simulated=True, label=self.label)
        for each in every:
            instrument = each.observation.instrument
            market = folder / instrument.venue / instrument.folder
            write_table(market / BOOK.file, each.books)
            if minutes:
                columns = {
                    field.name: getattr(each.minutes, field.name) for field in fields(Candles)
                }
                del columns["interval_ms"]
                write_table(market / candles(MINUTE_MS).file, columns)
        write_table(folder / TRUTH_FILE, self._truth_columns())

    def _truth_columns(self) -> dict[str, Rows]:
        names = np.array([venue.name for venue in VENUES])
        stood = {market: self.standing(market) for market in self.positions}
        rows = np.concatenate(list(stood.values()))
        return {
            "market": np.repeat(list(stood), [each.size for each in stood.values()]),
            "venue": names[rows["venue"]],
            "side": np.array(list(Side))[rows["side"]],
            "leverage": rows["leverage"],
            "liquidation_price": rows["liquidation"],
            "quantity": rows["quantity"],
            "opened_ms": rows["opened_ms"],
        }

    def _check(self, market: str) -> None:
        if market not in self.published:
            raise UnknownName("simulated market", market, self.published)


def simulate(settings: Settings, progress: Callable[[float], None] = lambda _: None) -> Simulated:
    """Simulate markets whose every position is known; the same settings give the same to the bit.

    `progress` is told the share done, 0 … 1. The markets of one seed share their weather, and
    leaving one out changes nothing in the others.
    """
    published, sums, positions = {}, {}, {}
    end_ms = settings.start_ms
    for i, base in enumerate(settings.markets):

        def tell(done: float, before: int = i) -> None:
            progress((before + done) / len(settings.markets))

        told, positions[base] = Market(settings, base).run(tell)
        published[base] = tuple(publish(told, settings, place) for place in range(len(VENUES)))
        sums[base], end_ms = totals(told), told.end_ms
    return Simulated(
        settings=settings, published=published, totals=sums, positions=positions, end_ms=end_ms
    )
