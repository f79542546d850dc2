"""What people type who mean no good, or whose cat walks over the keys: an answer, no crash."""

import pytest
from numpy.random import default_rng

from liqbot.chat.message import LONGEST_WORDS, Message
from liqbot.chat.richtext import length, plain
from liqbot.commands.command import Caller
from tests.commands.conversation import ANN, BOB, DAN, GROUP, a_conversation, a_map
from tests.hostility import hostile


def is_within_limits(found: Message) -> bool:
    """Tell whether every platform can carry a message."""
    named = [button for row in found.buttons for button in row]
    return (
        0 < length(found.text) <= (1024 if found.picture or found.document else 2000)
        and len(found.buttons) <= 5
        and all(0 < len(row) <= 5 for row in found.buttons)
        and all(0 < len(each.words.encode()) <= LONGEST_WORDS for each in named)
        and all(0 < len(each.label) <= 32 for each in named)
    )


@pytest.mark.parametrize("caller", [ANN, BOB, DAN], ids=lambda each: each.user)
async def test_a_thousand_hostile_lines_are_answered(caller: Caller) -> None:
    talk = a_conversation([a_map(near=True), a_map("ETH")])
    wrong = []
    for line in hostile(default_rng(ord(caller.user[0]))):
        found = await talk.ask(line, caller)
        if not is_within_limits(found):
            wrong.append((line[:80], plain(found.text)[:200]))
    assert wrong == []
    kept = await talk.desk.ledger.subscriptions.listed()
    assert {each.chat for each in kept} <= {caller.home, *([GROUP] if caller.is_admin else [])}


@pytest.mark.parametrize(
    "words",
    [
        *("btc", "BTC", "$btc", "#BTC", "BTCUSDT", "btc-perp", "BTC/USDT", "xbt", "ＢＴＣ", "btc,"),
        *("btc 3d bybit", "3d btc bybit", "bybit 3d BTCUSDT", "BYBIT;  btc , 3D", "bybit:btc 3d"),
    ],
)
async def test_what_is_meant_is_understood(words: str) -> None:
    talk = a_conversation()
    found = await talk.ask(f"/heatmap {words}")
    assert found.picture is not None
    assert plain(found.text).startswith("BTC liquidation heatmap")
    assert talk.markets.asked[0][0].base == "BTC"
    if "bybit" in words.lower():
        query, span, _ = talk.markets.asked[0]
        assert (query.venue, span.days) == ("bybit", 3)
