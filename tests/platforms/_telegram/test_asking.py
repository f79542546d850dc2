from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from liqbot.commands import COMMANDS
from liqbot.platforms._telegram.asking import Asked, asked
from liqbot.platforms._telegram.places import Place

AT = datetime(2026, 1, 7, 2, 0, 4, tzinfo=UTC)
ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann"}
GROUP = {"id": -1001900, "type": "supergroup", "title": "Traders"}
CHANNEL = {"id": -1002, "type": "channel", "title": "News"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


def a_message(text: str, chat: dict[str, Any] = PRIVATE, **changes: object) -> dict[str, Any]:
    said = {"message_id": 5, "date": int(AT.timestamp()), "chat": chat, "from": ANN, "text": text}
    return {name: each for name, each in (said | changes).items() if each is not None}


def read(kind: str = "message", **told: object) -> Asked | None:
    update = Update.de_json({"update_id": 1, kind: told}, None)
    assert update is not None
    return asked(update, "liqbot_test_bot", COMMANDS)


def test_all_that_is_typed_in_private_is_asked() -> None:
    found = read(**a_message("  heatmap\n btc  "))
    assert found == Asked(place=Place(7), line="heatmap btc", user="7", person=7, at=AT)


@pytest.mark.parametrize(
    ("text", "is_for_the_bot"),
    [
        ("/heatmap btc", True),
        ("/HEATMAP@Liqbot_Test_Bot btc", True),
        ("/heatmap@other_bot btc", False),
        ("/unknown", False),  # may be another bot's
        ("/unknown@liqbot_test_bot", True),
        ("heatmap btc", False),
        ("hello /heatmap", False),
    ],
)
def test_in_a_group_only_commands_for_the_bot_are(text: str, is_for_the_bot: bool) -> None:
    found = read(**a_message(text, GROUP))
    assert (found is not None) == is_for_the_bot
    assert found is None or (found.place, found.message) == (Place(-1001900), 5)


def test_a_topic_is_a_place_of_its_own_and_a_thread_of_replies_is_none() -> None:
    topic = read(**a_message("/help", GROUP, message_thread_id=17, is_topic_message=True))
    thread = read(**a_message("/help", GROUP, message_thread_id=17))
    assert topic is not None
    assert topic.place == Place(-1001900, 17)
    assert thread is not None
    assert thread.place == Place(-1001900)


def test_an_administrator_who_does_not_say_which_speaks_for_the_chat() -> None:
    found = read(**a_message("/help", GROUP, **{"from": ANONYMOUS}, sender_chat=GROUP))
    assert found is not None
    assert (found.user, found.person, found.speaks_as_chat) == ("-1001900", None, True)


def test_somebody_who_talks_as_another_channel_speaks_for_nobody_here() -> None:
    found = read(**a_message("/help", GROUP, **{"from": ANONYMOUS}, sender_chat=CHANNEL))
    assert found is not None
    assert (found.user, found.person, found.speaks_as_chat) == ("-1002", None, False)


def test_a_command_in_a_channel_is_asked_by_the_channel() -> None:
    post = a_message("/help", CHANNEL, **{"from": None}, sender_chat=CHANNEL)
    found = read("channel_post", **post)
    assert found is not None
    assert (found.user, found.person, found.speaks_as_chat) == ("-1002", None, True)
    assert found.in_channel
    assert found.message is None


@pytest.mark.parametrize(
    "changes",
    [
        {"text": None},
        {"text": None, "new_chat_members": [ANN]},
        {"chat": GROUP, "is_automatic_forward": True, "sender_chat": CHANNEL},
        {"from": {"id": 9, "is_bot": True, "first_name": "Another bot"}},
        {"from": None},
    ],
)
def test_what_nobody_says_to_the_bot_is_not_asked(changes: dict[str, Any]) -> None:
    told = a_message("/help") | changes
    assert read(**{name: each for name, each in told.items() if each is not None}) is None


def test_an_edited_message_is_not_asked_again() -> None:
    assert read("edited_message", **a_message("/help", edit_date=int(AT.timestamp()))) is None


def pressed(message: dict[str, Any] | None, data: str | None = "mute BTC 1h") -> Asked | None:
    told = {"id": "55", "from": ANN, "chat_instance": "1", "message": message, "data": data}
    return read("callback_query", **{name: each for name, each in told.items() if each})


def test_a_button_says_what_is_asked_and_where() -> None:
    shown = a_message("Alert", GROUP, message_thread_id=17, is_topic_message=True)
    found = pressed(shown)
    assert found == Asked(
        place=Place(-1001900, 17),
        line="mute BTC 1h",
        user="7",
        person=7,
        query="55",
        shown="t5",
    )


@pytest.mark.parametrize(
    ("has", "name"),
    [
        ({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}, "p5"),
        ({"document": {"file_id": "a", "file_unique_id": "b"}}, "d5"),
    ],
)
def test_what_has_the_button_is_named_by_its_kind(has: dict[str, Any], name: str) -> None:
    found = pressed({"message_id": 5, "date": 1, "chat": GROUP} | has)
    assert found is not None
    assert found.shown == name


def test_a_message_that_is_too_old_is_answered_by_a_new_one() -> None:
    found = pressed({"message_id": 5, "date": 0, "chat": GROUP})
    assert found is not None
    assert (found.place, found.shown) == (Place(-1001900), None)


def test_a_button_without_words_or_chat_asks_nothing() -> None:
    assert pressed(a_message("x"), None) is None
    assert pressed(None) is None
