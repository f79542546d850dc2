"""How a trace is told: what it is of, its parts, and what it rests on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.heatmap.model import Model
from liqbot.heatmap.venues import RULES
from liqbot.rules.rule import Fact, Unit
from liqbot.tracing.sources import Source
from liqbot.tracing.trace import (
    Trace,
    blind_line,
    factor_words,
    model_line,
    moved_line,
    named_words,
    told_lines,
    venue_words,
)
from tests.builders import START_MS
from tests.charts.histories import a_history

AT = datetime(2026, 1, 7, 14, 5, 9, tzinfo=UTC)
NUMBERS = Numbers("en", "UTC")


def test_it_says_of_what_and_as_of_when() -> None:
    trace = Trace(title="BTC levels", at=AT, made=[("a = b + c",)], simulated=True)
    assert plain(trace.lines).splitlines() == [
        "BTC levels · SIMULATED · as of 2026-01-07 14:05:09 UTC",
        "a = b + c",
    ]


def test_what_it_rests_on_comes_last() -> None:
    made = [(f"number {i} = one + another",) for i in range(100)]
    trace = Trace(title="BTC", at=AT, made=made, told=[("price Binance 65,000",)])
    assert plain(trace.lines[1:101]).splitlines() == [each for (each,) in made]
    assert plain(trace.lines[101:]).splitlines() == ["Told by venues", "price Binance 65,000"]


def test_the_parts_of_a_sum_come_with_their_shares_and_the_smallest_are_summed() -> None:
    parts = {"Gate": 2e6, "Binance": 60e6, "OKX": 10e6, "Bybit": 25e6, "Bitget": 3e6, "dYdX": 0.0}
    said = "Binance $60.0M 60%, Bybit $25.0M 25%, OKX $10.0M 10%, "
    assert named_words(parts, NUMBERS, 4) == f"{said}2 others $5.00M 5%"
    assert named_words(parts, NUMBERS) == f"{said}Bitget $3.00M 3%, Gate $2.00M 2%"
    assert named_words({"Binance": 0.0}, NUMBERS) == "nothing"
    tiny = {"10x": 99e6, "50x": 3e5, "75x": 1e5}
    assert named_words(tiny, NUMBERS) == "10x $99.0M 100%, 2 others $400K 0%"
    del tiny["75x"]
    assert named_words(tiny, NUMBERS) == "10x $99.0M 100%, 50x $300K 0%"


def test_every_venue_there_is_is_named() -> None:
    assert "others" not in venue_words(dict.fromkeys(RULES, 1.0), NUMBERS)


def test_the_price_of_a_day_before_is_told_where_it_is_known() -> None:
    (line,) = moved_line(a_history(), NUMBERS)
    assert plain((line,)) == "−2.4% in 24 h = 65,000 ÷ 66,571 a day before − 1"
    unknown = replace(a_history(), candles=a_history().candles.since(START_MS + 10**12))
    assert list(moved_line(unknown, NUMBERS)) == []


@pytest.mark.parametrize(
    ("factor", "said"), [(0.75, "0.75"), (0.4021, "0.402"), (1.0, "1"), (0.00123, "0.00123")]
)
def test_a_factor_has_three_digits_at_most(factor: float, said: str) -> None:
    assert factor_words(factor, NUMBERS) == said


def test_a_model_says_what_it_was_fitted_on() -> None:
    built_in = plain((model_line(a_history(), NUMBERS),))
    assert "built in, not fitted to this market; realised ÷ modelled 0.75 of longs" in built_in
    fitted = Model(
        version="BTC-3",
        venues=("binance", "okx"),
        fitted_from_ms=START_MS,
        fitted_to_ms=START_MS + 40 * 86_400_000,
        realisation=(0.4, 0.5),
    )
    said = plain((model_line(a_history(model=fitted), NUMBERS),))
    assert said == (
        "Model BTC-3, fitted 1 Jan to 10 Feb on Binance+OKX;"
        " realised ÷ modelled 0.4 of longs and 0.5 of shorts"
    )


def test_what_was_told_has_a_line_each_with_what_all_share_at_its_end() -> None:
    interest = [
        Source(what="open interest", venue=venue, fact=Fact("oi", 1e9, Unit.USD), age_s=4.0)
        for venue in ("binance", "okx")
    ]
    books = [
        Source(what="order book", venue="binance", fact=Fact("1%", 2e6, Unit.USD), age_s=2.0),
        Source(what="order book", venue="okx"),
    ]
    fact = Fact("coverage", 1.0, Unit.FRACTION)
    bars = Source(what="map", venue="", fact=fact, note="of its bars known", age_s=9.0)
    assert plain(tuple(told_lines([*interest, *books, bars], NUMBERS))).splitlines() == [
        "open interest Binance $1.00B; OKX $1.00B, 4 s old",
        "order book Binance $2.00M 2 s old; OKX unknown",
        "map 100% of its bars known, 9 s old",
    ]


def test_who_is_blind_is_said_with_the_reason() -> None:
    assert list(blind_line({})) == []
    said = plain(tuple(blind_line({"okx": "no answer for 6 min"})))
    assert said == "Blind OKX: no answer for 6 min"
