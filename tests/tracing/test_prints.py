"""What venues told of forced orders, as the sum that is shown."""

from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import order_in_words
from liqbot.chat.richtext import plain
from liqbot.market.units import Side
from liqbot.tracing.prints import print_lines, tape_lines
from tests.heatmap.test_eaten import eaten_history
from tests.heatmap.test_feed import a_feed, told

NUMBERS = Numbers("en", "UTC")


def test_a_side_is_the_sum_of_what_venues_told() -> None:
    feed = a_feed(
        binance=told((5, Side.LONG, 2e6), (9, Side.SHORT, 1e6)), bybit=told((3, Side.LONG, 5e5))
    )
    assert plain(tuple(print_lines(feed, feed.largest(1), NUMBERS))).splitlines() == [
        "▼ longs $2.50M = Binance $2.00M 80%, Bybit $500K 20%; 2 orders, as told",
        "▲ shorts $1.00M = Binance $1.00M 100%; 1 order, as told",
        f"Largest {order_in_words(feed.largest(1)[0], NUMBERS)}: one order, as told",
    ]


def test_each_venue_tells_how_completely_and_how_long_ago() -> None:
    feed = a_feed(binance=told((5, Side.LONG, 2e6)), okx=told(), gate=told())
    lines = plain(tuple(tape_lines(feed, NUMBERS))).splitlines()
    assert lines[0] == "Binance ▼ $2.00M ▲ $0, 1 order, newest 5 min old, tells about 50%"
    assert lines[1] == "OKX ▼ $0 ▲ $0, 0 orders, no public tape"
    assert lines[2] == "Gate ▼ $0 ▲ $0, 0 orders, tape lost: closed by them"
    assert lines[3] == "Nothing is added for what venues do not tell"


def test_a_cluster_that_price_is_in_says_how_it_is_counted() -> None:
    feed = a_feed(eaten_history([64_900.0, 64_500.0, 64_400.0]))
    assert feed.eaten is not None
    last = plain(tuple(print_lines(feed, feed.largest(1), NUMBERS))).splitlines()[-1]
    assert last.startswith("Cluster ")
    assert f"{NUMBERS.usd(feed.eaten.left_usd)} left = modelled beyond the price now × 0.75" in last
