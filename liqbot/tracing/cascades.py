"""How the numbers of a cascade are made."""

from collections.abc import Iterator

from liqbot.chat.cascade import waves_of
from liqbot.chat.facts import age, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.cascade import RESTS, THIN, Cascade, fires_of
from liqbot.market.units import Side, ms_of
from liqbot.tracing.parts import held, resting, walked
from liqbot.tracing.trace import expected_words, factor_words, venue_words

_LEAST = 0.005  # of what fires, that is worth a line of its own


def cascade_lines(found: Cascade, numbers: Numbers) -> Iterator[Line]:
    """Yield each number of /whatif with its parts, in the order in which the answer says them."""
    yield from _fired(found, numbers)
    yield from _cases(found, numbers)
    if found.depth.is_known:
        yield from _rests(found, numbers)
        yield from _stop(found, numbers)
    else:
        yield (Bold("Stop unknown"), ": no order book is known, so nothing counts beyond the price")


def _fired(found: Cascade, numbers: Numbers) -> Iterator[Line]:
    split, mark = walked(found), found.history.snapshot.mark
    fired, end = found.base.fired_usd, found.base.stop
    to = "the map's end" if end is None and found.depth.is_known else numbers.price(_end(found))
    span = f"{found.side.value}s between {numbers.price(mark)} and {to}, {split.bins} price bins"
    yield (Bold(f"Expected {numbers.usd(fired)}"), f" = {expected_words(split, numbers)}: {span}")
    yield ("Modelled by venue: ", venue_words(split.venues, numbers))
    beyond = fired - found.on_way_usd
    if beyond > fired * _LEAST:
        target, way = numbers.price(found.target), numbers.usd(found.on_way_usd)
        yield (f"Of it {way} before {target}, {numbers.usd(beyond)} set off beyond",)
    if waves := waves_of(found):
        parts = " + ".join(
            f"{name} {numbers.usd(usd)} (half by {numbers.level(half)})"
            for name, (usd, half) in waves.items()
        )
        yield (Bold("Waves"), f": the same {numbers.usd(fired)} by leverage, {parts}")


def _cases(found: Cascade, numbers: Numbers) -> Iterator[Line]:
    low, _, high = fires_of(found.history.model)
    is_fitted = "realised_low" in found.history.model.scores
    who = "on hours its fit had not seen" if is_fitted else "on 27 days of BTC"
    cases = " … ".join(numbers.usd(each.fired_usd) for each in (found.low, found.high))
    times = f"{factor_words(low, numbers)}× … {factor_words(high, numbers)}×"
    fires = f"{times} of it fires, as measured {who}"
    more, less = (factor_words(each, numbers) for each in (RESTS[0], RESTS[2]))
    rests = f"{more}× … {less}× of the books rests, assumed"
    ends = [each.stop for each in (found.low, found.high)]
    shown = " … ".join("past the map" if each is None else numbers.price(each) for each in ends)
    stops = f"; so stops {shown}" if found.depth.is_known else ""
    yield (Bold(f"Low … high {cases}"), f": {fires}; {rests}{stops}")


def _rests(found: Cascade, numbers: Numbers) -> Iterator[Line]:
    """Say which books were read, what they hold on the way, and what was assumed."""
    depth, rest, history = found.depth, resting(found), found.history
    what = "bids" if found.side is Side.LONG else "asks"
    now_ms = ms_of(history.at)
    shown = ", ".join(
        f"{venue_name(venue)} {numbers.usd(usd)} (to {numbers.percent(depth.reaches[venue])[1:]},"
        f" {age((now_ms - history.books[venue].at_ms) / 1000)} old)"
        for venue, usd in rest.shown.items()
    )
    assumed = [f"{numbers.usd(sum(rest.beyond.values()))} assumed past their ends"]
    if depth.missing:
        names = ", ".join(map(venue_name, depth.missing))
        assumed.append(f"{numbers.usd(rest.missing_usd)} assumed for {names}, no book known")
    total, to = numbers.usd(found.resting_usd), numbers.price(found.target)
    share = f"{what} shown {numbers.share(found.shown_share)}"
    yield (Bold(f"Resting to {to} {total}"), f" = {share}: {shown} + {' + '.join(assumed)}")
    way, wait = numbers.usd(found.on_way_usd), found.waiting_usd
    late = f" + {numbers.usd(wait)} of it that met no orders by then" if wait > 0 else ""
    push = numbers.usd(found.push_usd)
    yield (Bold(f"To push {push}"), f" = resting {total} − fired before {to} {way}{late}")


def _stop(found: Cascade, numbers: Numbers) -> Iterator[Line]:
    base = found.base
    left = f" − {numbers.usd(base.left_usd)} that met none" if base.left_usd > 0 else ", all of it"
    yield (
        Bold(f"Absorbed {numbers.usd(base.absorbed_usd)}"),
        f" = {numbers.usd(base.fired_usd)} fired{left}",
    )
    if base.stop is not None:
        yield (
            Bold(f"Stop {numbers.price(base.stop)}"),
            " = the first price where none wait: bin by bin, fired − resting is handed on",
        )
    yield from _past(found, numbers)
    yield from _thin(found, numbers)


def _past(found: Cascade, numbers: Numbers) -> Iterator[Line]:
    """Say past what price goes, and whose the last cluster is that it meets."""
    cluster = found.cluster
    if cluster is None or not found.overshoot:
        return
    far = cluster.low if found.side is Side.LONG else cluster.high
    split = held(found.history, cluster)
    span = f"{numbers.price(cluster.low, 4)}–{numbers.price(cluster.high, 4)}"
    edge = f"{numbers.price(far)}, the far edge of the last cluster met, {span}"
    usd = f"{numbers.usd(split.usd)} modelled ({venue_words(split.venues, numbers)})"
    yield (Bold(f"{numbers.percent(found.overshoot)[1:]} past"), f" {edge}: {usd}")


def _thin(found: Cascade, numbers: Numbers) -> Iterator[Line]:
    """Say how much fires where next to nothing rests."""
    fired = found.base.fired_usd
    if found.thin:
        there, under = numbers.usd(found.thin_share * fired), numbers.share(THIN)
        spans = ", ".join(f"{numbers.price(s.high)}–{numbers.price(s.low)}" for s in found.thin)
        rests = f"{numbers.usd(fired)} fires where under {under} of it rests: {spans}"
        yield (Bold(f"Thin {numbers.share(found.thin_share)}"), f" = {there} of {rests}")


def _end(found: Cascade) -> float:
    return found.target if found.base.stop is None else found.base.stop
