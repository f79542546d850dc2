"""/check — where a position would be liquidated, and what stands on the way there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from liqbot.chat.arguments import LINE, Word
from liqbot.chat.badges import badges, kind
from liqbot.chat.facts import venue_name
from liqbot.chat.message import LONGEST_WORDS, Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line, shorten
from liqbot.commands._assessment import Assessment, assess
from liqbot.commands._held import described
from liqbot.commands._own import recipient_of
from liqbot.commands._position import EXAMPLE, EXAMPLES
from liqbot.commands._pressing import where_from
from liqbot.commands._tracing import traced
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.exposure import BESIDE, beside, buffer, fired_usd, gap, on_the_way
from liqbot.heatmap.history import History
from liqbot.rules.rule import Scene
from liqbot.tracing.clusters import side_lines
from liqbot.tracing.positions import met_lines, outside_lines, quote_lines, source_lines, way_lines
from liqbot.tracing.trace import Trace

_TEXT = 2000  # characters
_INSIDE, _NEAR = "●", "○"  # of a price and a cluster
_LIMITS = (
    "Isolated margin; added or cross margin, funding and partial closes move it."
    " If price went there, so much would fire: modelled, not a forecast. Information, not advice."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """A position, in words."""

    words: Annotated[str, Word(EXAMPLE, lambda text, _: text.strip(), lambda _: EXAMPLES), LINE] = (
        ""
    )


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    if not asked.words:
        return Message(text=tuple(_guide()), private=True)
    found = await assess(desk, asked.words)
    _, numbers = await recipient_of(desk, caller)
    text = [
        (Bold(described(found.position.base, found.holding, numbers)), *_since(found, numbers)),
        *_quoted(found, numbers),
        *(_met(found, found.scene, numbers) if found.scene else _early(found.position.base)),
        (Dim(_LIMITS),),
    ]
    return Message(
        text=shorten(tuple(text), _TEXT),
        buttons=_buttons(found),
        private=True,
        in_place=True,
    )


async def _trace(desk: Desk, caller: Caller, asked: Arguments) -> Trace:
    found = await assess(desk, asked.words)
    _, numbers = await recipient_of(desk, caller)
    title, position = described(found.position.base, found.holding, numbers), found.position
    made = [*quote_lines(found.quotes, found.told, found.mark, numbers)]
    sources = source_lines(found.quotes, found.told)
    if found.scene is None:
        return Trace(title=title, at=desk.clock.now(), made=[*made, *sources])
    history, limit = found.scene.history, found.first.price
    ends = {f"liquidation on {venue_name(found.first.venue)}": limit}
    if position.stop is not None and position.side.sign * (position.stop - limit) > 0:
        ends = {"the stop": position.stop, **ends}
    last = list(found.quotes.values())[-1].price
    made += way_lines(history, position.side, ends, numbers)
    made += met_lines(history, position.side, found.end, last, numbers)
    if beside(history.clusters, position.side, found.end) is not None:
        made += outside_lines(found.ways_out(history), history, numbers)
    made += side_lines(history, numbers)
    return replace(traced(desk, history, (title, [*made, *sources]), numbers), title=title)


def _guide() -> Iterator[Line]:
    yield ("Say a position, such as",)
    for each in EXAMPLES:
        yield (Code(f"/check {each}"),)
    yield (Dim("Words in any order; without an entry it is the price now. Only you see it."),)


def _since(found: Assessment, numbers: Numbers) -> Line:
    if found.mark is None:
        return ()
    moved = numbers.percent(found.mark / found.position.entry - 1)
    return (f" · price {numbers.price(found.mark)}, {moved} from the entry",)


def _quoted(found: Assessment, numbers: Numbers) -> Iterator[Line]:
    """List each venue's liquidation price, and whose brackets it follows from."""
    size = found.position.quantity
    worth = numbers.usd(size * found.position.entry) if size else ""
    yield (f"Liquidation price, {f'for {worth}' if worth else 'for a small position'}:",)
    seen = found.mark or found.position.entry
    for venue, quote in found.quotes.items():
        if not quote.price > 0:
            yield (Code(f"{venue_name(venue):<11} none above 0"),)
            continue
        sign = _sign(found, quote.price)
        away = numbers.percent(quote.price / seen - 1)
        row = f"{venue_name(venue):<11} {numbers.price(quote.price):>10} {away:>6} {sign}"
        yield (Code(row.rstrip()),)
    for venue, why in found.refused.items():
        yield (Dim(f"{venue_name(venue)}: {why.removeprefix(f'{venue} ')}"),)
    built = [venue_name(each) for each in found.quotes if each not in found.told]
    sources = [f"as told by {', '.join(map(venue_name, found.told))}"] if found.told else []
    sources += [f"built in for {', '.join(built)}"] if built else []
    yield (Dim(f"Margin brackets {', '.join(sources)}"),)


