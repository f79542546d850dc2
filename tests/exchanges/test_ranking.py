"""A list that comes in pieces, however it is cut, and whoever is the largest in it."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from liqbot.errors import SourceUnreadable
from liqbot.exchanges import _ranking
from liqbot.exchanges._ranking import Account, Largest, Rows

WHO = "okx's leaderboard"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ROW = st.dictionaries(st.text(max_size=5) | st.just("rows"), JSON, max_size=4)


def pieces(whole: bytes, cuts: list[int]) -> Iterator[bytes]:
    """Yield a document cut at some places."""
    places = [0, *sorted(each % (len(whole) + 1) for each in cuts), len(whole)]
    for first, last in pairwise(places):
        yield whole[first:last]


def read(whole: bytes, cuts: list[int]) -> tuple[list[Any], str]:
    """Return the rows of a document, and what is wrong with it."""
    rows = Rows(WHO, "rows")
    found: list[Any] = []
    try:
        for piece in pieces(whole, cuts):
            found += rows.of(piece)
        rows.end()
    except SourceUnreadable as error:
        return found, str(error)
    return found, ""


def document(rows: object, **more: object) -> bytes:
    return json.dumps({**more, "rows": rows}, ensure_ascii=False).encode()


CUTS = st.lists(st.integers(0, 10_000), max_size=12)


@settings(max_examples=50)
@given(rows=st.lists(ROW, max_size=6), cuts=CUTS, indent=st.sampled_from([None, 1]))
def test_where_a_list_is_cut_changes_nothing(
    rows: list[object], cuts: list[int], indent: int | None
) -> None:
    whole = json.dumps({"at": 1, "rows": rows, "more": ["{"]}, indent=indent).encode()
    found, why = read(whole, cuts)
    assert why == ""
    assert json.dumps(found) == json.dumps(rows)  # NaN is like NaN there


@given(whole=st.binary(max_size=60) | st.text('{}[],:"\\ rows1', max_size=60), cuts=CUTS)
@example(whole='{"rows":[12', cuts=[10])
@example(whole='{"rows":[{"a":1}{"b":2},,]', cuts=[])
@example(whole='{"rows":[{"a":"' + "x" * 9_000, cuts=[8_300])
@example(whole='{"rows":[' + '{"a":[' * 2_000, cuts=[5_000])
@example(whole='{"rows":[{"a":' + "1" * 5_000 + "}]", cuts=[3_000])
@example(whole=" " * 4_090 + '"rows":[{}]', cuts=[4_091])
def test_whatever_comes_is_read_alike_or_refused_in_our_words(
    whole: bytes | str, cuts: list[int]
) -> None:
    told = whole if isinstance(whole, bytes) else whole.encode()
    for begun in (told, b'{"rows":[' + told):
        at_once, why = read(begun, [])
        in_pieces, why_then = read(begun, cuts)
        little = max(len(begun) // 200, 1)
        bit_by_bit, why_at_last = read(begun, list(range(0, len(begun), little)))
        assert at_once == in_pieces == bit_by_bit
        assert bool(why) is bool(why_then) is bool(why_at_last)
        assert all(each.startswith(WHO) for each in (why, why_then, why_at_last) if each)


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (b"", "told no list of accounts"),
        (b"<!DOCTYPE html><html>" + b"x" * 5_000, "told no list of accounts"),
        (b'{"others":[]}', "told no list of accounts"),
        (b" " * 5_000 + b'{"rows":[]}', "told no list of accounts"),
        (b'{"rows":{}}', "told no list of accounts"),
        (b'{"rows":[{"a":1},{"b"', "was cut short"),
        (b'{"rows":[{"a":1},', "was cut short"),
        (b'{"rows":[{"a":1}, null]}', "is a list of something else"),
        (b'{"rows":[{"a":"' + b"x" * 9_000 + b'"}]}', "is a list of something else"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_of_it_repeated(whole: bytes, why: str) -> None:
    assert read(whole, [])[1] == f"{WHO} {why}"


@pytest.mark.parametrize("step", [1, 7, 1_000])
def test_no_more_is_read_than_can_be_meant(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ranking, "_WHOLE", 100)
    endless = document([{"a": 1}] * 50)
    found, why = read(endless, list(range(0, len(endless), step)))
    assert (len(found), why) == (9, f"{WHO} is longer than 0 MB")
    short = document([{"a": 1}] * 8) + b" " * 100
    assert read(short, list(range(0, len(short), step)))[1] == ""


def test_little_of_a_long_list_is_held() -> None:
    whole = document([{"a": "x" * 500}] * 2_000)
    rows = Rows(WHO, "rows")
    most = 0
    for first in range(0, len(whole), 4_096):
        assert all(rows.of(whole[first : first + 4_096]))
        most = max(most, len(rows._left))
    assert rows.is_whole
    assert 0 < most < 520


def account(row: Any) -> Account | None:  # noqa: ANN401 - JSON
    return (row["name"], float(row["worth"])) if row["worth"] else None


NAMES = st.sampled_from([f"a{each}" for each in range(9)])
ACCOUNTS = st.dictionaries(NAMES, st.integers(0, 5))


@given(worth=ACCOUNTS, count=st.integers(1, 6), besides=st.sets(NAMES))
def test_the_largest_are_found_each_once_and_but_for_the_listed(
    worth: dict[str, int], count: int, besides: set[str]
) -> None:
    largest = Largest(count, besides, account)
    for name, usd in [*worth.items(), *worth.items()]:
        largest.take({"name": name, "worth": usd})
    of_interest = {(usd, name) for name, usd in worth.items() if usd and name not in besides}
    wanted = tuple(name for _, name in sorted(of_interest, reverse=True)[:count])
    assert (largest.told, largest.doubted) == (2 * len(worth), 0)
    if wanted:
        assert largest.found(WHO) == wanted
    else:
        with pytest.raises(SourceUnreadable, match="rows, of nobody who can be asked"):
            largest.found(WHO)


def test_who_was_passed_by_and_comes_again_is_looked_at_again() -> None:
    largest = Largest(1, (), account)
    for name, worth in (("a", 1), ("b", 2), ("a", 3), ("b", 4), ("c", 3)):
        largest.take({"name": name, "worth": worth})
    assert largest.found(WHO) == ("b",)


@pytest.mark.parametrize(
    "row", [{}, None, {"worth": 1}, {"name": "b", "worth": "x"}, {"name": "b", "worth": 10**400}]
)
def test_a_row_that_makes_no_sense_is_counted_and_left_alone(row: object) -> None:
    largest = Largest(3, (), account)
    for each in (row, {"name": "a", "worth": 1}, row):
        largest.take(each)
    assert (largest.found(WHO), largest.doubted) == (("a",), 2)
