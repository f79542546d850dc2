"""How a number is written in its unit: what is seen, rounded; a line, as it was drawn."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import floor, log10

from liqbot.chat.facts import age
from liqbot.chat.numbers import Numbers
from liqbot.rules.rule import Unit

_WHOLE = 100  # percent, from which no decimals are told
_WRITTEN: Mapping[Unit, Callable[[Numbers, float], str]] = {
    Unit.USD: Numbers.usd,
    Unit.PRICE: Numbers.price,
    Unit.RATIO: Numbers.ratio,
    Unit.SIGMA: lambda numbers, value: f"{numbers.decimal(value, 1)}σ",
    Unit.COUNT: lambda numbers, value: numbers.decimal(value, 0),
}
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
