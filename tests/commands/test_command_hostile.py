"""What people type who mean no good, or whose cat walks over the keys: an answer, no crash."""

from collections.abc import Iterator

import pytest
from numpy.random import Generator, default_rng

from liqbot.chat.message import LONGEST_WORDS, Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller
from tests.commands.conversation import ANN, BOB, DAN, GROUP, a_conversation, a_map

COUNT = 1_000
MARKETS = ("btc", "ETH", "BTCUSDT", "$BTC", "btc-perp", "XYZ", "bybit:btc", "3d", "all", "hd")
MARKUP = ("<b>", "</code>", "&lt;", "*_`[x](http://x.y)`_*", "```", "||x||", "<@&1>", "@everyone")
CONTROL = ("\\", "%00", "\x00", "\x1b[31m", "\r\n", "\t", "\u202e", "\u200d" * 200, "\ud83d")
SCRIPTS = ("مرحبا", "שלום", "📈" * 40, "é" * 30, "e\u0301", "ﷺ", "½", "²", "٣", "ⅷ", "€" * 64)
CODE = ("' OR 1=1 --", "'; DROP TABLE lives; --", "{0}", "{{7*7}}", "%s", "$(id)", "../../etc/x")
FIGURES = ("1" * 400, "-1", "0", "1e999", "NaN", "9" * 9, "0x10", "1,5", "$" + "9" * 30, "99999d")
SIGNS = ("=", "range=", "=3d", "a=b=c", "market=btc", "#", "#1", "/", "?", ",", ";", ":", "…")
WORDS = (
    "Europe/Berln",
    "user:ann",
    "forget",
    "role 1",
    "within 1.5%",
    "≥ 3:1",
    "for 7d",
    "every 2h",
)
LONG = ("x" * 4096, "word " * 800, "-" * 4096, "a" * 64)
PIECES = (*MARKETS, *MARKUP, *CONTROL, *SCRIPTS, *CODE, *FIGURES, *SIGNS, *WORDS, *LONG)


def hostile(chance: Generator) -> Iterator[str]:
    """Yield lines of a command, or of nearly one, and of what no command reads."""
    names = [*COMMANDS, *(f"/{each}@liqbot" for each in COMMANDS)]
    for i in range(COUNT):
        name = names[i % len(names)] if i % 5 else str(chance.choice(PIECES))
        pieces = [PIECES[j] for j in chance.integers(0, len(PIECES), chance.integers(0, 7))]
        glue = (" ", "", "\n")[int(chance.choice(3, p=(0.8, 0.1, 0.1)))]
        yield f"{name} {glue.join(pieces)}"[:4096]


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
