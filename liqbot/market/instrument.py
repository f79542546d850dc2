"""Which perpetual contract, on which venue, and how people write it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from liqbot.errors import UnknownName, Unreadable, excerpt

PREFERRED_QUOTES = ("USDT", "USDC")

_LONGEST = 64  # characters that are looked at
_EXAMPLES = "BTC, BTC/USDT or bybit:BTC/USDT:USDT"
_ALIASES = {"XBT": "BTC"}
_WORD = r"[^\W_]{1,20}"
_QUOTE = r"[A-Z][A-Z0-9]{1,7}"
_MARKET = re.compile(
    rf"""
    (?:(?P<venue>[A-Z][A-Z0-9_]{{0,19}}):)?                         # bybit:
    [$#]?(?P<base>{_WORD}?)                                         # BTC, 1000PEPE
    (?:[/_-](?P<quote>{_QUOTE})(?::(?P<settle>{_QUOTE}))?)??        # /USDT:USDT
    (?:[-_.](?:PERPETUAL|PERP|SWAP|P)|(?<=[^\W_][^\W_])PERP)?       # -PERP, .P
    """,
    re.VERBOSE,
)
_JOINED = re.compile(rf"(?P<base>{_WORD}?)(?P<quote>USDT|USDC|(?<=[^\W_][^\W_])USD)")


@dataclass(frozen=True, slots=True)
class Instrument:
    """A linear perpetual contract on one venue."""

    venue: str  # the exchange's file stem: "binance"
    base: str  # "BTC"
    quote: str  # "USDT"

    @staticmethod
    def from_folder(venue: str, folder: str) -> "Instrument":
        """Return the instrument that a venue's folder in a recording is named for.

        Raise ValueError for a name that is not like BTC-USDT.
        """
        if not re.fullmatch(rf"{_WORD}-{_WORD}", folder):
            raise ValueError(f"{excerpt(folder)} is not like BTC-USDT")
        base, _, quote = folder.partition("-")
        return Instrument(venue, base, quote)

    @property
    def symbol(self) -> str:
        """The symbol as ccxt unifies it: BTC/USDT:USDT."""
        return f"{self.base}/{self.quote}:{self.quote}"

    @property
    def folder(self) -> str:
        """The name of its folder in a recording: BTC-USDT."""
        return f"{self.base}-{self.quote}"


@dataclass(frozen=True, slots=True)
class MarketQuery:
    """What a user asked for: a base, and a quote and a venue if they named them."""

    base: str
    quote: str | None = None
    venue: str | None = None


def read_market(text: str) -> MarketQuery:
    """Read BTC, btc/usdt, BTCUSDT, XBT, BTC-PERP, bybit:BTC/USDT:USDT and the like.

    USD as a quote means any dollar. Raise Unreadable for what names no linear perpetual.
    """
    plain = unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip().upper()
    found = _MARKET.fullmatch(plain) if len(plain) <= _LONGEST else None
    if not found or found["settle"] not in {None, found["quote"]}:
        raise Unreadable("market", text, _EXAMPLES)
    base, quote, venue = found["base"], found["quote"], found["venue"]
    if quote is None and (joined := _JOINED.fullmatch(base)):
        base, quote = joined["base"], joined["quote"]
    return MarketQuery(
        base=_ALIASES.get(base, base),
        quote=None if quote == "USD" else quote,
        venue=venue and venue.lower(),
    )


def choose(query: MarketQuery, known: Iterable[Instrument]) -> tuple[Instrument, ...]:
    """Return one instrument a venue, in the order known: the quote asked for, else USDT, else USDC.

    Raise UnknownName, with the nearest that exists, for a venue or market that is not known.
    """
    listed = list(known)
    venues = dict.fromkeys(each.venue for each in listed)
    if query.venue is not None and query.venue not in venues:
        raise UnknownName("venue", query.venue, venues)
    there = [each for each in listed if query.venue in {None, each.venue}]
    same = [each for each in there if each.base.upper() == query.base]
    if not same:
        raise UnknownName("market", query.base, dict.fromkeys(each.base for each in there))
    wanted = PREFERRED_QUOTES if query.quote is None else (query.quote,)
    chosen: dict[str, Instrument] = {}
    for quote in reversed(wanted):
        chosen |= {each.venue: each for each in same if each.quote.upper() == quote}
    if not chosen:
        name = f"{query.base}-{query.quote or PREFERRED_QUOTES[0]}"
        raise UnknownName("market", name, dict.fromkeys(each.folder for each in same))
    return tuple(each for each in same if chosen.get(each.venue) == each)
