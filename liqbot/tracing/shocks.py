"""How the numbers of one shock to several markets are made."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from liqbot.chat.facts import age, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.chat.shock import size
from liqbot.heatmap.shock import Exposure, total_of
from liqbot.market.units import Side
from liqbot.tracing.parts import walked
from liqbot.tracing.trace import expected_words, named_words, venue_words

_MORE = 0.005  # of what fires, from which what is set off beyond is told


def shock_lines(exposures: Sequence[Exposure], numbers: Numbers) -> Iterator[Line]:
    """Yield the sums over all markets, then how each of their parts is made."""
    share = size(exposures[0].shock, numbers)
    for side in Side:
        total = total_of(exposures, side)
        by_market = {
            each.history.base: each.pushed[side.index].base.fired_usd for each in exposures
        }
        parts = named_words(by_market, numbers, len(by_market))
        cases = f"{numbers.usd(total.low)} … {numbers.usd(total.high)}"
        yield (
            Bold(f"{ARROW[side]} all by {share}: {numbers.usd(total.base)}"),
            f" = {parts}; {cases}: their own low and high cases summed",
        )
    for each in exposures:
        for side in Side:
            yield _market(each, side, numbers)


def market_lines(
    exposures: Sequence[Exposure], blind: Mapping[str, str], numbers: Numbers
) -> Iterator[Line]:
    """Yield what each market rests on, and which cannot be seen."""
    for each in exposures:
        history = each.history
        interest = {
            venue_name(venue): float(row[-1] * history.snapshot.mark)
            for venue, row in zip(history.venues, history.interest, strict=True)
            if np.isfinite(row[-1])
        }
        depth = each.pushed[0].depth
        books = f"{len(depth.reaches)} of {len(history.venues)} books"
        old = f", {age(depth.age_s)} old" if depth.is_known else ""
        told = f"price {venue_name(history.leading)} {numbers.price(history.snapshot.mark)}"
        oi = f"open interest {named_words(interest, numbers)}"
        known = f"{numbers.share(history.coverage)} of bars, data {age(history.data_age_s)} old"
        yield (Bold(history.base), f" {told} · {oi} · {books}{old} · {known}")
    if blind:
        said = "; ".join(f"{base}: {why}" for base, why in blind.items())
        yield (Bold("Blind"), f", not counted: {said}")


def _market(each: Exposure, side: Side, numbers: Numbers) -> Line:
    """Say how what a market fires is made, and where its nearest cluster of that side is."""
    pushed = each.pushed[side.index]
    split = walked(pushed)
    fired, cluster = pushed.base.fired_usd, each.nearest[side.index]
    away = "no cluster" if cluster is None else f"cluster {numbers.percent(cluster.distance)}"
    if not fired > 0:
        return (Bold(f"{each.history.base} {ARROW[side]} $0"), ": nothing is modelled on the way")
    beyond = fired - pushed.on_way_usd
    further = ""
    if beyond > _MORE * fired:
        way, target = numbers.usd(pushed.on_way_usd), numbers.price(pushed.target)
        further = f"; of it {way} before {target}, {numbers.usd(beyond)} set off beyond"
    made = f"{expected_words(split, numbers)} ({venue_words(split.venues, numbers)})"
    return (
        Bold(f"{each.history.base} {ARROW[side]} {numbers.usd(fired)}"),
        f" = {made}{further}; {away}",
    )
