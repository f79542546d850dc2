"""What was force-closed, in words."""

import pytest

from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import (
    completeness,
    counted,
    eaten_in_words,
    newest_in_words,
    order_in_words,
    side_in_words,
)
from liqbot.heatmap.eaten import Eaten
from liqbot.heatmap.feed import Heard
from liqbot.market.tape import Tape
from liqbot.market.units import Price, Side, Usd
from tests.charts.histories import START_MS
from tests.heatmap.test_feed import a_feed, told

NUMBERS = Numbers("en", "UTC")


@pytest.mark.parametrize(
    ("share", "silent", "words"),
    [
        (1.0, "", "tells all"),
        (0.62, "", "tells about 62%"),
        (None, "", "completeness unknown"),
        (1.0, "no public tape", "no public tape"),
    ],
)
def test_how_much_a_venue_tells(share: float | None, silent: str, words: str) -> None:
    heard = Heard(venue="okx", tape=Tape.of(()), share=share, silent=silent)
    assert completeness(heard) == words


def test_a_side_is_summed_and_counted() -> None:
    feed = a_feed(binance=told((5, Side.LONG, 2e6), (4, Side.LONG, 1.25e6)))
    assert side_in_words(feed, Side.LONG, NUMBERS) == "▼ longs $3.25M in 2 orders"
    assert side_in_words(feed, Side.SHORT, NUMBERS) == "▲ shorts none"
    assert newest_in_words(feed) == "newest 4 min ago"
    assert newest_in_words(a_feed(binance=Tape.of(()))) == "no order"
    assert (counted(1), counted(1234)) == ("1 order", "1,234 orders")


def test_an_order_says_how_large_where_and_when() -> None:
    (order,) = a_feed(binance=told((5, Side.LONG, 640e3))).largest(3)
    berlin, cheap = Numbers("en", "Europe/Berlin"), order._replace(price=3.14159)
    assert order_in_words(order, NUMBERS) == "▼ $640K at 65,000, Binance 01:55"
    assert order_in_words(cheap, berlin) == "▼ $640K at 3.1416, Binance 02:55"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (12e6, "▼ 3,200–3,221: $12.0M of $40.0M expected is left, $8.20M realised since 00:00"),
        (0.0, "▼ 3,200–3,221 is eaten: $40.0M expected, $8.20M realised since 00:00"),
    ],
)
def test_what_is_left_of_a_cluster_is_told_beside_what_fired(left: float, words: str) -> None:
    eaten = Eaten(
        side=Side.LONG,
        low=Price(3_200.25),
        high=Price(3_220.75),
        from_ms=START_MS,
        before_usd=Usd(40e6),
        left_usd=Usd(left),
        fired_usd=Usd(8.2e6),
    )
    assert eaten_in_words(eaten, NUMBERS) == words
