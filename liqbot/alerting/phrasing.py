"""One line of words ⇄ a wish: "BTC within 1.5 % of a long cluster of at least $40M expected"."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from liqbot.alerting.alert import EVERYWHERE
from liqbot.alerting.numerals import (
    Amounts,
    Number,
    plain_words,
    take_amounts,
    take_number,
    without,
)
from liqbot.alerting.subscription import COOLDOWN, Wish
from liqbot.alerting.vocabulary import (
    Term,
    checked,
    checked_minute,
    term_of,
    write_usd,
    write_value,
)
from liqbot.chat.arguments import read_duration, write_duration
from liqbot.errors import CommandError, OutOfRange, UnknownName, Unreadable
from liqbot.market.instrument import read_market
from liqbot.market.units import Side
from liqbot.rules.rule import Rule, Severity

EXAMPLES = (
    "BTC within 1.5% of a long cluster of at least $40M expected",
    "ETH asymmetry ≥ 3:1",
    "SOL cascade",
)

_LONGEST = 200  # characters
_ALL = {"all", "any", "every", "everything"}
_FILLERS = {
    *("a", "alert", "an", "and", "at", "away", "by", "cluster", "clusters", "comes", "expected"),
    *("from", "gets", "heavier", "if", "in", "interval", "is", "it", "least", "me", "notify"),
    *("of", "on", "or", "per", "price", "realised", "realized", "side", "tell", "than", "that"),
    *("the", "there", "to", "when", "with", "within"),
}
_FUZZY = {"within", "near", "cluster", "clusters"}  # words that others may come with
_COMPARED = {"above", "below", "fewer", "less", "more", "over", "under"}
_SPAN = r"(\d+ ?[mhdw])\b"
_FUNDED = timedelta(hours=8)  # a funding interval, as people say it
_COMMAS = re.compile(r",(?!\d)")
_OPTIONS: Mapping[str, re.Pattern[str]] = {
    "cooldown": re.compile(rf"\bevery {_SPAN}"),
    "grade": re.compile(r"\bgrade ([abcd])\b"),
    "lone": re.compile(r"\bsingle venues?(?: too)?\b"),
    "once": re.compile(r"\bonce\b"),
    "severity": re.compile(r"\b(notable|critical)(?: only| and up)?\b"),
    "side": re.compile(r"(?<!outweigh )\b(long|short)s?\b"),
    "within": re.compile(_SPAN),
}


def parse(
    text: str, rules: Mapping[str, Rule[Any]], settings: Mapping[str, object], bases: Iterable[str]
) -> Wish:
    """Read what somebody wants to hear of.

    `rules` are those that run, by name, `settings` the operator's of each, `bases` the watched
    markets. Raise CommandError, with what would work.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or len(plain) > _LONGEST:
        raise Unreadable("subscription", text, f"“{EXAMPLES[0]}”")
    base, rest = _base(plain.split(), list(bases), rules)
    left, amounts = take_amounts(plain_words(rest))
    left, said = _take_options(left)
    left, number = take_number(left)
    compared = set(re.findall("[<>]", left))
    left = re.sub("[<>]=?|=", " ", left)
    rule, case, left = _rule(left, rules)
    if rule.private:
        raise CommandError(f"{rule.summary}: /watch BTC long 65000 25x stop 63800.")
    _confirm_span(said.pop("within", None), rule, settings[rule.name])
    _confirm_words(left, rule, rules)
    lines = _minute(rule, amounts)
    if number is not None:
        value = number.read(term_of(rule))
        case = _sign(number, compared, case, rule)
        lines += ((term_of(rule).setting, _checked(rule, value, number)),)
    elif compared:
        raise OutOfRange(f"Say a number after {compared.pop()}, or leave that out.")
    return Wish(
        rule=rule.name,
        base=base,
        case=case,
        lines=tuple(sorted(lines)),
        min_usd=_usd(rule, amounts),
        **_options(said),
    )


