"""What options mean."""

import pytest

from liqbot.cli.options import names


@pytest.mark.parametrize("text", ["BTC,ETH", "btc, eth", " btc ,,ETH, "])
def test_names_are_read_in_capitals(text: str) -> None:
    assert names(text) == ("BTC", "ETH")


def test_no_name_is_none() -> None:
    assert names(" , ") == ()
