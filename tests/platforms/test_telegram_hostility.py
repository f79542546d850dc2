"""What nobody means well: all of it is answered or ignored, and nothing breaks or leaks."""

import logging
from pathlib import Path

import pytest

from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.platforms.telegrams import talking

HOSTILE = [
    "<b>bold</b> & <script>alert(1)</script>",
    "/heatmap <a href='https://evil.example'>BTC</a>",
    "/heatmap &lt;b&gt; &amp;&#x3c;",
    "/heatmap " + "😀" * 2000,
    "/subscribe " + "A" * 4080,
    "/heatmap \u202eCTB\u202c \u200b\u2066x",
    "/heatmap '; DROP TABLE subscriptions; --",
    "/unsubscribe 99999999999999999999999",
    "/unsubscribe -1",
    "/why ' OR 1=1 --",
    "/mute BTC 999999999999h",
    "/quiet 99:99-88:88 Nowhere/Land",
    "/alerts pause 1",
    "/heatmap BTC BTC BTC BTC",
    "/heatmap age=1h age=2h",
    "/heatmap =",
    "/",
    "//",
    "/@liqbot_test_bot",
    "@liqbot_test_bot",
    "/heatmap@",
    "%s %n {0} {token} ${TOKEN}",
    "../../../../etc/passwd",
    "\x00\x01\x1b[31m",
    "\ud83d",
    "/help " + "\n" * 100 + "heatmap",
    "1e309",
    "/check BTC long NaN inf",
    "/start " + "A" * 64,
]
FORGED = ["", "unsubscribe 1", "x" * 64, "channel remove 1", "heatmap <b>", "😀" * 16, "\u0000"]


async def test_what_is_typed_with_ill_will_is_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with TelegramServer() as server:
        eve = server.user(9, "Eve <b>&amp;</b>")
        with caplog.at_level(logging.DEBUG, "liqbot"):
            async with talking(server, tmp_path):
                for text in HOSTILE:
                    server.say(eve, text=text)
                    await server.answered(eve)
                shown = server.messages(eve)[0]
                for data in FORGED:
                    query = server.forge(shown, data)
                    if data:
                        await server.settled(query)
                server.say(eve, text="/help")
                await server.answered(eve)
    said = [each for each in caplog.records if each.name.startswith("liqbot")]
    assert [each for each in said if each.levelno >= logging.WARNING] == []
    assert TOKEN not in server.transcript + "".join(str(vars(each)) for each in said)
    assert "Something went wrong" not in server.transcript


async def test_whose_alerts_they_are_is_not_to_be_had_by_a_forged_button(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        ann, eve = server.user(7, "Ann"), server.user(9, "Eve")
        async with talking(server, tmp_path):
            server.say(ann, text="/subscribe BTC near")
            (kept,) = await server.answered(ann)
            assert kept.said.text.startswith("#1")
            server.say(eve, text="/help")
            (shown,) = await server.answered(eve)
            for data in ("unsubscribe 1", "alerts pause 1", "why 1", "alerts"):
                server.forge(shown, data, eve)
            server.say(eve, text="/status")  # answered after all of them
            await server.until(lambda: len(server.messages(eve)) == 5)
            assert shown.said.text.startswith("Your alerts 0/20")
            assert "#1" not in "".join(each.said.text for each in server.messages(eve))
            server.say(ann, text="/alerts")
            (listed,) = await server.answered(ann)
            assert "#1" in listed.said.text
            assert "paused" not in listed.said.text
