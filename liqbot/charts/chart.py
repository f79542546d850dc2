"""What a chart is: it looks at one market's history and draws a picture of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from annotated_types import Gt, Len, Timezone
from babel import Locale, UnknownLocaleError

from liqbot.charts._geometry import Writing
from liqbot.errors import OutOfRange, UnknownName
from liqbot.heatmap.history import History

ThemeName = Literal["dark", "light", "contrast"]
ColourMap = Literal["viridis", "inferno", "cividis", "grey"]
Size = Literal["portrait", "wide", "hd"]
Scaling = Literal["auto", "fixed"]
Noise = Literal["low", "mid", "high"]

_CHOICES = {
    "theme": ThemeName,
    "colours": ColourMap,
    "size": Size,
    "scale": Scaling,
    "noise": Noise,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """How far back a picture looks, and how finely."""

    name: str
    length: timedelta
    slot: timedelta  # one column of cells
    candle: timedelta
    reach: float  # of price shown on each side, at least; fraction of mark


def _ranges(*rows: tuple[str, float, float, float, float]) -> dict[str, Range]:
    return {
        name: Range(
            name=name,
            length=timedelta(hours=hours),
            slot=timedelta(minutes=slot),
            candle=timedelta(minutes=candle),
            reach=reach,
        )
        for name, hours, slot, candle, reach in rows
    }


RANGES = _ranges(
    ("12h", 12, 5, 15, 0.04),
    ("24h", 24, 5, 30, 0.05),
    ("3d", 72, 15, 120, 0.08),
    ("7d", 168, 30, 240, 0.12),
    ("30d", 720, 120, 720, 0.20),
    ("90d", 2160, 360, 2880, 0.30),
)


def range_named(name: str) -> Range:
    """Return the range that users call by a name; raise UnknownName for any other."""
    try:
        return RANGES[name.lower()]
    except KeyError:
        raise UnknownName("range", name, RANGES) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a picture is to look; raise UnknownName or OutOfRange for what cannot be drawn."""

    range: timedelta = timedelta(hours=24)
    theme: ThemeName = "dark"
    colours: ColourMap = "viridis"
    size: Size = "portrait"
    scale: Scaling = "auto"  # fixed: from all the history, so that pictures of it compare
    noise: Noise = "mid"  # high: the faintest is shown too
    min_usd: Annotated[float, Gt(0)] | None = None  # per 0.1 % of price; overrides noise
    max_usd: Annotated[float, Gt(0)] | None = None  # per 0.1 % of price; overrides scale
    zone: str = "UTC"  # an IANA time zone
    locale: str = "en"  # how numbers and dates are written
    watermark: Annotated[str, Len(0, 24)] = "liqbot"
    macro_at: Annotated[datetime, Timezone(...)] | None = None  # the next scheduled release

    def __post_init__(self) -> None:
        for name, choice in _CHOICES.items():
            if getattr(self, name) not in get_args(choice):
                raise UnknownName(name, str(getattr(self, name)), get_args(choice))
        if all(self.range != known.length for known in RANGES.values()):
            raise UnknownName("range", str(self.range), RANGES)
        _check_zone(self.zone)
        _check_locale(self.locale)
        low, high = self.min_usd, self.max_usd
        if any(bound is not None and not bound > 0 for bound in (low, high)):
            raise OutOfRange("The bounds of the colours are dollars above 0.")
        if low is not None and high is not None and low >= high:
            raise OutOfRange(f"The colours cannot run from ${low:,.0f} to ${high:,.0f}.")
        if len(self.watermark) > 24:
            raise OutOfRange("A watermark has at most 24 characters.")

    @property
    def span(self) -> Range:
        """The range, with all that follows from it."""
        return next(known for known in RANGES.values() if known.length == self.range)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownName("time zone", name, ("UTC", "Europe/Berlin", "Asia/Dubai")) from None


def _check_locale(name: str) -> None:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        raise UnknownName("locale", name, ("en", "de", "fr", "es", "pt_BR")) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawn chart, and the same facts in words."""

    png: bytes
    alt: str  # at most 1024 characters
    told: tuple[str, ...] = ()  # the facts of its own in `alt`, a sentence each, tersely
    width: int  # px
    height: int  # px
    writings: tuple[Writing, ...]  # what is written where, in px of the smallest size


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Pictures that follow one another, and the same facts in words."""

    gif: bytes
    alt: str  # at most 1024 characters
    width: int  # px
    height: int  # px
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A way to look at a market."""

    name: str
    summary: str
    draw: Callable[[History, View], Picture]
