"""Chats are as Telegram has them: who hears what, and who may send what where."""

from collections.abc import Callable

import pytest

from tests.fakes.faults import Json
from tests.fakes.telegram.chats import GENERAL, Chat
from tests.fakes.telegram.refusal import Refused
from tests.fakes.telegram.server import TelegramServer


@pytest.fixture
async def server() -> TelegramServer:
    return TelegramServer()


@pytest.fixture
def ann(server: TelegramServer) -> Chat:
    return server.user(7, "Ann", started=True)


def heard(server: TelegramServer) -> list[Json]:
    """Return what the bot was told, as kind and text."""
    return [
        (kind, told.get("text"))
        for each in server.updates.issued
        for kind, told in each.items()
        if isinstance(told, dict)
    ]


def forum(server: TelegramServer, ann: Chat) -> Chat:
    chat = server.supergroup("Traders", ann, topics=("Alerts", "Talk"))
    server.add_bot(chat)
    return chat


def unknown(server: TelegramServer, ann: Chat) -> Chat:
    return Chat(404, "private", "nobody")


def never_started(server: TelegramServer, ann: Chat) -> Chat:
    return server.user(8, "Ben")


def blocking(server: TelegramServer, ann: Chat) -> Chat:
    server.block(ann)
    return ann


def deleted(server: TelegramServer, ann: Chat) -> Chat:
    server.leave_telegram(ann)
    return ann


def group_without_bot(server: TelegramServer, ann: Chat) -> Chat:
    return server.group("Traders", ann)


def group_that_kicked(server: TelegramServer, ann: Chat) -> Chat:
    chat = server.group("Traders", ann)
    server.add_bot(chat)
    server.kick_bot(chat)
    return chat


def upgraded(server: TelegramServer, ann: Chat) -> Chat:
    chat = server.group("Traders", ann)
    server.add_bot(chat)
    server.upgrade(chat)
    return chat


def silent_group(server: TelegramServer, ann: Chat) -> Chat:
    chat = forum(server, ann)
    chat.forbidden.add("can_send_messages")
    return chat


def channel_as_member(server: TelegramServer, ann: Chat) -> Chat:
    chat = server.channel("News", ann)
    server.add_bot(chat)
    return chat


def channel_without_right(server: TelegramServer, ann: Chat) -> Chat:
    chat = server.channel("News", ann)
    server.add_bot(chat, "administrator", "can_edit_messages")
    return chat


@pytest.mark.parametrize(
    ("place", "status", "why"),
    [
        (unknown, 400, "chat not found"),
        (never_started, 403, "bot can't initiate conversation with a user"),
        (blocking, 403, "bot was blocked by the user"),
        (deleted, 403, "user is deactivated"),
        (group_without_bot, 403, "bot is not a member of the group chat"),
        (group_that_kicked, 403, "bot was kicked from the group chat"),
        (upgraded, 400, "group chat was upgraded to a supergroup chat"),
        (silent_group, 400, "not enough rights to send text messages to the chat"),
        (channel_as_member, 400, "need administrator rights in the channel chat"),
        (channel_without_right, 400, "need administrator rights in the channel chat"),
    ],
)
async def test_a_chat_refuses_the_bot_without_blaming_it(
    server: TelegramServer,
    ann: Chat,
    place: Callable[[TelegramServer, Chat], Chat],
    status: int,
    why: str,
) -> None:
    chat = place(server, ann)
    with pytest.raises(Refused, match=why) as refused:
        await server.answer("sendMessage", {"chat_id": chat.id, "text": "x"})
    assert refused.value.status == status
    assert refused.value.parameters == (
        {"migrate_to_chat_id": chat.upgraded_to} if chat.upgraded_to else None
    )
    assert server.messages(chat) == []
    assert server.violations == []
    assert [each.status for each in server.refusals] == [status]


async def test_a_right_may_be_lacking_for_pictures_alone(server: TelegramServer, ann: Chat) -> None:
    chat = forum(server, ann)
    chat.forbidden.add("can_send_photos")
    with pytest.raises(Refused, match="not enough rights to send photos"):
        await server.answer("sendPhoto", {"chat_id": chat.id, "photo": "AgAC"})
    await server.answer("sendMessage", {"chat_id": chat.id, "text": "x"})
    server.become(chat, server.bot, "administrator")
    with pytest.raises(Refused, match="no such file"):
        await server.answer("sendPhoto", {"chat_id": chat.id, "photo": "AgAC"})


async def test_topics_are_open_closed_or_unknown(server: TelegramServer, ann: Chat) -> None:
    chat = forum(server, ann)
    assert chat.topics is not None
    alerts, talk = chat.topics.values()
    server.close(chat, talk)
    words = {"chat_id": chat.id, "text": "x"}
    told = await server.answer("sendMessage", words | {"message_thread_id": alerts.id})
    assert (told["message_thread_id"], told["is_topic_message"]) == (alerts.id, True)
    for thread, why in (
        (talk.id, "TOPIC_CLOSED"),
        (99, "message thread not found"),
        (GENERAL, "message thread not found"),
    ):
        with pytest.raises(Refused, match=why):
            await server.answer("sendMessage", words | {"message_thread_id": thread})
    with pytest.raises(Refused, match="thread not found"):
        await server.answer("sendMessage", {"chat_id": 7, "text": "x", "message_thread_id": 2})
    server.become(chat, server.bot, "administrator", "can_manage_topics")
    await server.answer("sendMessage", words | {"message_thread_id": talk.id})
    assert [each.thread for each in server.messages(chat)] == [alerts.id, talk.id]
    assert server.violations == []


