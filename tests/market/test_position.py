"""What of an open position is believed: nothing that cannot be."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.instrument import Instrument
from liqbot.market.position import Position, doubt
from liqbot.market.units import Price, Quantity, Side
from tests.builders import START_MS

LONG = Position(
    instrument=Instrument("hyperliquid", "ETH", "USDC"),
    side=Side.LONG,
    quantity=Quantity(0.2259),
    entry=Price(2213.9),
    liquidation=Price(2125.0086),
    leverage=20.0,
    is_cross=False,
    mark=Price(2210.0),
    at_ms=START_MS,
)


def why(told: Position, **known: float) -> str:
    usual: dict[str, float] = {"mark": 2210.0, "open_interest": 1e5}
    now_ms = START_MS + int(known.pop("later_ms", 1_000))
    return doubt(told, now_ms=now_ms, **{**usual, **known})


def test_a_position_that_can_be_is_believed() -> None:
    assert why(LONG) == ""
    assert why(replace(LONG, liquidation=Price(math.nan))) == ""  # nothing would liquidate it
    assert why(LONG, open_interest=math.nan) == ""


@pytest.mark.parametrize(
    "changes",
    [
        *({name: bad} for name in ("quantity", "entry", "mark") for bad in (0.0, -1.0, math.nan)),
        *({name: math.inf} for name in ("quantity", "entry", "mark", "liquidation", "leverage")),
        *({"leverage": bad} for bad in (0.5, 1000.0, math.nan)),
        *({"liquidation": bad} for bad in (0.0, -3.0)),
    ],
)
def test_figures_that_cannot_be_are_nonsense(changes: dict[str, float]) -> None:
    assert why(replace(LONG, **changes)) == "nonsense"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("later_ms", "skew_s", "found"),
    [
        (61_000, math.nan, "stale"),
        (59_000, math.nan, ""),
        (-6_000, math.nan, "future"),
        (-4_000, math.nan, ""),
        (-90_000, 90.0, ""),  # their clock is ahead, as is known
        (0, 90.0, "stale"),
    ],
)
def test_an_answer_is_of_now(later_ms: int, skew_s: float, found: str) -> None:
    assert why(LONG, later_ms=later_ms, skew_s=skew_s) == found


@pytest.mark.parametrize(("mark", "found"), [(221_000.0, "price"), (22.1, "price"), (2400.0, "")])
def test_the_price_is_the_one_that_is_believed(mark: float, found: str) -> None:
    assert why(LONG, mark=mark) == found


def test_without_a_price_nothing_is_believed() -> None:
    assert why(LONG, mark=math.nan) == "unconfirmed"


def test_nobody_holds_more_than_there_is() -> None:
    assert why(LONG, open_interest=0.2) == "size"


@given(away=st.floats(-0.9, 3.0), side=st.sampled_from(list(Side)))
def test_longs_are_liquidated_below_the_price_and_shorts_above(away: float, side: Side) -> None:
    told = replace(LONG, side=side, liquidation=Price(2210.0 * (1 + away)))
    is_right = away < 0 if side is Side.LONG else away > 0
    if abs(away) > 1e-9:
        assert why(told) == ("" if is_right else "side")
