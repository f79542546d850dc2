"""The official list judges questions and answers to their last field."""

from pathlib import Path

import pytest

from tests.fakes.faults import Json
from tests.fakes.telegram import spec as module
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram.spec import Spec, spec

CHAT = {"id": 7, "type": "private"}
MESSAGE = {"message_id": 1, "date": 0, "chat": CHAT}


@pytest.fixture
def official() -> Spec:
    return spec()


def test_the_list_is_whole(official: Spec) -> None:
    assert len(official.methods) == 180
    assert {"message", "channel_post", "callback_query", "my_chat_member"} <= official.updates


@pytest.mark.parametrize(
    ("type_", "value", "wrong"),
    [
        ("Message", MESSAGE, []),
        ("Message", MESSAGE | {"text": 1}, ["Message.text=1 is no String"]),
        ("Message", MESSAGE | {"date": True}, ["Message.date=True is no Integer"]),
        ("Message", MESSAGE | {"mood": ""}, ["there is no Message.mood"]),
        ("Message", {"date": 0, "chat": CHAT}, ["Message.message_id is missing"]),
        ("Message", MESSAGE | {"chat": {"id": 7}}, ["Message.chat.type is missing"]),
        ("Message", MESSAGE | {"photo": {}}, ["Message.photo is no array"]),
        ("Message", MESSAGE | {"entities": [1]}, ["Message.entities[0]=1 is no MessageEntity"]),
        ("BotCommandScope", {"type": "chat", "chat_id": "@news"}, []),
        ("BotCommandScope", {"type": "chat"}, ["BotCommandScope.chat_id is missing"]),
        ("ChatMember", {"status": "member", "user": {}}, 3),
        ("MaybeInaccessibleMessage", {"message_id": 1, "date": 0, "chat": CHAT}, []),
        (
            "InputMedia",
            {"type": "photo", "media": "x", "width": 3},
            ["there is no InputMedia.width"],
        ),
        ("Float", 3, []),
        ("Float", True, ["Float=True is no Float"]),
        ("Boolean", 1, ["Boolean=1 is no Boolean"]),
    ],
)
def test_a_value_is_judged(official: Spec, type_: str, value: Json, wrong: Json) -> None:
    found = official.wrong_value(type_, value)
    assert (len(found) if isinstance(wrong, int) else found) == wrong


def test_an_answer_is_judged_by_what_its_method_returns(official: Spec) -> None:
    assert official.wrong_answer("sendMessage", MESSAGE) == []
    assert official.wrong_answer("editMessageText", True) == []
    assert official.wrong_answer("getMe", MESSAGE)
    assert official.wrong_answer("getUpdates", [{}]) == ["getUpdates[0].update_id is missing"]


async def test_the_server_is_judged_by_its_own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    server = TelegramServer()
    server.bot.username = 7  # type: ignore[assignment]
    await server.answer("getMe", {})
    assert server.violations == ["the server itself: getMe.username=7 is no String"]
    server.tell("message", {"text": "x"})
    assert len(server.violations) == 4


async def test_without_the_list_a_test_is_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "DOCUMENT", tmp_path / "nothing.json")
    spec.cache_clear()
    with pytest.raises(pytest.skip.Exception, match="is not in"):
        TelegramServer()
