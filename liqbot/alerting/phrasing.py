"""One line of words ⇄ a wish: "BTC within 1.5 % of a long cluster of at least $40M expected"."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from liqbot.alerting.alert import EVERYWHERE
from liqbot.alerting.subscription import COOLDOWN, Wish
from liqbot.alerting.vocabulary import Term, checked, digits_of, term_of, write_value
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
    *("a", "alert", "an", "and", "at", "by", "cluster", "clusters", "comes", "expected", "from"),
    *("gets", "if", "in", "is", "it", "least", "me", "notify", "of", "on", "or", "price", "tell"),
    *("than", "that", "the", "there", "to", "when", "with", "within"),
}
_MORE, _LESS = {">", ">=", "above", "more", "over"}, {"<", "<=", "below", "fewer", "less", "under"}
_NUMBER = r"\d[\d.,'_]*"
_LEAST = r"(?:(?:>=?|at least|over|above|more than) )?"
_USD = re.compile(
    rf"{_LEAST}(?:\$ ?({_NUMBER}) ?([kmbt]?)(?![a-z])|({_NUMBER}) ?([kmbt]?) ?(?:usd|dollars?)\b)"
)
_VALUE = re.compile(rf"([+-]?) ?({_NUMBER}) ?(%|bps?\b|σ|sigmas?\b|x\b|: ?1\b)?(?![\w])")
_SPAN = r"(\d+ ?[mhdw])\b"
_SCALE = {"": 0, "k": 3, "m": 6, "b": 9, "t": 12}
_PLAIN = str.maketrans({"−": "-", "≥": ">=", "≤": "<="})
_COMMAS = re.compile(r",(?!\d)")
_SIGNS = re.compile(r"([<>]=?)")
_UNITS = {"%": -2, "b": -4}
_OPTIONS: Mapping[str, re.Pattern[str]] = {
    "cooldown": re.compile(rf"\bevery {_SPAN}"),
    "grade": re.compile(r"\bgrade ([abcd])\b"),
    "lone": re.compile(r"\bsingle venues?(?: too)?\b"),
    "once": re.compile(r"\bonce\b"),
    "severity": re.compile(r"\b(notable|critical)(?: only| and up)?\b"),
    "side": re.compile(r"\b(long|short)s?\b"),
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
    left = _SIGNS.sub(r" \1 ", rest.lower().translate(_PLAIN))
    left = f" {' '.join(left.split())} "
    left, usd = _take_usd(left)
    left, said = _take_options(left)
    left, value, shown = _take_value(left)
    rule, case, left = _rule(left, rules)
    term = term_of(rule)
    _confirm_span(said.pop("within", None), rule, settings[rule.name])
    _confirm_words(left, rule, rules)
    if value is not None and value < 0:
        value, case = -value, case or "fall"
    elif shown.startswith("+"):
        case = case or "rise"
    if case and case not in term.cases.values():
        raise OutOfRange(f"{term.words[0]} has no sign; say {shown.lstrip('+-')} alone.")
    lines: tuple[tuple[str, float], ...] = ()
    if value is not None:
        if not term.setting:
            raise OutOfRange(f"{rule.name} draws no line; leave {shown} out.")
        lines = ((term.setting, checked(rule, value, shown)),)
    return Wish(rule=rule.name, base=base, case=case, lines=lines, min_usd=usd, **_options(said))


def echo(wish: Wish, rule: Rule[Any]) -> str:
    """Write a wish in plain language, so that `parse` reads it."""
    term = term_of(rule)
    market = wish.base or "all"
    side = f"{wish.side.value} " if wish.side else ""
    value = next((value for setting, value in wish.lines if setting == term.setting), None)
    number = "" if value is None else write_value(value, term.unit)
    if term.words[0] == "near":
        near = f"within {number} of" if number else "near"
        said = f"{market} {near} a {side}cluster"
    else:
        case = next((word for word, each in term.cases.items() if each == wish.case), "")
        sign = ("≤ " if term.falls else "≥ ") if number else ""
        words = (market, side.strip(), term.words[0], case, sign + number)
        said = " ".join(filter(None, words))
    if wish.min_usd is not None:
        said += f" of at least {write_usd(wish.min_usd)} expected"
    return ", ".join([said, *_extras(wish)])


def write_usd(usd: float) -> str:
    """Write an amount to the last digit: $40M."""
    exact = Decimal(repr(usd))
    name = next((n for n in "tbmk" if exact >= Decimal(10) ** _SCALE[n]), "")
    return f"${digits_of(exact.scaleb(-_SCALE[name]))}{name.upper()}"


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


def _take_usd(left: str) -> tuple[str, float | None]:
    found = _USD.search(left)
    if not found:
        return left, None
    digits, scale = found[1] or found[3], found[2] or found[4] or ""
    usd = _number(digits, money=not scale).scaleb(_SCALE[scale])
    return _without(left, found), float(usd)


def _take_options(left: str) -> tuple[str, dict[str, str]]:
    said = {}
    for name, pattern in _OPTIONS.items():
        if found := pattern.search(left):
            said[name] = found[1] if found.groups() else found[0]
            left = _without(left, found)
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


def _take_value(left: str) -> tuple[str, float | None, str]:
    """Take the number that draws the line; return it as a plain number, and as it was written."""
    found = _VALUE.search(left)
    if not found:
        return left, None, ""
    sign, digits, unit = found[1], found[2], found[3] or ""
    number = _number(digits.rstrip(".,")).scaleb(_UNITS.get(unit[:1], 0))
    value = -float(number) if sign == "-" else float(number)
    rest = _without(left, found)
    if another := _VALUE.search(rest):
        raise OutOfRange(f"One line is enough: {found[0].strip()} or {another[0].strip()}?")
    return rest, value, found[0].strip()


def _number(text: str, *, money: bool = False) -> Decimal:
    """Read 1,500,000 or 1.500.000 or 1,5; raise Unreadable where a comma may mean either."""
    plain = text.rstrip(".,").replace("'", "").replace("_", "")
    commas, dots = plain.count(","), plain.count(".")
    if commas and dots:
        last = max(plain, key=lambda each: plain.rfind(each) if each in ",." else -1)
        plain = plain.replace("." if last == "," else ",", "").replace(",", ".")
    elif commas > 1 or dots > 1:
        plain = plain.replace(",", "").replace(".", "")
    elif commas:
        whole, _, rest = plain.partition(",")
        if len(rest) == 3 and whole != "0" and not money:
            raise Unreadable("number", text, f"{whole}{rest} or {whole}.{rest}")
        plain = whole + rest if len(rest) == 3 and whole != "0" else f"{whole}.{rest}"
    if not re.fullmatch(r"\d{1,15}(\.\d{1,15})?", plain):
        raise Unreadable("number", text, "1500, 1.5 or 40M")
    return Decimal(plain)


def _rule(left: str, rules: Mapping[str, Rule[Any]]) -> tuple[Rule[Any], str, str]:
    """Take the words that name a rule, and its case; the longest that are found count."""
    spoken = [
        (word.lower(), rule)
        for rule in rules.values()
        for word in (rule.name, rule.name.replace("_", " "), *term_of(rule).words)
    ]
    spoken.sort(key=lambda each: (each[0] in {"within", "near"}, -len(each[0])))
    for word, rule in spoken:
        if found := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", left):
            return _case(rule, term_of(rule), _without(left, found))
    meant = [word for word in left.split() if word not in _FILLERS | _MORE | _LESS]
    if not meant:
        raise CommandError(f"Say what to watch for, such as “{EXAMPLES[0]}”.")
    raise UnknownName("rule", " ".join(meant), _names(rules))


def _case(rule: Rule[Any], term: Term, left: str) -> tuple[Rule[Any], str, str]:
    for word, case in term.cases.items():
        if found := re.search(rf"(?<!\w){word}(?!\w)", left):
            return rule, case, _without(left, found)
    return rule, "", left


def _confirm_span(said: str | None, rule: Rule[Any], settings: object) -> None:
    """Raise OutOfRange for another time than the rule looks back over."""
    if said is None:
        return
    usual = getattr(settings, "within", None)
    if not isinstance(usual, timedelta):
        raise OutOfRange(f"{rule.name} looks at now; leave {said} out.")
    if read_duration(said) != usual:
        raise OutOfRange(f"{rule.name} looks back over {write_duration(usual)} here, not {said}.")


def _confirm_words(left: str, rule: Rule[Any], rules: Mapping[str, Rule[Any]]) -> None:
    """Raise CommandError for words that mean nothing here, or the other way round."""
    term = term_of(rule)
    turned = _MORE if term.falls else _LESS
    for word in left.split():
        if word in turned:
            meant = "at most" if term.falls else "at least"
            raise OutOfRange(f"For {term.words[0]} a number means {meant}; leave {word} out.")
        if word not in {*_FILLERS, *_MORE, *_LESS, *term.words}:
            raise UnknownName("word or rule", word, _names(rules))


def _names(rules: Mapping[str, Rule[Any]]) -> list[str]:
    return [word for rule in rules.values() for word in (rule.name, *term_of(rule).words)]


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
