from math import exp

import pytest

from liqbot.market.units import HOUR_MS, MINUTE_MS, Side, Usd
from liqbot.simulation.planting import Planting
from liqbot.simulation.settings import Planted, Settings

MARK = 100.0


def a_planting(
    side: Side = Side.LONG, shock_h: float | None = 3.0, base: str = "ETH"
) -> tuple[Planting, int]:
    plan = Planted(
        market="ETH", side=side, usd=Usd(1e6), distance=0.04, begin_h=1.0, end_h=2.0,
        shock_h=shock_h,
    )  # fmt: skip
    settings = Settings(planted=(plan,))
    return Planting(settings, base), settings.start_ms


def test_a_build_up_comes_in_its_time_and_to_its_size() -> None:
    planting, start_ms = a_planting()
    usd = 0.0
    for minute in range(180):
        from_ms = start_ms + minute * MINUTE_MS
        for _, quantity, target in planting.due(from_ms, from_ms + MINUTE_MS, MARK):
            assert 60 <= minute < 120
            assert target == pytest.approx(96.0)
            usd += quantity.sum() * target
    assert usd == pytest.approx(1e6)


def test_the_target_stays_where_it_was_when_price_moves() -> None:
    planting, start_ms = a_planting()
    at_ms = start_ms + HOUR_MS
    planting.due(at_ms, at_ms + MINUTE_MS, MARK)
    ((_, _, target),) = planting.due(at_ms + MINUTE_MS, at_ms + 2 * MINUTE_MS, 103.0)
    assert target == pytest.approx(96.0)


def test_nobody_opens_at_their_own_liquidation_price() -> None:
    planting, start_ms = a_planting()
    at_ms = start_ms + HOUR_MS
    planting.due(at_ms, at_ms + MINUTE_MS, MARK)
    assert planting.due(at_ms + MINUTE_MS, at_ms + 2 * MINUTE_MS, 96.2) == []
    assert planting.due(at_ms + MINUTE_MS, at_ms + 2 * MINUTE_MS, 94.0) == []


@pytest.mark.parametrize("side", list(Side))
def test_a_shock_drives_price_through_the_build_up_and_then_lets_go(side: Side) -> None:
    planting, start_ms = a_planting(side)
    at_ms = start_ms + HOUR_MS
    planting.due(at_ms, at_ms + MINUTE_MS, MARK)
    target, mark = MARK * (1 - side.sign * 0.04), MARK
    for minute in range(170, 240):
        from_ms = start_ms + minute * MINUTE_MS
        drift = planting.drift(from_ms, from_ms + MINUTE_MS, mark)
        assert (drift != 0) == (180 <= minute < 192)
        mark *= exp(drift)
    assert mark == pytest.approx(target * (1 - side.sign * 0.006), rel=1e-4)


def test_without_a_shock_nothing_drives_price() -> None:
    planting, start_ms = a_planting(shock_h=None)
    planting.due(start_ms + HOUR_MS, start_ms + 2 * HOUR_MS, MARK)
    assert planting.drift(start_ms, start_ms + 10 * HOUR_MS, MARK) == 0.0


def test_another_market_has_no_part_in_it() -> None:
    planting, start_ms = a_planting(base="BTC")
    assert planting.due(start_ms, start_ms + 5 * HOUR_MS, MARK) == []
    assert planting.drift(start_ms, start_ms + 5 * HOUR_MS, MARK) == 0.0
