"""What people type who mean no good, or whose cat walks over the keys."""

from collections.abc import Iterator

from numpy.random import Generator

from liqbot.commands import COMMANDS

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


def hostile(chance: Generator, bot: str = "liqbot") -> Iterator[str]:
    """Yield lines of a command, or of nearly one, and of what no command reads."""
    names = [*COMMANDS, *(f"/{each}@{bot}" for each in COMMANDS)]
    for i in range(COUNT):
        name = names[i % len(names)] if i % 5 else str(chance.choice(PIECES))
        pieces = [PIECES[j] for j in chance.integers(0, len(PIECES), chance.integers(0, 7))]
        glue = (" ", "", "\n")[int(chance.choice(3, p=(0.8, 0.1, 0.1)))]
        yield f"{name} {glue.join(pieces)}"[:4096]
