"""How the numbers of a map's views are made: clusters, sides, leverage, venues."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf, isclose

from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.tiers import TierBand, tier_bands
from liqbot.market.units import Side
from liqbot.tracing.parts import Split, held, up_to, whole, within_reach
from liqbot.tracing.trace import expected_words, tier_words, venue_words

_DISTANCES = "Distances: from the price to a cluster's near edge; up to 2% 1-4 h, up to 5% 12-72 h"


def zone_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what both sides near the price, and each zone, are the sum of."""
    yield from side_lines(history, numbers)
    if not history.clusters:
        yield ("No cluster stands out, so there is none to take apart",)
        return
    yield (_DISTANCES,)
    zones = [each for each in history.clusters if each.zone]
    for each in sorted(zones, key=lambda zone: -zone.peak):
        yield _cluster(each, history, numbers)
        yield from _within(each, numbers)


def cluster_lines(history: History, others: int, numbers: Numbers) -> Iterator[Line]:
    """Yield what the zones are the sum of, then so many of the nearest other clusters."""
    yield from zone_lines(history, numbers)
    rest = sorted((c for c in history.clusters if not c.zone), key=lambda c: abs(c.distance))
    for each in rest[:others]:
        yield _cluster(each, history, numbers)


def balance_lines(history: History, distances: Iterable[float], numbers: Numbers) -> Iterator[Line]:
    """Yield what both sides hold near the price, then within other distances of it."""
    yield from side_lines(history, numbers)
    for reach in distances:
        if isclose(reach, history.asymmetry.reach):
            continue
        splits = {side: up_to(history, side, reach) for side in Side}
        for side, split in splits.items():
            within = f"{ARROW[side]} within {numbers.share(reach)} {numbers.usd(split.usd)}"
            yield (
                Bold(within),
                f" modelled, the last bin cut ({venue_words(split.venues, numbers)})",
            )
        yield from _ratio(splits, numbers)


def side_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what both sides hold near the price, and how one weighs against the other."""
    both, share = history.asymmetry, numbers.share(history.asymmetry.reach)
    splits = {side: within_reach(history, side, both.reach) for side in Side}
    for side, split in splits.items():
        yield (
            Bold(f"{ARROW[side]} {side.value}s within {share} {numbers.usd(split.usd)}"),
            f" modelled in {split.bins} price bins ({venue_words(split.venues, numbers)})",
        )
    yield from _ratio(splits, numbers)


def tier_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what each side of the whole map is by leverage, and by where half of it would fire."""
    bands = tier_bands(history.snapshot)
    for side, split in _whole(history).items():
        yield (_total(side, split, numbers), f" = {' + '.join(each.name for each in bands)}")
        for band in bands:
            yield _tier_band(band, side, numbers)
    yield ("Half by: the price bin in which the sum from the price outward passes half",)


def venue_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what each side of the whole map is by venue, and each venue's share."""
    sides = _whole(history)
    for side, split in sides.items():
        yield (_total(side, split, numbers), f" = {venue_words(split.venues, numbers)}")
    total = sum(split.usd for split in sides.values())
    for venue in history.venues:
        usd = sum(split.venues[venue] for split in sides.values())
        if total > 0:
            share = numbers.share(usd / total)
            sums = f"{numbers.usd(usd)} ÷ {numbers.usd(total)}"
            yield (Bold(f"{venue_name(venue)} {share}"), f" = {sums}, both sides")


def _ratio(splits: Mapping[Side, Split], numbers: Numbers) -> Iterator[Line]:
    """Yield how the heavier side weighs against the other, where there is one."""
    light, heavy = sorted(split.usd for split in splits.values())
    if heavy > 0:
        ratio = numbers.ratio(heavy / light if light > 0 else inf)
        yield (Bold(f"Ratio {ratio}"), f" = {numbers.usd(heavy)} ÷ {numbers.usd(light)}, modelled")


def _cluster(cluster: Cluster, history: History, numbers: Numbers) -> Line:
    split, away = held(history, cluster), numbers.percent(cluster.distance)
    span = f"{numbers.price(cluster.low, 4)}–{numbers.price(cluster.high, 4)} {away}"
    name = f"{cluster.zone} " if cluster.zone else ""
    made = f" = {expected_words(split, numbers)}, {split.bins} bins"
    by_venue = "" if cluster.zone else f" ({venue_words(split.venues, numbers)})"
    return (
        Bold(f"{name}{ARROW[cluster.side]} {span} {numbers.usd(cluster.expected_usd)}"),
        made + by_venue,
    )


def _within(cluster: Cluster, numbers: Numbers) -> Iterator[Line]:
    """Yield who holds a zone, at which leverage, and for how long it has been there."""
    yield ("  ", tier_words(cluster.tiers, numbers))
    lasting = f"there in {numbers.share(cluster.persistence)} of 24 h"
    yield ("  ", venue_words(cluster.venues, numbers), f"; {lasting}, grade {cluster.grade}")


def _whole(history: History) -> dict[Side, Split]:
    return {side: whole(history, side) for side in Side}


def _total(side: Side, split: Split, numbers: Numbers) -> Bold:
    return Bold(f"{ARROW[side]} {side.value}s {numbers.usd(split.usd)} modelled")


def _tier_band(band: TierBand, side: Side, numbers: Numbers) -> Line:
    tiers = {tier: usd[side.index] for tier, usd in band.tiers.items()}
    half = band.half[side.index]
    held = f" = {tier_words(tiers, numbers)}" if len(tiers) > 1 else ""
    by = "" if half is None else f"; half by {numbers.percent(half)}"
    return ("  ", Bold(f"{band.name} {numbers.usd(band.total(side))}"), held + by)
