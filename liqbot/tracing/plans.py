"""How the numbers of a plan are made."""

from collections.abc import Iterator

from liqbot.alerting.figures import fact_words, figure
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import Quality, traded_usd
from liqbot.planning.past import Past
from liqbot.planning.plan import AHEAD, LEADER, Plan, Zone
from liqbot.planning.weighing import Part, Weighing
from liqbot.rules.rule import Unit
from liqbot.tracing.clusters import side_lines
from liqbot.tracing.parts import held
from liqbot.tracing.scores import share_words
from liqbot.tracing.trace import expected_words, venue_words

VOTES = {1: "+", 0: "0", -1: "−", None: "?"}


def number_lines(plan: Plan, numbers: Numbers) -> Iterator[Line]:
    """Yield each zone's dollars, prices and score with what they follow from, then the inputs."""
    for zone in plan.zones:
        cluster = zone.cluster
        split, usd = held(plan.scene.history, cluster), numbers.usd(cluster.expected_usd)
        span = f"{numbers.price(cluster.low)}–{numbers.price(cluster.high)}"
        name = f"{zone_name(zone)} {span} {numbers.percent(cluster.distance)} {usd}"
        made = f"{expected_words(split, numbers)} ({venue_words(split.venues, numbers)})"
        yield (Bold(name), f" = {made}")
        yield ("; ".join(_prices(zone, numbers)),)
        yield (f"Score {score_words(zone.weighing)}: {_votes(zone.weighing)}",)
        if zone.past is not None:
            yield (f"Reaction: {_past(zone.past, numbers)}",)
    yield from _next(plan, numbers)
    if facts := _facts(plan, numbers):
        yield (Bold("Scored"), f" {', '.join(facts)}")
    yield from side_lines(plan.scene.history, numbers)
    yield from _inputs(plan, numbers)
    yield _quality(plan.scene.history, plan.scene.quality, numbers)


def _past(past: Past, numbers: Numbers) -> str:
    """Count what came of alerts alike."""
    counts = (
        f"{kind} {share.hits} {share_words(share, numbers)}"
        for kind, share in past.kinds.items()
        if share.hits
    )
    return f"{past.n} of this bot's own alerts, graded later: {', '.join(counts)}"


def _next(plan: Plan, numbers: Numbers) -> Iterator[Line]:
    """Yield the clusters that come after a zone and are none themselves."""
    for name, scenario in (("bull", plan.bull), ("bear", plan.bear)):
        after = scenario.then
        if after is not None and not after.zone:
            span = f"{numbers.price(after.low)}–{numbers.price(after.high)}"
            yield (Bold(f"Next, {name} {span}"), " = the nearest cluster of that side beyond")


def _inputs(plan: Plan, numbers: Numbers) -> Iterator[Line]:
    """Yield of what the inputs are that are no change of one number."""
    told, structure = plan.scene.confluence, plan.structure
    levels = [
        f"{name} {numbers.price(level)}"
        for name, level in (("support", structure.support), ("resistance", structure.resistance))
        if level is not None
    ]
    if levels:
        turns = "the nearest turn of candles, 2 h on both sides, that still holds"
        yield (Bold(", ".join(levels).capitalize()), f": {turns}")
    changes = {"1 h": told.interest_hour, "24 h": told.interest_day}
    known = (f"{signed(x, numbers)} in {span}" for span, x in changes.items() if x is not None)
    if shifts := ", ".join(known):
        yield (Bold(f"Open interest {shifts}"), " = of all venues, now ÷ then − 1")
    if plan.leader is not None:
        moved = signed(plan.leader, numbers)
        yield (Bold(f"{LEADER} {moved}"), " = its price ÷ that of 24 h before − 1")
    if told.volume is not None:
        share = numbers.share(told.volume)
        yield (Bold(f"Volume {share} of usual"), " = the last hour's ÷ the mean hour's of 24 h")
    if told.taker_flow is not None:
        flow = signed(told.taker_flow, numbers)
        yield (Bold(f"Taker flow {flow}"), " = takers' buys less sells of 1 h ÷ its volume")
    if told.book is not None:
        book = signed(told.book, numbers)
        yield (Bold(f"Book {book}"), " = bids less asks within 1% of the middle ÷ both")
    if told.funding_hours is not None:
        every = f"Funding every {told.funding_hours:g} h"
        yield (Bold(every), " = median time between those settled")
    if told.funding_rank is not None:
        share = numbers.share(told.funding_rank)
        yield (Bold(f"Funding above {share}"), " of those settled within 30 days")


def _quality(history: History, quality: Quality, numbers: Numbers) -> Line:
    """Say what a map's grade is the sum of."""
    traded = numbers.usd(traded_usd(history))
    points = (
        f"traded {traded} a day {quality.traded}/2",
        f"{len(history.venues)} venues {quality.venues}/2",
        f"none too heavy {quality.spread}/2",
        f"books to 2% {quality.books}/2",
        f"past seen {quality.past}/2",
    )
    return (
        Bold(f"Map grade {quality.grade}"),
        f": {', '.join(points)}; 7 points an A, 4 a B, 2 a C",
    )


def zone_name(zone: Zone) -> str:
    """Name a zone and its side: A ▲."""
    return f"{zone.cluster.zone} {ARROW[zone.cluster.side]}"


def score_words(weighing: Weighing) -> str:
    """Write what speaks for a cluster less what speaks against it: +4 of 6."""
    sign = {True: "+", False: "−"}[weighing.score >= 0] if weighing.score else ""
    return f"{sign}{abs(weighing.score)} of {weighing.known}"


def _prices(zone: Zone, numbers: Numbers) -> Iterator[str]:
    near, far = numbers.price(zone.near), numbers.price(zone.far)
    if zone.ahead:
        yield f"Alert {numbers.price(zone.alert)}: {_whole(zone.ahead)} before edge {near}"
    first, last = (numbers.price(each) for each in zone.entry)
    ahead = "–".join(f"{100 * each:g}" for each in AHEAD)
    yield f"condition {first}–{last}: {ahead}% before it"
    if zone.invalidation is not None:
        yield f"off {numbers.price(zone.invalidation)}: clear of the other side's zone"
    yield f"turn off {numbers.price(zone.behind)}: clear of edge {far}"


def _votes(weighing: Weighing) -> str:
    """Name what speaks for a zone, against it, and what nobody knows."""
    named = {
        vote: ", ".join(short(each) for each in weighing.parts if each.vote == vote)
        for vote in (1, -1, None)
    }
    said = (f"{VOTES[vote]} {names}" for vote, names in named.items() if names)
    return "; ".join(said) or "nothing either way"


def short(part: Part) -> str:
    """Name a part in short."""
    return part.name.partition(",")[0]


def _facts(plan: Plan, numbers: Numbers) -> list[str]:
    """Return the numbers that were scored, each once."""
    parts = [each for zone in plan.zones for each in zone.weighing.parts]
    return list(dict.fromkeys(fact_words(each.fact, numbers) for each in parts if each.fact))


def _whole(fraction: float) -> str:
    return f"{100 * fraction:g}%"


def signed(fraction: float, numbers: Numbers) -> str:
    """Write a change with its sign: +5%, −0.034%."""
    return ("+" if fraction > 0 else "") + figure(fraction, Unit.FRACTION, numbers)
