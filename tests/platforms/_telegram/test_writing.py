import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from liqbot.chat.message import Attachment, Button, Message
from liqbot.chat.richtext import Bold, RichText
from liqbot.clock import SteppedClock
from liqbot.platforms._telegram.lanes import Lane, Lanes
from liqbot.platforms._telegram.opening import bot_of
from liqbot.platforms._telegram.places import Place
from liqbot.platforms._telegram.writing import Writer, parts, stands_in
from tests.fakes.desk import GIF
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.platforms.telegrams import QUICK, dot

AT = datetime(2026, 1, 7, tzinfo=UTC)
PICTURE = Attachment(name="btc.png", content=dot("btc"), alt="BTC at a glance.")
FILM = Attachment(name="btc.gif", content=GIF, alt="BTC as it grew.")
FILE = Attachment(name="btc.csv", content=b"a,b")
TEXT: RichText = ((Bold("BTC <near>"), " & far"),)
LONG: RichText = tuple((f"line {i} " + "x" * 40,) for i in range(40))
ROW = ((Button("Why", "why 3"),),)


@asynccontextmanager
async def writing() -> AsyncIterator[tuple[TelegramServer, Writer, Chat]]:
    """Give a server, what writes to it, and somebody's chat."""
    async with TelegramServer() as server:
        bot = bot_of(TOKEN, server.url)
        async with bot:
            ann = server.user(7, "Ann", started=True)
            yield server, Writer(bot, Lanes(SteppedClock(AT), QUICK)), ann
    assert server.violations == []


async def test_a_text_is_one_message_without_previews() -> None:
    async with writing() as (server, writer, ann):
        name = await writer.write(Place(7), Message(text=TEXT, buttons=ROW), Lane.ALERTS)
        (message,) = server.messages(ann)
    assert name == f"t{message.id}"
    assert message.text == "BTC <near> & far"
    assert message.said.marked("bold") == ["BTC <near>"]
    assert message.preview == {"is_disabled": True}
    assert [each.data for row in message.keyboard for each in row] == ["why 3"]
    assert not message.silent


async def test_a_picture_bears_its_text_and_one_without_says_what_it_shows() -> None:
    async with writing() as (server, writer, ann):
        name = await writer.write(
            Place(7), Message(text=TEXT, picture=PICTURE, buttons=ROW, silent=True), Lane.ALERTS
        )
        await writer.write(Place(7), Message(text=(), picture=PICTURE), Lane.ALERTS)
        first, second = server.messages(ann)
    assert name == f"p{first.id}"
    assert (first.caption, second.caption) == ("BTC <near> & far", "BTC at a glance.")
    assert first.silent
    assert first.keyboard
    assert server.files.uploads["photo"] == 1


async def test_what_is_too_long_for_a_caption_follows_the_picture() -> None:
    async with writing() as (server, writer, ann):
        message = Message(text=LONG, picture=PICTURE, buttons=ROW)
        name = await writer.write(Place(7), message, Lane.ALERTS)
        picture, text = server.messages(ann)
    assert name == f"t{text.id}"
    assert (picture.caption, picture.keyboard) == ("", ())
    assert text.text is not None
    assert text.text.endswith("x" * 40)
    assert text.keyboard


async def test_a_document_goes_as_it_is_and_both_go_one_after_the_other() -> None:
    async with writing() as (server, writer, ann):
        await writer.write(Place(7), Message(text=TEXT, document=FILE), Lane.ALERTS)
        both = Message(text=TEXT, picture=PICTURE, document=FILE)
        await writer.write(Place(7), both, Lane.ALERTS)
        alone, picture, document = server.messages(ann)
    assert alone.file is not None
    assert (alone.file.name, alone.caption) == ("btc.csv", "BTC <near> & far")
    assert picture.photo
    assert document.file is not None
    assert server.files.uploads == {"photo": 1, "document": 1}


async def test_a_message_that_says_nothing_is_a_dash() -> None:
    async with writing() as (server, writer, ann):
        await writer.write(Place(7), Message(text=((" ",),)), Lane.ALERTS)
        assert server.messages(ann)[0].text == "—"


async def test_what_moves_is_sent_as_such_and_changed_for_another() -> None:
    async with writing() as (server, writer, ann):
        film = Message(text=TEXT, picture=FILM, buttons=ROW)
        name = await writer.write(Place(7), film, Lane.ANSWERS)
        await writer.write(Place(7), film, Lane.ANSWERS)
        first, second = server.messages(ann)
        assert name == f"a{first.id}"
        assert (first.animation, first.caption, first.photo) == (GIF, "BTC <near> & far", None)
        assert second.animation == GIF
        assert server.files.uploads["animation"] == 1
        assert stands_in(name, film)
        other = replace(FILM, name="eth.gif", content=GIF + b"!")
        await writer.rewrite(Place(7), name, Message(text=TEXT, picture=other), Lane.ANSWERS)
        assert first.animation == GIF + b"!"
        await writer.rewrite(Place(7), name, Message(text=(("swept",),)), Lane.ANSWERS)
        assert (first.animation, first.caption) == (GIF + b"!", "swept")


async def test_where_nothing_may_move_the_text_goes_alone() -> None:
    async with writing() as (server, writer, ann):
        group = server.supergroup("Traders", ann)
        server.add_bot(group)
        group.forbidden = {"can_send_other_messages"}
        await writer.write(Place(group.id), Message(text=TEXT, picture=FILM), Lane.ANSWERS)
        (message,) = server.messages(group)
        assert message.text == "BTC <near> & far"


