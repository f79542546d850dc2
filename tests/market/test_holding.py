import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.holding import Holding, holding_in, written
from liqbot.market.units import Price, Side

LONG = Holding(
    side=Side.LONG,
    entry=Price(65_000.0),
    leverage=25.0,
    liquidation=Price(62_650.6),
    stop=Price(63_800.0),
    venue="okx",
    quantity=0.5,
)
SHORT = Holding(side=Side.SHORT, entry=Price(1.2e-5), leverage=12.5, liquidation=Price(1.3e-5))


def test_a_holding_is_written_as_people_say_it() -> None:
    assert LONG.words == "long 65000 25x stop 63800 size 0.5 okx"
    assert SHORT.words == "short 0.000012 12.5x"


@pytest.mark.parametrize("holding", [LONG, SHORT])
def test_a_holding_comes_back_from_text_as_it_was(holding: Holding) -> None:
    found = holding_in(json.loads(json.dumps(asdict(holding))))
    assert found == holding
    assert isinstance(found.side, Side)


@pytest.mark.parametrize("told", [{}, {"side": "up"}, {"side": "long", "more": 1}])
def test_what_is_no_holding_is_refused(told: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        holding_in(told)


def test_how_far_it_can_go_is_counted_against_the_holder() -> None:
    assert LONG.ahead(64_000.0, 62_720.0) == pytest.approx(0.02)
    assert LONG.ahead(62_000.0, 62_720.0) == 0.0
    assert SHORT.ahead(1.0, 1.02) == pytest.approx(0.02)
    assert SHORT.ahead(1.03, 1.02) == 0.0


@given(st.floats(1e-12, 1e15))
def test_a_number_is_written_to_the_last_digit(value: float) -> None:
    assert float(written(value)) == value
    assert "e" not in written(value)
