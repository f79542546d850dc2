"""Markets of which a venue tells nothing: those who run the bot hear of it once, and of the end."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from liqbot.alerting.alert import News, digest
from liqbot.alerting.delivery import OPERATOR, Delivery
from liqbot.alerting.roster import Changes
from liqbot.chat.facts import venue_name
from liqbot.chat.message import ChatId
from liqbot.market.units import ms_of

SILENT_FOR = timedelta(minutes=10)  # two bars
BACK = "Data comes again of all markets that were silent."

_EACH, _ANY = "silent|", "silences"  # trails: which were told of, and when any was last
_APART = timedelta(hours=1)
_NAMED = 5  # markets of a venue; of more, how many


class Feed(NamedTuple):
    """What one venue tells of one market."""

    venue: str
    base: str


def heeded(
    trails: Mapping[str, tuple[datetime, ...]],
    silent: Collection[Feed],
    owners: Iterable[ChatId],
    at: datetime,
) -> Changes:
    """Tell owners of feeds that fell silent, once an hour at most, and when all of them are back.

    `trails` are what is remembered, so that a restart tells nothing twice.
    """
    changes = Changes()
    now = {f"{_EACH}{each.venue}|{each.base}" for each in silent}
    told = {name for name, since in trails.items() if since and name.startswith(_EACH)}
    last = max(trails.get(_ANY, ()), default=None)
    if told and not told & now:
        changes.trails |= dict.fromkeys(told, ())
        changes.deliveries += _notices(owners, BACK, at)
    elif now - told and (last is None or at - last >= _APART):
        changes.trails |= dict.fromkeys((*now, _ANY), (at,))
        changes.deliveries += _notices(owners, _words(silent), at)
    return changes


def _words(silent: Collection[Feed]) -> str:
    venues = sorted({each.venue for each in silent})
    told = (_listed(sorted(f.base for f in silent if f.venue == each)) for each in venues)
    there = "; ".join(
        f"{bases} on {venue_name(each)}" for bases, each in zip(told, venues, strict=True)
    )
    return f"No data for 10 min: {there}. Alerts that need them wait; /status says why."


def _listed(bases: list[str]) -> str:
    return ", ".join(bases) if len(bases) <= _NAMED else f"{len(bases)} markets"


def _notices(owners: Iterable[ChatId], words: str, at: datetime) -> list[Delivery]:
    found = []
    for each in owners:
        number = digest(News.FEEDS, each.platform, each.address, ms_of(at))
        found.append(
            Delivery(
                id=number,
                message=number,
                chat=each,
                subscription=OPERATOR,
                news=News.FEEDS,
                made_at=at,
                due_at=at,
                words=words,
            )
        )
    return found
