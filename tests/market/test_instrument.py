"""How people write markets, and which they get."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.errors import CommandError, UnknownName, Unreadable
from liqbot.market.instrument import Instrument, MarketQuery, choose, read_market

KNOWN = (
    Instrument("binance", "1000PEPE", "USDT"),
    Instrument("binance", "BTC", "USDC"),
    Instrument("binance", "BTC", "USDT"),
    Instrument("dydx", "ETH", "USDC"),
    Instrument("hyperliquid", "BTC", "USDC"),
    Instrument("hyperliquid", "kPEPE", "USDC"),
)

bases = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=8).filter(
    lambda base: base != "XBT"
)
quotes = st.sampled_from(["USDT", "USDC"])
venues = st.sampled_from(["binance", "bybit", "okx", "bitget", "hyperliquid", "gate", "dydx"])


@pytest.mark.parametrize(
    ("text", "base", "quote", "venue"),
    [
        ("BTC", "BTC", None, None),
        ("btc", "BTC", None, None),
        (" $btc\n", "BTC", None, None),
        ("ＢＴＣ", "BTC", None, None),
        ("xbt", "BTC", None, None),
        ("XBTUSD", "BTC", None, None),
        ("btc/usdt", "BTC", "USDT", None),
        ("BTCUSDT", "BTC", "USDT", None),
        ("BTC-USDT", "BTC", "USDT", None),
        ("BTC_USDC", "BTC", "USDC", None),
        ("BTC/USD1", "BTC", "USD1", None),
        ("BTCUSD", "BTC", None, None),
        ("BTC-USD", "BTC", None, None),
        ("BTC-PERP", "BTC", None, None),
        ("BTCPERP", "BTC", None, None),
        ("BTC-USDT-SWAP", "BTC", "USDT", None),
        ("BTC_USDC-PERPETUAL", "BTC", "USDC", None),
        ("BTCUSDT.P", "BTC", "USDT", None),
        ("bybit:BTC/USDT:USDT", "BTC", "USDT", "bybit"),
        ("BYBIT:BTCUSDT.P", "BTC", "USDT", "bybit"),
        ("okx:eth", "ETH", None, "okx"),
        ("1000PEPE", "1000PEPE", None, None),
        ("4", "4", None, None),
        ("4USDT", "4", "USDT", None),
        ("PERP", "PERP", None, None),
        ("PERPUSDT", "PERP", "USDT", None),
        ("USDT", "USDT", None, None),
        ("USDCUSDT", "USDC", "USDT", None),
        ("BUSD", "BUSD", None, None),
        ("龙虾", "龙虾", None, None),
    ],
)
def test_a_market_is_read_as_people_write_it(
    text: str, base: str, quote: str | None, venue: str | None
) -> None:
    assert read_market(text) == MarketQuery(base, quote, venue)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "BTC/",
        "/USDT",
        "okx:",
        ":BTC",
        "a:b:c:d",
        "BTC USDT",
        "BTC/USD:BTC",
        "BTC/USDT:USDT-260925",
        "../../etc/passwd",
        "BTC\x00",
        "BTC\u202eCTB",
        "💥🚀",
        "'; DROP TABLE alerts;--",
        "<b>BTC</b>",
        "[BTC](tg://user)",
        "A" * 21,
        "A" * 4096,
        "💥" * 4096,
    ],
)
def test_what_names_no_linear_perpetual_gets_a_short_answer_that_says_what_would_work(
    text: str,
) -> None:
    with pytest.raises(Unreadable) as caught:
        read_market(text)
    answer = str(caught.value)
    assert "Try BTC, BTC/USDT or bybit:BTC/USDT:USDT" in answer
    assert len(answer) < 100
    assert answer.isprintable()


@given(st.text(max_size=100))
def test_any_text_is_a_market_or_gets_a_short_answer(text: str) -> None:
    try:
        answer = read_market(text).base
    except CommandError as mistake:
        answer = str(mistake)
    assert 0 < len(answer) < 100


@given(bases, quotes, venues)
def test_every_full_name_of_an_instrument_reads_back(base: str, quote: str, venue: str) -> None:
    instrument = Instrument(venue, base, quote)
    assert read_market(instrument.symbol) == MarketQuery(base, quote)
    assert read_market(instrument.folder) == MarketQuery(base, quote)
    assert read_market(f"{venue}:{instrument.symbol.lower()}") == MarketQuery(base, quote, venue)
    assert Instrument.from_folder(venue, instrument.folder) == instrument


@given(bases, quotes)
def test_a_base_and_a_quote_run_together_read_back(base: str, quote: str) -> None:
    assert read_market(base + quote) == MarketQuery(base, quote)


@pytest.mark.parametrize("folder", ["BTC", "BTC-", "-USDT", "BTC-USDT-SWAP", "BTC USDT", "..-.."])
def test_a_folder_that_is_no_market_is_refused(folder: str) -> None:
    with pytest.raises(ValueError, match="not like BTC-USDT"):
        Instrument.from_folder("binance", folder)


def test_usdt_is_chosen_before_usdc_on_each_venue() -> None:
    assert choose(MarketQuery("BTC"), KNOWN) == (KNOWN[2], KNOWN[4])


def test_a_quote_or_venue_that_was_named_is_kept_to() -> None:
    assert choose(MarketQuery("BTC", "USDC"), KNOWN) == (KNOWN[1], KNOWN[4])
    assert choose(MarketQuery("BTC", None, "hyperliquid"), KNOWN) == (KNOWN[4],)


def test_a_base_is_found_whatever_its_case() -> None:
    assert choose(read_market("kpepe"), KNOWN) == (KNOWN[5],)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("BTX", "There is no market “BTX”. Did you mean BTC?"),
        ("1000PEP", "There is no market “1000PEP”. Did you mean 1000PEPE?"),
        ("binanse:BTC", "There is no venue “binanse”. Did you mean binance?"),
        ("binance:ETH", "There is no market “ETH”. There is 1000PEPE, BTC."),
        ("BTC/FDUSD", "There is no market “BTC-FDUSD”. Did you mean BTC-USDT?"),
    ],
)
def test_an_unknown_market_gets_the_nearest_one(text: str, answer: str) -> None:
    with pytest.raises(UnknownName) as caught:
        choose(read_market(text), KNOWN)
    assert str(caught.value) == answer