def echo(wish: Wish, rule: Rule[Any]) -> str:
    """Write a wish in plain language, so that `parse` reads it; a position as /watch does."""
    if wish.holding is not None:
        return f"{wish.base} {wish.holding.words}"
    term, lines = term_of(rule), dict(wish.lines)
    market = wish.base or "all"
    side = f"{wish.side.value} " if wish.side else ""
    number = write_value(lines[term.setting], term.unit) if term.setting in lines else ""
    if term.words[0] == "near":
        near = f"within {number} of" if number else "near"
        said = f"{market} {near} a {side}cluster"
    else:
        words = (market, side.strip(), term.words[0], *_lined(wish, term, number))
        said = " ".join(filter(None, words))
    amounts = [f"{write_usd(wish.min_usd)} {term.amount}"] if wish.min_usd is not None else []
    if term.minute in lines:
        amounts.append(f"{write_usd(lines[term.minute])} a minute")
    if amounts:
        said += f" of at least {' and '.join(amounts)}"
    return ", ".join([said, *_extras(wish)])


def _lined(wish: Wish, term: Term, number: str) -> tuple[str, ...]:
    """Write the case and the line: fall ≥ 5%, above 0.1% per funding interval."""
    if number and wish.case not in term.cases.values() and term.signs and wish.case in term.signs:
        sign = "-" if wish.case == term.signs[1] else ""
        return wish.case, sign + number, term.per
    case = next((word for word, each in term.cases.items() if each == wish.case), "")
    sign = ("≤ " if term.falls else "≥ ") if number else ""
    return case, sign + number


def _extras(wish: Wish) -> list[str]:
    said = []
    if wish.severity is not Severity.INFO:
        critical = wish.severity is Severity.CRITICAL
        said.append("critical only" if critical else "notable and up")
    if wish.grade != "B":
        said.append(f"grade {wish.grade}")
    if wish.lone:
        said.append("single venues too")
    if wish.once:
        said.append("once")
    if wish.cooldown != COOLDOWN:
        said.append(f"every {write_duration(wish.cooldown)}")
    return said


def _base(words: list[str], bases: list[str], rules: Mapping[str, Rule[Any]]) -> tuple[str, str]:
    """Take the market: the first word, or by its plain name among the words; without, all."""
    known = {each.upper(): each for each in bases}
    if words[0].lower() in _ALL:
        return EVERYWHERE, " ".join(words[1:])
    with suppress(Unreadable):
        if (base := known.get(read_market(words[0]).base)) is not None:
            return base, " ".join(words[1:])
    for i, word in enumerate(words):
        if word.upper() in known:
            return known[word.upper()], " ".join([*words[:i], *words[i + 1 :]])
    spoken = (
        {part for name in _names(rules) for part in name.split()} | _FILLERS | {"long", "short"}
    )
    if words[0].lower().removesuffix("s") in {each.removesuffix("s") for each in spoken}:
        return EVERYWHERE, " ".join(words)
    raise UnknownName("market", words[0], [*bases, "all"])


def _take_options(left: str) -> tuple[str, dict[str, str]]:
    said = {}
    for name, pattern in _OPTIONS.items():
        if found := pattern.search(left):
            said[name] = found[1] if found.groups() else found[0]
            left = without(left, found)
    return _COMMAS.sub(" ", left), said


