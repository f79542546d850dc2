"""How the numbers of a plan are made."""

from collections.abc import Iterator

from liqbot.alerting.figures import fact_words
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.planning.plan import AHEAD, Plan, Zone
from liqbot.planning.weighing import Part, Weighing
from liqbot.tracing.parts import held
from liqbot.tracing.trace import expected_words, venue_words

VOTES = {1: "+", 0: "0", -1: "−", None: "?"}


def zone_lines(plan: Plan, numbers: Numbers) -> Iterator[Line]:
    """Yield each zone's dollars, prices and score with what they follow from."""
    for zone in plan.zones:
        split = held(plan.scene.history, zone.cluster)
        usd = numbers.usd(zone.cluster.expected_usd)
        parts = f"{expected_words(split, numbers)} ({venue_words(split, numbers)})"
        yield (Bold(f"{zone_name(zone)} {usd}"), f" = {parts}")
        if zone.cluster.zone not in {"A", "B"}:
            continue
        yield ("; ".join(_prices(zone, numbers)),)
        yield (f"Score {score_words(zone.weighing)}: {_votes(zone.weighing)}",)
        if zone.past is not None:
            yield (f"Reaction: {zone.past.n} of this bot's own alerts, graded later",)
    if facts := _facts(plan, numbers):
        yield (Bold("Scored"), f" {', '.join(facts)}")


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
    ahead = "–".join(f"{100 * each:g}" for each in AHEAD)
    yield f"condition: {ahead}% before it"
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
