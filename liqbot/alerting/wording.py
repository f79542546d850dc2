"""What is said: a post as a message, and why an alert was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from liqbot.alerting.alert import Alert, Doubt, Fingerprint, News
from liqbot.alerting.delivery import Delivery, Post, State, latest
from liqbot.alerting.figures import exactly, figure
from liqbot.alerting.gathering import CASCADE, GATHERED
from liqbot.alerting.speaking import buttons
from liqbot.chat.facts import age
from liqbot.chat.message import Button, ChatId, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line, RichText
from liqbot.market.units import moment_of
from liqbot.rules.rule import Criterion, Fact, Finding, Unit

_EACH = 3  # alerts that have a line of their own; of more, as many of the largest
_DIGEST = 10
_CHANGES = ("open interest", "taker flow", "book", "trend", "funding", "rate")  # with a sign
_CONTEXT = (*_CHANGES, "volume", "weekend", "until")  # of the market rather than the alert
_OVER = {
    "swept": "price went through it",
    "faded": "it dissolved without price",
    "migrated": "it moved more than 1% from where it was first noted",
    "merged": "it became part of another cluster",
    "outgrown": "it does not stand out any more",
    "expired": "the subscription ended",
    GATHERED: "it is told on in one message about several markets",
}
_EXPECTED = "expected"
_MUTES = ("15m", "1h", "4h")


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing as a message says it now."""

    delivery: Delivery  # the last that says how it is
    alert: Alert
    last: Delivery  # the last news of it
    changed: bool
    subscriptions: tuple[int, ...]  # that hear of it

    @property
    def over(self) -> str | None:
        """Why it is over; None while it is on."""
        if self.last.news is not News.CLOSED:
            return None
        return _OVER.get(self.last.words, "it is not so any more")


def message(post: Post, numbers: Numbers, at: datetime) -> Message:
    """Return what a post says at a moment: one alert in full, a few in lines, many summed up."""
    told = _told(post.said)
    if not told:
        return _notice(post)
    footer = _footer(told, at)
    role = next((each.role for each in post.said if each.role), "")
    if any(each.held for each in post.said):
        return Message(text=(*_digest(told, numbers), *_came(post.said), footer), role=role)
    if len(told) == 1:
        rows = tuple(filter(None, _buttons(told[0], post)))
        return Message(text=(*_full(told[0], numbers), footer), buttons=rows, role=role)
    lines = _many(told, numbers)
    more = len(told) - _EACH
    button = Button(f"+{more} more" if more > 0 else "Why", f"why {post.message}")
    bases = dict.fromkeys(each.alert.fingerprint.base for each in told)
    mutes = _mutes(post.chat, next(iter(bases))) if len(bases) == 1 else ()
    rows = tuple(filter(None, (mutes, (button,))))
    return Message(text=(*lines, footer), buttons=rows, role=role)


def why(deliveries: Sequence[Delivery], numbers: Numbers) -> RichText:
    """Say why an alert was told: the rule, its values against their lines, and when it was what.

    Of a message with several, each is said.
    """
    lines: list[Line] = []
    for name, each in latest(deliveries).items():
        if each.alert is None:
            continue
        alert, finding = each.alert, each.alert.finding
        lines.append((Bold(f"{_markets(alert)} · {alert.fingerprint.rule}"), " ", Code(alert.id)))
        lines += [(_criterion(each, numbers),) for each in finding.criteria]
        lines += [(_fact(fact, numbers),) for fact in finding.facts]
        lines.append((f"grade {finding.grade}, {_venues(finding.venues)}",))
        lines += [(_doubt(each, numbers),) for each in (alert.unproven,) if each]
        lines.append((f"first seen {_clock(alert.begun, numbers)}",))
        lines.append((f"firing since {_clock(moment_of(alert.episode), numbers)}",))
        lines += [
            (_news(step, numbers),)
            for step in deliveries
            if step.fingerprint == name and step.episode == alert.episode
        ]
    return tuple(lines)


def _told(said: Sequence[Delivery]) -> list[_Told]:
    """Return what a message is about, the largest first; once, whoever in the chat hears of it.

    Where it is over for one subscription and not for another, it is told as it is for the other.
    """
    last: dict[Fingerprint | None, Delivery] = {each.fingerprint: each for each in said}
    found = dict[tuple[str, ...], list[_Told]]()
    for name, each in latest(said).items():
        if each.alert is not None:
            changed, number = each.news is News.CHANGED, name.subscription
            told = _Told(each, each.alert, last[name], changed, (number,))
            found.setdefault(name[1:], []).append(told)
    return sorted(map(_merged, found.values()), key=lambda each: (-each.alert.usd, each.alert.id))


