"""What is said: a post as a message, and why an alert was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from liqbot.alerting.alert import Alert, Fingerprint, News, worth_of
from liqbot.alerting.delivery import Delivery, Post, State, latest
from liqbot.alerting.figures import (
    clock_words,
    criterion_words,
    doubt_words,
    fact_words,
    is_context,
    is_minor,
    venue_words,
)
from liqbot.alerting.gathering import CASCADE, GATHERED
from liqbot.alerting.notices import came, notification
from liqbot.alerting.speaking import buttons
from liqbot.alerting.vocabulary import rule_words
from liqbot.chat.facts import age
from liqbot.chat.message import Button, ChatId, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line, RichText
from liqbot.market.units import moment_of
from liqbot.rules import RULES
from liqbot.rules.rule import Fact, Finding

_EACH = 3  # alerts that have a line of their own; of more, as many of the largest
_DIGEST = 10
_OVER = {
    "swept": "price went through it",
    "faded": "it dissolved before price came",
    "migrated": "it moved more than 1% from where it was first noted",
    "merged": "it became part of another cluster",
    "outgrown": "it does not stand out any more",
    "expired": "the subscription ended",
}
_ELSEWHERE = {
    GATHERED: "Goes on in the message about several markets",
    News.REPEATED.value: "Goes on in a newer message",
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
        return (_OVER | _ELSEWHERE).get(self.last.words, "it is not so any more")

    @property
    def elsewhere(self) -> bool:
        """Whether it is told on in another message."""
        return self.over is not None and self.last.words in _ELSEWHERE

    @property
    def past(self) -> bool:
        """Whether it was over already when it was told."""
        rule = RULES.get(self.alert.fingerprint.rule)
        return rule is not None and rule.patience.past


def message(post: Post, numbers: Numbers, at: datetime) -> Message:
    """Return what a post says at a moment: one alert in full, a few in lines, many summed up."""
    told = _told(post.said)
    if not told:
        return notification(post)
    footer = _footer(told, at)
    role = next((each.role for each in post.said if each.role), "")
    if any(each.held for each in post.said):
        return Message(text=(*_digest(told, numbers), *came(post.said), footer), role=role)
    if len(told) == 1:
        rows = tuple(filter(None, _buttons(told[0], post)))
        return Message(text=(*_full(told[0], numbers), footer), buttons=rows, role=role)
    lines = _many(told, numbers)
    more = len(told) - _EACH
    button = Button(f"+{more} more" if more > 0 else "Why", f"why {post.message}")
    bases = dict.fromkeys(each.alert.fingerprint.base for each in told)
    mutes = _mutes(post.chat, next(iter(bases))) if len(bases) == 1 else ()
    rows = tuple(filter(None, (*mutes, (button,))))
    return Message(text=(*lines, footer), buttons=rows, role=role)


def why(deliveries: Sequence[Delivery], numbers: Numbers) -> RichText:
    """Say of each alert why it was told: the rule, values against lines, and when it was what."""
    lines: list[Line] = []
    for name, each in latest(deliveries).items():
        if each.alert is None:
            continue
        alert, finding = each.alert, each.alert.finding
        named = f"{_markets(alert)} · {rule_words(alert.fingerprint.rule)}"
        lines.append((Bold(named), " ", Code(alert.id)))
        lines += [(each,) for each in _criteria(alert, numbers)]
        lines += [(fact_words(fact, numbers),) for fact in _facts(finding)]
        lines.append((f"grade {finding.grade}, {venue_words(finding)}",))
        lines += [(doubt_words(each, numbers),) for each in (alert.unproven,) if each]
        lines.append((f"first seen {clock_words(alert.begun, numbers)}",))
        lines.append((f"firing since {clock_words(moment_of(alert.episode), numbers)}",))
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
    if told.elsewhere:
        yield (finding.headline,)
        return
    if told.over:
        yield (f"Was: {finding.headline}",)
    if where := _where(told, numbers):
        yield (where,)
    yield ("Why: ", "; ".join(_criteria(told.alert, numbers)))
    if told.over:
        return
    facts = list(_unsaid(finding))
    if own := [fact_words(each, numbers) for each in facts if not is_context(each)]:
        yield (" · ".join(own),)
    if market := [fact_words(each, numbers) for each in facts if is_context(each)]:
        yield ("Market: ", " · ".join(market))
    if told.alert.unproven:
        yield (doubt_words(told.alert.unproven, numbers),)


def _where(told: _Told, numbers: Numbers) -> str:
    """Say which prices it is about, and what is or was expected to happen there."""
    finding = told.alert.finding
    span = _span(finding, numbers)
    usd = next((each.value for each in finding.facts if each.label == _EXPECTED), 0.0)
    if not (span and usd):
        return span
    about = f"about {numbers.usd(usd)}"
    said = f"{about} was expected" if told.over else f"if price went there, {about} would fire"
    return f"{span}: {said}"


def _span(finding: Finding, numbers: Numbers) -> str:
    if finding.low is None or finding.high is None:
        return ""
    return f"{numbers.price(finding.low)} to {numbers.price(finding.high)}"


def _unsaid(finding: Finding) -> Iterable[Fact]:
    """Return the facts that neither the criteria nor the prices say already."""
    said = {(abs(each.fact.value), each.fact.unit) for each in finding.criteria if each.enter}
    for fact in _facts(finding):
        number = abs(fact.value), fact.unit
        there = fact.label == _EXPECTED and finding.low is not None
        if number not in said and not there and not is_minor(fact):
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
    there = sorted((each for each in told if each.over is None), key=lambda each: each.past)
    on = sum(not each.past for each in there)
    yield (Bold(f"{len(told)} held back, {on} still on"),)
    for each in there[:_DIGEST]:
        yield _line(each, numbers)
    if len(there) > _DIGEST:
        yield (Dim(f"+{len(there) - _DIGEST} more"),)
    gone = sorted({_markets(each.alert) for each in told if each.over})
    if gone:
        yield (f"Came and went: {len(told) - len(there)} in {', '.join(gone)}",)


def _line(told: _Told, numbers: Numbers) -> Line:
    finding, title = told.alert.finding, Bold(_title(told))
    if told.elsewhere:
        return (title, f": {finding.headline}")
    worth = worth_of(finding)
    parts = [_span(finding, numbers), fact_words(finding.criteria[0].fact, numbers)]
    parts += [fact_words(worth, numbers)] if worth.value else []
    parts += ["unproven here"] if told.alert.unproven else []
    said = ", ".join(filter(None, parts))
    return (title, f". Was: {finding.headline}: {said}" if told.over else f": {said}")


def _title(told: _Told) -> str:
    before, said = "Now: " if told.changed else "", told.alert.finding.headline
    if told.over:
        before, said = "" if told.elsewhere else "Over: ", told.over
    return f"{_markets(told.alert)} · {before}{said}"


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
    return (*_mutes(post.chat, alert.fingerprint.base), buttons(post.chat, explain, chart, *stops))


def _mutes(chat: ChatId, base: str) -> tuple[tuple[Button, ...], ...]:
    market = base or "all"
    spans = buttons(chat, *((f"Mute {each}", f"mute {market} {each}") for each in _MUTES))
    return spans, buttons(chat, ("Mute until tomorrow", f"mute {market} tomorrow"))


def _footer(told: Sequence[_Told], at: datetime) -> Line:
    alerts = [each.alert for each in told]
    realised = any(f.label.startswith("realised") for a in alerts for f in a.finding.facts)
    parts = ["SIMULATED"] if any(each.simulated for each in alerts) else []
    parts.append("ESTIMATE + REALISED" if realised else "ESTIMATE")
    parts.append(f"grade {max(each.finding.grade for each in alerts)}")
    fewest = min((each.finding for each in alerts), key=lambda each: each.venues)
    parts.append(venue_words(fewest))
    oldest = min(each.data_at for each in alerts)
    parts.append(f"data {age((at - oldest).total_seconds())} old")
    return (Dim(" · ".join(parts)),)


def _bases(alert: Alert) -> tuple[str, ...]:
    return (alert.fingerprint.base,) if alert.fingerprint.base else alert.finding.markets


def _markets(alert: Alert) -> str:
    return ", ".join(_bases(alert))


def _criteria(alert: Alert, numbers: Numbers) -> list[str]:
    return [criterion_words(each, numbers) for each in alert.finding.criteria if each.enter]


def _facts(finding: Finding) -> tuple[Fact, ...]:
    """Return the facts, and the numbers that no line is drawn for."""
    return (*finding.facts, *(each.fact for each in finding.criteria if not each.enter))


def _news(delivery: Delivery, numbers: Numbers) -> str:
    ended = delivery.ended_at
    arrived = f", {delivery.state}" + (f" {clock_words(ended, numbers)}" if ended else "")
    because = f" ({delivery.words})" if delivery.news is News.CLOSED and delivery.words else ""
    made = clock_words(delivery.made_at, numbers)
    return f"{delivery.news}{because} {made}{arrived if delivery.state is not State.OWED else ''}"
