from datetime import UTC, datetime

import numpy as np
import pytest

from liqbot.errors import OutOfRange, UnknownName
from liqbot.market.units import DAY_MS, MINUTE_MS, Side, Usd
from liqbot.simulation.settings import Planted, Settings


def a_build_up(**changes: object) -> Planted:
    values = {"market": "BTC", "side": Side.LONG, "usd": Usd(1e8), "distance": 0.03}
    return Planted(**(values | {"begin_h": 0.0, "end_h": 2.0} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": -1},
        {"days": 0.0},
        {"days": 401.0},
        {"days": float("nan")},
        {"correlation": 1.0},
        {"volatility": 0.0},
        {"cascades": -0.1},
        {"markets": ()},
        {"markets": ("BTC", "BTC")},
        {"start": datetime(2026, 1, 5)},  # noqa: DTZ001 - that is the mistake
        {"start": datetime(2026, 1, 5, 0, 30, tzinfo=UTC)},
    ],
)
def test_what_cannot_be_simulated_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(OutOfRange):
        Settings(**changes)  # type: ignore[arg-type]


def test_a_refusal_names_the_setting_and_what_it_allows() -> None:
    with pytest.raises(OutOfRange, match=r"cascades .* le=10.* not 11"):
        Settings(cascades=11)


def test_a_market_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="DOGE"):
        Settings(markets=("DOG",))


def test_a_build_up_needs_a_market_that_is_simulated() -> None:
    with pytest.raises(UnknownName, match="SOL"):
        Settings(markets=("BTC",), planted=(a_build_up(market="SOL"),))


@pytest.mark.parametrize("changes", [{"usd": 0.0}, {"distance": 0.6}, {"end_h": 0.0}])
def test_a_build_up_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(OutOfRange):
        a_build_up(**changes)


def test_blocks_follow_each_other_and_end_with_the_minutes_of_the_recording() -> None:
    settings = Settings(days=2.0)
    blocks = settings.blocks()
    assert np.array_equal(np.diff(blocks.ends_ms), blocks.length_ms[1:])
    assert blocks.ends_ms[blocks.warm_up - 1] == settings.start_ms
    assert blocks.ends_ms[-1] == settings.start_ms + 2 * DAY_MS
    assert np.all(blocks.length_ms[blocks.warm_up :] == MINUTE_MS)


def test_parts_have_their_own_chance_and_have_it_again() -> None:
    settings = Settings(seed=7)
    first = settings.generator("BTC", "flow").random(4)
    assert np.array_equal(first, settings.generator("BTC", "flow").random(4))
    assert not np.array_equal(first, settings.generator("ETH", "flow").random(4))
    assert not np.array_equal(first, Settings(seed=8).generator("BTC", "flow").random(4))
