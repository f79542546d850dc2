"""/status — what the bot sees, and where it is blind and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from math import isfinite

from liqbot.chat.facts import age, venue_name
from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.commands.command import Caller, Command, Desk, NoArguments
from liqbot.market.condition import Condition
from liqbot.market.status import MarketStatus, Status, VenueStatus

_NAMED = 5  # markets listed by name
_REASONS = 6  # groups of blind markets listed
_BUSY = 0.5  # share of a venue's request budget from which it is worth saying


async def _run(desk: Desk, _: Caller, __: NoArguments) -> Message:
    status = desk.markets.status()
    text = [
        _headline(status),
        _about(status),
        *(_venue(each, _there(status, each.venue), status.at) for each in status.venues),
        *_blind(status.markets),
        *_unbelieved(status.markets),
        *_gaps(status.markets),
        *_past(status),
    ]
    return Message(text=tuple(text), buttons=((Button("↻ Refresh", "status"),),))


def _headline(status: Status) -> Line:
    """Say in a line whether anything needs a look."""
    if not status.venues:
        return (Bold("No exchange is asked."),)
    fine = [each for each in status.venues if _is_fine(each, _there(status, each.venue))]
    bases = len({each.instrument.base for each in status.markets})
    newest = min((each.age_s for each in status.markets), default=float("inf"))
    told = f"newest {age(newest)} old" if isfinite(newest) else "no data yet"
    count = len(status.venues)
    venues = f"{count} venue{'s' if count > 1 else ''}"
    who = f"All {venues} fine" if len(fine) == count else f"{len(fine)} of {venues} fine"
    return (Bold(f"{who}, {bases} market{'s' if bases != 1 else ''}, {told}."),)


def _about(status: Status) -> Line:
    up = age((status.at - status.started_at).total_seconds())
    return (f"{status.at:%Y-%m-%d %H:%M} UTC · up {up} · model {status.model}",)


def _is_fine(venue: VenueStatus, there: Sequence[MarketStatus]) -> bool:
    heard = venue.listening is None or _is_well(venue.listening)
    return _is_well(venue.asking) and heard and not any(each.blind for each in there)


def _is_well(condition: Condition) -> bool:
    return condition.answers > 0 and not condition.failing


def _venue(venue: VenueStatus, there: Sequence[MarketStatus], at: datetime) -> Line:
    """Say all about a venue in a line."""
    blind = sum(bool(each.blind) for each in there)
    facts = [f"{len(there)} markets" + (f", {blind} blind" if blind else "")]
    ages = sorted(each.age_s for each in there if isfinite(each.age_s))
    if ages:
        newest, oldest = age(ages[0]), age(ages[-1])
        facts.append(f"{newest} old" if newest == oldest else f"{newest} to {oldest} old")
    facts += [*_asking(venue.asking, at), _tape(venue)]
    tick = "✓" if _is_fine(venue, there) else "✗" if not _is_well(venue.asking) else "!"
    return (f"{tick} ", Bold(venue_name(venue.venue)), " ", " · ".join(facts))


def _asking(asking: Condition, at: datetime) -> Iterator[str]:
    if asking.failing:
        yield f"failing: {asking.failing}"
        yield f"last answer {_ago(asking.answered_at, at)}"
    elif not asking.answers:
        yield "has not answered yet"
    if asking.paused_until is not None and asking.paused_until > at:
        yield f"paused until {asking.paused_until.astimezone(UTC):%H:%M} UTC"
    if isfinite(asking.latency_s):
        yield f"{asking.latency_s * 1000:.0f} ms"
    if isfinite(asking.skew_s):
        yield f"clock {round(asking.skew_s, 1) + 0.0:+.1f} s"
    if asking.load >= _BUSY:
        yield f"{asking.load:.0%} of its request budget used"


def _ago(then: datetime | None, at: datetime) -> str:
    return "never" if then is None else f"{age((at - then).total_seconds())} ago"


def _tape(venue: VenueStatus) -> str:
    """Say whether forced orders are heard, and how many of them the venue tells."""
    told = (
        "completeness unknown" if venue.completeness is None else f"{venue.completeness:.0%} told"
    )
    if venue.listening is None:
        return "no public tape"
    if venue.listening.failing:
        return f"tape lost: {venue.listening.failing}"
    return f"tape on, {told}" if venue.listening.answers else f"tape silent so far, {told}"


def _blind(markets: Iterable[MarketStatus]) -> Iterator[Line]:
    """Say which markets nothing is concluded from, by venue and reason."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in markets:
        if each.blind:
            groups[each.instrument.venue, each.blind].append(each.instrument.base)
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    for (venue, reason), bases in ranked[:_REASONS]:
        yield (Bold("Blind"), f" {_listed(bases)} on {venue_name(venue)}: {reason}")
    if len(ranked) > _REASONS:
        count = sum(len(bases) for _, bases in ranked[_REASONS:])
        yield (Bold("Blind"), f" {count} more, for other reasons")


def _unbelieved(markets: Iterable[MarketStatus]) -> Iterator[Line]:
    """Say how many answers were dropped, by venue and reason."""
    dropped: dict[str, Counter[str]] = defaultdict(Counter)
    for each in markets:
        dropped[each.instrument.venue].update(each.dropped)
    for venue, reasons in dropped.items():
        if told := ", ".join(f"{reason} {n}" for reason, n in reasons.most_common(_NAMED) if n):
            yield (f"Not believed from {venue_name(venue)}: {told}",)


def _gaps(markets: Iterable[MarketStatus]) -> Iterator[Line]:
    """Say how much of what maps are made of is missing, by kind."""
    missing: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for each in markets:
        for what in dict.fromkeys(gap.what for gap in each.gaps):
            ms = sum(gap.to_ms - gap.from_ms for gap in each.gaps if gap.what == what)
            missing[what].append((ms, f"{each.instrument.base} on {each.instrument.venue}"))
    for what, found in missing.items():
        longest_ms, where = max(found)
        count = f"{len(found)} market{'s' if len(found) > 1 else ''}"
        most = age(longest_ms / 1000)
        yield (f"Gaps in {what.replace('_', ' ')}: {count}, most in {where}: {most}",)


def _past(status: Status) -> Iterator[Line]:
    """Say how much of the past is here, and how long its evaluation takes."""
    warming = f" · warming up: {_listed(status.warming)}" if status.warming else " · all warm"
    yield (f"Back-fill {_share(status.back_filling)}{warming}",)
    if status.evaluated_s:
        slowest = max(status.evaluated_s.values())
        yield (Dim(f"Evaluated in {slowest:.2f} s at most, {status.queued} waiting"),)


def _share(fraction: float) -> str:
    """Write a share that is whole only if all is there."""
    return f"{min(int(fraction * 100), 100)}%"


def _listed(names: Sequence[str]) -> str:
    named = ", ".join(names[:_NAMED])
    return named if len(names) <= _NAMED else f"{named} and {len(names) - _NAMED} more"


def _there(status: Status, venue: str) -> list[MarketStatus]:
    return [each for each in status.markets if each.instrument.venue == venue]


COMMAND = Command(
    name="status",
    summary="Tell what is seen, and what is not and why",
    arguments=NoArguments,
    run=_run,
)
