"""How the numbers about somebody's position are made."""

from collections.abc import Collection, Iterator, Mapping
from math import isfinite

from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.exposure import beside, buffer, gap, on_the_way
from liqbot.heatmap.history import History
from liqbot.heatmap.liquidation import LiquidationQuote
from liqbot.market.units import Side
from liqbot.tracing.parts import held, within_reach
from liqbot.tracing.trace import expected_words, venue_words


def quote_lines(
    quotes: Mapping[str, LiquidationQuote],
    told: Collection[str],
    mark: float | None,
    numbers: Numbers,
) -> Iterator[Line]:
    """Yield each venue's formula with what goes into it; `told` are those that tell brackets.

    Distances are from the mark, where it is unknown from the entry.
    """
    one = next(iter(quotes.values()))
    quantity, entry = one.quantity, numbers.price(one.entry)
    size = f"q {quantity:g}" if quantity else "q small: the lowest bracket"
    yield (
        Bold("In all formulas"),
        (
            f" s {one.side.sign:+.0f} ({one.side.value}), {size}, E {entry},"
            f" M q·E/{one.leverage:g}, m and A of the bracket, f closing fee"
        ),
    )
    if mark is not None:
        moved = numbers.percent(mark / one.entry - 1)
        yield (Bold(f"{moved} from the entry"), f" = price {numbers.price(mark)} ÷ {entry} − 1")
    for venue, quote in quotes.items():
        low, high = quote.bracket
        span = f"{numbers.usd(low)}–{numbers.usd(high)}" if isfinite(high) else "any size"
        margin = f"m {_percent(quote.maintenance_rate)}, A {numbers.usd(quote.maintenance_amount)}"
        fee = f", f {_percent(quote.fee)}" if quote.fee else ""
        price = "none"
        if quote.price > 0:
            away = numbers.percent(quote.price / (mark or quote.entry) - 1)
            price = f"{numbers.price(quote.price)} {away}"
        source = "told by it" if venue in told else "built in"
        yield (
            Bold(f"{venue_name(venue)} {price}"),
            f" = {quote.formula}: {margin}{fee}, bracket {span}, {source}",
        )


def source_lines(quotes: Mapping[str, LiquidationQuote], told: Collection[str]) -> Iterator[Line]:
    """Yield where brackets are from that no venue told."""
    for venue, quote in quotes.items():
        if venue not in told:
            yield (Dim(f"Built in for {venue_name(venue)}: {quote.source}"),)


def way_lines(
    history: History, side: Side, prices: Mapping[str, float], numbers: Numbers
) -> Iterator[Line]:
    """Yield what fires on the way to named prices, from the mark."""
    mark = history.snapshot.mark
    for name, price in prices.items():
        reach = max(side.sign * (1 - price / mark), 0.0)
        if not reach > 0:
            continue
        split = within_reach(history, side, reach)
        span = f"{side.value}s from {numbers.price(mark)} to {numbers.price(price)}"
        parts = f"{split.bins} price bins ({venue_words(split.venues, numbers)})"
        yield (
            Bold(f"To {name} {numbers.usd(split.expected_usd)}"),
            f" = {expected_words(split, numbers)}, {span}, {parts}",
        )


def met_lines(
    history: History, side: Side, at: float, last: float, numbers: Numbers
) -> Iterator[Line]:
    """Yield whose the nearest cluster on the way to `last` is, and the one at `at`, each whole."""
    met = beside(history.clusters, side, at)
    way = on_the_way(history.clusters, side, history.snapshot.mark, last)
    for cluster in way[:1]:
        if cluster is not met:
            yield (Bold("Nearest on the way "), _cluster(cluster, history, numbers))
    if met is None:
        yield (f"No cluster of {side.value}s within 0.5% of {numbers.price(at)}",)
        return
    away = gap(met, at)
    where = f"{numbers.percent(away, 2)[1:]} from" if away else "around"
    yield (Bold(f"Cluster {where} {numbers.price(at)}: "), _cluster(met, history, numbers))


def outside_lines(
    prices: Mapping[str, float], history: History, numbers: Numbers
) -> Iterator[Line]:
    """Yield how prices were found at which a stop is outside of clusters, by side of them."""
    room = numbers.percent(buffer(history))[1:]
    for name, price in prices.items():
        found = f"the first price {name} it that keeps {room} from every cluster's edge"
        yield (Bold(f"Outside {numbers.price(price)}"), f" = {found}")
    if not prices:
        yield (f"Outside: none that keeps {room} from clusters, between price and liquidation",)


def _cluster(cluster: Cluster, history: History, numbers: Numbers) -> str:
    split = held(history, cluster)
    span = f"{numbers.price(cluster.low)}–{numbers.price(cluster.high)}"
    usd = numbers.usd(split.expected_usd)
    away = numbers.percent(cluster.distance)
    made = f"{expected_words(split, numbers)} ({venue_words(split.venues, numbers)})"
    return f"{span} {away} {usd} = {made}"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.4g}%"
