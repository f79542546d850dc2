"""A thousand hostile inputs through the whole bot: answered or ignored by rule, and no leak."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from numpy.random import Generator, default_rng
from telegram.request import HTTPXRequest, RequestData

from liqbot.chat.message import LONGEST_WORDS, ChatId
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from tests.commands.conversation import Conversation, a_conversation, a_map
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.refusal import Refused
from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.fakes.telegram.spec import Upload
from tests.hostility import PIECES, hostile
from tests.ledgers import a_delivery, owing
from tests.platforms.telegrams import Painter, talking

EVES, TYPED, IN_GROUP, FORGED = 5, 600, 200, 200
BATCH = 10  # that wait in one chat
NAME = "liqbot_test_bot"
MARKS = ("41.3579M", "Kathmandu", "01:17-01:18")  # what Ann alone has said
ACTS = (
    *("unsubscribe {}", "alerts pause {}", "alerts extend {}", "channel remove {}"),
    *("channel pause {}", "alerts {}", "channel list {}", "why {}", "settings {}"),
)


async def has_begun(there: Conversation, server: TelegramServer, ann: Chat, group: Chat) -> str:
    """Let Ann want something, alone and for her group, and be told of it; return its name."""
    for line in (
        "/subscribe BTC near at least $41.3579M",
        "/settings Asia/Kathmandu",
        "/quiet 01:17-01:18",
    ):
        server.say(ann, text=line)
        await server.answered(ann)
    server.say(group, ann, "/channel add BTC cascade")
    await server.answered(group)
    home = ChatId.private("telegram", str(ann.id))
    owed = a_delivery("e1e1", subscription=1, chat=home, message="m-ann")
    await there.desk.ledger.watch.settle(owing(owed))
    return owed.alert_id


async def kept(desk: Desk, *chats: Chat) -> list[object]:
    """Return all that is kept of some chats."""
    found: list[object] = []
    for each in chats:
        id_ = f"user:{each.id}" if each.is_private else str(each.id)
        chat = ChatId("telegram", id_)
        found += [await desk.ledger.subscriptions.listed(chat)]
        found += [await desk.ledger.recipients.get(chat)]
    return found


def forged(chance: Generator, alert: str) -> str:
    """Return what no button says, or the button of another."""
    of_others = ("1", "2", "3", "all", alert, "user:7", "7", "forget-everything")
    if chance.random() < 0.5:
        return str(chance.choice(ACTS)).format(chance.choice(of_others))
    line = " ".join(str(each) for each in chance.choice(PIECES, 3))
    return line.encode("utf-8", "replace")[:LONGEST_WORDS].decode("utf-8", "ignore") or "?"


def without_http(server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what the library asks be answered in this process, which takes half the time."""

    async def do_request(
        _: HTTPXRequest, url: str, request_data: RequestData | None = None, **__: object
    ) -> tuple[int, bytes]:
        data = request_data or RequestData()
        files = data.multipart_data or {}
        uploads = {
            part: Upload(name, mime, content)
            for part, (name, content, mime) in files.items()
            if isinstance(content, bytes)
        }
        assert url.startswith(f"{server.url}/bot{TOKEN}/")
        try:
            result = await server.answer(url.rpartition("/")[2], data.json_parameters, uploads)
        except Refused as refused:
            return refused.status, json.dumps(refused.body).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()

    monkeypatch.setattr(HTTPXRequest, "do_request", do_request)


async def type_alone(server: TelegramServer, eve: Chat, lines: Sequence[str]) -> None:
    """Type one line after the other; each is answered."""
    for each in lines:
        server.say(eve, text=each)
        await server.answered(eve, within=20)


async def type_in_group(
    server: TelegramServer, group: Chat, eve: Chat, lines: Sequence[str]
) -> None:
    """Type lines, and something that is answered after all of them; those for the bot are."""
    *said, last = [server.say(group, eve, each) for each in (*lines, f"/start@{NAME}")]

    def answered() -> set[int]:
        return {each.reply_to.id for each in server.messages(group) if each.reply_to}

    await server.until(lambda: last.id in answered(), 20)
    for each in said:
        assert (each.id in answered()) == is_for_the_bot(each.said.text), each.said.text[:80]


def is_for_the_bot(line: str) -> bool:
    """Tell whether something that is typed in a group has to be answered."""
    word, *_ = *line.split(), ""
    name, _, bot = word.removeprefix("/").lower().partition("@")
    return word.startswith("/") and (bot == NAME if bot else name in COMMANDS)


async def forge(server: TelegramServer, eve: Chat, data: Sequence[str]) -> None:
    """Send what is on no button; each is acknowledged."""
    shown = server.messages(eve)[0]
    for each in data:
        await server.settled(server.forge(shown, each), within=20)


async def test_a_thousand_hostile_inputs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = default_rng(5)
    there = a_conversation([a_map(near=True), a_map("ETH")])
    desk = replace(there.desk, studio=Painter())
    async with TelegramServer(clock=there.clock) as server:
        without_http(server, monkeypatch)
        ann = server.user(7, "Ann")
        eves = [server.user(100 + i, f"Eve {i} <b>&amp;</b>") for i in range(EVES)]
        group = server.supergroup("Traders", ann, *eves)
        server.add_bot(group)
        with caplog.at_level(logging.DEBUG, "liqbot"):
            async with talking(server, tmp_path, desk=desk):
                alert = await has_begun(there, server, ann, group)
                before = await kept(desk, ann, group)
                count = len(server.messages(ann))
                lines = list(hostile(chance, NAME))
                typed, shared = lines[:TYPED], lines[TYPED : TYPED + IN_GROUP]
                await asyncio.gather(
                    *(type_alone(server, eve, typed[i::EVES]) for i, eve in enumerate(eves))
                )
                for i in range(0, IN_GROUP, BATCH):
                    eve = eves[i // BATCH % EVES]
                    await type_in_group(server, group, eve, shared[i : i + BATCH])
                data = [forged(chance, alert) for _ in range(FORGED)]
                await asyncio.gather(
                    *(forge(server, eve, data[i::EVES]) for i, eve in enumerate(eves))
                )
                assert await kept(desk, ann, group) == before
                assert len(server.messages(ann)) == count
    shown = [each for eve in (*eves, group) for each in server.messages(eve)]
    said = "".join(f"{each.said.text} {each.keyboard}" for each in shown)
    assert [mark for mark in MARKS if mark in said] == []
    assert "Something went wrong" not in server.transcript
    logged = [each for each in caplog.records if each.name.startswith("liqbot")]
    assert [each.getMessage() for each in logged if each.levelno >= logging.WARNING] == []
    assert TOKEN not in server.transcript + "".join(str(vars(each)) for each in logged)
