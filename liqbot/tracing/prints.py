"""How the numbers of what was force-closed are made."""

from collections.abc import Iterable, Iterator

from liqbot.alerting.figures import criterion_words, fact_words
from liqbot.chat.facts import age, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW, completeness, counted, order_in_words
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.feed import Feed, Order, usd_by_side
from liqbot.market.units import Side, moment_of
from liqbot.rules.rule import Finding
from liqbot.tracing.trace import factor_words, named_words


def print_lines(feed: Feed, largest: Iterable[Order], numbers: Numbers) -> Iterator[Line]:
    """Yield what venues told of each side, and how a cluster that price is in was counted."""
    for side in Side:
        parts = {
            venue_name(each.venue): float(usd_by_side(each.tape)[side.index]) for each in feed.heard
        }
        count = int((feed.tape.side == side.index).sum())
        said = f" = {named_words(parts, numbers, len(parts))}; {counted(count)}, as told"
        yield (Bold(f"{ARROW[side]} {side.value}s {numbers.usd(sum(parts.values()))}"), said)
    for order in largest:
        yield (f"Largest {order_in_words(order, numbers)}: one order, as told",)
    eaten = feed.eaten
    if eaten is not None:
        ratio = factor_words(feed.history.model.realisation[eaten.side.index], numbers)
        span = f"{numbers.price(eaten.low, 4)}–{numbers.price(eaten.high, 4)}"
        yield (
            Bold(f"Cluster {span}"),
            (
                f": {numbers.usd(eaten.before_usd)} expected = modelled an hour before × {ratio};"
                f" {numbers.usd(eaten.left_usd)} left = modelled beyond the price now × {ratio};"
                f" {numbers.usd(eaten.fired_usd)} realised = orders told within 0.5% of it"
                f" since {numbers.local(moment_of(eaten.from_ms)):%H:%M}"
            ),
        )


def finding_line(found: Finding, numbers: Numbers) -> Line:
    """Say against which lines a rule found what it tells, and by which numbers."""
    criteria = (criterion_words(each, numbers) for each in found.criteria)
    facts = (fact_words(each, numbers) for each in found.facts)
    return (Bold(found.headline), f": {'; '.join(criteria)} · {', '.join(facts)}")


def tape_lines(feed: Feed, numbers: Numbers) -> Iterator[Line]:
    """Yield what each venue tells of its forced orders, and the age of its newest."""
    for each in feed.heard:
        usd = usd_by_side(each.tape)
        sides = " ".join(f"{ARROW[side]} {numbers.usd(usd[side.index])}" for side in Side)
        orders = counted(len(each.tape))
        newest = (
            f", newest {age((feed.to_ms - int(each.tape.at_ms[-1])) / 1000)} old"
            if len(each.tape)
            else ""
        )
        yield (Bold(venue_name(each.venue)), f" {sides}, {orders}{newest}, {completeness(each)}")
    yield ("Nothing is added for what venues do not tell",)