def _options(said: Mapping[str, str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    if "cooldown" in said:
        read["cooldown"] = read_duration(said["cooldown"])
    if "grade" in said:
        read["grade"] = said["grade"].upper()
    if "severity" in said:
        read["severity"] = Severity(said["severity"])
    if "side" in said:
        read["side"] = Side(said["side"])
    return read | {name: True for name in ("lone", "once") if name in said}


def _sign(number: Number, compared: set[str], case: str, rule: Rule[Any]) -> str:
    """Return the case that a number means; raise OutOfRange where its sign says otherwise."""
    term, name, plain = term_of(rule), term_of(rule).words[0], number.shown.lstrip("+- ")
    if term.signs is None:
        if number.sign:
            raise OutOfRange(f"{name} has no sign; say {plain} alone.")
        if (">" if term.falls else "<") in compared:
            raise OutOfRange(
                f"For {name} a number means at {'most' if term.falls else 'least'}; "
                f"say {plain} alone."
            )
        return case
    rises, falls = term.signs
    words = dict(zip(filter(None, dict.fromkeys(term.cases.values())), term.signs, strict=True))
    meant = {"+": rises, "-": falls}.get(number.sign, "")
    said = words.get(case, "")
    against = (">" if number.sign == "-" else "<") in compared
    if against or (meant and said and meant != said):
        raise OutOfRange(f"{name} is told far from zero: say {name} > {plain} or < -{plain}.")
    return meant or said or term.unsigned


def _checked(rule: Rule[Any], value: float, number: Number) -> float:
    if not term_of(rule).setting:
        raise OutOfRange(f"{rule.name} draws no line; leave {number.shown} out.")
    return checked(rule, value, number.shown)


def _minute(rule: Rule[Any], amounts: Amounts) -> tuple[tuple[str, float], ...]:
    if amounts.minute_usd is None:
        return ()
    return ((term_of(rule).minute, checked_minute(rule, amounts.minute_usd)),)


def _usd(rule: Rule[Any], amounts: Amounts) -> float | None:
    """Return the least amount; raise OutOfRange where a rule counts no dollars."""
    term = term_of(rule)
    if amounts.usd is not None and not term.amount:
        raise OutOfRange(f"{term.words[0]} counts no dollars; leave {write_usd(amounts.usd)} out.")
    return amounts.usd


def _rule(left: str, rules: Mapping[str, Rule[Any]]) -> tuple[Rule[Any], str, str]:
    """Take the words that name a rule, and its case; the longest that are found count."""
    spoken = [
        (word.lower(), rule)
        for rule in rules.values()
        for word in (rule.name, rule.name.replace("_", " "), *term_of(rule).words)
    ]
    spoken.sort(key=lambda each: (each[0] in _FUZZY, -len(each[0])))
    for word, rule in spoken:
        if found := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", left):
            return _case(rule, term_of(rule), without(left, found))
    meant = [word for word in left.split() if word not in _FILLERS | _COMPARED]
    if not meant:
        raise CommandError(f"Say what to watch for, such as “{EXAMPLES[0]}”.")
    raise UnknownName("rule", " ".join(meant), _names(rules))


def _case(rule: Rule[Any], term: Term, left: str) -> tuple[Rule[Any], str, str]:
    for word, case in term.cases.items():
        if found := re.search(rf"(?<!\w){word}(?!\w)", left):
            return rule, case, without(left, found)
    return rule, "", left


def _confirm_span(said: str | None, rule: Rule[Any], settings: object) -> None:
    """Raise OutOfRange for another time than the rule looks back over."""
    if said is None:
        return
    if per := term_of(rule).per:
        if read_duration(said) != _FUNDED:
            name = term_of(rule).words[0]
            raise OutOfRange(f"{name} is told {per}, 8h on most venues; leave other times out.")
        return
    usual = getattr(settings, "within", None)
    if not isinstance(usual, timedelta):
        dollars = f", or say ${said.upper()}" if said.endswith("m") else ""
        raise OutOfRange(f"{rule.name} looks at now; leave {said} out{dollars}.")
    if read_duration(said) != usual:
        raise OutOfRange(f"{rule.name} looks back over {write_duration(usual)} here, not {said}.")


def _confirm_words(left: str, rule: Rule[Any], rules: Mapping[str, Rule[Any]]) -> None:
    """Raise CommandError for words that mean nothing here."""
    for word in left.split():
        if word in _COMPARED:
            raise OutOfRange(f"Say a number after {word}, or leave that out.")
        if word not in {*_FILLERS, *term_of(rule).words}:
            raise UnknownName("word or rule", word, _names(rules))


def _names(rules: Mapping[str, Rule[Any]]) -> list[str]:
    """Return all names, what each is called first in front."""
    named = [(*term_of(rule).words, rule.name) for rule in rules.values()]
    return [each[0] for each in named] + [word for each in named for word in each[1:]]
