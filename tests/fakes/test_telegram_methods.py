"""What single methods mind that the list of parameters does not say."""

from datetime import UTC, datetime, timedelta

import pytest

from liqbot.clock import SteppedClock
from tests.fakes.faults import Json
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.files import a_png
from tests.fakes.telegram.refusal import Refused
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram.spec import Upload

PNG = Upload("map.png", "image/png", a_png())


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(datetime(2026, 2, 1, tzinfo=UTC))


@pytest.fixture
async def server(clock: SteppedClock) -> TelegramServer:
    return TelegramServer(clock=clock)


@pytest.fixture
def ann(server: TelegramServer) -> Chat:
    return server.user(7, "Ann", started=True)


async def violates(
    server: TelegramServer, method: str, words: Json, why: str, *, file: Upload | None = None
) -> None:
    with pytest.raises(Refused, match=why) as refused:
        await server.answer(method, words, {"file": file} if file else {})
    assert refused.value.violation


async def test_only_groups_and_people_have_commands_and_see_actions(
    server: TelegramServer, ann: Chat
) -> None:
    chat = server.channel("News", ann)
    server.add_bot(chat, "administrator")
    scope = {"type": "chat", "chat_id": chat.id}
    await violates(server, "setMyCommands", {"commands": [], "scope": scope}, "no commands")
    acting = {"chat_id": chat.id, "action": "typing"}
    await violates(server, "sendChatAction", acting, "channels")
    await server.answer("sendChatAction", acting | {"chat_id": ann.id})
    assert [(each.chat, each.action) for each in server.actions] == [(ann, "typing")]


async def test_a_command_is_listed_once(server: TelegramServer) -> None:
    twice = [{"command": "mute", "description": "x"}] * 2
    await violates(server, "setMyCommands", {"commands": twice}, "listed twice")


async def test_a_channel_tells_its_members_to_administrators(
    server: TelegramServer, ann: Chat
) -> None:
    chat = server.channel("News", ann)
    server.add_bot(chat)
    words = {"chat_id": chat.id, "user_id": 7}
    with pytest.raises(Refused, match="member list is inaccessible"):
        await server.answer("getChatMember", words)
    server.become(chat, server.bot, "administrator")
    assert (await server.answer("getChatMember", words))["status"] == "creator"


async def test_an_old_message_is_deleted_only_by_an_administrator(
    server: TelegramServer, ann: Chat, clock: SteppedClock
) -> None:
    chat = server.supergroup("Traders", ann)
    server.add_bot(chat)
    sent = await server.answer("sendMessage", {"chat_id": chat.id, "text": "x"})
    asked = server.say(chat, ann, "/levels")
    words = {"chat_id": chat.id, "message_id": sent["message_id"]}
    theirs = words | {"message_id": asked.id}
    await violates(server, "deleteMessage", theirs, "somebody else's")
    clock.step(timedelta(hours=49))
    with pytest.raises(Refused, match="can't be deleted for everyone"):
        await server.answer("deleteMessage", words)
    server.become(chat, server.bot, "administrator", "can_delete_messages")
    assert await server.answer("deleteMessage", words)
    assert await server.answer("deleteMessage", theirs)


async def test_files_are_neither_empty_nor_too_large_to_fetch(
    server: TelegramServer, ann: Chat
) -> None:
    words = {"chat_id": 7, "document": "attach://file"}
    await violates(
        server, "sendDocument", words, "non-empty", file=Upload("a.csv", "text/csv", b"")
    )
    large = Upload("a.bin", "application/octet-stream", bytes(20_000_001))
    sent = await server.answer("sendDocument", words, {"file": large})
    with pytest.raises(Refused, match="file is too big"):
        await server.answer("getFile", {"file_id": sent["document"]["file_id"]})
    huge = large._replace(content=bytes(50_000_001))
    await violates(server, "sendDocument", words, "Entity Too Large", file=huge)


async def test_a_notice_is_short(server: TelegramServer, ann: Chat) -> None:
    await server.answer("sendMessage", {"chat_id": 7, "text": "x"})
    query = server.forge(server.messages(ann)[0], "mute")
    words = {"callback_query_id": query.id}
    await violates(server, "answerCallbackQuery", words | {"text": "x" * 201}, "MESSAGE_TOO_LONG")
    await server.answer("answerCallbackQuery", words | {"text": "x" * 200})
    assert query.answered


async def test_an_answer_to_what_is_gone_goes_out_alone_if_it_may(
    server: TelegramServer, ann: Chat
) -> None:
    asked = server.say(ann, text="/levels")
    reply = {"message_id": asked.id, "allow_sending_without_reply": True}
    words = {"chat_id": 7, "text": "x", "reply_parameters": reply}
    told = await server.answer("sendMessage", words)
    assert told["reply_to_message"]["text"] == "/levels"
    server.remove(asked)
    assert "reply_to_message" not in await server.answer("sendMessage", words)


async def test_an_album_is_several_messages(server: TelegramServer, ann: Chat) -> None:
    photo = {"type": "photo", "media": "attach://file"}
    words = {"chat_id": 7, "media": [photo | {"caption": "one"}, photo]}
    await server.answer("sendMediaGroup", words, {"file": PNG})
    assert [each.caption for each in server.messages(ann)] == ["one", ""]
    await violates(server, "sendMediaGroup", words | {"media": [photo]}, "an album is", file=PNG)


async def test_what_the_bot_says_of_itself_is_kept(server: TelegramServer) -> None:
    await server.answer("setMyName", {"name": "liqbot", "language_code": "de"})
    await server.answer("setMyDescription", {"description": "Maps"})
    await server.answer("setChatMenuButton", {"menu_button": {"type": "default"}})
    assert await server.answer("setMyDefaultAdministratorRights", {"for_channels": True})
    assert await server.answer("getMyName", {"language_code": "de"}) == {"name": "liqbot"}
    assert await server.answer("getMyDescription", {}) == {"description": "Maps"}
    assert await server.answer("getMyShortDescription", {}) == {"short_description": ""}
    assert await server.answer("getChatMenuButton", {}) == {"type": "default"}
    assert server.violations == []
