"""What each venue told, a row each."""

from dataclasses import replace

from liqbot.charts._feed_table import draw_venues
from liqbot.charts._geometry import Box
from liqbot.charts._page import Page
from liqbot.charts.chart import View
from liqbot.heatmap.feed import Feed
from liqbot.market.tape import Tape
from liqbot.market.units import Side
from tests.heatmap.test_feed import a_feed, told


def written(**tapes: Tape) -> list[str]:
    return written_of(a_feed(**tapes))


def written_of(feed: Feed) -> list[str]:
    page = Page(feed.history, View(), "Liquidations", framed=([], []))
    before = len(page.canvas.writings)
    draw_venues(page, feed, Box(16, 1030, 1008, 1214))
    return [each.text for each in page.canvas.writings[before:]]


def test_all_come_first_then_who_told_most_then_who_is_silent() -> None:
    found = written(
        okx=Tape.of(()), binance=told((5, Side.LONG, 1e6)), dydx=told((5, Side.SHORT, 2e6))
    )
    assert found[:4] == ["ALL", "▼ $1.00M", "▲ $2.00M", "2 orders"]
    assert found[4:8] == ["Binance", "▼ $1.00M", "▲ $0", "tells about 50%"]
    assert found[8::4] == ["dYdX", "OKX"]
    assert found[-1] == "no public tape"


def test_why_a_venue_is_silent_is_cut_rather_than_left_out() -> None:
    feed = a_feed(okx=Tape.of(()))
    (okx,) = feed.heard
    told = written_of(replace(feed, heard=(replace(okx, silent="why " * 20),)))
    assert told[-1] == ("why " * 20)[:34]


def test_four_venues_have_a_row_each() -> None:
    found = written(**{f"v{i}": told((5, Side.LONG, 1e6)) for i in range(4)})
    assert len(found) == 5 * 4
    assert not any(each.startswith("+") for each in found)


def test_what_there_is_no_room_for_is_one_row() -> None:
    found = written(**{f"v{i}": told((5, Side.LONG, 1e6)) for i in range(7)})
    assert len(found) == 5 * 4
    assert found[-4:] == ["+4", "▼ $4.00M", "▲ $0", "others"]
