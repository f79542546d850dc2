import numpy as np
import pytest

from liqbot.heatmap.liquidation import factor
from liqbot.market.units import HOUR_MS, Side, Usd
from liqbot.simulation.positions import FOREVER, Ending, Rows
from liqbot.simulation.settings import Planted, Settings
from liqbot.simulation.traders import Traders
from liqbot.simulation.venues import VENUES

SETTINGS = Settings(seed=2, days=1.0, markets=("BTC", "DOGE"))
WANTED = np.array([[40_000.0, 40_000.0], [30_000.0, 30_000.0], [20_000.0, 20_000.0]])


def some_traders(base: str = "BTC") -> Traders:
    return Traders(SETTINGS, base, SETTINGS.blocks())


def who_enters(base: str = "BTC", mark: float = 90_000.0, **mood: float) -> Rows:
    values = {"momentum": 0.0, "fear": 0.0} | mood
    wanted = WANTED * 90_000 / mark
    return some_traders(base).enter(wanted, block=0, at_ms=5, mark=mark, **values)


def test_what_enters_is_exactly_what_was_wanted() -> None:
    rows = who_enters()
    for place in np.ndindex(WANTED.shape):
        here = (rows["venue"] == place[0]) & (rows["side"] == place[1])
        assert rows["quantity"][here].sum() == pytest.approx(WANTED[place], rel=1e-12)


def test_even_the_smallest_want_finds_someone() -> None:
    wanted = np.zeros((3, 2))
    wanted[1, 0] = 1e-9
    rows = some_traders().enter(wanted, block=0, at_ms=0, mark=9e4, momentum=0.0, fear=0.0)
    assert rows["quantity"].tolist() == pytest.approx([1e-9])
    assert rows["venue"].tolist() == [1]
    assert rows["side"].tolist() == [0]


def test_nobody_enters_on_the_wrong_side_of_the_liquidation_price() -> None:
    rows = who_enters()
    long = rows["side"] == Side.LONG.index
    assert np.all(rows["liquidation"][long] < 90_000)
    assert np.all(rows["liquidation"][~long] > 90_000)
    assert np.all((rows["low"] < 90_000) & (rows["high"] > 90_000))


def test_bankruptcy_lies_beyond_liquidation() -> None:
    rows = who_enters()
    rows = rows[rows["leverage"] >= 2]
    long = rows["side"] == Side.LONG.index
    assert np.all(rows["bankruptcy"][long] < rows["liquidation"][long])
    assert np.all(rows["bankruptcy"][~long] > rows["liquidation"][~long])


@pytest.mark.parametrize("leverage", [10.0, 50.0, 100.0])
@pytest.mark.parametrize("side", list(Side))
def test_liquidation_prices_lie_around_the_venues_formula(side: Side, leverage: float) -> None:
    rows = who_enters()
    for place, venue in enumerate(VENUES):
        here = (rows["venue"] == place) & (rows["side"] == side.index)
        prices = rows["liquidation"][here & (rows["leverage"] == leverage)]
        expected = 90_000 * factor(venue.name, side, leverage, "BTC")
        assert np.median(prices) == pytest.approx(expected, rel=0.5 / leverage / prices.size**0.5)
        assert np.log(prices).std() * leverage == pytest.approx(0.12, rel=0.4)


def test_no_venue_lends_more_than_it_permits() -> None:
    rows = who_enters("DOGE", mark=0.14)
    assert rows["leverage"][rows["venue"] == 0].max() == 75  # Binance's brackets for DOGE


def test_stops_and_calls_come_before_liquidation() -> None:
    rows = who_enters()
    rows = rows[rows["leverage"] >= 2]
    long = rows["side"] == Side.LONG.index
    adverse = np.where(long, rows["low"], rows["high"])
    way = (adverse - 90_000) / (rows["liquidation"] - 90_000)
    forced = rows["adverse"] == Ending.FORCED
    assert np.all(adverse[forced] == rows["liquidation"][forced])
    assert np.all((way[~forced] > 0.3) & (way[~forced] < 0.96))
    assert 0.15 < (rows["adverse"] == Ending.STOP).mean() < 0.25


def test_the_more_leverage_the_less_patience() -> None:
    rows = who_enters()
    hours = [
        np.median(rows["patience_ms"][rows["leverage"] == each]) / HOUR_MS
        for each in (3, 10, 50, 125)
    ]
    assert hours == sorted(hours, reverse=True)
    assert hours[0] > 5 * 24
    assert hours[-1] < 12


def test_those_who_chase_the_price_use_more_leverage() -> None:
    def lean(momentum: float) -> float:
        rows = who_enters(momentum=momentum)
        long = rows["side"] == Side.LONG.index
        logs = np.log(rows["leverage"])
        return float(logs[long].mean() - logs[~long].mean())

    assert lean(1.0) > lean(0.0) > lean(-1.0)


def test_fear_lowers_leverage() -> None:
    calm, wild = (np.log(who_enters(fear=fear)["leverage"]).mean() for fear in (-1.0, 1.0))
    assert calm > wild


def test_added_margin_moves_the_liquidation_price_away() -> None:
    traders = some_traders()
    rows = who_enters()
    rows = rows[rows["leverage"] >= 10]
    long = rows["side"] == Side.LONG.index
    moved = traders.rescue(rows, 90_000.0)
    assert np.all(moved[long] <= rows["liquidation"][long])
    assert np.all(moved[~long] >= rows["liquidation"][~long])
    assert np.mean(moved != rows["liquidation"]) > 0.1


@pytest.mark.parametrize("side", list(Side))
def test_what_is_planted_is_liquidated_at_its_target_and_waits_for_it(side: Side) -> None:
    plan = Planted(market="BTC", side=side, usd=Usd(1e8), distance=0.02, begin_h=0.0, end_h=1.0)
    target = 90_000 * (1 - side.sign * 0.02)
    rows = some_traders().plant(plan, np.array([3.0, 2.0, 1.0]), 5, 90_000.0, target)
    assert rows["quantity"].tolist() == [3.0, 2.0, 1.0]
    assert rows["liquidation"] == pytest.approx([target] * 3, rel=0.0041)
    assert np.all(rows["leverage"] >= 33)
    assert np.all(rows["side"] == side.index)
    assert np.all(rows["patience_ms"] == FOREVER)
    trigger = rows["low"] if side is Side.LONG else rows["high"]
    assert np.all(trigger == rows["liquidation"])
