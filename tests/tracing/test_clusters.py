"""Clusters, sides, leverage and venues, taken apart in words."""

import pytest

from liqbot.charts._balance import distances, within
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import plain
from liqbot.heatmap.tiers import tier_bands
from liqbot.market.units import Side
from liqbot.tracing.clusters import (
    balance_lines,
    cluster_lines,
    side_lines,
    tier_lines,
    venue_lines,
    zone_lines,
)
from liqbot.tracing.parts import up_to
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
    assert f" {NUMBERS.percent(zone.distance)} $" in told[row]
    assert told[row].endswith(" bins")
    assert told[row + 1].startswith(f"  10x {NUMBERS.usd(zone.tiers[10.0])} 50%, ")
    assert told[row + 2].startswith(f"  Binance {NUMBERS.usd(zone.venues['binance'])} 50%, ")
    assert told[row + 2].endswith(f"; there in {NUMBERS.share(zone.persistence)} of 24 h, grade B")


def test_other_clusters_follow_the_zones() -> None:
    zones, told = list(zone_lines(HISTORY, NUMBERS)), list(cluster_lines(HISTORY, 4, NUMBERS))
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
    assert list(balance_lines(HISTORY, (), NUMBERS)) == list(side_lines(HISTORY, NUMBERS))
    assert both.reach == 0.05


def test_nearer_sums_are_those_that_are_drawn() -> None:
    reaches = distances(0.05)
    told = plain(tuple(balance_lines(HISTORY, reaches, NUMBERS))).splitlines()[3:]
    assert len(told) == 3 * (len(reaches) - 1)
    rows = iter(told)
    for reach in reaches[:-1]:
        sums = within(HISTORY.snapshot, reach)
        for side, usd in zip(Side, sums, strict=True):
            split = up_to(HISTORY, side, reach)
            assert split.usd == pytest.approx(usd, rel=1e-6)
            assert sum(split.tiers.values()) == pytest.approx(split.usd)
            said = f"{ARROW[side]} within {NUMBERS.share(reach)} {NUMBERS.usd(split.usd)}"
            assert next(rows).startswith(said)
        assert next(rows).startswith(f"Ratio {NUMBERS.ratio(max(sums) / min(sums))} = ")


def test_the_whole_map_is_told_by_leverage_and_by_venue() -> None:
    tiers = plain(tuple(tier_lines(HISTORY, NUMBERS))).splitlines()
    assert tiers[0].startswith("▼ longs $")
    assert tiers[0].endswith(" modelled = 75–125x + 50x + 20–25x + 10x + 3–5x")
    bands = tier_bands(HISTORY.snapshot)
    for band, row in zip(bands, tiers[1:], strict=False):
        assert row.startswith(f"  {band.name} {NUMBERS.usd(band.total(Side.LONG))}")
        assert row.endswith(f"; half by {NUMBERS.percent(band.half[0] or 0.0)}")
    assert tiers[4] == f"  10x {NUMBERS.usd(bands[3].total(Side.LONG))}; half by −4.9%"
    assert " = 3x $" in tiers[5]
    venues = plain(tuple(venue_lines(HISTORY, NUMBERS))).splitlines()
    assert " modelled = Binance $" in venues[0]
    assert [each.split()[0] for each in venues[2:]] == ["Binance", "Bybit", "OKX"]
    assert "% = $" in venues[2]


def test_where_nothing_stands_nothing_is_divided() -> None:
    empty = an_empty_history()
    assert "No cluster stands out" in plain(tuple(cluster_lines(empty, 4, NUMBERS)))
    assert "Ratio" not in plain(tuple(side_lines(empty, NUMBERS)))
    assert len(list(venue_lines(empty, NUMBERS))) == 2
