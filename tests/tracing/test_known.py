"""Positions that are known, as sums of what a venue tells."""

from dataclasses import replace

from liqbot.chat.measured import in_lines
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.tracing.known import known_lines
from tests.charts.histories import a_history, some_measured

NUMBERS = Numbers("en", "UTC")


def test_their_sum_share_and_bands_are_told_with_what_they_are_of() -> None:
    history = replace(a_history(), measured=some_measured())
    told = plain(tuple(known_lines(history, NUMBERS))).splitlines()
    assert told[0].startswith(
        "◆ 12 positions $43.5M = quantity × liquidation price as the venue tells"
    )
    assert told[0].endswith("; 11 of 12 listed addresses, 2 min old")
    assert told[1].startswith("4% of OI = their quantity ÷ all longs and shorts")
    assert told[2].startswith(list(in_lines(history, NUMBERS))[1] + " = ")


def test_where_none_are_known_nothing_is_told() -> None:
    assert list(known_lines(a_history(), NUMBERS)) == []
    blind = replace(some_measured(), positions=())
    assert list(known_lines(replace(a_history(), measured=blind), NUMBERS)) == []
