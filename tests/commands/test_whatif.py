"""/whatif: what would fire if price went somewhere."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.arguments import Known
from liqbot.chat.message import LONGEST_WORDS, Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.commands.whatif import read_push
from liqbot.desk import Desk
from liqbot.errors import CommandError
from liqbot.heatmap.history import History
from tests.charts.histories import a_history
from tests.commands.conversation import words
from tests.fakes.desk import CALLER, PNG, a_desk
from tests.heatmap.books import booked

MARK = 65_000.0


def a_whatif_desk(history: History | None = None) -> Desk:
    return a_desk(history or booked(density=8e9))[0]


async def ask(line: str = "btc 62000", desk: Desk | None = None) -> Message:
    return await COMMANDS["whatif"].invoke(desk or a_whatif_desk(), CALLER, line)


async def said(line: str = "btc 62000", desk: Desk | None = None) -> list[str]:
    return plain((await ask(line, desk)).text).splitlines()


async def test_every_number_says_what_it_is() -> None:
    assert await said() == [
        "BTC what if price goes to 62,000 (−4.6%)",
        "65,000  −2.4% in 24 h",
        "ESTIMATE · Binance+Bybit+OKX",
        "2026-01-07 02:00 UTC · data 12 s old",
        "Expected to be liquidated: $206M of longs ($82.2M … $672M)",
        "Expected to stop near 62,000 (62,000 … 54,700), 0.3% past the cluster 62,205–62,465",
        (
            "Expected waves, half of each: 100x $51.4M by 63,136 · 50x $20.9M by 63,136"
            " · 20x $47.6M by 63,136 · ≤10x $85.7M by 63,136"
        ),
        "Orders resting to 62,000: $378M, 42% shown, the rest assumed",
        "Absorbed by orders: $206M; to push price to 62,000 takes another $172M",
        "Books shown: Binance to 2.0%, Bybit to 2.0%, OKX to 2.0%",
        (
            "Low … high: 0.4× … 1.7× of what is expected fires, 1.5× … 0.5× of the books rests;"
            " past its end a book goes on as before it"
        ),
        "If price went there, about so much would be force-closed: modelled → expected.",
        "Modelled, not measured. Not a forecast. Not advice.",
    ]


async def test_a_distance_is_taken_from_the_price() -> None:
    assert (await said("-5% btc"))[0] == "BTC what if price goes to 61,750 (−5.0%)"
    assert (await said("btc +3%"))[0] == "BTC what if price goes to 66,950 (+3.0%)"


async def test_without_a_price_the_nearest_zone_is_meant() -> None:
    zone = next(each for each in a_history().clusters if each.zone == "B")
    assert f"{zone.peak:,.0f}" in (await said("btc"))[0]


async def test_it_can_be_looked_at_from_other_sides_by_buttons() -> None:
    found = await ask("btc 62000 light")
    assert words(found) == [
        *(f"whatif BTC {each} light" for each in ("-5%", "-3%", "+3%", "+5%")),
        "whatif BTC 64220 light",
        "whatif BTC 65975 light",
        "levels BTC",
        "whatif BTC 62000 light",
        "why whatif BTC 62000",
    ]
    assert found.in_place
    assert found.picture is not None
    assert found.picture.name == "btc-whatif-20260107-0200.png"
    assert found.picture.content.startswith(PNG[:8])


async def test_a_large_picture_comes_as_a_file() -> None:
    found = await ask("btc 62000 hd")
    assert found.picture is None
    assert found.document is not None


async def test_one_venue_is_asked_alone() -> None:
    desk, markets, _ = a_desk(booked())
    await ask("btc 62000 venue=okx", desk)
    assert markets.asked[-1][0].venue == "okx"


async def test_without_books_no_stop_is_told() -> None:
    told = await said(desk=a_whatif_desk(a_history()))
    assert "Where it would stop cannot be told: no order book is known" in told
    assert "Books: none of Binance+Bybit+OKX" in told


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("btc 65000", "Price is at 65,000 now; say a price below or above it."),
        ("btc 1", "The map knows prices from 51,978 to 81,255; ask within."),
        ("btc soon", "I cannot read “soon”"),
        ("btc price=soon", "62000, 62.5k, -5% or +3%"),
        ("btc -60%", "from -50% to +100%"),
        ("btc +0%", "and not 0%"),
        ("btc price=62,500k", "“62,500” is not a number. Try 62500 or 62.500."),
        ("btc -5", "“-5” is not a price. Try 62000, 62.5k, -5% or +3%."),
    ],
)
async def test_what_cannot_be_walked_is_refused_with_what_can(line: str, mistake: str) -> None:
    found = await ask(line)
    assert mistake in plain(found.text)
    assert found.picture is None


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("62000", 62_000.0),
        ("62,000", 62_000.0),
        ("$62.5k", 62_500.0),
        ("62,5k", 62_500.0),
        ("62'000", 62_000.0),
        ("0.0123", 0.0123),
        ("-5%", 61_750.0),
        ("−5%", 61_750.0),
        ("+2.5%", 66_625.0),
        ("+2,5%", 66_625.0),
    ],
)
def test_prices_are_read_as_people_write_them(text: str, target: float) -> None:
    push = read_push(text, Known())
    assert push.target(a_history().snapshot.mark) == pytest.approx(target)
    assert read_push(push.text, Known()) == push


@given(st.text(max_size=12))
def test_nothing_else_is_read_as_a_price(text: str) -> None:
    try:
        push = read_push(text, Known())
    except CommandError:
        return
    assert push.price is None or push.price >= 0
    assert read_push(push.text, Known()) == push


@pytest.mark.parametrize("price", [0.0000123456, 0.12345, 3_141.59, 1_234_567.8])
async def test_its_buttons_are_understood_in_every_market(price: float) -> None:
    desk = a_whatif_desk(booked(a_history(base="MOG", price=price)))
    found = await ask("mog -3%", desk)
    for each in words(found):
        assert len(each.encode()) <= LONGEST_WORDS
        name, _, line = each.partition(" ")
        again = await COMMANDS[name].invoke(desk, CALLER, line)
        assert (again.picture is None) is (name == "why"), each


@pytest.mark.parametrize("density", [1e6, 8e9, 1e13])
async def test_it_fits_beside_a_picture(density: float) -> None:
    history = booked(a_history(base="1000000MOG", price=1.23e-5, simulated=True), density)
    books = {venue: book for venue, book in history.books.items() if venue == "okx"}
    found = await ask("1000000mog -9%", a_whatif_desk(replace(history, books=books)))
    assert length(found.text) <= 1024
    assert "SIMULATED · ESTIMATE" in plain(found.text)
    assert "none of Binance+Bybit: taken like the others" in plain(found.text)
