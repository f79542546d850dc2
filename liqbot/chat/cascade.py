"""What would happen if price were pushed somewhere, in sentences.

Every figure says whether it is expected (with the low and the high case), shown or assumed.
"""

from collections.abc import Iterator, Mapping

from liqbot.chat.facts import age, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.cascade import RESTS, Cascade, fires_of

_BANDS = ((60.0, "100x"), (35.0, "50x"), (15.0, "20x"), (0.0, "≤10x"))  # from which leverage on
_SAME = 1e-4  # of price
_MORE = 1.005  # from which more fires beyond the target than is worth saying nothing of
_MOST = 2  # thin stretches that are told


def pushed_in_words(found: Cascade, numbers: Numbers) -> str:
    """Say where price is pushed: 62,000 (−4.6%)."""
    away = found.target / found.history.snapshot.mark - 1
    return f"{numbers.price(found.target)} ({numbers.percent(away)})"


def told_of(found: Cascade, numbers: Numbers) -> list[str]:
    """Return what there is to say, the most important first."""
    return [
        fired_in_words(found, numbers),
        stop_in_words(found, numbers),
        *_met(found, numbers),
        *_thin(found, numbers),
        books_in_words(found, numbers),
        assumed_in_words(found, numbers),
    ]


def fired_in_words(found: Cascade, numbers: Numbers) -> str:
    """Say what is expected to be liquidated, and in the other two cases."""
    low, base, high = (each.fired_usd for each in (found.low, found.base, found.high))
    if not base > 0:
        return f"No {found.side.value}s are modelled on the way: nothing is expected to fire"
    way = _on_way(found, numbers) if base > found.on_way_usd * _MORE else ""
    return (
        f"Expected to be liquidated: {numbers.usd(base)} of {found.side.value}s"
        f" ({numbers.usd(low)} … {numbers.usd(high)}){way}"
    )


def stop_in_words(found: Cascade, numbers: Numbers) -> str:
    """Say where price would come to rest, or why nobody can tell."""
    if not found.depth.is_known:
        return "Where it would stop cannot be told: no order book is known"
    near, far = found.low.stop, found.high.stop
    if found.base.stop is None:
        left = numbers.usd(found.base.left_usd)
        return f"No stop within the map: {left} of it would meet no orders"
    span = f"{_price(near, numbers)} … {_price(far, numbers)}"
    if far is not None and abs(far / found.target - 1) < _SAME:
        return f"Expected to stop where it is pushed, {numbers.price(found.target)}, in every case"
    where = f"Expected to stop near {numbers.price(found.base.stop)} ({span})"
    if not found.overshoot:
        return where
    if found.cluster is None:
        return f"{where}, {_away(found.overshoot, numbers)} past where it is pushed"
    edges = f"{numbers.price(found.cluster.low, 4)}–{numbers.price(found.cluster.high, 4)}"
    return f"{where}, {_away(found.overshoot, numbers)} past the cluster {edges}"


def books_in_words(found: Cascade, numbers: Numbers) -> str:
    """Say whose books were read, how far they are shown and how old they are."""
    depth = found.depth
    if not depth.is_known:
        return f"Books: none of {_names(depth.missing)}"
    shown = ", ".join(
        f"{venue_name(venue)} to {_away(reach, numbers)}" for venue, reach in depth.reaches.items()
    )
    old = "" if depth.is_fresh else f", OLD: {age(depth.age_s)}"
    missing = f"; none of {_names(depth.missing)}: taken like the others" if depth.missing else ""
    return f"Books shown: {shown}{old}{missing}"


def assumed_in_words(found: Cascade, numbers: Numbers) -> str:
    """Say what the low and the high case take for granted."""
    low, _, high = fires_of(found.history.model)
    fires = f"{_times(low, numbers)} … {_times(high, numbers)} of what is expected fires"
    if not found.depth.is_known:
        return f"Low … high: {fires}"
    rests = f"{_times(RESTS[0], numbers)} … {_times(RESTS[2], numbers)} of the books rests"
    return f"Low … high: {fires}, {rests}; past its end a book goes on as before it"


def waves_of(found: Cascade) -> Mapping[str, tuple[float, float]]:
    """Return what each band of leverage is expected to fire, Usd, and where half of it has.

    The highest first; bands of which nothing fires are left out.
    """
    waves = dict[str, tuple[float, float]]()
    for least, name in _BANDS:
        most = min((each for each, _ in _BANDS if each > least), default=float("inf"))
        within = [each for each in found.waves if least <= each.leverage < most]
        usd = sum(each.usd for each in within)
        if usd > 0:
            waves[name] = usd, sum(each.usd * each.half for each in within) / usd
    return waves


def _on_way(found: Cascade, numbers: Numbers) -> str:
    return f", {numbers.usd(found.on_way_usd)} of it before {numbers.price(found.target)}"


def _met(found: Cascade, numbers: Numbers) -> Iterator[str]:
    if not found.depth.is_known:
        return
    absorbed, resting = numbers.usd(found.base.absorbed_usd), numbers.usd(found.resting_usd)
    to, shown = numbers.price(found.target), numbers.share(found.shown_share)
    yield f"Orders resting to {to}: {resting}, {shown} shown, the rest assumed"
    push = numbers.usd(found.push_usd)
    yield f"Absorbed by orders: {absorbed}; to push price to {to} takes another {push}"


def _thin(found: Cascade, numbers: Numbers) -> Iterator[str]:
    stretches = found.thin
    if not stretches:
        return
    spans = [f"{numbers.price(s.high)}–{numbers.price(s.low)}" for s in stretches[:_MOST]]
    more = f" and {len(stretches) - _MOST} more" if len(stretches) > _MOST else ""
    yield f"Thin books: {', '.join(spans)}{more}; {numbers.share(found.thin_share)} fires there"


def _price(stop: float | None, numbers: Numbers) -> str:
    return "past the map" if stop is None else numbers.price(stop)


def _away(fraction: float, numbers: Numbers) -> str:
    return numbers.percent(fraction).removeprefix("+")


def _times(factor: float, numbers: Numbers) -> str:
    return f"{numbers.decimal(factor, 1)}×"


def _names(venues: tuple[str, ...]) -> str:
    return "+".join(venue_name(each) for each in venues)
