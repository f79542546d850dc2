"""What was force-closed lately, by venue."""

from datetime import timedelta

import pytest

from liqbot.heatmap.feed import Feed, feed_of, usd_by_side
from liqbot.heatmap.history import History
from liqbot.market.condition import Condition
from liqbot.market.status import VenueStatus
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Side, ms_of
from tests.builders import a_liquidation
from tests.charts.histories import a_history
from tests.fakes.desk import a_status

HISTORY = a_history()
AT_MS = ms_of(HISTORY.at)


def told(*orders: tuple[float, Side, float]) -> Tape:
    """Return orders at 65,000: minutes before the end, side, dollars."""
    return Tape.of(
        a_liquidation(
            side, at_ms=AT_MS - int(ago * MINUTE_MS), price=65_000.0, quantity=usd / 65_000.0
        )
        for ago, side, usd in orders
    )


def a_feed(history: History = HISTORY, /, **tapes: Tape) -> Feed:
    """Return an hour of what venues told; OKX has no public tape, Gate's is lost."""
    well, lost = Condition(answers=1), Condition(answers=1, failing="closed by them")
    listening = {"binance": well, "bybit": Condition(), "okx": None, "gate": lost}
    venues = (
        VenueStatus(venue=name, asking=well, listening=each, completeness=0.5)
        for name, each in listening.items()
    )
    given = tapes or {"binance": told((5, Side.LONG, 2e6), (90, Side.LONG, 5e6))}
    return feed_of(history, given, a_status(venues=tuple(venues)), timedelta(hours=1))


def test_only_what_was_told_within_the_span_counts() -> None:
    feed = a_feed(
        binance=told((61, Side.LONG, 9e6), (60, Side.LONG, 1e6), (-1, Side.LONG, 8e6)),
        bybit=told((5, Side.SHORT, 2e6)),
    )
    assert usd_by_side(feed.tape) == pytest.approx([1e6, 2e6])
    assert feed.to_ms - feed.from_ms == 60 * MINUTE_MS


def test_each_venue_says_how_much_it_tells_or_why_nothing() -> None:
    none = Tape.of(())
    feed = a_feed(binance=none, bybit=none, okx=none, gate=none, dydx=none)
    assert {each.venue: each.silent for each in feed.heard} == {
        "binance": "",
        "bybit": "tape not connected yet",
        "okx": "no public tape",
        "gate": "tape lost: closed by them",
        "dydx": "not configured",
    }
    assert [each.venue for each in feed.listening] == ["binance"]
    assert feed.heard[0].share == 0.5


def test_the_largest_come_first_with_who_told() -> None:
    feed = a_feed(
        binance=told((5, Side.LONG, 2e6), (4, Side.LONG, 1e6)), bybit=told((3, Side.SHORT, 3e6))
    )
    first, second = feed.largest(2)
    assert (first.venue, first.side, second.venue) == ("bybit", Side.SHORT, "binance")
    assert (first.usd, second.usd) == pytest.approx((3e6, 2e6))
    assert a_feed(binance=Tape.of(())).largest(3) == []