async def test_in_a_group_the_bot_hears_what_is_meant_for_it(
    server: TelegramServer, ann: Chat
) -> None:
    chat = server.group("Traders", ann)
    server.say(chat, ann, "/before")
    server.add_bot(chat)
    sent = await server.answer("sendMessage", {"chat_id": chat.id, "text": "hello"})
    mine = chat.messages[sent["message_id"]]
    server.updates.issued.clear()
    for text in ("so?", "/levels", "/levels@liqbot_test_bot", "/levels@other_bot", "5/6"):
        server.say(chat, ann, text)
    server.say(chat, ann, "thanks", reply_to=mine)
    server.forward(chat, ann, mine)
    assert heard(server) == [
        ("message", "/levels"),
        ("message", "/levels@liqbot_test_bot"),
        ("message", "thanks"),
    ]
    server.become(chat, server.bot, "administrator")
    server.say(chat, ann, "now?")
    assert heard(server)[-1] == ("message", "now?")
    assert server.violations == []


async def test_the_bot_is_told_of_its_place_and_of_upgrades(
    server: TelegramServer, ann: Chat
) -> None:
    group = server.group("Traders", ann)
    server.add_bot(group)
    new = server.upgrade(group)
    server.block(ann)
    server.unblock(ann)
    assert len(server.updates.issued) == 6
    messages = [each["message"] for each in server.updates.issued if "message" in each]
    assert messages[1]["migrate_to_chat_id"] == new.id
    assert messages[2]["migrate_from_chat_id"] == group.id
    places = [
        each["my_chat_member"]["new_chat_member"]["status"]
        for each in server.updates.issued
        if "my_chat_member" in each
    ]
    assert places == ["member", "kicked", "member"]
    assert new.member(server.bot).status == "member"
    await server.answer("sendMessage", {"chat_id": 7, "text": "x"})
    assert server.violations == []


async def test_a_channel_is_posted_in_and_read_by_administrators(
    server: TelegramServer, ann: Chat
) -> None:
    chat = server.channel("News", ann, username="liqbot_news")
    server.post_in_channel(chat, ann, "unheard")
    server.add_bot(chat, "administrator", "can_post_messages")
    post = server.post_in_channel(chat, ann, "heard")
    server.change(post, "heard twice")
    told = await server.answer("sendMessage", {"chat_id": "@liqbot_news", "text": "x"})
    assert (told["sender_chat"]["id"], "from" in told) == (chat.id, False)
    assert [each.text for each in server.messages(chat)] == ["x"]
    assert heard(server)[1:] == [
        ("channel_post", "heard"),
        ("edited_channel_post", "heard twice"),
    ]
    assert server.violations == []


async def test_members_are_known_by_what_they_may(server: TelegramServer, ann: Chat) -> None:
    ben, cat = server.user(8, "Ben"), server.user(9, "Cat")
    chat = server.supergroup("Traders", ann, ben)
    server.add_bot(chat)
    server.become(chat, ben, "administrator", "can_manage_chat", anonymous=True)
    statuses = {}
    for user in (ann, ben, cat, Chat(server.bot.id, "private", "")):
        words = {"chat_id": chat.id, "user_id": user.id}
        statuses[user.id] = (await server.answer("getChatMember", words))["status"]
    assert list(statuses.values()) == ["creator", "administrator", "left", "member"]
    admins = await server.answer("getChatAdministrators", {"chat_id": chat.id})
    assert [each["user"]["id"] for each in admins] == [ann.id, ben.id]
    told = server.say(chat, ben, "/levels").told
    assert (told["from"]["username"], told["sender_chat"]["id"]) == ("GroupAnonymousBot", chat.id)
    with pytest.raises(Refused, match="no administrators in the private chat"):
        await server.answer("getChatAdministrators", {"chat_id": ann.id})
    with pytest.raises(Refused, match="invalid user_id"):
        await server.answer("getChatMember", {"chat_id": chat.id, "user_id": 404})
    full = await server.answer("getChat", {"chat_id": chat.id})
    assert (full["type"], full["permissions"]["can_send_photos"]) == ("supergroup", True)
    assert await server.answer("getChatMemberCount", {"chat_id": chat.id}) == 3
    await server.answer("leaveChat", {"chat_id": chat.id})
    assert chat.member(server.bot).status == "left"
    assert server.violations == []


async def test_waiting_tells_what_happened_instead(server: TelegramServer, ann: Chat) -> None:
    server.say(ann, text="hello?")
    with pytest.raises(AssertionError, match=r"hello\?"):
        await server.answered(ann, within=0.01)
    with pytest.raises(AssertionError, match="no button 'mute'"):
        server.press(server.say(ann, text="x"), "mute")


async def test_a_deleted_message_comes_with_a_press_as_one_that_cannot_be_read(
    server: TelegramServer, ann: Chat
) -> None:
    await server.answer("sendMessage", {"chat_id": 7, "text": "x"})
    [message] = server.messages(ann)
    server.remove(message)
    query = server.forge(message, "mute")
    assert query.told["message"]["date"] == 0
    server.updates.repeat(*server.updates.issued)
    assert len(server.updates.pending) == 2
    assert server.violations == []