def _merged(alike: Sequence[_Told]) -> _Told:
    """Let the newest of those speak for which it is not over."""
    spoken = max(
        alike, key=lambda each: (each.over is None, each.alert.at, each.alert.finding.rank)
    )
    numbers = {number for each in alike for number in each.subscriptions}
    return replace(spoken, subscriptions=tuple(sorted(numbers)))


def _full(told: _Told, numbers: Numbers) -> Iterable[Line]:
    finding = told.alert.finding
    yield (Bold(_title(told)),)
    if told.over:
        yield (f"Was: {finding.headline}",)
    where = _where(finding, numbers)
    if where:
        yield (where,)
    yield ("Why: ", "; ".join(_criterion(each, numbers) for each in finding.criteria))
    if told.over:
        return
    facts = list(_unsaid(finding))
    if own := [_fact(each, numbers) for each in facts if not each.label.startswith(_CONTEXT)]:
        yield (" · ".join(own),)
    if market := [_fact(each, numbers) for each in facts if each.label.startswith(_CONTEXT)]:
        yield ("Market: ", " · ".join(market))
    if told.alert.unproven:
        yield (_doubt(told.alert.unproven, numbers),)


def _where(finding: Finding, numbers: Numbers) -> str:
    """Say which prices it is about, and what is expected to happen there."""
    if finding.low is None or finding.high is None:
        return ""
    span = f"{numbers.price(finding.low)} to {numbers.price(finding.high)}"
    usd = _expected(finding)
    return f"{span}: if price went there, about {numbers.usd(usd)} would fire" if usd else span


def _expected(finding: Finding) -> float:
    return next((each.value for each in finding.facts if each.label == _EXPECTED), 0.0)


def _unsaid(finding: Finding) -> Iterable[Fact]:
    """Return the facts that neither the criteria nor the prices say already."""
    said = {(abs(each.fact.value), each.fact.unit) for each in finding.criteria}
    for fact in finding.facts:
        number = abs(fact.value), fact.unit
        if number not in said and not (fact.label == _EXPECTED and finding.low is not None):
            yield fact
        said.add(number)


def _many(told: Sequence[_Told], numbers: Numbers) -> Iterable[Line]:
    bases = dict.fromkeys(base for each in told for base in _bases(each.alert))
    names = [each.alert.fingerprint for each in told]
    falling = {each.base for each in names if each.rule == CASCADE}
    if len(falling) > 1:
        yield (Bold(f"Cascades in {len(falling)} markets: {', '.join(sorted(falling))}"),)
    elif len(told) > _EACH:
        yield (Bold(f"{', '.join(bases)}: {len(told)} alerts"),)
    for each in told[:_EACH]:
        yield _line(each, numbers)
    if len(told) > _EACH:
        yield (Dim(f"+{len(told) - _EACH} more"),)


def _digest(told: Sequence[_Told], numbers: Numbers) -> Iterable[Line]:
    on = [each for each in told if each.over is None]
    yield (Bold(f"{len(told)} held back, {len(on)} still on"),)
    for each in on[:_DIGEST]:
        yield _line(each, numbers)
    if len(on) > _DIGEST:
        yield (Dim(f"+{len(on) - _DIGEST} more"),)
    gone = sorted({_markets(each.alert) for each in told if each.over})
    if gone:
        yield (f"Came and went: {len(told) - len(on)} in {', '.join(gone)}",)


def _line(told: _Told, numbers: Numbers) -> Line:
    finding = told.alert.finding
    said = f": {_fact(finding.criteria[0].fact, numbers)}"
    said += f", {numbers.usd(told.alert.usd)}" if told.alert.usd else ""
    said += ", unproven here" if told.alert.unproven else ""
    if told.over:
        said = f". Was: {finding.headline}{said}"
    return (Bold(_title(told)), said)


def _title(told: _Told) -> str:
    said = f"Over: {told.over}" if told.over else told.alert.finding.headline
    return f"{_markets(told.alert)} · {'Now: ' if told.changed and not told.over else ''}{said}"


def _came(said: Iterable[Delivery]) -> RichText:
    return tuple((each.words,) for each in said if each.news is News.OUTCOME)


