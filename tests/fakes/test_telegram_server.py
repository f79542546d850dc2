"""What the official documentation forbids is a violation; what merely happens is not."""

import json

import pytest
from aiohttp import ClientSession, FormData

from tests.fakes.faults import Json
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.files import a_png
from tests.fakes.telegram.messages import Message
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.refusal import Refused
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram.spec import Upload

PNG = Upload("map.png", "image/png", a_png())


@pytest.fixture
async def server() -> TelegramServer:
    return TelegramServer()


@pytest.fixture
def ann(server: TelegramServer) -> Chat:
    return server.user(7, "Ann", started=True)


async def ask(server: TelegramServer, method: str, /, *files: Upload, **words: object) -> Json:
    """Ask as a form would: everything is text."""
    said = {k: v if isinstance(v, str) else json.dumps(v) for k, v in words.items()}
    return await server.answer(method, said, {f"file{i}": each for i, each in enumerate(files)})


async def sent(server: TelegramServer, chat: Chat, text: str = "hello", **words: object) -> Message:
    await ask(server, "sendMessage", chat_id=chat.id, text=text, **words)
    return server.messages(chat)[-1]


async def refusal(server: TelegramServer, method: str, *files: Upload, **words: object) -> Refused:
    with pytest.raises(Refused) as refused:
        await ask(server, method, *files, **words)
    return refused.value


def keyboard(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": list(rows)}


def button(data: str = "x", **more: object) -> dict[str, object]:
    return {"text": "press", "callback_data": data, **more}


FORBIDDEN: list[tuple[str, dict[str, object], str]] = [
    ("sendMail", {}, "there is no method"),
    ("sendmessage", {"chat_id": 7, "text": "x"}, "there is no method"),
    ("sendDice", {"chat_id": 7}, "does not speak"),
    ("sendMessage", {"chat_id": 7}, "parameter text is missing"),
    ("sendMessage", {"chat_id": 7, "text": "x", "mood": "y"}, "no parameter mood"),
    ("sendMessage", {"chat_id": 7, "text": "x", "disable_notification": "yes"}, "is no Boolean"),
    ("sendMessage", {"chat_id": 7, "text": "x", "message_thread_id": "a"}, "is no Integer"),
    ("sendMessage", {"chat_id": 7, "text": " \n"}, "text is empty"),
    ("sendMessage", {"chat_id": 7, "text": "x" * 4097}, "too long"),
    ("sendMessage", {"chat_id": 7, "text": "a & b", "parse_mode": "HTML"}, "can't parse"),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "link_preview_options": {"disabled": True}},
        "no link_preview_options.disabled",
    ),
    ("sendMessage", {"chat_id": 7, "text": "x", "reply_markup": "{"}, "is no Inline"),
    ("sendMessage", {"chat_id": 7, "text": "x", "reply_markup": {}}, "is missing"),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "reply_markup": keyboard([button("x" * 65)])},
        "BUTTON_DATA_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "reply_markup": keyboard([button("")])},
        "BUTTON_DATA_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "reply_markup": keyboard([button(url="https://a")])},
        "exactly one thing",
    ),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "reply_markup": keyboard([{"text": "x", "url": "ftp://a"}])},
        "BUTTON_URL_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "reply_markup": keyboard([button()] * 9)},
        "at most 8",
    ),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "reply_markup": keyboard(*[[button()] * 8] * 13)},
        "100 in all",
    ),
    ("sendMessage", {"chat_id": 7, "text": "x", "reply_markup": keyboard([])}, "no buttons"),
    ("sendPhoto", {"chat_id": 7, "photo": "AgACnothing"}, "no such file"),
    ("sendPhoto", {"chat_id": 7, "photo": "https://a/b.png"}, "nothing is fetched"),
    ("sendPhoto", {"chat_id": 7, "photo": "attach://file1"}, "file1 is not attached"),
    ("sendPhoto", {"chat_id": 7, "photo": "attach://file0", "caption": "x" * 1025}, "too long"),
    ("sendChatAction", {"chat_id": 7, "action": "dancing"}, "wrong parameter action"),
    ("editMessageText", {"text": "x"}, "not specified"),
    ("editMessageText", {"chat_id": 7, "message_id": 1, "text": "x"}, "somebody else's"),
    ("editMessageMedia", {"chat_id": 7, "message_id": 1, "media": {"type": "foto"}}, "is not"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "query ID is invalid"),
    ("setMyCommands", {"commands": [{"command": "Heat", "description": "x"}]}, "COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "DESCRIPTION_INVALID"),
    (
        "setMyCommands",
        {"commands": [{"command": f"a{i}", "description": "x"} for i in range(101)]},
        "TOO_MUCH",
    ),
    (
        "setMyCommands",
        {"commands": [], "scope": {"type": "chat"}},
        "scope.chat_id is missing",
    ),
    ("setMyCommands", {"commands": [], "language_code": "deu"}, "not two letters"),
    ("setMyShortDescription", {"short_description": "x" * 121}, "at most 120"),
    ("setWebhook", {"url": "http://example.org/"}, "bad webhook"),
    ("getUpdates", {"limit": 101}, "not within 1 to 100"),
    ("getUpdates", {"allowed_updates": ["mail"]}, "there are no mail"),
]


