"""Numbers in a line of words: what somebody wrote, taken out of it and made plain."""

import re
from decimal import Decimal
from typing import NamedTuple

from liqbot.alerting.vocabulary import SCALE, Term, digits_of
from liqbot.errors import OutOfRange, Unreadable
from liqbot.rules.rule import Unit

_NUMBER = r"\d[\d.,'_]*"
_AHEAD = rf"(?= [+-]? ?\$? ?{_NUMBER})"
_USD = re.compile(
    rf"(?:([<>])=? )?(?:\$ ?({_NUMBER})(?: ?([kmbt]))?(?![a-z])(?: ?(?:usd|dollars?)\b)?"
    rf"|({_NUMBER}) ?([kmbt]?) ?(?:usd|dollars?)\b)( (?:in )?1m\b)?"
)
_VALUE = re.compile(
    rf"([+-]?) ?({_NUMBER}) ?(%|bps?\b|σ|sigmas?\b|x\b|times\b|: ?1\b|to 1\b)?(?![\w])"
)
_PLAIN = str.maketrans({"−": "-", "–": "-", "≥": ">=", "≤": "<="})
_SPANS = r"(?:(\d+) ?|\b(?:an?|one|per|each|last|past) |/ ?)(min(?:ute)?|h(?:ou)?r|day|week)s?\b"
_REWRITTEN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"(\d) ?(?:percent|per cent|pct)\b", r"\1%"),
        (
            rf"(?:\$ ?)?({_NUMBER}) ?(thousand|million|billion|trillion)\b",
            lambda found: f" ${found[1]}{found[2][0]}",
        ),
        (r"\bevery (minute|hour|day|week)\b", lambda found: f"every 1{found[1][0]}"),
        (_SPANS, lambda found: f" {found[1] or 1}{found[2][0]}"),
        (r"(?:\b(?:an?|per) |/ ?)(?:year|annum)\b|\b(?:yearly|annuali[sz]ed|apr)\b", " 52w"),
        (r"([<>]=?|=[<>])", r" \1 "),
        (r"\bor (?:more|above|over|higher)\b", " > "),
        (r"\bor (?:less|below|under|lower)\b", " < "),
        (r" +", " "),
        (rf"\b(?:over|above|at least|exceeds|(?:more|greater|higher) than){_AHEAD}", ">"),
        (
            rf"\b(?:under|below|at most|(?:less|lower|fewer|smaller|closer|nearer) than){_AHEAD}",
            "<",
        ),
    )
)
_MILLIONS = re.compile(rf"(?<![\d.,'_])(?<!every )(?:\$ ?)?({_NUMBER}) ?([KMBT])\b")
_UNITS = {"%": Unit.FRACTION, "b": Unit.FRACTION, "σ": Unit.SIGMA, "s": Unit.SIGMA}
_SCALED = {"%": -2, "b": -4}
_LIKE = {Unit.FRACTION: "a percentage, such as 2%", Unit.SIGMA: "a number of σ, such as 4σ"}


class Amounts(NamedTuple):
    """Dollars that somebody asks for."""

    usd: float | None = None
    minute_usd: float | None = None  # a minute


class Number(NamedTuple):
    """A number as it was written."""

    sign: str
    digits: Decimal
    unit: str  # its first character
    shown: str

    def read(self, term: Term) -> float:
        """Return its size in the unit of a rule's line; raise OutOfRange for another unit."""
        name, unit = term.words[0], _UNITS.get(self.unit, Unit.RATIO)
        if not self.unit and term.unit is Unit.FRACTION:
            raise OutOfRange(f"Is that {digits_of(self.digits)}%? Say so, with the percent sign.")
        if self.unit and unit is not term.unit:
            like = _LIKE.get(term.unit, "a ratio, such as 3:1")
            raise OutOfRange(f"For {name} the line is {like}; {self.shown} is not.")
        return float(self.digits.scaleb(_SCALED.get(self.unit, 0)))


def plain_words(text: str) -> str:
    """Write words in small letters, comparisons as < and >, spans of time as 1h.

    A number with a capital M is dollars and not minutes.
    """
    left = " " + _MILLIONS.sub(r"$\1\2", text).lower().translate(_PLAIN) + " "
    for pattern, plain in _REWRITTEN:
        left = pattern.sub(plain, left)
    return f" {' '.join(left.split())} "


def take_amounts(left: str) -> tuple[str, Amounts]:
    """Take the dollars; raise CommandError for two of a kind, or for “at most”."""
    amounts = Amounts()
    while found := _USD.search(left):
        digits, scale = found[2] or found[4], found[3] or found[5] or ""
        shown = f"${digits}{scale.upper()}"
        if found[1] == "<":
            raise OutOfRange(f"An amount means at least; say {shown} alone.")
        usd = float(read_number(digits, money=not scale).scaleb(SCALE[scale]))
        field = "minute_usd" if found[6] else "usd"
        if getattr(amounts, field) is not None:
            raise OutOfRange(f"One amount is enough; leave {shown} out.")
        amounts = amounts._replace(**{field: usd})
        left = without(left, found)
    return left, amounts


def take_number(left: str) -> tuple[str, Number | None]:
    """Take the number that draws the line; raise CommandError for a second one."""
    found = _VALUE.search(left)
    if not found:
        return left, None
    shown = found[0].strip()
    number = Number(found[1], read_number(found[2].rstrip(".,")), (found[3] or "")[:1], shown)
    rest = without(left, found)
    if another := _VALUE.search(rest):
        raise OutOfRange(f"One line is enough: {shown} or {another[0].strip()}?")
    return rest, number


def read_number(text: str, *, money: bool = False) -> Decimal:
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


def without(text: str, found: re.Match[str]) -> str:
    """Return a text without what was found in it."""
    return f"{text[: found.start()]} {text[found.end() :]}"
