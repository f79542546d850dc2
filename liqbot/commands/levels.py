"""/levels — the clusters that stand now, as a table for a phone and as bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from liqbot.chat.arguments import one_of
from liqbot.chat.facts import horizon, venue_name
from liqbot.chat.measured import in_lines
from liqbot.chat.message import Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Code, Line
from liqbot.chat.words import imbalance
from liqbot.commands._picture import (
    CAPTION,
    Look,
    answered,
    attached,
    buttons,
    caption,
    listed_on,
    looked_at,
    usual,
)
from liqbot.commands._tracing import traced
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import is_transient, lone_venue
from liqbot.market.units import Side
from liqbot.tracing.clusters import cluster_lines
from liqbot.tracing.known import known_lines
from liqbot.tracing.trace import Trace

_ARROW = {Side.LONG: "▼", Side.SHORT: "▲"}
_OTHERS = 4  # clusters listed besides the zones
_MORE_OTHERS = 12  # where there is no picture beside
_TEXT = 2000  # characters of an answer without one
_INDENT = "  "
_TITLE = "liquidation levels"

Form = Literal["bands", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels(Look):
    """Which market, how it is to look, and whether to draw it at all."""

    form: Annotated[Form, one_of("form", ("bands", "text"), "text: the table alone")] = "bands"

    @property
    def others(self) -> int:
        """How many clusters are listed besides the zones."""
        return _MORE_OTHERS if self.form == "text" else _OTHERS


async def _run(desk: Desk, caller: Caller, asked: Levels) -> Message:
    view = asked.view(await usual(desk, caller))
    asked, history = await looked_at(desk, asked, view)
    numbers, venues = Numbers(view.locale, view.zone), listed_on(desk, asked)
    now = desk.clock.now()
    table = _table(history, numbers, asked.others)
    if asked.form == "text":
        return Message(
            text=caption(history, view, _TITLE, table, _TEXT),
            buttons=buttons("levels", asked, view, venues, now, own="text"),
            in_place=True,
        )
    picture = await desk.studio.draw("levels", history, view)
    text = caption(history, view, _TITLE, table, CAPTION)
    offered = buttons("levels", asked, view, venues, now)
    return answered(text, attached("levels", history, picture), view, offered)


async def _trace(desk: Desk, caller: Caller, asked: Levels) -> Trace:
    view = asked.view(await usual(desk, caller))
    asked, history = await looked_at(desk, asked, view)
    numbers = Numbers(view.locale, view.zone)
    lines = (*cluster_lines(history, asked.others, numbers), *known_lines(history, numbers))
    return traced(desk, history, (_TITLE, lines), numbers)


def _table(history: History, numbers: Numbers, others: int) -> list[Line]:
    """Return the zones and the nearest others by price, and the price between, in 40 columns."""
    rest = sorted((c for c in history.clusters if not c.zone), key=lambda c: abs(c.distance))
    listed = [*(c for c in history.clusters if c.zone), *rest[:others]]
    head: list[Line] = [
        (each,) for each in (imbalance(history, numbers), *in_lines(history, numbers))
    ]
    if not listed:
        return [*head, ("No cluster stands out from the rest.",)]
    listed.sort(key=lambda c: -c.peak)
    above = [c for c in listed if c.peak > history.snapshot.mark]
    below = listed[len(above) :]
    rows = [
        *_rows(above, numbers),
        f"──── {numbers.price(history.snapshot.mark)} ────",
        *_rows(below, numbers),
    ]
    if len(rest) > others:
        rows.append(f"{len(rest) - others} more, farther away")
    return [*head, *((Code(row),) for row in rows)]


def _rows(clusters: Sequence[Cluster], numbers: Numbers) -> list[str]:
    return [row for each in clusters for row in _block(each, numbers)]


def _block(cluster: Cluster, numbers: Numbers) -> list[str]:
    """Return three lines for a zone: where, how much for how long, of what; one for others."""
    span = f"{numbers.level(cluster.low)}–{numbers.level(cluster.high)}"
    away = numbers.percent(cluster.distance)
    if not cluster.zone:
        return [f"{_INDENT}{_ARROW[cluster.side]} {span} {away} {numbers.usd(cluster.usd)}"]
    lasting = "transient" if is_transient(cluster) else "persistent"
    alone = lone_venue(cluster)
    venues = {venue_name(name): usd for name, usd in cluster.venues.items()}
    tiers = {f"{leverage:g}x": usd for leverage, usd in cluster.tiers.items()}
    worth = f"{numbers.usd(cluster.usd)} → {numbers.usd(cluster.expected_usd)}"
    held = f"{venue_name(alone)} only" if alone else _shares(venues, numbers, 1)
    return [
        f"{cluster.zone} {_ARROW[cluster.side]} {span} {away} {horizon(cluster.distance)}",
        f"{_INDENT}{worth} {lasting} {cluster.grade}",
        f"{_INDENT}{_shares(tiers, numbers, 2)} · {held}",
    ]


def _shares(parts: Mapping[str, float], numbers: Numbers, count: int) -> str:
    """Name the largest parts and their shares."""
    total = sum(parts.values())
    largest = sorted((name for name in parts if parts[name] > 0), key=lambda name: -parts[name])
    return " ".join(f"{name} {numbers.share(parts[name] / total)}" for name in largest[:count])


COMMAND = Command(
    name="levels",
    summary="List the clusters above and below the price",
    arguments=Levels,
    run=_run,
    draws=True,
    trace=_trace,
)
