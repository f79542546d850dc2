"""A plan in short, for a first look on a phone: what decides, and nothing else."""

from liqbot.chat.facts import age
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Line
from liqbot.commands._plan import NOTHING, span, title
from liqbot.market.units import Side
from liqbot.planning.plan import Plan, Scenario, Zone
from liqbot.tracing.plans import score_words, zone_name

_SCORE = "Score: what is for a zone less what is against it; no probability."


def brief_lines(plan: Plan, numbers: Numbers) -> list[Line]:
    """Return where, on what condition, what ends it, and what comes after."""
    near = [zone for zone in plan.zones if zone.cluster.zone in {"A", "B"}]
    lines: list[Line] = [(Bold(said),)] if (said := _caution(plan, numbers)) else []
    for zone in near:
        lines.append((*title(zone, numbers), f" · score {score_words(zone.weighing)}"))
        lines.append((_ends(zone, numbers),))
    if beyond := [zone for zone in plan.zones if zone not in near]:
        lines.append((" · ".join(_place(zone, numbers) for zone in beyond),))
    if not plan.zones:
        lines.append(NOTHING)
    for name, scenario, over in (("Bull", plan.bull, "above"), ("Bear", plan.bear, "below")):
        lines.append((Bold(name), f": {_next(scenario, over, numbers)}"))
    return [*lines, (f"Map grade {plan.scene.quality.grade}. {_SCORE}",)]


def _caution(plan: Plan, numbers: Numbers) -> str:
    """Say in short what lowers trust now."""
    said = []
    if plan.weekend:
        weight = plan.scene.weight
        count = f"count {numbers.share(weight)}" if weight < 1 else "may hold half as much"
        said.append(f"Weekend: clusters {count}")
    if plan.scene.near is not None:
        away = age((plan.scene.near.at - plan.scene.history.at).total_seconds())
        said.append(f"{plan.scene.near.name} in {away}: read it after")
    return " · ".join(said)


def _ends(zone: Zone, numbers: Numbers) -> str:
    """Say when one is told, on what condition there is something to look for, what ends it."""
    is_long = zone.cluster.side is Side.LONG
    under, over = ("above", "below") if is_long else ("below", "above")
    far, behind = numbers.price(zone.far), numbers.price(zone.behind)
    off = f"A turn there is off {over} {behind}."
    if zone.invalidation is not None:
        ends = numbers.price(zone.invalidation)
        off = f"Off if a candle closes {under} {ends}, for a turn there {over} {behind}."
    if zone.is_here:
        return f"Price is in it; far edge {far}. {off}"
    first, last = (numbers.price(each) for each in zone.entry)
    return (
        f"Alert {numbers.price(zone.alert)}. If price comes to {first}–{last} and forced orders"
        f" grow: far edge {far}. {off}"
    )


def _place(zone: Zone, numbers: Numbers) -> str:
    usd = numbers.usd(zone.cluster.expected_usd)
    return (
        f"{zone_name(zone)} {span(zone.cluster, numbers)} {usd}, alert {numbers.price(zone.alert)}"
    )


def _next(scenario: Scenario, over: str, numbers: Numbers) -> str:
    """Say in short what would have to be seen, and what comes after."""
    if scenario.through is None:
        return f"no zone {over}."
    then = "nothing more on the map"
    if (after := scenario.then) is not None:
        name = f"{after.zone} " if after.zone else ""
        then = f"next {name}{span(after, numbers)}"
    return f"if a candle closes {over} {numbers.price(scenario.through.far)}, {then}."
