"""What a reader has to know about a map before believing it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from liqbot.chat.facts import NOTABLE_RATIO, age, is_macro_near, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import is_poor, is_weekend
from liqbot.market.units import Side

Tone = Literal["plain", "long", "short", "amber", "red", "simulated"]

_OLD_S, _STALE_S = 60.0, 300.0
_GAP_S = 900.0  # what is kept is of every five minutes


@dataclass(frozen=True, slots=True)
class Badge:
    """A short fact in a frame; `short` says it where there is no room."""

    text: str
    short: str
    tone: Tone

    @property
    def is_caution(self) -> bool:
        """Whether it lowers trust in the figures."""
        return self.tone in ("amber", "red", "simulated")


def kind(history: History) -> list[Badge]:
    """Return what kind of figures these are; it stands on every picture and in every answer."""
    estimate = Badge("ESTIMATE", "ESTIMATE", "plain")
    if history.simulated:
        return [Badge("SIMULATED", "SIMULATED", "simulated"), estimate]
    return [estimate]


def badges(history: History, numbers: Numbers, macro_at: datetime | None = None) -> list[Badge]:
    """Return what else there is to know, the most important first.

    `macro_at` is the next scheduled release.
    """
    found = _as_of(history) if history.is_past else [_age(history.data_age_s)]
    if not history.warm:
        found.append(Badge("WARMING UP", "WARMING UP", "amber"))
    if history.age_ms is not None:
        since = age(history.age_ms / 1000)
        found.append(Badge(f"OPENED WITHIN {since}", f"< {since}", "amber"))
    found.append(_venues(history.venues))
    found += _heavier(history, numbers)
    if is_poor(history):
        found.append(Badge("LOW QUALITY", "LOW QUALITY", "amber"))
    if is_macro_near(history, macro_at):
        found.append(Badge("MACRO < 4 h", "MACRO", "amber"))
    if is_weekend(history):
        found.append(Badge("WEEKEND", "WEEKEND", "amber"))
    return found


def _age(seconds: float) -> Badge:
    text = f"{age(seconds)} old"
    if seconds > _STALE_S:
        return Badge(f"STALE: {text}", f"STALE {age(seconds)}", "red")
    return Badge(f"data {text}", text, "amber" if seconds > _OLD_S else "plain")


def _as_of(history: History) -> list[Badge]:
    """Say of when a map is that nobody shall take for that of now."""
    at = history.at.astimezone(UTC)
    found = [Badge(f"AS OF {at:%Y-%m-%d %H:%M} UTC", f"AS OF {at:%m-%d %H:%M}", "amber")]
    if history.data_age_s > _GAP_S:
        late = age(history.data_age_s)
        found.append(Badge(f"BY THEN DATA {late} OLD", f"{late} LATE", "red"))
    return found


def _venues(venues: tuple[str, ...]) -> Badge:
    names = [venue_name(venue) for venue in venues]
    if not names:
        return Badge("NO VENUE", "NO VENUE", "red")
    if len(names) == 1:
        return Badge(f"SINGLE VENUE: {names[0]}", "SINGLE VENUE", "amber")
    return Badge("  ".join(f"✓ {name}" for name in names), f"✓ {len(names)} venues", "plain")


def _heavier(history: History, numbers: Numbers) -> list[Badge]:
    both = history.asymmetry
    if not both.long_usd + both.short_usd > 0 or both.ratio < NOTABLE_RATIO:
        return []
    ratio = numbers.ratio(both.ratio)
    if both.heavier is Side.LONG:
        return [Badge(f"▼ {ratio} longs below", f"▼ {ratio} longs", "long")]
    return [Badge(f"▲ {ratio} shorts above", f"▲ {ratio} shorts", "short")]
