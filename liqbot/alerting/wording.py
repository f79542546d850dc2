"""What is said: a post as a message, and why an alert was told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10

from liqbot.alerting.alert import Alert, Fingerprint, News
from liqbot.alerting.delivery import Delivery, Post, State, latest
from liqbot.alerting.grouping import CASCADE
from liqbot.chat.facts import age
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line, RichText
from liqbot.market.units import moment_of
from liqbot.rules.rule import Criterion, Fact, Unit

_EACH = 3  # alerts that have a line of their own; of more, as many of the largest
_FACTS = 8
_DIGEST = 10
_OVER = {
    "swept": "price went through it",
    "faded": "it dissolved without price",
    "migrated": "it moved more than 1% from where it was first noted",
    "merged": "it became part of another cluster",
    "outgrown": "it does not stand out any more",
    "expired": "the subscription ended",
}
_MUTES = ("15m", "1h", "4h")


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing as a message says it now."""

    delivery: Delivery  # the last that says how it is
    alert: Alert
    last: Delivery  # the last news of it
    changed: bool

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
        return _notice(post.said[-1])
    footer = _footer(told, at)
    role = next((each.role for each in post.said if each.role), "")
    mention: RichText = ((role,),) if role else ()
    if any(each.held for each in post.said):
        return Message(text=(*mention, *_digest(told, numbers), footer))
    if len(told) == 1:
        return Message(text=(*mention, *_full(told[0], numbers), footer), buttons=_buttons(told[0]))
    lines = _many(told, numbers)
    more = len(told) - _EACH
    buttons = [Button("Why", f"why {post.message}")]
    if len(told) > _EACH:
        buttons = [Button(f"+{more} more", f"why {post.message}")]
    bases = dict.fromkeys(each.alert.fingerprint.base for each in told)
    mutes = _mutes(next(iter(bases))) if len(bases) == 1 else ()
    return Message(text=(*mention, *lines, footer), buttons=(*mutes, tuple(buttons)))


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
        lines += [(f"{_criterion(c, numbers)}",) for c in finding.criteria]
        lines += [(_fact(fact, numbers),) for fact in finding.facts]
        lines.append((f"grade {finding.grade}, {_venues(finding.venues)}",))
        lines.append((f"first seen {_clock(alert.begun, numbers)}",))
        lines.append((f"firing since {_clock(moment_of(alert.episode), numbers)}",))
        lines += [
            (_news(step, numbers),)
            for step in deliveries
            if step.fingerprint == name and step.episode == alert.episode
        ]
    return tuple(lines)


def figure(value: float, unit: Unit, numbers: Numbers) -> str:
    """Write a number in its unit; what is small keeps two digits."""
    if unit is Unit.FRACTION or (unit is Unit.RATIO and abs(value) < 1):
        return _percent(value, numbers)
    if unit is Unit.SECONDS:
        return age(value)
    write: Mapping[Unit, Callable[[float], str]] = {
        Unit.USD: numbers.usd,
        Unit.PRICE: numbers.price,
        Unit.RATIO: numbers.ratio,
        Unit.SIGMA: lambda number: f"{numbers.decimal(number, 1)}σ",
        Unit.COUNT: lambda number: numbers.decimal(number, 0),
    }
    return write[unit](value)


def _told(said: Sequence[Delivery]) -> list[_Told]:
    """Return what a message is about, the largest first."""
    last: dict[Fingerprint | None, Delivery] = {each.fingerprint: each for each in said}
    found = [
        _Told(each, each.alert, last[name], changed=each.news is News.CHANGED)
        for name, each in latest(said).items()
        if each.alert is not None
    ]
    return sorted(found, key=lambda each: (-each.alert.usd, each.alert.id))


def _full(told: _Told, numbers: Numbers) -> Iterable[Line]:
    alert, finding = told.alert, told.alert.finding
    yield (Bold(f"{_markets(alert)} · {_state(told)}{finding.headline}"),)
    if told.over:
        yield (f"Over: {told.over}.",)
    if finding.low is not None and finding.high is not None:
        yield (f"{numbers.price(finding.low)} to {numbers.price(finding.high)}",)
    yield ("Why: ", "; ".join(_criterion(each, numbers) for each in finding.criteria))
    for fact in finding.facts[:_FACTS]:
        yield (_fact(fact, numbers),)


