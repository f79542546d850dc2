"""A recording as it was at a moment, and what else a command is given to work with."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from liqbot.charts import CHARTS
from liqbot.charts.chart import Chart, View, range_named
from liqbot.cli.sight import EVERY_VENUE, Sight, query_of
from liqbot.cli.when import read_moment
from liqbot.config.reading import load
from liqbot.config.shape import Config
from liqbot.errors import ModelError, UnknownName
from liqbot.heatmap.model import Model
from liqbot.market.instrument import choose
from liqbot.market.recording.reader import Recording
from liqbot.market.tape import LiquidationTotals
from liqbot.market.units import moment_of, ms_of

_DEFAULTS = Config()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Sight):
    """What a recording tells of one market by a moment."""

    recording: Recording  # of the instruments looked at alone

    @property
    def totals(self) -> LiquidationTotals | None:
        """Liquidation sums over every venue, where they were recorded."""
        return self.recording.totals(self.base, self.at_ms)


def look(folder: Path, market: str, venue: str = EVERY_VENUE, at: str | None = None) -> Look:
    """Read a market of a recording, on one venue or all, up to a moment (default: the last).

    Raise RecordingError for what is no recording, UnknownName, Unreadable or OutOfRange for
    words that name nothing in it.
    """
    recording = Recording.open(folder)
    instruments = choose(query_of(market, venue), recording.instruments)
    recording = replace(recording, instruments=instruments)
    base = instruments[0].base
    at_ms = recording.moment(base) if at is None else moment(recording, base, at)
    return Look(
        where=str(folder),
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
