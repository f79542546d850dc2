"""/plan — at which prices there is something to look for, on which conditions, and what ends it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Literal

from liqbot.alerting.score import Row
from liqbot.alerting.vocabulary import write_usd, write_value
from liqbot.charts.chart import View
from liqbot.chat.arguments import MARKET, VENUE, one_of
from liqbot.chat.message import LONGEST_WORDS, Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.commands._picture import RANGE, Look, Rows, caption, usual, written
from liqbot.commands._plan import PAST, plan_lines
from liqbot.commands._plan_brief import brief_lines
from liqbot.commands._pressing import where_from
from liqbot.commands._tracing import ages_of, traced
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import CommandError, StorageError
from liqbot.heatmap.confluence import confluence_of
from liqbot.heatmap.quality import supporters
from liqbot.market.instrument import MarketQuery
from liqbot.planning.past import AXES
from liqbot.planning.plan import ALERTS, LEADER, Plan, Zone, plan_of
from liqbot.rules.rule import Scene, Unit
from liqbot.tracing.plans import number_lines
from liqbot.tracing.sources import of_scene
from liqbot.tracing.trace import Trace

_TEXT = 3900  # characters of the answer; Telegram takes 4,096, Discord as many with its markup
_APPROACH, _CASCADE = "cluster_approach", "cascade_start"  # the rules that buttons subscribe to
_WORTH = "B"  # a grade below is told to those alone who ask for it

Part = Literal["brief", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which market, how much past levels are looked for in, and whether to tell it all."""

    market: Annotated[MarketQuery, MARKET]
    range: Annotated[timedelta, RANGE] = timedelta(hours=24)
    venue: Annotated[str | None, VENUE] = None
    part: Annotated[Part, one_of("part", ("brief", "full"), "full: every part of it")] = "brief"

    @property
    def look(self) -> Look:
        """The market and venue, as pictures are asked for."""
        return Look(market=self.market, range=self.range, venue=self.venue)


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    scene = await _scene(desk, asked)
    view = asked.look.view(await usual(desk, caller))
    if scene.near is not None:
        view = replace(view, macro_at=scene.near.at)
    if scene.blind:
        return _blind(scene, asked, view, scene.blind.reason)
    rows = await _rows(desk)
    plan = plan_of(scene, rows or (), await _leader(desk, scene))
    numbers = Numbers(view.locale, view.zone)
    lines = brief_lines(plan, numbers)
    if asked.part == "full":
        lines = plan_lines(plan, numbers, is_graded=rows is not None)
    return Message(
        text=caption(scene.history, view, f"plan · {view.span.name}", lines, _TEXT),
        buttons=_buttons(desk, plan, asked),
        in_place=True,
    )


async def _trace(desk: Desk, caller: Caller, asked: Arguments) -> Trace:
    scene = await _scene(desk, asked)
    view = asked.look.view(await usual(desk, caller))
    if scene.blind:
        raise CommandError(f"No plan is made now: {scene.blind.reason}.")
    plan = plan_of(scene, await _rows(desk) or (), await _leader(desk, scene))
    numbers = Numbers(view.locale, view.zone)
    told = of_scene(scene, ages_of(desk, scene.history))
    made, title = number_lines(plan, numbers), f"plan · {view.span.name}"
    return traced(desk, scene.history, (title, made), numbers, told)


async def _scene(desk: Desk, asked: Arguments) -> Scene:
    """Return the market as it is looked at, with what is usual in it."""
    history = await desk.markets.history(asked.look.query, asked.range)
    scene = await desk.scenes.scene(history.base, history.at)
    return replace(scene, history=history) if scene else Scene(history=history)


async def _rows(desk: Desk) -> tuple[Row, ...] | None:
    """Return what came of alerts, once for all markets; None where it cannot be read."""
    bases = {each.base for each in desk.markets.known()}
    try:
        return await desk.scores.rows(bases, PAST, AXES)
    except StorageError:
        return None


