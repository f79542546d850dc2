"""A recording as it was at a moment, and what a model makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from liqbot.calibration.place import priced
from liqbot.charts import CHARTS
from liqbot.charts.chart import Chart, View, range_named
from liqbot.cli.when import read_moment, read_span
from liqbot.config.reading import load
from liqbot.config.shape import Config
from liqbot.errors import ModelError, OutOfRange, RecordingError, UnknownName
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.model import Model
from liqbot.market.instrument import choose, read_market
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording
from liqbot.market.tape import LiquidationTotals
from liqbot.market.units import moment_of, ms_of

EVERY_VENUE = "all"
_DEFAULTS = Config()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of one market by a moment."""

    recording: Recording  # of the instruments looked at alone
    base: str
    at_ms: int
    observations: tuple[Observation, ...]  # one a venue

    @property
    def repairs(self) -> Sequence[str]:
        """What was mended on reading, in words."""
        return [
            f"{seen.instrument.venue}: {repair}"
            for seen in self.observations
            for repair in seen.repairs
        ]

    @property
    def simulated(self) -> bool:
        """Whether nobody ever traded this."""
        return self.recording.simulated

    @property
    def totals(self) -> LiquidationTotals | None:
        """Liquidation sums over every venue, where they were recorded."""
        return self.recording.totals(self.base, self.at_ms)

    def with_candles(self) -> tuple[Observation, ...]:
        """Return what was seen; where only forced orders were, with candles made of these.

        Raise RecordingError where nothing tells a price.
        """
        if not all(np.isnan(each.candles.close).all() for each in self.observations):
            return self.observations
        told = tuple(priced(each) for each in self.observations if len(each.tape))
        if not told:
            raise RecordingError(
                f"{self.recording.folder}: no candles of {self.base} in it, and a map needs the"
                " prices at which positions were opened"
            )
        return told

    def recall(
        self, model: Model, window: timedelta, age: str | None, config: Config = _DEFAULTS
    ) -> History:
        """Work out the history up to the moment; raise as `with_candles` and `read_span`."""
        return recall(
            self.base,
            self.with_candles(),
            model,
            window // timedelta(milliseconds=1),
            age_ms=None if age is None else read_span(age) // timedelta(milliseconds=1),
            bin_width=config.heatmap.bin_width,
        )


def look(folder: Path, market: str, venue: str = EVERY_VENUE, at: str | None = None) -> Look:
    """Read a market of a recording, on one venue or all, up to a moment (default: the last).

    Raise RecordingError for what is no recording, UnknownName, Unreadable or OutOfRange for
    words that name nothing in it.
    """
    recording = Recording.open(folder)
    query = read_market(market)
    wanted = venue.strip().lower()
    if wanted != EVERY_VENUE:
        if query.venue not in {None, wanted}:
            raise OutOfRange(f"{market} is on {query.venue}, and --venue asks for {wanted}.")
        query = replace(query, venue=wanted)
    instruments = choose(query, recording.instruments)
    recording = replace(recording, instruments=instruments)
    base = instruments[0].base
    at_ms = recording.moment(base) if at is None else moment(recording, base, at)
    return Look(
        recording=recording,
        base=base,
        at_ms=at_ms,
        observations=tuple(recording.read(each, at_ms) for each in instruments),
    )


def moment(recording: Recording, base: str, text: str) -> int:
    """Read a moment at which a base can be seen, as Unix ms; raise Unreadable or OutOfRange."""
    first_ms, last_ms = recording.span(base)
    return ms_of(read_moment(text, moment_of(first_ms), moment_of(last_ms), base))


def settings(path: Path | None) -> Config:
    """Read a config.toml, or return the defaults without one; raise ConfigError."""
    return _DEFAULTS if path is None else load(path)


def model_in(path: Path | None, config: Config) -> Model:
    """Read the model of a file, else of the settings, else the built-in one.

    Raise ModelError, naming the file.
    """
    path = path or config.model.file
    if path is None:
        return Model()
    try:
        return Model.from_toml(path.read_text("utf-8"))
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{path}: is not UTF-8 text") from error


def view_of(config: Config, window: str | None, **looks: str | None) -> View:
    """Return how a picture is to look: as set, but for what is given; raise UnknownName."""
    given: dict[str, Any] = {name: look for name, look in looks.items() if look is not None}
    if window is not None:
        given["range"] = range_named(window).length
    return replace(config.charts, **given)


def chart_named(name: str) -> Chart:
    """Return a chart; raise UnknownName."""
    if name not in CHARTS:
        raise UnknownName("chart", name, CHARTS)
    return CHARTS[name]
