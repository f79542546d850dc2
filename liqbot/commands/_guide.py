"""The way to an alert by buttons: which market, what of it, how near or how much."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from liqbot.alerting.phrasing import EXAMPLES
from liqbot.alerting.roster import Terms
from liqbot.alerting.subscription import Wish
from liqbot.alerting.vocabulary import checked, drawn, meaning_of, term_of, write_value
from liqbot.chat.message import LONGEST_WORDS, Button, Message
from liqbot.chat.richtext import Bold, Code, Dim, Line
from liqbot.commands._own import ALL, market
from liqbot.errors import OutOfRange
from liqbot.rules.rule import Rule

ASKS = "?"  # after a market and a rule: how near, or how much

_ROW, _MARKETS, _RULES, _LINES = 4, 12, 16, 8  # buttons
_STEPS = (1.0, 1.5, 2.0, 3.0)  # of the operator's line
_TYPICAL: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {"funding_extreme": (0.0005, 0.001, 0.002)}  # whose own line is none unless the operator says
)


def which_market(bases: Sequence[str]) -> Message:
    """Show how it is said, and offer markets to begin with."""
    text: list[Line] = [("Say what you want to hear of, such as",)]
    text += [(Code(f"/subscribe {each}"),) for each in EXAMPLES]
    text.append((Dim("Or begin with a market:"),))
    return _step(text, [(each, f"subscribe {each}") for each in (*bases[:_MARKETS], ALL)])


def what_of_it(base: str, rules: Mapping[str, Rule[Any]]) -> Message:
    """Offer what there is to hear of in a market."""
    words = {term_of(rule).words[0]: rule.summary for rule in rules.values() if not rule.private}
    text: list[Line] = [(Bold(base), ": what do you want to hear of?")]
    text += [(Code(word), f" {meant.removeprefix('Say when ')}") for word, meant in words.items()]
    offered = [(word, f"subscribe {base} {word} {ASKS}") for word in list(words)[:_RULES]]
    return _step(text, offered, back="subscribe")


def how_much(wish: Wish, terms: Terms) -> Message:
    """Offer lines to draw for a rule in a market, beside the operator's."""
    rule, base = terms.rules[wish.rule], wish.base or ALL
    term = term_of(rule)
    word = term.words[0]
    lines = list(_lines(rule, terms.settings[rule.name]))[:_LINES]
    least = " at least $40M" if term.amount else ""
    text: list[Line] = [
        (Bold(market(wish.base)), f": {rule.summary.removeprefix('Say when ')}."),
        (f"From where on? {meaning_of(rule)}" if lines else "There is one line for all.",),
        (Dim("More in words, such as "), Code(f"/subscribe {base} {word}{least}, once")),
    ]
    offered = [("As usual", f"subscribe {base} {word}")]
    offered += [(each, f"subscribe {base} {word} {each}") for each in lines]
    return _step(text, offered, back=f"subscribe {base}")


def _lines(rule: Rule[Any], settings: object) -> Iterator[str]:
    """Yield typical lines of a rule, by its own settings, as one may write them."""
    term = term_of(rule)
    usual = drawn(settings, term.setting)
    if rule.name in _TYPICAL:
        values = _TYPICAL[rule.name]
    elif isinstance(usual, tuple):
        values = usual
    else:
        values = tuple(
            float(f"{(usual or 0.0) * (1 / step if term.falls else step):.2g}") for step in _STEPS
        )
    for value in values:
        shown = write_value(value, term.unit)
        with suppress(OutOfRange):
            checked(rule, value, shown)
            yield shown


def _step(
    text: Sequence[Line], offered: Sequence[tuple[str, str]], back: str | None = None
) -> Message:
    """Return one step, which takes the place of the one before."""
    fit = [Button(*each) for each in offered if len(each[1].encode()) <= LONGEST_WORDS]
    rows = [tuple(fit[i : i + _ROW]) for i in range(0, len(fit), _ROW)]
    if back is not None and len(back.encode()) <= LONGEST_WORDS:
        rows.append((Button("‹ Back", back),))
    return Message(text=tuple(text), buttons=tuple(rows), private=True, in_place=True)
