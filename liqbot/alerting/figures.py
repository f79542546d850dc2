"""How a number is written in its unit: what is seen, rounded; a line, as it was drawn."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from math import floor, log10

from liqbot.alerting.alert import Doubt
from liqbot.chat.facts import age, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.quality import SINGLE
from liqbot.rules.rule import Criterion, Fact, Finding, Unit

_WHOLE = 100  # percent, from which no decimals are told
_WRITTEN: Mapping[Unit, Callable[[Numbers, float], str]] = {
    Unit.USD: Numbers.usd,
    Unit.PRICE: Numbers.price,
    Unit.RATIO: Numbers.ratio,
    Unit.SIGMA: lambda numbers, value: f"{numbers.decimal(value, 1)}σ",
    Unit.COUNT: lambda numbers, value: numbers.decimal(value, 0),
}
_CHANGES = ("open interest", "taker flow", "book", "trend", "funding", "rate")  # with a sign
_CONTEXT = (*_CHANGES, "volume", "weekend", "until")  # of the market rather than the alert
_SHARE, _CHANGE = "share on ", "on "  # a venue
_OF = "of "  # begins what is said after its number
_NAMED = 3  # venues; more are counted
_SCALES = ((12, "T"), (9, "B"), (6, "M"), (3, "K"))


def figure(value: float, unit: Unit, numbers: Numbers) -> str:
    """Write a number in its unit; what is small keeps two digits."""
    if unit is Unit.FRACTION or (unit is Unit.RATIO and abs(value) < 1):
        return _percent(value, numbers)
    if unit is Unit.SECONDS:
        return age(value)
    return _WRITTEN[unit](numbers, value)


def exactly(line: float, unit: Unit, numbers: Numbers) -> str:
    """Write a line in its unit, to the last digit that was given: 1.03%."""
    exact = Decimal(repr(line))
    if unit is Unit.FRACTION:
        return f"{_digits(exact * 100, numbers)}%"
    if unit is Unit.RATIO:
        return f"{_digits(exact, numbers)}:1"
    if unit is Unit.SIGMA:
        return f"{_digits(exact, numbers)}σ"
    if unit is Unit.USD:
        scale, suffix = next((each for each in _SCALES if exact >= 10 ** each[0]), (0, ""))
        return f"${_digits(exact.scaleb(-scale), numbers)}{suffix}"
    return figure(line, unit, numbers)


def fact_words(fact: Fact, numbers: Numbers) -> str:
    """Say a number with its name."""
    sign = "+" if fact.value > 0 and fact.label.startswith(_CHANGES) else ""
    return _named(fact.label, sign + figure(fact.value, fact.unit, numbers))


def criterion_words(criterion: Criterion, numbers: Numbers) -> str:
    """Say a number against its line, both in the same unit."""
    fact, line = criterion.fact, criterion.enter
    small = fact.unit is Unit.RATIO and line < 1
    unit = Unit.FRACTION if small else fact.unit
    word = "at most" if criterion.slack > 1 else "at least"
    said = figure(fact.value, unit, numbers)
    return f"{_named(fact.label, said)} ({word} {exactly(line, unit, numbers)})"


def doubt_words(doubt: Doubt, numbers: Numbers) -> str:
    """Say how a rule did where it was not shown to be of use."""
    return f"unproven here: {doubt.n} alerts, lift {numbers.decimal(doubt.lift, 2)}"


def clock_words(at: datetime, numbers: Numbers) -> str:
    """Write a day and a time of day to the second, in the reader's zone."""
    return f"{numbers.day(numbers.local(at))} {numbers.local(at):%H:%M:%S}"


def is_context(fact: Fact) -> bool:
    """Tell whether a number is of the market rather than of what is told."""
    return fact.label.startswith(_CONTEXT)


def is_minor(fact: Fact) -> bool:
    """Tell whether a number need not be told: the share of a venue that is one among others."""
    return fact.label.startswith(_SHARE) and fact.value < SINGLE


def venue_words(finding: Finding) -> str:
    """Name the venues that a finding rests on, if they are few; else count them."""
    labels = [f.label for f in finding.facts if f.label.startswith((_SHARE, _CHANGE))]
    names = [venue_name(each.removeprefix(_SHARE).removeprefix(_CHANGE)) for each in labels]
    if 0 < len(names) == finding.venues <= _NAMED:
        return ", ".join(names)
    return "1 venue" if finding.venues == 1 else f"{finding.venues} venues"


def _named(label: str, number: str) -> str:
    """Say of what a number is: 30% of a usual day, share on OKX 85%."""
    if label.startswith(_OF):
        return f"{number} {label}"
    venue = next((label.removeprefix(p) for p in (_SHARE, _CHANGE) if label.startswith(p)), "")
    return (
        f"{label.removesuffix(venue)}{venue_name(venue)} {number}" if venue else f"{label} {number}"
    )


def _digits(number: Decimal, numbers: Numbers) -> str:
    """Write a number without zeros at its end."""
    exponent = number.normalize().as_tuple().exponent
    return numbers.decimal(float(number), max(0, -int(exponent)))


def _percent(value: float, numbers: Numbers) -> str:
    """Write a fraction with as few decimals as say the same, at least two digits of a small one."""
    shown = abs(value) * 100
    most = 1 if shown == 0 else min(max(1 - floor(log10(shown)), int(shown < _WHOLE)), 6)
    decimals = next(n for n in range(most + 1) if round(shown, n) == round(shown, most))
    return numbers.percent(value, decimals).removeprefix("+")
