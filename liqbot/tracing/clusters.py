"""How the numbers of a map's views are made: clusters, sides, leverage, venues."""

from collections.abc import Iterable, Iterator
from math import isclose

from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.market.units import Side
from liqbot.tracing.parts import Split, held, up_to, whole, within_reach
from liqbot.tracing.trace import expected_words, named_words, tier_words, venue_words


def zone_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what both sides near the price, and each zone, are the sum of."""
    yield from side_lines(history, numbers)
    zones = [each for each in history.clusters if each.zone]
    for each in sorted(zones, key=lambda zone: -zone.peak):
        yield _cluster(each, history, numbers)
        yield ("  by leverage ", tier_words(held(history, each), numbers))
    if not history.clusters:
        yield ("No cluster stands out, so there is none to take apart",)


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
        for side in Side:
            split = up_to(history, side, reach)
            within = f"{ARROW[side]} within {numbers.share(reach)} {numbers.usd(split.usd)}"
            yield (Bold(within), f" modelled, the last bin cut ({venue_words(split, numbers)})")


def side_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what both sides hold near the price, and how one weighs against the other."""
    both, share = history.asymmetry, numbers.share(history.asymmetry.reach)
    splits = {side: within_reach(history, side, both.reach) for side in Side}
    for side, split in splits.items():
        yield (
            Bold(f"{ARROW[side]} {side.value}s within {share} {numbers.usd(split.usd)}"),
            f" modelled in {split.bins} price bins ({venue_words(split, numbers)})",
        )
    heavy, light = sorted((split.usd for split in splits.values()), reverse=True)
    if light > 0:
        sums = f"{numbers.usd(heavy)} ÷ {numbers.usd(light)}"
        yield (Bold(f"Ratio {numbers.ratio(heavy / light)}"), f" = {sums}, modelled")


def tier_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what each side of the whole map is by leverage."""
    for side, split in _whole(history).items():
        yield (_total(side, split, numbers), f" = {_by_tier(split, numbers)}")


def venue_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what each side of the whole map is by venue, and each venue's share."""
    sides = _whole(history)
    for side, split in sides.items():
        yield (_total(side, split, numbers), f" = {venue_words(split, numbers)}")
    total = sum(split.usd for split in sides.values())
    for venue in history.venues:
        usd = sum(split.venues[venue] for split in sides.values())
        if total > 0:
            share = numbers.share(usd / total)
            sums = f"{numbers.usd(usd)} ÷ {numbers.usd(total)}"
            yield (Bold(f"{venue_name(venue)} {share}"), f" = {sums}, both sides")


def _cluster(cluster: Cluster, history: History, numbers: Numbers) -> Line:
    split = held(history, cluster)
    span = f"{numbers.price(cluster.low, 4)}–{numbers.price(cluster.high, 4)}"
    name = f"{cluster.zone} " if cluster.zone else ""
    return (
        Bold(f"{name}{ARROW[cluster.side]} {span} {numbers.usd(cluster.expected_usd)}"),
        f" = {expected_words(split, numbers)}, {split.bins} bins ({venue_words(split, numbers)})",
    )


def _whole(history: History) -> dict[Side, Split]:
    return {side: whole(history, side) for side in Side}


def _total(side: Side, split: Split, numbers: Numbers) -> Bold:
    return Bold(f"{ARROW[side]} {side.value}s {numbers.usd(split.usd)} modelled")


def _by_tier(split: Split, numbers: Numbers) -> str:
    tiers = {f"{tier:g}x": usd for tier, usd in split.tiers.items()}
    return named_words(tiers, numbers, len(tiers))
