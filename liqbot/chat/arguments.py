"""How the words after a command become values.

An argument is declared once, as an annotated field of the command's `Arguments`:

    range: Annotated[timedelta, DURATION] = timedelta(hours=24)

and every platform reads its options, its help and its completions from there. Words may come in
any order: each goes to the first place that can read it and that no other word needs. A place
marked NAMED takes only words with its name before them: `age=7d`; one marked PHRASE also without
the equals sign, and several: `at yesterday 18:00`. One marked LINE is a command's only place and
takes all that was typed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_type_hints

from liqbot.errors import CommandError, OutOfRange, UnknownName, Unreadable, excerpt
from liqbot.market.instrument import Instrument, MarketQuery, choose, read_market

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Values = TypeVar("Values")

EVERY_VENUE = "all"
NAMED = object()
PHRASE = object()
LINE = object()

_MOST_WORDS = 16
_NEARLY = 0.7  # of its letters, for a word to have been meant for another
_LONGEST = timedelta(days=3650)
_SPAN = re.compile(r"(\d{1,5}) ?([mhdw])")
_UNITS = {each[0]: timedelta(**{each: 1}) for each in ("weeks", "days", "hours", "minutes")}


@dataclass(frozen=True, slots=True)
class Known:
    """What words may name."""

    instruments: tuple[Instrument, ...] = ()

    @property
    def bases(self) -> tuple[str, ...]:
        """The markets, in order."""
        return tuple(dict.fromkeys(each.base for each in self.instruments))

    @property
    def venues(self) -> tuple[str, ...]:
        """The venues, in order."""
        return tuple(dict.fromkeys(each.venue for each in self.instruments))


@dataclass(frozen=True, slots=True)
class Word:
    """One kind of word: how it is explained, read and completed.

    `read` raises CommandError with a text for the user; `names` are all that might be meant.
    """

    help: str  # "BTC, ETH/USDT, bybit:BTC"
    read: Callable[[str, Known], Any]
    names: Callable[[Known], Iterable[str]]
    fixed: bool = False  # nothing but the names can be read, and they are always the same

    def complete(self, beginning: str, known: Known) -> list[str]:
        """Return the names that begin so, whatever their case; then those with it inside."""
        begun = beginning.strip().lower()
        names = [each for each in self.names(known) if begun in each.lower()]
        return sorted(names, key=lambda each: not each.lower().startswith(begun))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a word: a field of a command's Arguments."""

    name: str
    word: Word
    required: bool
    named: bool  # takes only words with its name before them
    line: bool  # takes all that was typed
    phrase: bool = False  # … and as many words as belong together

    @property
    def usage(self) -> str:
        """How it is written in a command: MARKET, [range], [age=…]."""
        if self.required:
            return self.name.upper()
        if self.line:
            return f"[{self.name} …]"
        return f"[{self.name}=…]" if self.named else f"[{self.name}]"


def _slots(arguments: type) -> tuple[Slot, ...]:
    """Return the places that a command has for words, in order."""
    hints = get_type_hints(arguments, include_extras=True)
    return tuple(
        Slot(
            name=each.name,
            word=next(said for said in hints[each.name].__metadata__ if isinstance(said, Word)),
            required=each.default is MISSING,
            named=bool({NAMED, PHRASE} & {*hints[each.name].__metadata__}),
            line=LINE in hints[each.name].__metadata__,
            phrase=PHRASE in hints[each.name].__metadata__,
        )
        for each in fields(cast("type[DataclassInstance]", arguments))
    )


slots: Callable[[type], tuple[Slot, ...]] = cache(_slots)  # hints take long to resolve


def fill(arguments: type[Values], words: str | Mapping[str, str], known: Known) -> Values:
    """Make a command's Arguments of a user's words, or of words by the name of their place.

    Raise CommandError: a word is missing, one too many, or means nothing. What takes no words
    minds none.
    """
    places = slots(arguments)
    if not places:
        return arguments()
    free: list[str] = []
    if isinstance(words, str) and places[0].line:
        words = {places[0].name: words}
    elif isinstance(words, str):
        free, words = _apart(words, places, known)
    named = {each.name: each for each in places}
    told = {name: text for name, text in words.items() if text.strip()}
    found = {name: _named(name, named).word.read(text, known) for name, text in told.items()}
    found |= _placed(free, [each for each in places if each.name not in found], places, known)
    for each in places:
        if each.required and each.name not in found:
            raise CommandError(f"Say which {each.name}: {each.word.help}.")
    return arguments(**found)


def one_of(kind: str, names: Iterable[str], help_: str = "") -> Word:
    """Return the kind of word that is one of some names, whatever its case; read as in the list."""
    listed = tuple(names)

    def read(text: str, _: Known) -> str:
        for each in listed:
            if each.lower() == text.strip().lower():
                return each
        raise UnknownName(kind, text, listed)

    return Word(help_ or ", ".join(listed), read, lambda _: listed, fixed=True)


def read_duration(text: str) -> timedelta:
    """Read 90m, 24h, 7d or 2w; raise Unreadable for anything else.

    Raise OutOfRange for no time, and for more than ten years.
    """
    found = _SPAN.fullmatch(text.strip().lower())
    if not found:
        raise Unreadable("span of time", text, "90m, 24h, 7d or 2w")
    span = int(found[1]) * _UNITS[found[2]]
    if not timedelta(0) < span <= _LONGEST:
        raise OutOfRange("A span of time is longer than nothing and not above ten years.")
    return span