async def test_what_was_written_is_changed_and_a_picture_keeps_its_picture() -> None:
    async with writing() as (server, writer, ann):
        text = await writer.write(Place(7), Message(text=TEXT, buttons=ROW), Lane.ALERTS)
        shown = await writer.write(Place(7), Message(text=TEXT, picture=PICTURE), Lane.ALERTS)
        swept = Message(text=(("swept",),))
        for name in (text, shown):
            await writer.rewrite(Place(7), name, swept, Lane.ALERTS)
        first, second = server.messages(ann)
        assert (first.text, second.caption, second.photo) == ("swept", "swept", dot("btc"))
        another = Attachment(name="eth.png", content=dot("eth"))
        await writer.rewrite(Place(7), shown, Message(text=TEXT, picture=another), Lane.ALERTS)
        assert (second.caption, second.photo) == ("BTC <near> & far", dot("eth"))
        await writer.rewrite(Place(7), shown, Message(text=LONG), Lane.ALERTS)
        assert second.caption is not None
        assert second.caption.endswith("more lines left out")


async def test_what_reads_already_so_is_fine_and_what_is_gone_is_not() -> None:
    async with writing() as (server, writer, ann):
        name = await writer.write(Place(7), Message(text=TEXT), Lane.ALERTS)
        await writer.rewrite(Place(7), name, Message(text=TEXT), Lane.ALERTS)
        server.remove(server.messages(ann)[0])
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await writer.rewrite(Place(7), name, Message(text=LONG), Lane.ALERTS)


async def test_where_no_pictures_are_taken_the_text_goes_alone() -> None:
    async with writing() as (server, writer, ann):
        group = server.supergroup("Traders", ann)
        server.add_bot(group)
        group.forbidden = {"can_send_photos", "can_send_documents"}
        place = Place(group.id)
        short = Message(text=TEXT, picture=PICTURE, buttons=ROW)
        name = await writer.write(place, short, Lane.ALERTS)
        await writer.write(place, Message(text=LONG, picture=PICTURE), Lane.ALERTS)
        first, second = server.messages(group)
        assert (first.text, name) == ("BTC <near> & far", f"t{first.id}")
        assert first.keyboard
        assert second.text is not None
        group.forbidden = {"can_send_messages"}
        with pytest.raises(BadRequest):
            await writer.write(place, Message(text=TEXT), Lane.ALERTS)


async def test_an_answer_in_a_topic_points_to_what_was_asked_as_long_as_that_is_there() -> None:
    async with writing() as (server, writer, ann):
        forum = server.supergroup("Traders", ann, topics=("BTC",))
        server.add_bot(forum)
        topic = next(iter((forum.topics or {}).values()))
        asked = server.say(forum, ann, "/help@liqbot_test_bot", thread=topic)
        place = Place(forum.id, topic.id)
        for _ in range(2):
            await writer.write(place, Message(text=TEXT), Lane.ANSWERS, reply_to=asked.id)
            server.remove(asked)
        first, second = server.messages(forum)
        assert (first.thread, first.reply_to) == (topic.id, asked)
        assert (second.thread, second.reply_to) == (topic.id, None)


async def test_an_answer_waits_for_a_limit_to_pass_and_an_alert_is_given_back() -> None:
    async with writing() as (server, writer, ann):
        server.fail("sendMessage", 429, retry_after=1)
        began = asyncio.get_running_loop().time()
        with pytest.raises(RetryAfter):
            await writer.write(Place(7), Message(text=TEXT), Lane.ALERTS)
        await writer.write(Place(7), Message(text=TEXT), Lane.ANSWERS)
        assert asyncio.get_running_loop().time() - began > 0.9  # nobody writes while it lasts
        assert len(server.messages(ann)) == 1


async def test_what_may_have_arrived_is_not_sent_again_from_here() -> None:
    async with writing() as (server, writer, ann):
        server.fail("sendMessage", "reset", accepted=True)
        with pytest.raises(NetworkError):
            await writer.write(Place(7), Message(text=TEXT), Lane.ANSWERS)
        assert len(server.messages(ann)) == 1


async def test_who_has_blocked_the_bot_is_not_tried_again() -> None:
    async with writing() as (server, writer, ann):
        server.block(ann)
        with pytest.raises(Forbidden):
            await writer.write(Place(7), Message(text=TEXT), Lane.ANSWERS)
        assert server.count("sendMessage") == 1


@pytest.mark.parametrize(
    ("name", "message", "stands"),
    [
        ("t1", Message(text=TEXT), True),
        ("p1", Message(text=TEXT, picture=PICTURE), True),
        ("d1", Message(text=TEXT, document=FILE), True),
        ("t1", Message(text=TEXT, picture=PICTURE), False),
        ("a1", Message(text=TEXT, picture=FILM), True),
        ("p1", Message(text=TEXT, picture=FILM), False),
        ("p1", Message(text=TEXT), False),
        ("p1", Message(text=LONG, picture=PICTURE), False),
        ("p1", Message(text=TEXT, picture=PICTURE, document=FILE), False),
    ],
)
def test_only_one_of_the_same_kind_takes_the_place_of_another(
    name: str, message: Message, stands: bool
) -> None:
    assert stands_in(name, message) is stands


def test_one_part_has_the_text() -> None:
    for message in (
        Message(text=TEXT),
        Message(text=TEXT, picture=PICTURE),
        Message(text=LONG, picture=PICTURE, document=FILE),
    ):
        assert [each.is_main for each in parts(message)].count(True) == 1