async def _leader(desk: Desk, scene: Scene) -> float | None:
    """Return what the leading market did over a day; None of itself, and where it is not seen."""
    if scene.history.base == LEADER:
        return None
    try:
        seen = await desk.markets.history(MarketQuery(LEADER), timedelta(days=1))
    except CommandError:
        return None
    return confluence_of(seen).trend


def _blind(scene: Scene, asked: Arguments, view: View, reason: str) -> Message:
    """Say why nothing is concluded from a map."""
    said = [(f"No plan is made now: {reason}.",)]
    again = (_button("↻ Refresh", asked), _status())
    return Message(
        text=caption(scene.history, view, f"plan · {view.span.name}", said, _TEXT),
        buttons=(tuple(filter(None, again)),),
        in_place=True,
    )


def _status() -> Button:
    return Button("Status", "/status")


def _buttons(desk: Desk, plan: Plan, asked: Arguments) -> Rows:
    """Return what to subscribe to, the other part, and what to look at beside it."""
    market = written(asked.market)
    other: Part = "brief" if asked.part == "full" else "full"
    label = "‹ In short" if other == "brief" else "All of it"
    span = asked.look.view(View()).span.name
    rows = (
        tuple(_subscribing(desk, plan)),
        (
            _button(label, replace(asked, part=other)),
            where_from("plan", market, span, asked.venue),
            _button("↻ Refresh", asked),
        ),
        tuple(
            Button(name.capitalize(), words)
            for name in ("heatmap", "levels", "accuracy")
            if len((words := f"/{name} {market}").encode()) <= LONGEST_WORDS
        ),
    )
    return tuple(filter(None, (tuple(filter(None, row)) for row in rows)))


def _subscribing(desk: Desk, plan: Plan) -> Iterator[Button]:
    """Yield buttons that subscribe to the near zones and to cascades; none that says too much."""
    base, rules = plan.scene.history.base, desk.alerts.terms.rules
    wishes = []
    if _APPROACH in rules:
        near = (zone for zone in plan.zones if zone.cluster.zone in {"A", "B"})
        wishes += [(f"Tell me at {each.cluster.zone}", _wish(desk, plan, each)) for each in near]
    if _CASCADE in rules:
        wishes.append(("Tell me of cascades", f"{base} cascade"))
    for label, words in wishes:
        said = f"/subscribe {words}"
        if len(said.encode()) <= LONGEST_WORDS:
            yield Button(label, said)


def _wish(desk: Desk, plan: Plan, zone: Zone) -> str:
    """Say in words what is told at a zone's alert level, however light or poor it is."""
    terms, cluster = desk.alerts.terms, zone.cluster
    line = write_value(zone.ahead or ALERTS[-1], Unit.FRACTION)
    said = [f"{plan.scene.history.base} near {line} {cluster.side}"]
    least = getattr(terms.settings[_APPROACH], "min_share", 0.0)
    if not plan.scene.share(cluster.expected_usd) >= least:
        said.append(write_usd(float(f"{cluster.expected_usd / 2:.1g}")))
    if zone.grade > _WORTH:
        said.append(f"grade {zone.grade}")
    if len(supporters(cluster)) < min(2, terms.venues):
        said.append("single venue")
    return " ".join(said)


def _button(label: str, asked: Arguments) -> Button | None:
    """Return a button that asks for a plan; None where it carries no such."""
    span = asked.look.view(View()).span.name
    part = asked.part if asked.part != "brief" else None
    words = " ".join(filter(None, ("plan", written(asked.market), span, asked.venue, part)))
    return Button(label, words) if len(words.encode()) <= LONGEST_WORDS else None


COMMAND = Command(
    name="plan",
    summary="Say what to look for at which price, on what condition, and what ends it",
    arguments=Arguments,
    run=_run,
    trace=_trace,
)