def _many(told: Sequence[_Told], numbers: Numbers) -> Iterable[Line]:
    bases = list(dict.fromkeys(_markets(each.alert) for each in told))
    cascades = all(each.alert.fingerprint.rule == CASCADE for each in told)
    if cascades and len(bases) > 1:
        yield (Bold(f"Cascades in {len(bases)} markets: {', '.join(sorted(bases))}"),)
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
    first = finding.criteria[0].fact
    said = f": {first.label} {figure(first.value, first.unit, numbers)}"
    if told.alert.usd:
        said += f", {numbers.usd(told.alert.usd)}"
    over = f" Over: {told.over}." if told.over else ""
    return (Bold(f"{_markets(told.alert)} · {_state(told)}{finding.headline}"), f"{said}{over}")


def _notice(delivery: Delivery) -> Message:
    """Return what is said of a subscription, or of what came of an alert."""
    number, words = delivery.subscription, delivery.words
    if delivery.news is News.OUTCOME:
        why = (Button("Why", f"why {delivery.alert_id}"),)
        return Message(text=((words,),), buttons=(why,) if delivery.alert_id else ())
    stop = Button("Stop", f"unsubscribe {number}")
    if delivery.news is News.REMINDER:
        extend = Button("Extend", f"alerts extend {number}")
        return Message(text=((f"“{words}” ends within 24 h.",),), buttons=((extend, stop),))
    resume = Button("Resume", f"alerts resume {number}")
    text = f"“{words}” was told 15 times within 3 minutes and is paused."
    return Message(text=((text,),), buttons=((resume, stop),))


def _buttons(told: _Told) -> tuple[tuple[Button, ...], ...]:
    alert, name = told.alert, told.alert.fingerprint
    explain = Button("Why", f"why {alert.id}")
    if told.over:
        if told.last.words == "migrated":
            return ((explain, Button("Follow it", f"alerts follow {name.subscription}")),)
        return ((explain,),)
    base = name.base or alert.finding.markets[0]
    chart = Button("Chart", f"{alert.chart} {base}")
    stop = Button("Stop", f"unsubscribe {name.subscription}")
    return (*_mutes(name.base), (explain, chart, stop))


def _mutes(base: str) -> tuple[tuple[Button, ...], ...]:
    return (tuple(Button(f"Mute {each}", f"mute {base or 'all'} {each}") for each in _MUTES),)


def _footer(told: Sequence[_Told], at: datetime) -> Line:
    alerts = [each.alert for each in told]
    realised = any(f.label.startswith("realised") for a in alerts for f in a.finding.facts)
    parts = ["SIMULATED"] if any(each.simulated for each in alerts) else []
    parts.append("ESTIMATE but what is realised" if realised else "ESTIMATE")
    parts.append(f"grade {max(each.finding.grade for each in alerts)}")
    parts.append(_venues(min(each.finding.venues for each in alerts)))
    oldest = min(each.data_at for each in alerts)
    parts.append(f"data {age((at - oldest).total_seconds())} old")
    return (Dim(" · ".join(parts)),)


def _markets(alert: Alert) -> str:
    return alert.fingerprint.base or ", ".join(alert.finding.markets)


def _state(told: _Told) -> str:
    return "Over: " if told.over else "Now: " if told.changed else ""


def _criterion(criterion: Criterion, numbers: Numbers) -> str:
    fact = criterion.fact
    word = "at most" if criterion.slack > 1 else "at least"
    return f"{_fact(fact, numbers)} ({word} {figure(criterion.enter, fact.unit, numbers)})"


def _fact(fact: Fact, numbers: Numbers) -> str:
    return f"{fact.label} {figure(fact.value, fact.unit, numbers)}"


def _percent(value: float, numbers: Numbers) -> str:
    shown = abs(value) * 100
    decimals = 1 if shown == 0 or shown >= 1 else min(1 - floor(log10(shown)), 6)
    return numbers.percent(value, decimals).removeprefix("+")


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
