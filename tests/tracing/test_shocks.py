"""The sums over several markets, and their parts."""

from dataclasses import replace

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.heatmap.shock import exposures_of, total_of
from liqbot.market.units import Side, floats
from liqbot.tracing.shocks import market_lines, shock_lines
from tests.charts.histories import a_history, an_empty_history
from tests.heatmap.books import booked

NUMBERS = Numbers("en", "UTC")
MANY = [booked(a_history(base=f"M{i}", usd=(i + 1) * 60e6), density=9e9) for i in range(6)]


def test_a_total_is_the_sum_of_markets_and_each_is_taken_apart() -> None:
    exposures = exposures_of(MANY, 0.03)
    told = plain(tuple(shock_lines(exposures, NUMBERS))).splitlines()
    total = total_of(exposures, Side.LONG)
    assert told[0].startswith(f"▼ all by 3%: {NUMBERS.usd(total.base)} = M5 $")
    assert told[0].endswith(
        f"; {NUMBERS.usd(total.low)} … {NUMBERS.usd(total.high)}:"
        " their own low and high cases summed"
    )
    assert told[1].startswith("▲ all by 3%: $")
    rows = [f"M{i} {arrow}" for i in range(5, -1, -1) for arrow in "▼▲"]
    assert [each[:4] for each in told[2:]] == rows
    fired = exposures[0].pushed[0].base.fired_usd
    share = NUMBERS.share(fired / total.base)
    assert f"= M5 {NUMBERS.usd(fired)} {share}, M4 " in told[0]
    assert told[2].startswith(f"M5 ▼ {NUMBERS.usd(fired)} = $")
    assert "modelled × 0.75 realised (Binance $" in told[2]
    assert told[2].endswith("; cluster −0.9%")


def test_what_a_shock_sets_off_beyond_is_a_part_of_its_own() -> None:
    (exposure,) = exposures_of([booked(density=2e8)], 0.03)
    told = plain(tuple(shock_lines([exposure], NUMBERS))).splitlines()
    fired, way = exposure.pushed[0].base.fired_usd, exposure.pushed[0].on_way_usd
    assert told[2].startswith(f"BTC ▼ {NUMBERS.usd(fired)} = $")
    parts = f"{NUMBERS.usd(way)} before 63,050, {NUMBERS.usd(fired - way)} set off beyond"
    assert f"; of it {parts}; cluster −0.9%" in told[2]


def test_where_nothing_stands_nothing_fires() -> None:
    (exposure,) = exposures_of([booked(an_empty_history())], 0.03)
    told = plain(tuple(shock_lines([exposure], NUMBERS))).splitlines()
    assert told[2] == "BTC ▼ $0: nothing is modelled on the way"


def test_what_markets_rest_on_and_who_is_blind_is_said() -> None:
    unknown = floats(MANY[5].interest * float("nan"))
    exposures = exposures_of([*MANY[:5], replace(MANY[5], interest=unknown, books={})], 0.03)
    told = plain(tuple(market_lines(exposures, {"SOL": "nobody answers"}, NUMBERS))).splitlines()
    blind = next(each for each in told if each.startswith("M5 "))
    assert "open interest nothing · 0 of 3 books · " in blind
    seen = next(each for each in told if each.startswith("M4 "))
    assert "price Binance 65,000 · open interest Binance $" in seen
    assert "3 of 3 books, 1 s old · 100% of bars, data 12 s old" in seen
    assert told[-2].startswith("M0 price Binance 65,000 · ")
    assert told[-1] == "Blind, not counted: SOL: nobody answers"
