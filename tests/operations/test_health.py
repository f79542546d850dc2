"""Healthy: venues are asked, and something is seen."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.operations.health import PATIENCE, health_of
from tests.operations.conftest import AT, BTC, ETH, NEVER, some_market, some_status, some_venue


def test_a_bot_that_asks_and_sees_is_healthy() -> None:
    health = health_of(some_status(markets=(some_market(BTC), some_market(ETH, blind="late"))))
    assert health.healthy
    assert (health.seeing, health.markets, health.reasons) == (1, 2, ())


def test_a_bot_that_sees_nothing_says_why_of_each_market() -> None:
    markets = (some_market(BTC, blind="stale"), some_market(ETH, blind="no open interest"))
    assert health_of(some_status(markets=markets)).reasons == (
        "binance BTC-USDT: stale",
        "okx ETH-USDT: no open interest",
    )


def test_many_reasons_are_cut() -> None:
    markets = tuple(some_market(Instrument("okx", f"A{n}", "USDT"), blind="x") for n in range(25))
    reasons = health_of(some_status(markets=markets)).reasons
    assert len(reasons) == 11
    assert reasons[-1] == "and 15 more"


def test_a_bot_without_markets_is_not_healthy() -> None:
    assert health_of(some_status(markets=())).reasons == ("no market is watched",)


def test_a_bot_that_has_asked_nothing_yet_is_not_healthy() -> None:
    health = health_of(some_status(venues=(some_venue(asking=NEVER),)))
    assert health.reasons == ("no venue has answered or failed yet",)
    assert health_of(some_status(venues=())).reasons == health.reasons


def test_a_failure_shows_that_a_venue_was_asked() -> None:
    failing = some_venue(asking=Condition(failed_at=AT - timedelta(seconds=5)))
    assert health_of(some_status(venues=(failing,))).healthy


@pytest.mark.parametrize(("seconds", "healthy"), [(90, True), (91, False)])
def test_a_schedule_that_stands_still_is_noticed(seconds: int, healthy: bool) -> None:
    late = some_venue(asking=Condition(answered_at=AT - timedelta(seconds=seconds)))
    later = some_venue("okx", Condition(answered_at=AT - timedelta(hours=1)))
    health = health_of(some_status(venues=(later, late)))
    assert health.healthy == healthy
    if not healthy:
        assert health.reasons == ("no venue was asked anything for 91 s",)


def test_patience_can_be_set() -> None:
    status = some_status(venues=(some_venue(asking=Condition(answered_at=AT - 2 * PATIENCE)),))
    assert not health_of(status).healthy
    assert health_of(status, 2 * PATIENCE).healthy


@given(
    st.lists(st.sampled_from(["", "stale", "frozen"]), max_size=15),
    st.lists(st.none() | st.integers(0, 200), max_size=4),
)
def test_healthy_is_exactly_asking_and_seeing(blinds: list[str], ages: list[int | None]) -> None:
    answered = [None if age is None else AT - timedelta(seconds=age) for age in ages]
    venues = tuple(some_venue(asking=Condition(answered_at=each)) for each in answered)
    markets = tuple(some_market(blind=blind) for blind in blinds)
    asking = any(age is not None and age <= 90 for age in ages)
    assert health_of(some_status(venues, markets)).healthy == (asking and "" in blinds)
