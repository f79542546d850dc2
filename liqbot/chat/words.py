"""Clusters and sides in sentences."""

from collections.abc import Sequence
from math import inf
from typing import Literal

from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import is_transient, lone_venue
from liqbot.market.units import Side

Terse = Literal["none", "unnamed", "all"]

_EVEN = 1.05  # a ratio of the sides below it is none


def heavier(long_usd: float, short_usd: float, numbers: Numbers) -> str:
    """Say in words which side holds more."""
    if not long_usd + short_usd > 0:
        return "Nothing on either side"
    light, heavy = sorted((long_usd, short_usd))
    ratio = numbers.ratio(heavy / light if light > 0 else inf)
    if heavy < _EVEN * light:
        return "Both sides even"
    return (
        f"Longs heavier below: {ratio}"
        if long_usd > short_usd
        else f"Shorts heavier above: {ratio}"
    )


def imbalance(history: History, numbers: Numbers) -> str:
    """Say which side is heavier near the price, or that neither is there."""
    both = history.asymmetry
    within = f"within {numbers.share(both.reach)}"
    words = heavier(both.long_usd, both.short_usd, numbers).replace(":1", " to 1")
    return f"{words} {within}."


def clusters_in_words(
    clusters: Sequence[Cluster], numbers: Numbers, terse: Terse = "none"
) -> list[str]:
    """Describe clusters, those above the price first; say so where there is none.

    Of terse ones only place and size are told.
    """
    if not clusters:
        return ["No cluster stands out."]
    sentences = []
    for place, side in (("Above", Side.SHORT), ("Below", Side.LONG)):
        told = [
            _cluster(each, numbers, terse=terse == "all" or (terse == "unnamed" and not each.zone))
            for each in sorted(clusters, key=lambda each: abs(each.distance))
            if each.side is side
        ]
        if told:
            sentences.append(f"{place}: {'; '.join(told)}.")
    return sentences


def _cluster(cluster: Cluster, numbers: Numbers, *, terse: bool) -> str:
    zone = f"{cluster.zone} " if cluster.zone else ""
    where = f"{numbers.price(cluster.low, 4)} to {numbers.price(cluster.high, 4)}"
    away = numbers.percent(cluster.distance).replace("%", " percent")
    short = f"{zone}{where}, {away}, {numbers.usd_in_words(cluster.usd)}"
    if terse:
        return short
    alone = lone_venue(cluster)
    return ", ".join(
        [
            f"{short} of {cluster.side.value}s",
            f"expected {numbers.usd_in_words(cluster.expected_usd)}",
            *([f"{venue_name(alone)} alone"] if alone and len(cluster.venues) > 1 else []),
            "transient" if is_transient(cluster) else "persistent",
        ]
    )
