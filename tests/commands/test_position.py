"""However a position is written, it is read as what was meant, or the answer says what would do."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.arguments import Known
from liqbot.commands._position import EXAMPLES, Amount, Asked, Position, position_of, read
from liqbot.errors import CommandError
from liqbot.market.holding import Holding
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.units import Price, Side

KNOWN = Known(
    tuple(
        Instrument(venue, base, "USDT") for venue in ("binance", "okx") for base in ("BTC", "ETH")
    )
)
MEANT = Asked(
    market=MarketQuery("BTC"), side=Side.LONG, leverage=25.0, entry=65_000.0, stop=Amount(63_800.0)
)


@pytest.mark.parametrize(
    "words",
    [
        "BTC long 65000 25x stop 63800",
        "btc long 25x 65k stop 63.8k",
        "long btc, 65,000 at 25x, sl 63,800",
        "LONG $BTC @ $65,000 x25 stop-loss=63800",
        "stop loss at 63.8k 25× long from 65000 btc",
        "25 x long btc entry: 65 k; stop: $ 63800",
        "bought btc at 65000 with leverage 25 and stop at 63800",
        "my btc long position: entry=65000 leverage=25x stop=63800 all",
        "ＢＴＣ long 65_000 25x stop 63'800",
    ],
)
def test_words_come_in_any_order(words: str) -> None:
    assert read(words, KNOWN) == MEANT


@pytest.mark.parametrize(
    ("words", "of", "size", "entry"),
    [
        ("long 0.5 btc 65000 25x", "", 0.5, 65_000.0),
        ("btc long 65000 25x size 0.5", "", 0.5, 65_000.0),
        ("btc long 65000 25x size $20k", "$", 20_000.0, 65_000.0),
        ("btc long 65000 25x size 20k usd", "$", 20_000.0, 65_000.0),
        ("btc long 65000 25x qty=20000usdt", "$", 20_000.0, 65_000.0),
        ("btc long 65000 25x size 20000 dollars stop 63800 usd", "$", 20_000.0, 65_000.0),
        ("1000 usd btc long 65000 usdt 25x", "$", 1000.0, 65_000.0),
        ("btc long 25x size 0.5 entry 65 k usdt stop 63800 usd", "", 0.5, 65_000.0),
        ("long 0.5 btc at 65k 25x", "", 0.5, 65_000.0),
        ("long 65000 btc 25x", "", 0.0, 65_000.0),
        ("btc long 25x", "", 0.0, None),
    ],
)
def test_a_size_is_said_by_name_or_before_the_market(
    words: str, of: str, size: float, entry: float | None
) -> None:
    asked = read(words, KNOWN)
    assert asked.entry == entry
    assert asked.size == (Amount(size, of) if size else None)


@pytest.mark.parametrize(
    ("side", "said"),
    [(Side.LONG, "long longs buy bought"), (Side.SHORT, "short shorts sell sold")],
)
def test_a_side_is_said_as_people_do(side: Side, said: str) -> None:
    for each in said.split():
        assert read(f"i {each} btc at 65k with 25x", KNOWN).side is side


@pytest.mark.parametrize("words", ["okx:btc short 65k 10x", "short btc okx 65k 10x on okx"])
def test_a_venue_is_said_beside_or_with_the_market(words: str) -> None:
    assert read(words, KNOWN).market.venue == "okx"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("btc", "Say long or short: BTC long"),
        ("long 65000 25x", "Say which market"),
        ("btc long 65000", "Say the leverage"),
        ("xyz long 65000 25x", "There is no market “xyz”"),
        ("btc long 65000 25x quick", "I cannot read “quick”"),
        ("btc long short 25x", "long or short"),
        ("btc eth long 25x", "one market too many"),
        ("btc long 65000 25x 30x", "two numbers for the leverage"),
        ("btc long 65000 66000 25x", "two numbers for the entry"),
        ("btc long 65000 25x size 5%", "Only a stop is said in percent; the size"),
        ("btc long 65000 leverage 25%", "Only a stop is said in percent; the leverage"),
        ("btc long 2% 25x", "Only a stop is said in percent; the entry"),
        ("btc long 0 25x", "above 0"),
        ("btc long " + "9" * 40 + " 25x", "is not a number"),
        ("x" * 300, "is not a position"),
        ("", "is not a position"),
    ],
)
def test_what_cannot_be_read_says_what_would_do(words: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        read(words, KNOWN)


@pytest.mark.parametrize(
    ("words", "mark", "stop", "quantity"),
    [
        ("btc long 65000 25x stop 2%", 65_500.0, 63_700.0, None),
        ("btc short 65000 25x stop 2%", 65_500.0, 66_300.0, None),
        ("btc long 65000 25x size $32500", None, None, 0.5),
        ("btc long 60000 5x stop 62000", 65_000.0, 62_000.0, None),  # in profit already
        ("btc short 65000 5x stop 64000", 63_000.0, 64_000.0, None),
    ],
)
def test_a_position_is_put_in_numbers(
    words: str, mark: float | None, stop: float | None, quantity: float | None
) -> None:
    found = position_of(read(words, KNOWN), "BTC", mark)
    assert found.stop == (None if stop is None else pytest.approx(stop))
    assert found.quantity == quantity


def test_without_an_entry_it_is_the_price_now() -> None:
    assert position_of(read("btc long 25x", KNOWN), "BTC", 65_123.456_789).entry == 65_123.457
    with pytest.raises(CommandError, match="say the entry"):
        position_of(read("btc long 25x", KNOWN), "BTC", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("btc long 65 25x", "65 is far from BTC's price, 65000"),
        ("btc long 65000 25x stop 66000", "below its entry or the price"),
        ("btc long 65000 25x stop 65000", "below its entry or the price"),
        ("btc short 65000 25x stop 64000", "above its entry or the price"),
        ("btc long 65000 25x stop 150%", "below its entry"),
    ],
)
def test_what_cannot_be_at_this_price_is_refused(words: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        position_of(read(words, KNOWN), "BTC", 65_000.0)


@pytest.mark.parametrize("words", EXAMPLES)
def test_what_is_shown_as_an_example_can_be_read(words: str) -> None:
    assert read(words, KNOWN).leverage >= 10


@given(
    side=st.sampled_from(list(Side)),
    entry=st.floats(1e-6, 1e6),
    leverage=st.floats(1, 125),
    away=st.none() | st.floats(0.001, 0.5),
    quantity=st.none() | st.floats(1e-3, 1e6),
    venue=st.none() | st.sampled_from(["binance", "okx"]),
)
def test_what_is_written_is_read_as_the_same(
    *,
    side: Side,
    entry: float,
    leverage: float,
    away: float | None,
    quantity: float | None,
    venue: str | None,
) -> None:
    stop = None if away is None else Price(float(f"{entry * (1 - side.sign * away):.8g}"))
    position = Position(
        base="BTC",
        side=side,
        entry=Price(float(f"{entry:.8g}")),
        leverage=float(f"{leverage:.4g}"),
        stop=stop,
        quantity=None if quantity is None else float(f"{quantity:.6g}"),
        venue=venue,
    )
    held = Holding(
        side=side,
        entry=position.entry,
        leverage=position.leverage,
        liquidation=Price(0.0),
        stop=stop,
        venue=venue or "",
        quantity=position.quantity,
    )
    assert position_of(read(f"BTC {held.words}", KNOWN), "BTC", None) == position


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "btc",
                "long",
                "short",
                "65k",
                "25x",
                "x",
                "stop",
                "2%",
                "$",
                "size",
                "0.5",
                "usd",
                "=",
                "at",
                "okx",
                ":",
                "1e9",
                "-5",
                "٣",
                "btc:okx",
                "@",
                ",",
                "0",
                "leverage",
            ]
        ),
        max_size=9,
    ).map(" ".join)
)
def test_any_words_are_read_or_refused_in_words(words: str) -> None:
    with suppress(CommandError):
        assert position_of(read(words, KNOWN), "BTC", 65_000.0).entry > 0
