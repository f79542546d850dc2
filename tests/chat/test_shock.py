"""What one shock to several markets would fire, in sentences."""

from liqbot.chat.numbers import Numbers
from liqbot.chat.shock import row_of, size, told_of
from liqbot.heatmap.shock import exposures_of
from liqbot.market.units import Side
from tests.charts.histories import a_history, an_empty_history
from tests.heatmap.books import booked

NUMBERS = Numbers("en", "UTC")
BTC = booked(density=1e12)
ETH = a_history(base="ETH", price=3_000.0, usd=60e6)


def test_the_sums_come_first_and_what_is_not_counted_next() -> None:
    assert told_of(exposures_of([BTC, ETH], 0.03), {"SOL": "it is silent"}, NUMBERS) == [
        "▼ If all fell by 3%: expected $165M of longs ($65.9M … $280M)",
        "▲ If all rose by 3%: expected $114M of shorts ($45.7M … $194M)",
        "Not seen, and not counted: SOL",
        "No order book, so nothing beyond the shock counts: ETH",
        "Long clusters within 3%: 2 of 2: BTC, ETH",
        "Short clusters within 3%: 2 of 2: BTC, ETH",
        "$ → $: expected within 3% → with what that sets off beyond",
        "(low … high): all markets low, or all high, at once",
    ]


def test_where_nothing_is_near_nobody_is_named() -> None:
    told = told_of(exposures_of([booked(an_empty_history())], 0.03), {}, NUMBERS)
    assert told[0] == "▼ If all fell by 3%: expected $0 of longs ($0 … $0)"
    assert "Long clusters within 3%: 0 of 1" in told


def test_without_any_market_only_the_blind_are_told() -> None:
    assert told_of((), {"SOL": "why"}, NUMBERS) == ["Not seen, and not counted: SOL"]


def test_many_names_are_cut_short() -> None:
    many = {f"M{i}": "why" for i in range(11)}
    (told,) = told_of((), many, NUMBERS)
    assert told.endswith("M6, M7 and 3 more")


def test_a_row_tells_what_a_shock_sets_off_beyond_it() -> None:
    (deep,) = exposures_of([BTC], 0.03)
    assert row_of(deep, Side.LONG, NUMBERS) == ("▼ $116M", "cluster −0.9%")
    (thin,) = exposures_of([booked(density=1e6)], 0.03)
    assert row_of(thin, Side.LONG, NUMBERS) == ("▼ $116M → $423M", "cluster −0.9%")
    (bare,) = exposures_of([booked(an_empty_history())], 0.03)
    assert row_of(bare, Side.SHORT, NUMBERS) == ("▲ $0", "no cluster")


def test_shocks_are_written_as_they_are_said() -> None:
    assert [size(each, NUMBERS) for each in (0.03, 0.025, 0.1)] == ["3%", "2.5%", "10%"]
