"""A position in words: BTC long 65000 25x stop 63800, in any order, as people write it."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from liqbot.alerting.numerals import read_number
from liqbot.chat.arguments import EVERY_VENUE, Known
from liqbot.errors import CommandError, OutOfRange, UnknownName, Unreadable, excerpt
from liqbot.market.holding import written
from liqbot.market.instrument import MarketQuery, choose, read_market
from liqbot.market.units import Price, Side

EXAMPLE = "BTC long 65000 25x stop 63800"
EXAMPLES = (EXAMPLE, "ETH short 3000 10x", "BTC long 65k 25x okx size 0.5")

_LONGEST = 200  # characters
_FAR = 20.0  # times the price, beyond which an entry is a slip of the hand
_JOINED = (  # what belongs together is written so
    (re.compile(r"[=@×]|:(?=[ $\d])"), lambda found: "x" if found[0] == "×" else " "),
    (re.compile(r"\bstop[ -]?loss\b"), "stop"),
    (re.compile(r"\$ +"), "$"),
    (re.compile(r"(?<=\d) +(?=[kmbx%](?!\w))"), ""),
    (re.compile(r"(\d[kmb]?) +(?=(?:usd[tc]?|dollars?)\b)"), r"\1"),
)
_NUMBER = re.compile(r"(x?)(\$?)(\d[\d.,'_]*)([kmb]?)(x|%|usd[tc]?|dollars?|\$)?")
_NAMES = {
    **dict.fromkeys(("stop", "sl"), "stop"),
    **dict.fromkeys(("size", "qty", "quantity", "amount"), "size"),
    **dict.fromkeys(("entry", "entered", "from", "at", "price"), "entry"),
    **dict.fromkeys(("leverage", "lev"), "leverage"),
}
_SIDES = {
    **dict.fromkeys(("long", "longs", "buy", "bought"), Side.LONG),
    **dict.fromkeys(("short", "shorts", "sell", "sold"), Side.SHORT),
}
_DOLLARS = {"usd", "usdt", "usdc", "dollar", "dollars"}
_FILLERS = {"a", "an", "and", "i", "in", "is", "isolated", "my", "of", "on", "position", "with"}
_SCALE = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}


class Amount(NamedTuple):
    """A number, and what of: a price or base units where nothing else is said."""

    value: float
    of: str = ""  # "%" of the entry, "$" of notional


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody said of a position."""

    market: MarketQuery
    side: Side
    leverage: float
    entry: float | None = None  # None = the price now
    stop: Amount | None = None
    size: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A position, all of it in numbers."""

    base: str
    side: Side
    entry: Price
    leverage: float
    stop: Price | None = None
    quantity: float | None = None  # base units
    venue: str | None = None


@dataclass(slots=True)
class _Heard:
    """What was made of the words so far."""

    said: dict[str, Amount] = field(default_factory=dict)
    free: list[tuple[int, Amount]] = field(default_factory=list)  # numbers without a name
    side: Side | None = None
    venue: str | None = None
    market: MarketQuery | None = None
    market_at: int = -1  # which word it was
    unread: list[str] = field(default_factory=list)

    def say(self, name: str, amount: Amount) -> None:
        """Take a number by its name; raise OutOfRange for a second one, or for a share of what."""
        if amount.of == "%" and name != "stop":
            raise OutOfRange(f"Only a stop is said in percent; the {name} is a number.")
        if name in self.said:
            raise OutOfRange(f"There are two numbers for the {name}; it takes one.")
        self.said[name] = amount


def read(words: str, known: Known) -> Asked:
    """Read a position; raise CommandError, with what would work."""
    plain = unicodedata.normalize("NFKC", words).lower()
    if not plain.strip() or len(plain) > _LONGEST:
        raise Unreadable("position", words, EXAMPLE)
    for pattern, joined in _JOINED:
        plain = pattern.sub(joined, plain)
    heard = _heard([each.strip(",;.!?") for each in plain.split()], known)
    if heard.market is None:
        name = heard.unread[0] if heard.unread else ""
        raise UnknownName("market", name, known.bases) if name else _missing("which market")
    if heard.unread:
        raise CommandError(f"I cannot read “{excerpt(heard.unread[0])}”. Try {EXAMPLE}.")
    if heard.side is None:
        raise _missing("long or short")
    if "leverage" not in heard.said:
        raise _missing("the leverage")
    _name_the_rest(heard)
    query = heard.market
    entry = heard.said.get("entry")
    return Asked(
        market=MarketQuery(query.base, query.quote, query.venue or heard.venue),
        side=heard.side,
        leverage=heard.said["leverage"].value,
        entry=None if entry is None else entry.value,
        stop=heard.said.get("stop"),
        size=heard.said.get("size"),
    )


def position_of(asked: Asked, base: str, mark: float | None) -> Position:
    """Return a position in numbers; raise CommandError for one that cannot be at such a price."""
    entry = mark if asked.entry is None else asked.entry
    if entry is None:
        raise CommandError(f"The price of {base} is not known yet; say the entry: {EXAMPLE}.")
    if mark is not None and not mark / _FAR <= entry <= mark * _FAR:
        raise OutOfRange(
            f"{written(entry)} is far from {base}'s price, {written(float(f'{mark:.5g}'))}."
            " Prices are in full, or in thousands: 65000, 65k."
        )
    stop = None if asked.stop is None else _stop(asked.side, asked.stop, entry, mark or entry)
    size = asked.size
    quantity = None if size is None else size.value / (entry if size.of == "$" else 1.0)
    return Position(
        base=base,
        side=asked.side,
        entry=_rounded(entry),
        leverage=asked.leverage,
        stop=None if stop is None else _rounded(stop),
        quantity=None if quantity is None else float(f"{quantity:.6g}"),
        venue=asked.market.venue,
    )


def _heard(words: list[str], known: Known) -> _Heard:
    heard, name = _Heard(), ""
    for i, word in enumerate(words):
        if found := _NUMBER.fullmatch(word):
            _take(heard, found, name, i)
            name = ""
        elif word in _NAMES:  # a stop at 63800 is a stop
            name = name if name and _NAMES[word] == "entry" else _NAMES[word]
        elif word in _SIDES:
            if heard.side not in (None, _SIDES[word]):
                raise OutOfRange("Is it long or short? Ask for one at a time.")
            heard.side = _SIDES[word]
        elif word in known.venues:
            heard.venue = word
        elif word and word not in _FILLERS | _DOLLARS | {EVERY_VENUE}:
            _take_market(heard, word, known, i)
    return heard


def _take(heard: _Heard, found: re.Match[str], name: str, at: int) -> None:
    """Take a number, by the name before it or by how it is written."""
    before, dollar, digits, scale, after = found.groups(default="")
    value = float(read_number(digits, money=not scale)) * _SCALE[scale]
    if not value > 0:
        raise OutOfRange(f"“{excerpt(found[0])}” has to be above 0.")
    of = "%" if after == "%" else "$" if dollar or after not in ("", "x") else ""
    if before or after == "x":
        heard.say("leverage", Amount(value))
    elif name:
        heard.say(name, Amount(value, of if (name, of) != ("stop", "$") else ""))
    else:
        heard.free.append((at, Amount(value, of)))


def _take_market(heard: _Heard, word: str, known: Known, at: int) -> None:
    try:
        query = read_market(word)
        choose(query, known.instruments)
    except CommandError:
        heard.unread.append(word)
        return
    if heard.market is not None and heard.market.base != query.base:
        raise OutOfRange(f"“{excerpt(word)}” is one market too many; ask for one at a time.")
    heard.market, heard.market_at = query, at


def _name_the_rest(heard: _Heard) -> None:
    """Name the numbers without a name: one before the market may be a size, one is the entry."""
    for at, amount in heard.free:
        is_size = at + 1 == heard.market_at and (len(heard.free) > 1 or "entry" in heard.said)
        heard.say("size" if is_size and "size" not in heard.said else "entry", amount)


def _stop(side: Side, said: Amount, entry: float, mark: float) -> float:
    """Return the price of a stop; raise OutOfRange for one on the wrong side."""
    stop = entry * (1 - side.sign * said.value / 100) if said.of == "%" else said.value
    sign = side.sign
    if stop <= 0 or sign * stop >= max(sign * entry, sign * mark):
        where = "below" if side is Side.LONG else "above"
        raise OutOfRange(f"The stop of a {side} lies {where} its entry or the price now.")
    return stop


def _rounded(price: float) -> Price:
    return Price(float(f"{price:.8g}"))


def _missing(what: str) -> CommandError:
    return CommandError(f"Say {what}: {EXAMPLE}.")
