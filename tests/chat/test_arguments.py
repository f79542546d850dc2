from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Annotated

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liqbot.chat.arguments import (
    DURATION,
    LINE,
    MARKET,
    NAMED,
    PHRASE,
    VENUE,
    Known,
    Slot,
    Word,
    fill,
    one_of,
    read_duration,
    slots,
    write_duration,
)
from liqbot.chat.moments import MOMENT, Moment, read_moment
from liqbot.errors import CommandError, OutOfRange, UnknownName, Unreadable
from liqbot.market.instrument import Instrument, MarketQuery

SIZE = one_of("size", ("portrait", "wide", "hd"))
KNOWN = Known(
    tuple(
        Instrument(venue, base, "USDT")
        for base in ("BTC", "ETH", "1000PEPE", "ALL")
        for venue in ("binance", "bybit")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    market: Annotated[MarketQuery, MARKET]
    range: Annotated[timedelta, DURATION] = timedelta(hours=24)
    venue: Annotated[str | None, VENUE] = None
    size: Annotated[str, SIZE] = "portrait"
    age: Annotated[timedelta | None, DURATION, NAMED] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    market: Annotated[MarketQuery, MARKET]
    range: Annotated[timedelta, DURATION] = timedelta(hours=24)
    at: Annotated[Moment | None, MOMENT, PHRASE] = None


@dataclass(frozen=True, slots=True)
class Sentence:
    words: Annotated[str, Word("any", lambda text, _: text, lambda _: ()), LINE] = "none"


@dataclass(frozen=True, slots=True)
class Nothing: ...


def filled(words: str | dict[str, str]) -> Arguments:
    return fill(Arguments, words, KNOWN)


def mistake(words: str | dict[str, str]) -> str:
    with pytest.raises(CommandError) as raised:
        filled(words)
    return str(raised.value)


def test_places_are_read_off_the_declaration() -> None:
    found = slots(Arguments)
    assert [each.name for each in found] == ["market", "range", "venue", "size", "age"]
    assert [each.usage for each in found] == ["MARKET", "[range]", "[venue]", "[size]", "[age=…]"]
    assert found[0].word.help == "BTC, ETH/USDT, bybit:BTC …"


@pytest.mark.parametrize("word", ["BTC", "btc", "BTCUSDT", "btc/usdt", "xbt", "$btc,", "BTC-PERP"])
def test_a_market_is_read_however_it_is_written(word: str) -> None:
    assert filled(word).market.base == "BTC"


@pytest.mark.parametrize("words", list(permutations(["btc", "3D", "Bybit", "HD"])))
def test_the_order_of_words_does_not_matter(words: tuple[str, ...]) -> None:
    assert filled(" ".join(words)) == Arguments(
        market=MarketQuery("BTC"), range=timedelta(days=3), venue="bybit", size="hd"
    )


def test_a_word_with_its_name_goes_there() -> None:
    found = filled("VENUE=bybit age=7d market=btc")
    assert (found.venue, found.age, found.market.base) == ("bybit", timedelta(days=7), "BTC")
    assert filled({"market": "btc", "range": " ", "size": "wide"}).size == "wide"


def test_a_word_that_could_go_two_ways_leaves_room_for_one_that_cannot() -> None:
    assert filled("all").market.base == "ALL"
    assert filled("all btc").venue == "all"
    assert filled("all all").venue == "all"


@pytest.mark.parametrize(
    "words",
    [
        "btc at yesterday 18:00 7d",
        "AT yesterday 18:00 btc 7d",
        "btc 7d at=yesterday 18:00",
        {"market": "btc", "range": "7d", "at": "yesterday 18:00"},
    ],
)
def test_words_that_belong_together_go_where_their_name_is(words: str | dict[str, str]) -> None:
    assert fill(Dated, words, KNOWN) == Dated(
        market=MarketQuery("BTC"), range=timedelta(days=7), at=read_moment("yesterday 18:00")
    )


def test_of_words_that_belong_together_none_is_left_over() -> None:
    known = Known((*KNOWN.instruments, Instrument("bybit", "AT", "USDT")))
    assert fill(Dated, "at 7d", known).market.base == "AT"
    assert fill(Dated, "at at 3h ago", known) == Dated(
        market=MarketQuery("AT"), at=read_moment("3h ago")
    )
    for words, said in {
        "btc at soon": "“soon” is not a time. Try 18:00",
        "btc at": "I cannot read “at”",
        "btc at 18:00 at 19:00": "There are two words for at",
        "btc at 18:00 19:00": "“19:00” is not a span of time",
    }.items():
        with pytest.raises(CommandError, match=said):
            fill(Dated, words, KNOWN)
    (*_, at) = slots(Dated)
    assert at.usage == "[at=…]"


def test_what_takes_no_words_minds_none() -> None:
    assert fill(Nothing, "ref 17", KNOWN) == Nothing()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Say which market: BTC, ETH/USDT, bybit:BTC …."),
        ("3d", "Say which market: BTC, ETH/USDT, bybit:BTC …."),
        ("btx", "There is no market “BTX”. Did you mean BTC?"),
        ("btc bybt", "There is no venue “bybt”. Did you mean bybit?"),
        ("kraken:btc", "There is no venue “kraken”. There is binance, bybit."),
        ("doge", "There is no market “DOGE”. There is BTC, ETH, 1000PEPE, ALL."),
        ("btc eth", "“eth” is one market too many; ask for one at a time."),
        ("btc 3d 7d", "“7d” is one range too many; ask for one at a time."),
        ("btc portait", "There is no size “portait”. Did you mean portrait?"),
        ("btc !!!!", "I cannot read “!!!!”. What there is to say: MARKET [range] [venue] [size]"),
        ("!!!!", "“!!!!” is not a market. Try BTC, BTC/USDT or bybit:BTC/USDT:USDT."),
        ("btc rnage=3d", "There is no option “rnage”. Did you mean range?"),
        ("btc range=3d range=7d", "There are two words for range; it takes one."),
        ("btc age=old", "“old” is not a span of time. Try 90m, 24h, 7d or 2w."),
        ("btc range=0h", "A span of time is longer than nothing and not above"),
        ("btc " * 17, "Those are 17 words; 16 are enough."),
    ],
)
def test_a_mistake_is_told_with_what_would_work(words: str, said: str) -> None:
    assert mistake(words).startswith(said)


