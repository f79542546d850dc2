"""Every one of ccxt's errors is one of ours."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from ccxt.base import errors

from liqbot.errors import SourceDelayed, SourceError, SourceRefused, SourceUnreadable
from liqbot.exchanges._ccxt.faults import (
    DELAYED,
    MISREAD,
    REFUSED,
    UNREADABLE,
    from_raised,
    from_status,
    http_date,
    until,
)
from liqbot.market.units import moment_of

NOW = moment_of(1_767_225_600_000)


def descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for each in kind.__subclasses__():
        yield from descendants(each)


CCXTS = list(
    dict.fromkeys(each for each in descendants(errors.BaseError) if "ccxt" in each.__module__)
)


def test_ccxt_has_the_errors_that_were_thought_about_and_no_other() -> None:
    assert len(CCXTS) > 35
    assert {each.__name__ for each in CCXTS} == DELAYED.keys() | UNREADABLE | REFUSED
    assert not DELAYED.keys() & UNREADABLE
    assert not (DELAYED.keys() | UNREADABLE) & REFUSED


@pytest.mark.parametrize("kind", CCXTS)
def test_each_is_one_of_ours(kind: type[Exception]) -> None:
    error = from_raised("bybit", kind("bybit said\n so"))
    assert type(error) in {SourceDelayed, SourceRefused, SourceUnreadable}
    assert "bybit" in str(error)
    assert "\n" not in str(error)


def test_what_can_be_asked_again_is_told_from_what_cannot() -> None:
    kinds = {
        errors.RequestTimeout: "timeout",
        errors.RateLimitExceeded: "rate_limit",
        errors.DDoSProtection: "rate_limit",
        errors.OnMaintenance: "unavailable",
        errors.NetworkError: "network",
        errors.BadSymbol: "refused",
        errors.NotSupported: "refused",
        errors.NullResponse: "unreadable",
    }
    assert {kind: from_raised("okx", kind("?")).kind for kind in kinds} == kinds


@pytest.mark.parametrize("kind", MISREAD)
def test_what_parsers_raise_is_unreadable(kind: type[Exception]) -> None:
    assert isinstance(from_raised("okx", kind("data")), SourceUnreadable)


def test_an_error_of_ours_stays_and_a_lost_connection_is_a_delay() -> None:
    ours = SourceRefused("no")
    assert from_raised("okx", ours) is ours
    assert from_raised("okx", ConnectionResetError()).kind == "network"


def test_what_a_venue_said_is_told_in_short_without_where_it_was_asked() -> None:
    timed_out = errors.RequestTimeout("okx GET https://10.0.0.1/mirror?token=1")
    assert "token" not in str(from_raised("okx", timed_out))
    assert len(str(from_raised("okx", errors.BadSymbol("x" * 10_000)))) < 250


@pytest.mark.parametrize(
    ("status", "kind", "seconds"),
    [(429, "rate_limit", 60), (418, "banned", 120), (403, "banned", 600)],
)
def test_a_ban_that_names_no_end_has_one(status: int, kind: str, seconds: int) -> None:
    error = from_status("binance", status, {}, "{}", NOW)
    assert isinstance(error, SourceDelayed)
    assert (error.kind, error.retry_at) == (kind, NOW + timedelta(seconds=seconds))


def test_a_ban_ends_when_the_venue_says_so_though_not_in_years() -> None:
    later = NOW + timedelta(seconds=7)
    told = f"banned until {int(later.timestamp() * 1000)}."
    assert until({}, told, NOW) == later
    assert until({"retry-after": "7"}, "", NOW) == later
    assert until({"retry-after": "Thu, 01 Jan 2026 00:00:07 GMT"}, "", NOW) == later
    assert until({"retry-after": "soon"}, "", NOW) is None
    assert until({}, "", NOW) is None
    error = from_status("binance", 418, {"retry-after": "999999"}, "", NOW)
    assert isinstance(error, SourceDelayed)
    assert error.retry_at == NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (408, "timeout"),
        (500, "unavailable"),
        (503, "unavailable"),
        (404, "refused"),
        (451, "refused"),
    ],
)
def test_other_statuses_speak_for_themselves(status: int, kind: str) -> None:
    error = from_status("binance", status, {}, "<html>", NOW)
    assert isinstance(error, SourceError)
    assert error.kind == kind


@pytest.mark.parametrize("status", [200, 302, 400])
def test_the_body_of_any_other_says_more(status: int) -> None:
    assert from_status("binance", status, {}, "{}", NOW) is None


@pytest.mark.parametrize("text", ["", "yesterday", "Thu, 99 Jan 2026 00:00:07 GMT"])
def test_a_date_that_is_none_is_none(text: str) -> None:
    assert http_date(text) is None
