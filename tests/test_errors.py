"""The error tree: what its texts say, and that its drawing is true."""

import re

import pytest

from liqbot import errors
from liqbot.errors import LiqbotError, UnknownName, Unreadable, excerpt, nearest

KNOWN = ("binance", "bybit", "OKX")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("binence", "binance"), ("BYBIT", "bybit"), ("okx", "OKX"), ("kraken", None), ("", None)],
)
def test_the_nearest_known_name_is_found_whatever_its_case(typed: str, meant: str | None) -> None:
    assert nearest(typed, KNOWN) == meant


def test_an_unknown_name_suggests_the_nearest() -> None:
    assert str(UnknownName("venue", "bybti", KNOWN)) == (
        "There is no venue “bybti”. Did you mean bybit?"
    )


def test_an_unknown_name_near_nothing_lists_what_there_is() -> None:
    assert str(UnknownName("venue", "kraken", KNOWN)) == (
        "There is no venue “kraken”. There is binance, bybit, OKX."
    )


def test_an_unknown_name_among_none_says_so() -> None:
    assert str(UnknownName("market", "BTC", ())) == "There is no market “BTC”. There is none."


def test_a_long_list_is_cut() -> None:
    text = str(UnknownName("market", "!", (f"COIN{i}" for i in range(300))))
    assert text.endswith("COIN18, COIN19, ….")


def test_the_unreadable_is_named_with_what_would_work() -> None:
    assert str(Unreadable("market", "\u202e!", "BTC")) == "“·!” is not a market. Try BTC."


@pytest.mark.parametrize("text", ["x" * 4096, "a\nb\x00c" * 300, "💥" * 21])
def test_at_most_twenty_visible_characters_are_echoed(text: str) -> None:
    shown = excerpt(text)
    assert len(shown) == 20
    assert shown.isprintable()
    assert shown.endswith("…")
    assert excerpt(shown) == shown


def drawn(error: type[Exception], lead: str = "", bar: str = "") -> list[str]:
    """The tree under an error, as the docstring draws it, without the remarks."""
    under = [each for each in error.__subclasses__() if each.__module__ == errors.__name__]
    lines = [lead + error.__name__]
    for each in under:
        last = each is under[-1]
        lines += drawn(each, bar + ("└── " if last else "├── "), bar + ("    " if last else "│   "))
    return lines


def test_the_drawn_tree_is_the_tree() -> None:
    lines = (errors.__doc__ or "").splitlines()[2:]
    assert [re.sub(r"(?<=\w) .*", "", line) for line in lines] == drawn(LiqbotError)
