"""What was force-closed, in words."""

from liqbot.chat.facts import age, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.eaten import Eaten
from liqbot.heatmap.feed import Feed, Heard, Order, usd_by_side
from liqbot.market.units import Side, moment_of

ARROW = {Side.LONG: "▼", Side.SHORT: "▲"}
_ALL = 0.995  # of the forced orders, told as all


def completeness(heard: Heard) -> str:
    """Say how much a venue tells, or why nothing."""
    if heard.silent:
        return heard.silent
    if heard.share is None:
        return "completeness unknown"
    return "tells all" if heard.share >= _ALL else f"tells about {heard.share:.0%}"


def side_in_words(feed: Feed, side: Side, numbers: Numbers) -> str:
    """Say how much of a side was closed: ▼ longs $3.2M in 41 orders."""
    count = int((feed.tape.side == side.index).sum())
    usd = float(usd_by_side(feed.tape)[side.index])
    told = f"{numbers.usd(usd)} in {counted(count)}" if count else "none"
    return f"{ARROW[side]} {side.value}s {told}"


def counted(orders: int) -> str:
    """Count orders in words."""
    return f"{orders:,} order{'' if orders == 1 else 's'}"


def order_in_words(order: Order, numbers: Numbers) -> str:
    """Say how large an order was, where and when: ▼ $640K at 64,120, OKX 14:03."""
    at = numbers.local(moment_of(order.at_ms))
    return (
        f"{ARROW[order.side]} {numbers.usd(order.usd)} at {numbers.price(order.price)},"
        f" {venue_name(order.venue)} {at:%H:%M}"
    )


def eaten_in_words(eaten: Eaten, numbers: Numbers) -> str:
    """Say what is left of a cluster that price is in, and what it has told so far."""
    at = numbers.local(moment_of(eaten.from_ms))
    where = f"{ARROW[eaten.side]} {numbers.price(eaten.low, 4)}–{numbers.price(eaten.high, 4)}"
    before, fired = numbers.usd(eaten.before_usd), numbers.usd(eaten.fired_usd)
    if eaten.is_gone:
        return f"{where} is eaten: {before} expected, {fired} realised since {at:%H:%M}"
    left = numbers.usd(eaten.left_usd)
    return f"{where}: {left} of {before} expected is left, {fired} realised since {at:%H:%M}"


def newest_in_words(feed: Feed) -> str:
    """Say how old the newest order is; that there is none where nothing was told."""
    if not len(feed.tape):
        return "no order"
    return f"newest {age((feed.to_ms - int(feed.tape.at_ms[-1])) / 1000)} ago"
