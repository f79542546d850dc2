"""How values are written, and durations read."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.config.toml import (
    dotted,
    duration,
    holds_password,
    quoted,
    read_duration,
    written,
)


@given(st.integers(0, 90 * 86_400).map(lambda s: timedelta(seconds=s)))
def test_a_duration_that_was_written_is_read_again(length: timedelta) -> None:
    if length < timedelta(seconds=1_000_000) or not length % timedelta(days=1):
        assert read_duration(duration(length)) == length


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("90m", 5400), ("24 h", 86_400), ("7d", 604_800)]
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "s", "-5s", "1.5h", "5 y", "1h30m", "1234567s", 5])
def test_nothing_else_is_a_duration(text: object) -> None:
    with pytest.raises(ValueError):
        read_duration(text)


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(seconds=30), "30s"),
        (timedelta(seconds=90), "90s"),
        (timedelta(minutes=1), "1m"),
        (timedelta(minutes=90), "90m"),
        (timedelta(hours=1), "1h"),
        (timedelta(days=1), "24h"),
        (timedelta(days=2), "2d"),
        (timedelta(0), "0s"),
    ],
)
def test_a_duration_is_written_as_people_say_it(length: timedelta, told: str) -> None:
    assert duration(length) == told


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (("BTC", "ETH"), '["BTC", "ETH"]'),
        ((), "[]"),
        (Path("a/b c.toml"), '"a/b c.toml"'),
        (timedelta(hours=4), '"4h"'),
        (True, "true"),
        (0.5, "0.5"),
        ('quo"ted', '"quo\\"ted"'),
    ],
)
def test_a_value_is_written_on_one_line(value: object, line: str) -> None:
    assert written(value) == line


def test_an_error_quotes_neither_at_length_nor_a_password() -> None:
    assert len(quoted("x " * 500)) < 90
    assert quoted({"a": 1}) == "{…}"
    assert quoted(["a"]) == "[…]"
    assert quoted("postgresql://me:s3/cr@t@host/x") == '"postgresql://***@host/x"'


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:secret@host/x",
        "postgresql+asyncpg://me:se/cr@et@host",
        "postgresql://:secret@host",
        "postgresql://host/x?user=me&password=secret",
    ],
)
def test_a_password_in_an_address_is_seen(address: str) -> None:
    assert holds_password(address)


@pytest.mark.parametrize(
    "address",
    ["sqlite:///bot.db", "sqlite+aiosqlite:////var/a:b@c.db", "postgresql://me@host:5432/x"],
)
def test_an_address_without_a_password_passes(address: str) -> None:
    assert not holds_password(address)


def test_a_name_is_dotted_where_there_is_a_table() -> None:
    assert (dotted("", "a"), dotted("b.c", "a")) == ("a", "b.c.a")
