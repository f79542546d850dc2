from liqbot.chat.message import LONGEST_WORDS
from liqbot.commands._pressing import WHERE, pressing, where_from


def test_a_button_carries_its_words() -> None:
    found = pressing("Again", "feed", "BTC", "1h", "light")
    assert found is not None
    assert (found.label, found.words) == ("Again", "feed BTC 1h light")


def test_the_last_words_are_left_out_where_they_are_too_many() -> None:
    found = pressing("Again", "feed", "BTC", "1h", "x" * LONGEST_WORDS)
    assert found is not None
    assert found.words == "feed BTC 1h"


def test_what_says_too_little_is_no_button() -> None:
    assert pressing("Again", "feed", "X" * LONGEST_WORDS, "1h") is None
    found = pressing("Status", "status")
    assert found is not None
    assert found.words == "status"


def test_where_from_asks_for_all_of_it_or_not_at_all() -> None:
    found = where_from("whatif", "BTC", "62000", None)
    assert found is not None
    assert (found.label, found.words) == (WHERE, "why whatif BTC 62000")
    assert where_from("risk", "X" * LONGEST_WORDS, "3%") is None
