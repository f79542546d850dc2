"""How a plan is worded: conditions and what ends them, never what price does next."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from liqbot.alerting.outcome import Kind, Reach
from liqbot.chat.facts import age, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.chat.words import imbalance
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.quality import is_transient, lone_venue, supporters
from liqbot.market.units import Side
from liqbot.planning.past import ENOUGH, Past
from liqbot.planning.plan import AHEAD, LEADER, Plan, Scenario, Zone
from liqbot.tracing.plans import VOTES, score_words, short, signed, zone_name

PAST = timedelta(days=90)  # over which alerts are counted

NOTHING: Line = ("No cluster stands out, so there is nothing to plan for.",)
_POINTS = ("traded", "venues", "spread", "books", "past")  # of a map's quality, two each
_ALIKE = 0.005  # of price over a day, within which two markets move alike
_SLIGHT = 0.1  # of an hour's volume, of both sides of the book
_WIDE, _NARROW = 1.3, 0.7  # moves of six hours to those of all
_REACHES = {Reach.NEAR: "within 2%", Reach.SWING: "2–5% away", Reach.CONTEXT: "over 5% away"}


def plan_lines(plan: Plan, numbers: Numbers, *, is_graded: bool = True) -> list[Line]:
    """Return a plan, the most important first; `is_graded` if what came of alerts can be read."""
    near = [zone for zone in plan.zones if zone.cluster.zone in {"A", "B"}]
    lines: list[Line] = [*_warnings(plan, numbers)]
    for zone in near:
        lines += _zone(zone, numbers)
    lines += [_beyond(zone, numbers) for zone in plan.zones if zone not in near]
    if not plan.zones:
        lines.append(NOTHING)
    lines += [(), *_scenarios(plan, numbers)]
    lines += [(), (Bold("Seven inputs"),), *_inputs(plan, numbers)]
    lines += [(), *_confluence(plan)]
    unread: list[Line] = [(Bold("Likely reaction"), ": what came of alerts cannot be read now")]
    lines += [(), *(_past(near, numbers) if is_graded else unread)]
    return [*lines, (), *_quality(plan), *_discipline()]


def _warnings(plan: Plan, numbers: Numbers) -> Iterator[Line]:
    scene = plan.scene
    if plan.weekend:
        weight = f"count {numbers.share(scene.weight)} of a weekday's" if scene.weight < 1 else ""
        counted = f"clusters {weight} and" if weight else "clusters may hold half as much;"
        yield (Bold("Weekend"), f": {counted} what ends an idea is 0.5% farther away.")
    if scene.near is not None:
        away = age((scene.near.at - scene.history.at).total_seconds())
        after = "grades are one lower, and a cascade can run far beyond the map. Read it after."
        yield (Bold(f"{scene.near.name} in {away}"), f": {after}")


def _zone(zone: Zone, numbers: Numbers) -> Iterator[Line]:
    """Say where a near zone is, when to look, on what condition, and what ends it."""
    cluster = zone.cluster
    fired = f"{numbers.usd(cluster.expected_usd)} of {cluster.side}s"
    yield title(zone, numbers)
    if zone.is_here:
        yield (f"Price is in it: while it goes on to {_level(zone.far, numbers)}, about {fired}",)
        yield ("would be force-closed in all, less what already was.",)
    else:
        yield (_told(zone, numbers),)
        first, last = (_level(each, numbers) for each in zone.entry)
        ahead = "–".join(f"{100 * each:g}" for each in AHEAD)
        condition = (
            f"If price comes to {first}–{last} ({ahead}% before it) and forced orders of"
            f" {cluster.side}s grow, then about {fired} would be force-closed on the way to its"
            f" far edge, {_level(zone.far, numbers)}."
        )
        yield (condition,)
    side = "below" if cluster.side is Side.SHORT else "above"
    over = "above" if cluster.side is Side.SHORT else "below"
    off = (
        f"Off if a candle closes {side} {_level(zone.invalidation, numbers)}, clear of the other"
        " side's zone"
        if zone.invalidation is not None
        else "No zone on the other side would end it"
    )
    yield (f"{off}. For a turn there instead: off {over} {_level(zone.behind, numbers)}.",)


def title(zone: Zone, numbers: Numbers) -> Line:
    cluster = zone.cluster
    worth = f"{numbers.usd(cluster.usd)} → {numbers.usd(cluster.expected_usd)}"
    alone = lone_venue(cluster) if len(cluster.venues) > 1 else None
    only = f" · {venue_name(alone)} alone" if alone else ""
    where = f" {span(cluster, numbers)} {numbers.percent(cluster.distance)}"
    return (
        Bold(f"{zone_name(zone)}{where}"),
        f" · {worth} of {cluster.side}s · grade {zone.grade}{only}",
    )


def _told(zone: Zone, numbers: Numbers) -> str:
    ahead = f"{100 * zone.ahead:g}% before its edge" if zone.ahead else "its edge"
    return f"Alert at {_level(zone.alert, numbers)}, {ahead}."


def _beyond(zone: Zone, numbers: Numbers) -> Line:
    return (*title(zone, numbers), f". {_told(zone, numbers)}")


def _scenarios(plan: Plan, numbers: Numbers) -> Iterator[Line]:
    yield (Bold("Bull"), f": {_scenario(plan.bull, 'above', 'below', numbers)}")
    yield (Bold("Bear"), f": {_scenario(plan.bear, 'below', 'above', numbers)}")


def _scenario(scenario: Scenario, over: str, under: str, numbers: Numbers) -> str:
    """Say what would have to be seen, in which order."""
    said = []
    if (turn := scenario.turn) is not None:
        back = _level(turn.near, numbers)
        said.append(
            f"if price taps {turn.cluster.zone} and closes back {over} {back}, that is a turn."
        )
    if (through := scenario.through) is None:
        said.append(f"No zone stands {over}.")
    else:
        after = "the map shows nothing more behind it"
        if (then := scenario.then) is not None:
            name = f"{then.zone}, " if then.zone else ""
            after = f"the next cluster is {name}{span(then, numbers)}"
        said.append(
            f"If a candle closes {over} {_level(through.far, numbers)}, through"
            f" {through.cluster.zone}, {after}; a wick there that closes back {under}"
            f" {_level(through.near, numbers)} is no break."
        )
    return " ".join(said)


def _inputs(plan: Plan, numbers: Numbers) -> Iterator[Line]:
    """Yield the seven things that are tracked together."""
    told, structure, history = plan.scene.confluence, plan.structure, plan.scene.history
    zones = [each for each in plan.zones if each.cluster.zone in {"A", "B"}]
    away = [f"{each.cluster.zone} {numbers.percent(each.cluster.distance)}" for each in zones]
    yield (f"1 Clusters: {', '.join(away) or 'none'}. {imbalance(history, numbers)}",)
    moves = _shape(structure.width, structure.swept, structure.broken)
    beside = _beside(told.trend, plan.leader, numbers)
    yield (f"2 Trend, 24 h: {_fraction(told.trend, numbers)}{moves}{beside}",)
    hour, day = (_fraction(each, numbers) for each in (told.interest_hour, told.interest_day))
    yield (f"3 Open interest: {hour} in 1 h, {day} in 24 h",)
    rank = "" if told.funding_rank is None else f", above {numbers.share(told.funding_rank)}"
    of_days = f"{rank} of 30 days" if rank else ""
    hours = told.funding_hours
    cycle = f", every {hours:g} h" if told.funding is not None and hours is not None else ""
    yield (f"4 Funding: {_fraction(told.funding, numbers)}{cycle}{of_days}",)
    levels = [
        "none" if each is None else _level(each, numbers)
        for each in (structure.support, structure.resistance)
    ]
    yield (f"5 Support {levels[0]}, resistance {levels[1]}",)
    busy = "unknown" if told.volume is None else f"{numbers.share(told.volume)} of usual"
    flow = _fraction(told.taker_flow, numbers)
    book = f"{_fraction(told.book, numbers)}{_quadrant(told.taker_flow, told.book)}"
    yield (f"6 Volume, 1 h: {busy}; taker flow {flow}; book {book}",)
    yield (f"7 Catalysts: {_catalysts(plan)}",)


def _shape(width: float | None, swept: str | None, broken: str | None) -> str:
    said = []
    if width is not None:
        size = "expanding" if width >= _WIDE else "compressed" if width <= _NARROW else "as usual"
        said.append(f"moves {size}")
    said += [f"the earlier {swept} was swept"] if swept else []
    said += [f"beyond the earlier {broken}"] if broken else []
    return "".join(f", {each}" for each in said)


def _beside(trend: float | None, leader: float | None, numbers: Numbers) -> str:
    """Say whether a market is weaker than the leading one; nothing where that is unknown."""
    if trend is None or leader is None:
        return ""
    ahead = trend - leader
    how = "like" if abs(ahead) < _ALIKE else "stronger than" if ahead > 0 else "weaker than"
    return f"; {how} {LEADER}, {signed(leader, numbers)}"


def _quadrant(flow: float | None, book: float | None) -> str:
    """Say how takers stand to the book; nothing where either is slight or unknown."""
    if flow is None or book is None or min(abs(flow), abs(book)) < _SLIGHT:
        return ""
    takers, heavier = ("buyers", "asks") if flow > 0 else ("sellers", "bids")
    if (flow > 0) is (book < 0):
        return f": {takers} take into heavier {heavier}"
    return f": {takers} take, and the book leans alike"


def _catalysts(plan: Plan) -> str:
    scene = plan.scene
    if scene.near is not None:
        return f"{scene.near.name} in {age((scene.near.at - scene.history.at).total_seconds())}"
    return "none scheduled within 4 h" if scene.events else "no calendar is given"


def _confluence(plan: Plan) -> Iterator[Line]:
    yield (Bold("Confluence"), " + for, − against, 0 neither, ? unknown; the sum is no probability")
    for zone in plan.zones:
        name = f"{zone_name(zone)} {score_words(zone.weighing)}"
        parts = " · ".join(f"{short(each)} {VOTES[each.vote]}" for each in zone.weighing.parts)
        yield (Bold(name), f" {parts}")


def _past(zones: Sequence[Zone], numbers: Numbers) -> Iterator[Line]:
    """Yield what price did with such levels, and what flow, trend and volume lean to now."""
    yield (Bold("Likely reaction"), f" as this bot's alerts of {PAST.days} d came out")
    for zone in zones:
        name, lean = f"{zone.cluster.zone} ", zone.weighing.lean
        yield (Bold(name), _measured(zone.past, zone.cluster.side, numbers))
        if lean:
            yield (f"Now flow, trend and volume lean to {lean}: a rule of thumb, unmeasured.",)


def _measured(past: Past | None, side: Side, numbers: Numbers) -> str:
    if past is None:
        return "no cases yet"
    simulated = "SIMULATED, " if past.simulated else ""
    cases = f"{simulated}n = {past.n}, {side}s {_REACHES[past.reach]}"
    if past.n < ENOUGH:
        return f"{cases}: too few to tell"
    first = "" if past.likely is None else f"most often {past.likely}; "
    shares = []
    for kind, share in sorted(past.kinds.items(), key=lambda each: -each[1].hits):
        if share.hits or kind in {Kind.REJECTED, Kind.CONTINUED, Kind.FRONT_RUN, Kind.IGNORED}:
            low, high = (numbers.decimal(100 * each, 0) for each in share.interval)
            shares.append(f"{kind} {numbers.share(share.value)} ({low}–{high})")
    return f"{cases}: {first}{', '.join(shares)}"


def _quality(plan: Plan) -> Iterator[Line]:
    quality = plan.scene.quality
    points = ", ".join(f"{name} {getattr(quality, name)}/2" for name in _POINTS)
    yield (Bold(f"Map grade {quality.grade}"), f": {points}")
    for zone in plan.zones:
        cluster = zone.cluster
        lasting = "transient" if is_transient(cluster) else "persistent"
        count = len(supporters(cluster))
        held = f"{count} venue{'' if count == 1 else 's'}"
        yield (f"{zone_name(zone)} grade {zone.grade}: itself {cluster.grade}, {lasting}, {held}",)


def _discipline() -> Iterator[Line]:
    yield (Dim("What ends an idea comes before how one comes in; no layer carries it alone."),)
    yield (Dim("Read it again after a break, a sharp change of open interest or a release."),)


def _fraction(value: float | None, numbers: Numbers) -> str:
    return "unknown" if value is None else signed(value, numbers)


def span(cluster: Cluster, numbers: Numbers) -> str:
    return f"{_level(cluster.low, numbers)}–{_level(cluster.high, numbers)}"


def _level(price: float, numbers: Numbers) -> str:
    return numbers.price(price)