def test_a_market_of_no_known_instrument_is_none() -> None:
    with pytest.raises(UnknownName, match="There is none"):
        fill(Arguments, "btc", Known())


@given(
    st.one_of(
        st.text(max_size=80),
        st.dictionaries(st.sampled_from(["market", "range", "size", "x"]), st.text(max_size=30)),
    )
)
def test_no_words_do_worse_than_be_mistaken(words: str | dict[str, str]) -> None:
    try:
        found = filled(words)
    except CommandError as error:
        said = str(error)
    else:
        said = found.market.base
    assert 0 < len(said) < 300
    assert said.isprintable()


def test_completion_puts_beginnings_before_insides() -> None:
    market, range_, venue, size, _ = slots(Arguments)
    assert market.word.complete("b", KNOWN)[:2] == ["BTC", "binance:BTC"]
    assert market.word.complete("bybit:e", KNOWN) == ["bybit:ETH"]
    assert market.word.complete("pepe", KNOWN)[0] == "1000PEPE"
    assert venue.word.complete("", KNOWN) == ["all", "binance", "bybit"]
    assert venue.word.complete("BY", KNOWN) == ["bybit"]
    assert size.word.complete("x", KNOWN) == []
    assert "24h" in range_.word.complete("2", KNOWN)


@pytest.mark.parametrize("place", slots(Arguments), ids=lambda each: each.name)
def test_what_is_completed_can_be_read(place: Slot) -> None:
    for name in place.word.complete("", KNOWN):
        place.word.read(name, KNOWN)


@given(st.integers(1, 99_999), st.sampled_from("mh"))
def test_a_span_of_time_is_read_as_it_is_written(count: int, unit: str) -> None:
    assume(unit == "m" or count <= 87_600)
    span = read_duration(f"{count}{unit}")
    assert read_duration(write_duration(span)) == span
    assert [write_duration(read_duration(each)) for each in ("24h", "2w", "90m")] == [
        "1d",
        "14d",
        "90m",
    ]


@pytest.mark.parametrize("text", ["", "h", "3", "3y", "-3d", "1.5h", "3dd"])
def test_what_is_no_span_of_time_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_duration(text)


@pytest.mark.parametrize("text", ["00d", "0m", "3651d", "99999w"])
def test_a_span_of_time_is_neither_nothing_nor_an_age(text: str) -> None:
    with pytest.raises(OutOfRange):
        read_duration(text)


def test_a_line_is_taken_as_it_was_typed() -> None:
    long = "btc, within=1.5 %  of " + "very " * 30 + "much"
    assert fill(Sentence, long, KNOWN).words == long
    assert fill(Sentence, {"words": "a b"}, KNOWN).words == "a b"
    assert fill(Sentence, "  ", KNOWN).words == "none"
    assert [each.usage for each in slots(Sentence)] == ["[words …]"]


def test_only_what_is_one_of_a_list_takes_nothing_else() -> None:
    assert {each.name: each.word.fixed for each in slots(Arguments)} == {
        "market": False,
        "range": False,
        "venue": False,
        "size": True,
        "age": False,
    }
