"""Clusters, sides, leverage and venues, taken apart in words."""

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.tracing.clusters import (
    balance_lines,
    cluster_lines,
    side_lines,
    tier_lines,
    venue_lines,
    zone_lines,
)
from tests.charts.histories import a_history, an_empty_history

NUMBERS = Numbers("en", "UTC")
HISTORY = a_history()


def test_a_zone_tells_its_venues_and_leverage() -> None:
    told = plain(tuple(zone_lines(HISTORY, NUMBERS))).splitlines()
    zone = next(each for each in HISTORY.clusters if each.zone == "A")
    row = next(i for i, each in enumerate(told) if each.startswith("A ▲ "))
    assert (
        f"{NUMBERS.usd(zone.expected_usd)} = {NUMBERS.usd(zone.usd)} modelled × 0.75" in told[row]
    )
    assert "bins (Binance $" in told[row]
    assert told[row + 1].startswith("  by leverage 10x $")


def test_other_clusters_follow_the_zones() -> None:
    zones, told = (list(lines(HISTORY, NUMBERS)) for lines in (zone_lines, cluster_lines))
    rest = [each for each in HISTORY.clusters if not each.zone]
    assert told[: len(zones)] == zones
    assert len(told) == len(zones) + min(len(rest), 4)


def test_a_ratio_is_of_the_two_sides_that_are_told() -> None:
    both = HISTORY.asymmetry
    told = plain(tuple(side_lines(HISTORY, NUMBERS))).splitlines()
    assert told[0].startswith("▼ longs within 5% $")
    assert told[1].startswith("▲ shorts within 5% $")
    assert told[2].startswith("Ratio ")
    assert len(told) == 3
    assert list(balance_lines(HISTORY, NUMBERS))[:3] == list(side_lines(HISTORY, NUMBERS))
    assert both.reach == 0.05


def test_the_whole_map_is_told_by_leverage_and_by_venue() -> None:
    tiers = plain(tuple(tier_lines(HISTORY, NUMBERS))).splitlines()
    assert tiers[0].startswith("▼ longs $")
    assert all(f"{tier:g}x $" in tiers[0] for tier in (3, 10, 100))
    venues = plain(tuple(venue_lines(HISTORY, NUMBERS))).splitlines()
    assert " modelled = Binance $" in venues[0]
    assert [each.split()[0] for each in venues[2:]] == ["Binance", "Bybit", "OKX"]
    assert "% = $" in venues[2]


def test_where_nothing_stands_nothing_is_divided() -> None:
    empty = an_empty_history()
    assert "No cluster stands out" in plain(tuple(cluster_lines(empty, NUMBERS)))
    assert "Ratio" not in plain(tuple(side_lines(empty, NUMBERS)))
    assert len(list(venue_lines(empty, NUMBERS))) == 2
