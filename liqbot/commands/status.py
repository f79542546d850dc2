"""/status — what the bot sees, and where it is blind and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite

from liqbot.chat.facts import age, venue_name
from liqbot.chat.measured import answering
from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk
from liqbot.market.condition import Condition
from liqbot.market.observation import Gap
from liqbot.market.status import MarketStatus, Status, VenueStatus
from liqbot.market.units import DAY_MS, ms_of

_NAMED = 5  # markets listed by name
_REASONS = 6  # groups of blind markets listed
_BUSY = 0.5  # share of a venue's request budget from which it is worth saying
_PATCHY = 0.1  # repairs an answer from which they are worth saying
_MENDED = "mended"  # among what was dropped: it was believed, but for what was repaired
_BEGUN = timedelta(minutes=10)  # what was first told of so long ago has begun


async def _run(desk: Desk, _: Caller, __: NoArguments) -> Message:
    status = desk.markets.status()
    text = [
        _headline(status),
        _about(status),
        *(_venue(each, _there(status, each.venue), status.at) for each in status.venues),
        *_blind(status.markets),
        *_unbelieved(status.markets),
        *_measured(status.venues),
        *_mended(status),
        *_gaps(status),
        *_past(status),
        *_brackets(status),
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
    tape = venue.listening
    heard = tape is None or _is_well(tape) or (tape.connections > 0 and not tape.failing)
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
    if not (venue.listening.answers or venue.listening.connections):
        return "tape not connected yet"
    quiet = "" if venue.listening.answers else ", nothing liquidated yet"
    return f"tape on{quiet}, {told}"


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
    """Say how much was dropped, by venue and reason."""
    for venue, reasons in _dropped(markets).items():
        del reasons[_MENDED]
        if told := ", ".join(f"{reason} {n}" for reason, n in reasons.most_common(_NAMED) if n):
            yield (Bold("Not believed"), f" from {venue_name(venue)}: {told}")


def _measured(venues: Iterable[VenueStatus]) -> Iterator[Line]:
    """Say how many of those who are asked what they hold are told of, and how old that is."""
    for venue, held in ((each.venue, each.holders) for each in venues):
        if held is None:
            continue
        who = answering(held.telling, held.listed, held.leading, held.largest)
        facts = [f"{who} answer"] if who else []
        if held.telling or held.leading:
            facts += [f"up to {age(held.age_s)} old", f"{held.positions} positions"]
        else:
            facts.append("blind")
        if held.failing:
            facts.append(f"failing: {held.failing}")
        if held.unranked:
            facts.append(held.unranked)
        if held.dropped:
            told = (f"{reason} {count}" for reason, count in held.dropped.items())
            facts.append(f"not believed: {', '.join(told)}")
        yield (Bold("Measured"), f" on {venue_name(venue)}: {' · '.join(facts)}")


def _mended(status: Status) -> Iterator[Line]:
    """Say where many answers had to be mended: one now and then is a venue's way."""
    dropped = _dropped(status.markets)
    for each in status.venues:
        count, answers = dropped[each.venue][_MENDED], each.asking.answers
        if count > _PATCHY * answers:
            yield (f"Mended from {venue_name(each.venue)}: {count:,} times in {answers:,} answers",)


def _dropped(markets: Iterable[MarketStatus]) -> defaultdict[str, Counter[str]]:
    dropped: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in markets:
        dropped[each.instrument.venue].update(each.dropped)
    return dropped


def _gaps(status: Status) -> Iterator[Line]:
    """Say how much of what maps are made of is missing, by kind, once all was asked for.

    Before what a venue tells first there is no gap: its memory reaches no further.
    """
    if status.back_filling < 1:
        return
    missing: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for each in status.markets:
        gaps = [gap for gap in each.gaps if not _is_beginning(gap, status)]
        for what in dict.fromkeys(gap.what for gap in gaps):
            ms = sum(gap.to_ms - gap.from_ms for gap in gaps if gap.what == what)
            where = f"{each.instrument.base} on {venue_name(each.instrument.venue)}"
            missing[what].append((ms, where))
    for what, found in missing.items():
        longest_ms, where = max(found)
        count = f"{len(found)} market{'s' if len(found) > 1 else ''}"
        most = age(longest_ms / 1000)
        yield (Bold("Gaps"), f" in {_spelled(what)}: {count}, most in {where}: {most}")
    yield from _beginnings(status)


def _is_beginning(gap: Gap, status: Status) -> bool:
    """Tell whether a gap is the time before the first that is told."""
    return gap.from_ms <= status.since_ms and gap.to_ms <= ms_of(status.at - _BEGUN)


def _beginnings(status: Status) -> Iterator[Line]:
    """Say how far back those venues tell that do not tell of the whole window."""
    first: dict[str, dict[str, int]] = defaultdict(dict)
    for each in status.markets:
        for gap in each.gaps:
            if _is_beginning(gap, status):
                venues = first[gap.what]
                venue = venue_name(each.instrument.venue)
                venues[venue] = min(venues.get(venue, gap.to_ms), gap.to_ms)
    for what, venues in first.items():
        short = {venue: at for venue, at in venues.items() if at > status.since_ms + DAY_MS}
        told = [f"{age((ms_of(status.at) - at) / 1000)} on {venue}" for venue, at in short.items()]
        if told:
            yield (Dim(f"Venues tell no more {_spelled(what)} than {', '.join(told)}"),)


def _spelled(what: str) -> str:
    return what.replace("_", " ")


def _past(status: Status) -> Iterator[Line]:
    """Say how much of the past is here, and how long its evaluation takes."""
    warming = f" · warming up: {_listed(status.warming)}" if status.warming else " · all warm"
    yield (f"Back-fill {_share(status.back_filling)}{warming}",)
    if status.evaluated_s:
        slowest = max(status.evaluated_s.values())
        yield (Dim(f"Evaluated in {slowest:.2f} s at most, {status.queued} waiting"),)


def _brackets(status: Status) -> Iterator[Line]:
    """Say whose margin brackets are the venue's own, and how old; the others' are built in."""
    told = []
    for each in status.venues:
        if each.bracketed:
            at = each.bracketed_at
            old = "" if at is None else f" {age((status.at - at).total_seconds())} ago"
            told.append(f"{venue_name(each.venue)}{old}")
    if told:
        yield (Dim(f"Margin brackets as told by {', '.join(told)}, else built in"),)


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