@pytest.mark.parametrize(("method", "words", "why"), FORBIDDEN)
async def test_what_no_correct_client_does_is_a_violation(
    server: TelegramServer, ann: Chat, method: str, words: dict[str, object], why: str
) -> None:
    server.say(ann, text="hello")
    attached = (PNG,) if "attach://file0" in words.values() else ()
    refused = await refusal(server, method, *attached, **words)
    assert why in str(refused)
    assert [why in each for each in server.violations] == [True]
    assert server.messages(ann) == []


async def test_a_message_of_another_kind_is_not_edited(server: TelegramServer, ann: Chat) -> None:
    text = await sent(server, ann)
    await ask(server, "sendPhoto", PNG, chat_id=7, photo="attach://file0")
    photo = server.messages(ann)[-1]
    assert "no text" in str(
        await refusal(server, "editMessageText", chat_id=7, message_id=photo.id, text="x")
    )
    assert "no caption" in str(
        await refusal(server, "editMessageCaption", chat_id=7, message_id=text.id, caption="x")
    )
    media = {"type": "photo", "media": "attach://file0", "caption": "map"}
    await ask(server, "editMessageMedia", PNG, chat_id=7, message_id=text.id, media=media)
    assert (text.photo, text.caption, text.text) == (PNG.content, "map", None)
    assert len(server.violations) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"GIF89a", "IMAGE_PROCESS_FAILED"),
        (a_png(21, 1), "INVALID_DIMENSIONS"),
        (a_png(5001, 5000), "INVALID_DIMENSIONS"),
        (a_png() + bytes(10_000_000), "too big"),
    ],
)
async def test_a_picture_that_telegram_would_not_take(
    server: TelegramServer, ann: Chat, content: bytes, why: str
) -> None:
    file = Upload("map.png", "image/png", content)
    assert why in str(await refusal(server, "sendPhoto", file, chat_id=7, photo="attach://file0"))
    await ask(server, "sendDocument", file, chat_id=7, document="attach://file0")
    [message] = server.messages(ann)
    assert message.document == content
    assert message.file is not None
    wrong = await refusal(server, "sendPhoto", chat_id=7, photo=message.file.file_id)
    assert "can't use file of type document" in str(wrong)
    assert len(server.violations) == 2


async def test_files_and_words_have_to_belong_together(server: TelegramServer, ann: Chat) -> None:
    loose = await refusal(server, "sendMessage", PNG, chat_id=7, text="hello")
    assert "file0 is not used" in str(loose)


async def test_an_edit_without_a_keyboard_takes_it_away(server: TelegramServer, ann: Chat) -> None:
    message = await sent(server, ann, reply_markup=keyboard([button()]))
    again = {"chat_id": 7, "message_id": message.id, "text": "hello"}
    same = await refusal(server, "editMessageText", **again, reply_markup=keyboard([button()]))
    assert "is not modified" in str(same)
    await ask(server, "editMessageText", **again)
    assert (message.keyboard, message.edits) == ((), 1)
    assert server.violations == []


async def test_a_press_is_answered_once_and_in_time(server: TelegramServer, ann: Chat) -> None:
    message = await sent(server, ann, reply_markup=keyboard([button("mute")]))
    query = server.press(message, "press")
    await ask(server, "answerCallbackQuery", callback_query_id=query.id, text="Muted")
    assert (query.answered, query.text) == (True, "Muted")
    assert "too old" in str(
        await refusal(server, "answerCallbackQuery", callback_query_id=query.id)
    )
    server.query_life_s = -1
    late = server.forge(message, "anything")
    assert "too old" in str(await refusal(server, "answerCallbackQuery", callback_query_id=late.id))
    assert query.told["chat_instance"] == late.told["chat_instance"]
    assert server.violations == []


async def test_what_was_deleted_cannot_be_edited_or_answered(
    server: TelegramServer, ann: Chat
) -> None:
    message = await sent(server, ann)
    await ask(server, "deleteMessage", chat_id=7, message_id=message.id)
    assert server.messages(ann) == []
    for method, words in (
        ("deleteMessage", {"message_id": message.id}),
        ("editMessageText", {"message_id": message.id, "text": "x"}),
        ("sendMessage", {"text": "x", "reply_parameters": {"message_id": message.id}}),
    ):
        assert "not found" in str(await refusal(server, method, chat_id=7, **words))
    assert (await sent(server, ann)).id == message.id + 1
    assert server.violations == []


async def test_every_method_it_speaks_is_official(server: TelegramServer) -> None:
    assert set(METHODS) <= server.spec.methods


async def test_forms_json_and_files_are_read_and_strangers_sent_away() -> None:
    async with TelegramServer() as server, ClientSession() as session:
        ann, url = server.user(7, "Ann", started=True), f"{server.url}/bot{server.token}"
        async with session.post(f"{url}/sendMessage", json={"chat_id": 7, "text": "a"}) as answer:
            assert (await answer.json())["result"]["text"] == "a"
        async with session.get(f"{url}/sendMessage?chat_id=7&text=b") as answer:
            assert answer.status == 200
        form = FormData({"chat_id": "7"})
        form.add_field("photo", a_png(), filename="map.png", content_type="image/png")
        async with session.post(f"{url}/sendPhoto", data=form) as answer:
            assert answer.status == 200
        async with session.get(f"{server.url}/bot1:wrong/getMe") as answer:
            assert await answer.json() == {
                "ok": False,
                "error_code": 401,
                "description": "Unauthorized",
            }
        assert [each.text or each.photo for each in server.messages(ann)] == ["a", "b", a_png()]
        assert server.violations == []
