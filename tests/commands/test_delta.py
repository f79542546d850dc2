"""Longs against shorts, and where each sum of the picture is from."""

import pytest

from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from tests.fakes.desk import CALLER, a_desk


@pytest.mark.parametrize(("asked", "nearer"), [("btc 24h", "2%"), ("btc 24h", "1%")])
async def test_each_sum_of_the_picture_is_taken_apart_by_venue(asked: str, nearer: str) -> None:
    told = await COMMANDS["why"].invoke(a_desk()[0], CALLER, f"delta {asked}")
    rows = [row for row in plain(told.text).splitlines() if f" within {nearer} $" in row]
    assert [row[0] for row in rows] == ["▼", "▲"]
    assert all("the last bin cut (Binance $" in row for row in rows)