def _sign(found: Assessment, price: float) -> str:
    """Mark a price that stands in a cluster, or next to one."""
    if found.scene is None:
        return ""
    met = beside(found.scene.history.clusters, found.position.side, price)
    return "" if met is None else _NEAR if gap(met, price) else _INSIDE


def _met(found: Assessment, scene: Scene, numbers: Numbers) -> Iterator[Line]:
    """Say what stands on the way, at the stop and at the liquidation price."""
    history, position = scene.history, found.position
    last = list(found.quotes.values())[-1].price
    if any(_sign(found, each.price) for each in found.quotes.values()):
        yield (Dim(f"{_INSIDE} inside a cluster, {_NEAR} within {_share(BESIDE, numbers)} of one"),)
    if position.side.sign * (history.snapshot.mark - found.first.price) <= 0:
        yield (Bold("Price is past the liquidation price"), f" on {venue_name(found.first.venue)}.")
    else:
        way = on_the_way(history.clusters, position.side, history.snapshot.mark, last)
        yield (_nearest(way[0], numbers) if way else "No cluster stands out on the way.",)
        yield from _fires(found, history, numbers)
    yield from _stopped(found, history, numbers)
    told = [*kind(history), *badges(history, numbers, scene.near.at if scene.near else None)]
    yield (Dim(" · ".join(each.short for each in told)),)


def _nearest(cluster: Cluster, numbers: Numbers) -> str:
    where = f"{_span(cluster, numbers)}, {numbers.percent(cluster.distance)}"
    usd = numbers.usd(cluster.expected_usd)
    return f"Nearest {cluster.side}s on the way: {where}, about {usd} expected."


def _fires(found: Assessment, history: History, numbers: Numbers) -> Iterator[Line]:
    """Say how much is expected to fire before the stop and before the liquidation price."""
    stop, side, limit = found.position.stop, found.position.side, found.first.price
    is_ahead = stop is not None and side.sign * (stop - limit) > 0 and not found.is_stopped
    ends = [("the stop", stop)] if stop is not None and is_ahead else []
    ends.append((f"liquidation on {venue_name(found.first.venue)}", limit))
    told = [f"{name} {numbers.usd(fired_usd(history, side, price))}" for name, price in ends]
    yield (f"If price went there, about so much would fire on the way: to {', to '.join(told)}.",)


def _stopped(found: Assessment, history: History, numbers: Numbers) -> Iterator[Line]:
    """Say how the stop stands to clusters and to liquidation, and where it would stand outside."""
    stop, side = found.position.stop, found.position.side
    if found.is_stopped:
        yield (Bold("Price is past the stop"), "; it should have closed the position.")
        return
    if stop is not None:
        later = [v for v, quote in found.quotes.items() if side.sign * (stop - quote.price) <= 0]
        if later:
            yield (Bold("Liquidation comes before the stop"), f" on {_names(later)}.")
    met = beside(history.clusters, side, found.end)
    if met is None:
        if stop is not None:
            yield ("The stop stands outside of all clusters.",)
        return
    what = "The stop" if stop is not None else "The liquidation price"
    away = gap(met, found.end)
    how = f"is {_share(away, numbers)} from" if away else "is inside"
    yield (Bold(f"{what} {how} a cluster"), f" of {met.side}s, {_span(met, numbers)}.")
    room = _share(buffer(history), numbers)
    if there := found.ways_out(history):
        named = " or ".join(f"{numbers.price(price)} {name} it" for name, price in there.items())
        yield (f"A stop at {named} would stand {room} outside.",)
    else:
        yield (f"No stop fits {room} outside it, between the price and liquidation.",)


def _early(base: str) -> Iterator[Line]:
    yield (f"There is no map of {base} yet; clusters cannot be told.",)


def _span(cluster: Cluster, numbers: Numbers) -> str:
    return f"{numbers.price(cluster.low)} to {numbers.price(cluster.high)}"


def _share(fraction: float, numbers: Numbers) -> str:
    return numbers.percent(fraction, 1 if fraction >= BESIDE else 2).removeprefix("+")


def _names(venues: list[str]) -> str:
    return ", ".join(map(venue_name, venues))


def _buttons(found: Assessment) -> tuple[tuple[Button, ...], ...]:
    base = found.position.base
    words = f"{base} {found.holding.words}"
    acts = [("Watch it", f"watch {words}"), ("↻ Refresh", f"check {words}")]
    first = tuple(Button(*each) for each in acts if len(each[1].encode()) <= LONGEST_WORDS)
    charts = [Button(f"{name} {base}", f"/{name.lower()} {base}") for name in ("Levels", "Heatmap")]
    second = (*charts, *filter(None, [where_from("check", words)]))
    return (first, second) if first else (second,)


COMMAND = Command(
    name="check",
    summary="Say where a position would be liquidated, and what stands on the way",
    arguments=Arguments,
    run=_run,
    personal=True,
    trace=_trace,
)
