"""The zones of a map, a line each, as captions of pictures tell them."""

from collections.abc import Iterator

from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.chat.words import imbalance
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import is_transient, lone_venue


def zones_told(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield the zones, the highest price first, and which side is heavier."""
    zones = sorted((each for each in history.clusters if each.zone), key=lambda each: -each.peak)
    for zone in zones:
        yield _zone(zone, numbers)
    if not zones:
        yield ("No cluster stands out.",)
    yield (imbalance(history, numbers),)


def _zone(zone: Cluster, numbers: Numbers) -> Line:
    alone = lone_venue(zone) if len(zone.venues) > 1 else None
    facts = [
        f" {numbers.price(zone.low, 4)}–{numbers.price(zone.high, 4)}",
        numbers.percent(zone.distance),
        f"{numbers.usd(zone.usd)} → {numbers.usd(zone.expected_usd)} of {zone.side.value}s",
        "transient" if is_transient(zone) else "persistent",
        *([f"{venue_name(alone)} alone"] if alone else []),
    ]
    return (Bold(f"{zone.zone} {ARROW[zone.side]}"), " · ".join(facts))