def write_duration(span: timedelta) -> str:
    """Write whole minutes so that `read_duration` reads them."""
    name = next(name for name in "dhm" if not span % _UNITS[name])
    return f"{span // _UNITS[name]}{name}"


def _market(text: str, known: Known) -> MarketQuery:
    query = read_market(text)
    choose(query, known.instruments)
    return query


def _market_names(known: Known) -> Sequence[str]:
    single = (f"{each.venue}:{each.base}" for each in known.instruments)
    return [*known.bases, *dict.fromkeys(single)]


def _venue(text: str, known: Known) -> str:
    return str(one_of("venue", (EVERY_VENUE, *known.venues)).read(text, known))


MARKET = Word("BTC, ETH/USDT, bybit:BTC …", _market, _market_names)
VENUE = Word(
    f"{EVERY_VENUE}, or one venue alone", _venue, lambda known: (EVERY_VENUE, *known.venues)
)
DURATION = Word(
    "90m, 24h, 7d, 2w", lambda text, _: read_duration(text), lambda _: ("1h", "24h", "7d", "30d")
)


def _apart(line: str, places: Sequence[Slot], known: Known) -> tuple[list[str], dict[str, str]]:
    """Return the free words of a line, and those with a name before them."""
    words = [word for each in line.split() if (word := each.strip(",;"))]
    if len(words) > _MOST_WORDS:
        raise OutOfRange(f"Those are {len(words)} words; {_MOST_WORDS} are enough.")
    free, named = [], {}
    for each in _phrased(words, places, known):
        name, equals, text = each.partition("=")
        if not equals:
            free.append(each)
            continue
        place = _named(name, {place.name: place for place in places})
        if place.name in named:
            raise OutOfRange(f"There are two words for {place.name}; it takes one.")
        named[place.name] = text
    return free, named


def _phrased(words: Sequence[str], places: Sequence[Slot], known: Known) -> Iterator[str]:
    """Join names and the words that belong to them: at yesterday 18:00 → at=yesterday 18:00."""
    spoken = {each.name: each for each in places if each.phrase}
    i = 0
    while i < len(words):
        name, equals, first = words[i].lower().partition("=")
        i += 1
        if (place := spoken.get(name)) is None:
            yield words[i - 1]
            continue
        rest = [*filter(None, [first]), *words[i : i + 3]]
        fits = [n for n in (3, 2, 1) if _is_value(_read(place, " ".join(rest[:n]), known))]
        # A market may have the same name: at the front only what means a phrase is one.
        count = min(fits[0] if fits else int(bool(equals) or i > 1), len(rest))
        yield f"{name}={' '.join(rest[:count])}" if count else words[i - 1]
        i += max(count - bool(first), 0)


def _named(name: str, places: Mapping[str, Slot]) -> Slot:
    try:
        return places[name.strip().lower()]
    except KeyError:
        raise UnknownName("option", name, places) from None


def _placed(
    words: Sequence[str], empty: Sequence[Slot], places: Sequence[Slot], known: Known
) -> dict[str, Any]:
    """Read free words, each into a place that can; raise CommandError for one that none can."""
    open_ = {each.name: each for each in empty if not each.named}
    read = [{name: _read(each, word, known) for name, each in open_.items()} for word in words]
    found: dict[str, Any] = {}
    left = list(range(len(words)))
    while left:
        able = {i: [name for name in open_ if _is_value(read[i][name])] for i in left}
        # Who has no choice goes first; who can go nowhere is told once all others have gone.
        i = min(left, key=lambda i: (not able[i], len(able[i]), i))
        if not able[i]:
            raise _misplaced(words[i], read[i], open_, places, known)
        found[able[i][0]] = read[i][able[i][0]]
        del open_[able[i][0]]
        left.remove(i)
    return found


def _read(place: Slot, word: str, known: Known) -> object:
    """Return what a word means in a place, or the CommandError that says why nothing."""
    try:
        return place.word.read(word, known)
    except CommandError as mistake:
        return mistake


def _is_like(word: str, names: Iterable[str]) -> bool:
    """Tell whether a word is nearly one of some names, or a number where they are numbers."""
    listed = [each.lower() for each in names]
    numbered = word[:1].isdigit() and any(each[:1].isdigit() for each in listed)
    return numbered or bool(get_close_matches(word.lower(), listed, n=1, cutoff=_NEARLY))


def _is_value(read: object) -> bool:
    return not isinstance(read, CommandError)


def _misplaced(
    word: str,
    read: Mapping[str, object],
    open_: Mapping[str, Slot],
    places: Sequence[Slot],
    known: Known,
) -> CommandError:
    """Say what is wrong with a word that no open place can read, by the likeliest of them."""
    taken = [name for name, value in read.items() if _is_value(value)]
    if taken:
        return OutOfRange(f"“{excerpt(word)}” is one {taken[0]} too many; ask for one at a time.")
    likely = [each for each in open_.values() if each.required]
    likely += [each for each in open_.values() if _is_like(word, each.word.names(known))]
    mistake = read[likely[0].name] if likely else None
    if isinstance(mistake, CommandError):
        return mistake
    usage = " ".join(each.usage for each in places)
    return CommandError(f"I cannot read “{excerpt(word)}”. What there is to say: {usage}.")