def _notice(post: Post) -> Message:
    """Return what is said of a subscription, or of what came of alerts."""
    said, delivery = post.said, post.said[-1]
    number, words = delivery.subscription, delivery.words
    if delivery.news is News.OUTCOME:
        return Message(text=_came(said), buttons=((Button("Why", f"why {delivery.alert_id}"),),))
    stop = ("Stop", f"unsubscribe {number}")
    if delivery.news is News.REMINDER:
        row = buttons(post.chat, ("Extend", f"alerts extend {number}"), stop)
        return Message(text=((f"“{words}” ends within 24 h.",),), buttons=(row,))
    row = buttons(post.chat, ("Resume", f"alerts resume {number}"), stop)
    text = ((f"“{words}” was told 15 times within 3 minutes and is paused.",),)
    return Message(text=text, buttons=(row,))


def _buttons(told: _Told, post: Post) -> tuple[tuple[Button, ...], ...]:
    alert, several = told.alert, len(told.subscriptions) > 1
    explain = ("Why", f"why {post.message if several else alert.id}")
    if told.over:
        number = alert.fingerprint.subscription
        follow = [("Follow it", f"alerts follow {number}")] * (told.last.words == "migrated")
        return (buttons(post.chat, explain, *follow),)
    base = alert.fingerprint.base or alert.finding.markets[0]
    chart = ("Chart", f"/{alert.chart} {base}")  # as if typed: it does not take the alert's place
    stops = [
        (f"Stop {each}" if several else "Stop", f"unsubscribe {each}")
        for each in told.subscriptions[:_EACH]
    ]
    return (_mutes(post.chat, alert.fingerprint.base), buttons(post.chat, explain, chart, *stops))


def _mutes(chat: ChatId, base: str) -> tuple[Button, ...]:
    return buttons(chat, *((f"Mute {each}", f"mute {base or 'all'} {each}") for each in _MUTES))


def _footer(told: Sequence[_Told], at: datetime) -> Line:
    alerts = [each.alert for each in told]
    realised = any(f.label.startswith("realised") for a in alerts for f in a.finding.facts)
    parts = ["SIMULATED"] if any(each.simulated for each in alerts) else []
    parts.append("ESTIMATE + REALISED" if realised else "ESTIMATE")
    parts.append(f"grade {max(each.finding.grade for each in alerts)}")
    parts.append(_venues(min(each.finding.venues for each in alerts)))
    oldest = min(each.data_at for each in alerts)
    parts.append(f"data {age((at - oldest).total_seconds())} old")
    return (Dim(" · ".join(parts)),)


def _bases(alert: Alert) -> tuple[str, ...]:
    return (alert.fingerprint.base,) if alert.fingerprint.base else alert.finding.markets


def _markets(alert: Alert) -> str:
    return ", ".join(_bases(alert))


def _criterion(criterion: Criterion, numbers: Numbers) -> str:
    """Say a number against its line, both in the same unit."""
    fact, line = criterion.fact, criterion.enter
    small = fact.unit is Unit.RATIO and line < 1
    unit = Unit.FRACTION if small else fact.unit
    word = "at most" if criterion.slack > 1 else "at least"
    said = figure(fact.value, unit, numbers)
    return f"{fact.label} {said} ({word} {exactly(line, unit, numbers)})"


def _fact(fact: Fact, numbers: Numbers) -> str:
    sign = "+" if fact.value > 0 and fact.label.startswith(_CHANGES) else ""
    return f"{fact.label} {sign}{figure(fact.value, fact.unit, numbers)}"


def _doubt(doubt: Doubt, numbers: Numbers) -> str:
    return f"unproven here: {doubt.n} alerts, lift {numbers.decimal(doubt.lift, 2)}"


def _venues(count: int) -> str:
    return "1 venue" if count == 1 else f"{count} venues"


def _clock(at: datetime, numbers: Numbers) -> str:
    return f"{numbers.day(numbers.local(at))} {numbers.local(at):%H:%M:%S}"


def _news(delivery: Delivery, numbers: Numbers) -> str:
    ended = delivery.ended_at
    arrived = f", {delivery.state} {_clock(ended, numbers)}" if ended else f", {delivery.state}"
    because = f" ({delivery.words})" if delivery.news is News.CLOSED and delivery.words else ""
    made = _clock(delivery.made_at, numbers)
    return f"{delivery.news}{because} {made}{arrived if delivery.state is not State.OWED else ''}"
