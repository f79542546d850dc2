"""What people ask and get, through a whole bot and a strict server."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liqbot.chat.message import Attachment, Button, Message
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk
from liqbot.platforms._telegram.answering import Guests
from tests.fakes.desk import GIF
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.messages import Message as Shown
from tests.fakes.telegram.server import TelegramServer
from tests.platforms.telegrams import dot, talking

NEXT = ((Button("Next", "step"),),)


class Steps:
    """A command whose answers are given, in turn; remembers who asked."""

    def __init__(self, *answers: Message, personal: bool = False) -> None:
        self.answers, self.callers = list(answers), list[Caller]()
        self.personal = personal

    @property
    def commands(self) -> dict[str, Command[Any]]:
        step = Command(
            name="step",
            summary="Step",
            arguments=NoArguments,
            run=self._run,
            personal=self.personal,
        )
        return {"step": step, "start": replace(step, name="start")}

    async def _run(self, _: Desk, caller: Caller, __: NoArguments) -> Message:
        self.callers.append(caller)
        return self.answers.pop(0) if self.answers else Message(text=(("done",),))


def a_message(text: str, *, in_place: bool = False, private: bool = False) -> Message:
    return Message(text=((text,),), buttons=NEXT, in_place=in_place, private=private)


def a_picture(text: str, *, in_place: bool = False) -> Message:
    picture = Attachment(name="x.png", content=dot(text))
    return replace(a_message(text, in_place=in_place), picture=picture)


def a_film(text: str, *, in_place: bool = False) -> Message:
    picture = Attachment(name="x.gif", content=GIF + text.encode())
    return replace(a_message(text, in_place=in_place), picture=picture)


def a_file(text: str, *, in_place: bool = False) -> Message:
    document = Attachment(name="x.csv", content=text.encode())
    return replace(a_message(text, in_place=in_place), document=document)


async def asked(server: TelegramServer, chat: Chat, who: Chat, text: str = "/step") -> Shown:
    server.say(chat, who, text)
    return (await server.answered(chat))[0]


@pytest.mark.parametrize("kind", [a_message, a_picture, a_film, a_file])
async def test_an_answer_to_a_button_takes_the_place_of_one_of_its_kind(
    kind: Callable[..., Message], tmp_path: Path
) -> None:
    steps = Steps(kind("one"), kind("two", in_place=True), kind("three"))
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path, commands=steps.commands):
            shown = await asked(server, ann, ann)
            server.press(shown, "Next")
            await server.edited(shown)
            assert shown.said.text == "two"
            query = server.press(shown, "Next")
            await server.settled(query)
            (new,) = await server.answered(ann)
            assert (shown.said.text, new.said.text) == ("two", "three")


async def test_where_kinds_differ_or_it_is_gone_the_answer_is_a_new_message(tmp_path: Path) -> None:
    steps = Steps(
        a_message("one"), a_picture("two", in_place=True), a_picture("three", in_place=True)
    )
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path, commands=steps.commands):
            shown = await asked(server, ann, ann)
            server.press(shown, "Next")
            (picture,) = await server.answered(ann)
            assert (shown.edits, picture.caption) == (0, "two")
            server.remove(picture)
            server.press(picture, "Next")
            (again,) = await server.answered(ann)
            assert again.caption == "three"


async def test_what_is_for_one_alone_is_told_them_alone_and_the_group_that_it_was(
    tmp_path: Path,
) -> None:
    steps = Steps(a_message("secret", private=True))
    async with TelegramServer() as server:
        ann, bob = server.user(7, "Ann", started=True), server.user(8, "Bob")
        group = server.supergroup("Traders", bob, ann)
        server.add_bot(group)
        async with talking(server, tmp_path, commands=steps.commands):
            told = await asked(server, group, ann)
            assert (told.text, told.keyboard) == ("I wrote to you.", ())
            assert told.reply_to is not None
            assert [each.text for each in server.messages(ann)] == ["secret"]


async def test_who_never_opened_a_chat_is_shown_the_way_there(tmp_path: Path) -> None:
    steps = Steps(a_message("secret", private=True), personal=True)
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        group = server.supergroup("Traders", ann)
        server.add_bot(group)
        async with talking(server, tmp_path, commands=steps.commands):
            told = await asked(server, group, ann)
            ((button,),) = told.keyboard
            assert button.url == "https://t.me/liqbot_test_bot?start=hello"
            assert "secret" not in server.transcript
            assert (await asked(server, ann, ann, "/start hello")).text == "done"


async def test_a_mistake_that_cannot_be_told_alone_is_told_where_it_was_made(
    tmp_path: Path,
) -> None:
    steps = Steps(a_message("There is no such market.", private=True))
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        group = server.supergroup("Traders", ann)
        server.add_bot(group)
        async with talking(server, tmp_path, commands=steps.commands):
            assert (await asked(server, group, ann)).text == "There is no such market."


async def test_a_group_reads_nothing_of_what_somebody_is_told_alone_for_a_button(
    tmp_path: Path,
) -> None:
    steps = Steps(a_message("shown"), a_message("secret", private=True))
    async with TelegramServer() as server:
        ann = server.user(7, "Ann", started=True)
        group = server.supergroup("Traders", ann)
        server.add_bot(group)
        async with talking(server, tmp_path, commands=steps.commands):
            server.press(await asked(server, group, ann), "Next", ann)
            await server.until(lambda: server.messages(ann))
            assert (await asked(server, group, ann)).text == "done"
            assert [each.text for each in server.messages(group)] == ["shown", "done"]


async def test_a_group_is_answered_in_its_topic_and_its_administrators_are_known(
    tmp_path: Path,
) -> None:
    steps = Steps()
    async with TelegramServer() as server:
        ann, bob = server.user(7, "Ann"), server.user(8, "Bob")
        forum = server.supergroup("Traders", ann, bob, topics=("BTC",))
        server.add_bot(forum)
        ((number, topic),) = (forum.topics or {}).items()
        async with talking(server, tmp_path, commands=steps.commands):
            for who in (ann, bob):
                server.say(forum, who, "/step", thread=topic)
                (answer,) = await server.answered(forum)
                assert answer.thread == number
            await asked(server, ann, ann)
    by_ann, by_bob, alone = steps.callers
    assert by_ann.chat.address == f"{forum.id}/{number}"
    assert (by_ann.user, by_ann.is_admin, by_bob.is_admin, alone.is_admin) == (
        "7",
        True,
        False,
        True,
    )
    assert by_ann.home.user == "7"
    assert alone.chat == alone.home


async def test_who_speaks_as_a_group_or_channel_speaks_for_it(tmp_path: Path) -> None:
    steps = Steps(a_message("one", private=True), a_message("two"))
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        group, channel = server.supergroup("Traders", ann), server.channel("News", ann)
        server.add_bot(group)
        server.add_bot(channel, "administrator")
        server.become(group, ann, "creator", anonymous=True)
        async with talking(server, tmp_path, commands=steps.commands):
            assert (await asked(server, group, ann)).text == "one"
            server.post_in_channel(channel, ann, "/step")
            (posted,) = await server.answered(channel)
            assert posted.text == "two"
    for caller, chat in zip(steps.callers, (group, channel), strict=True):
        assert caller.is_admin
        assert caller.home.address == caller.chat.address == caller.user == str(chat.id)


async def test_readers_of_a_channel_change_none_of_its_posts(tmp_path: Path) -> None:
    steps = Steps(
        a_message("post"), a_message("aside", in_place=True), a_message("new", in_place=True)
    )
    async with TelegramServer() as server:
        ann, bob = server.user(7, "Ann"), server.user(8, "Bob", started=True)
        channel = server.channel("News", ann)
        server.add_bot(channel, "administrator")
        async with talking(server, tmp_path, commands=steps.commands):
            server.post_in_channel(channel, ann, "/step")
            (post,) = await server.answered(channel)
            server.press(post, "Next", bob)
            await server.until(lambda: server.messages(bob))
            assert (post.text, len(server.messages(channel))) == ("post", 1)
            server.press(post, "Next", ann)
            await server.edited(post)
            assert post.text == "new"


async def test_only_guests_are_let_in(tmp_path: Path) -> None:
    steps = Steps()
    async with TelegramServer() as server:
        ann, bob, eve = (server.user(i, name) for i, name in ((7, "Ann"), (8, "Bob"), (9, "Eve")))
        group = server.supergroup("Traders", eve)
        server.add_bot(group)
        settings = {"allow": (8, group.id), "owners": (7,)}
        async with talking(server, tmp_path, commands=steps.commands, settings=settings):
            for who in (ann, bob):
                assert (await asked(server, who, who)).text == "done"
            assert (await asked(server, group, eve)).text == "done"
            refused = await asked(server, eve, eve)
            assert refused.text == ("This bot is private. Ask its operator to let you in: 9.")


def test_without_a_list_everybody_is_a_guest() -> None:
    assert Guests().include(1, 1)
    assert Guests(owners=[2]).include(1, 1)
    assert not Guests(allow=[3]).include(1, -5)
    assert Guests(allow=[-5]).include(1, -5)
    assert Guests(allow=[3], owners=[1]).include(1, -5)
