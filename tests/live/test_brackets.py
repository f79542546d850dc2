"""Brackets as venues tell them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liqbot.live.brackets import Brackets
from liqbot.market.instrument import Instrument
from liqbot.market.margin import schedule_from

BYBIT, OKX = (Instrument(each, "BTC", "USDT") for each in ("bybit", "okx"))
OWN = schedule_from([(1e5, 0.012, 40.0)], "one day")
OTHER = schedule_from([(1e5, 0.02, 25.0)], "another day")
AT_ONCE = schedule_from([(1e5, 0.03, 40.0)], "a bad day")


def test_what_a_venue_tells_counts_by_venue() -> None:
    brackets = Brackets()
    assert brackets.of((BYBIT, OKX)) == {}
    assert brackets.take(OKX, OWN)
    assert brackets.take(BYBIT, OTHER)
    assert brackets.of((OKX,)) == {"okx": OWN}
    assert brackets.of((BYBIT, OKX)) == {"okx": OWN, "bybit": OTHER}


def test_the_same_numbers_another_day_are_no_change() -> None:
    brackets = Brackets()
    brackets.take(OKX, OWN)
    assert not brackets.take(OKX, replace(OWN, source="another day"))
    assert brackets.of((OKX,))["okx"].source == "one day"
    assert brackets.take(OKX, OTHER)


def test_they_are_as_old_as_what_was_told_least_lately() -> None:
    brackets, at = Brackets(), datetime(2026, 2, 1, tzinfo=UTC)
    assert brackets.told_at((BYBIT, OKX)) is None
    brackets.take(OKX, OWN, at)
    brackets.take(BYBIT, OTHER)
    assert brackets.told_at((BYBIT, OKX)) is None
    brackets.take(BYBIT, OTHER, at + timedelta(hours=1))
    assert brackets.told_at((BYBIT, OKX)) == at
    brackets.take(OKX, replace(OWN, source="another day"), at + timedelta(days=1))
    assert brackets.told_at((BYBIT, OKX)) == at + timedelta(hours=1)


def test_what_cannot_be_leaves_what_was_told_before() -> None:
    brackets = Brackets()
    with pytest.raises(ValueError, match=r"okx.*40x.*initial margin"):
        brackets.take(OKX, AT_ONCE)
    assert brackets.of((OKX,)) == {}
    brackets.take(OKX, OWN)
    with pytest.raises(ValueError, match="initial margin"):
        brackets.take(OKX, AT_ONCE)
    assert brackets.of((OKX,)) == {"okx": OWN}
