"""What holds for every command, however it is asked."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.subscription import Recipient
from liqbot.charts.chart import View
from liqbot.chat.arguments import Known, fill
from liqbot.chat.message import ChatId, Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller, Command, NoArguments, answer, apart, view_of
from liqbot.desk import Desk
from tests.fakes.desk import CALLER, FakeMarkets, a_desk

FORBIDDEN = re.compile(r"will go to|target|guaranteed", re.IGNORECASE)
DESK = a_desk()[0]
KNOWN = Known(DESK.markets.known())
PERSONAL = {name for name in COMMANDS if COMMANDS[name].personal}


async def ask(line: str, desk: Desk = DESK, caller: Caller = CALLER) -> Message:
    return await answer(COMMANDS, desk, caller, line)


async def said(line: str, desk: Desk = DESK) -> str:
    return plain((await ask(line, desk)).text)


async def _secret(_: Desk, __: Caller, ___: NoArguments) -> Message:
    return Message(text=(("For administrators.",),))


SECRET = Command(name="secret", summary="Tell", arguments=NoArguments, run=_secret, admin_only=True)


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("/heatmap btc 3d", "heatmap", "btc 3d"),
        ("  Heatmap@liqbot   BTC ", "heatmap", "BTC"),
        ("status", "status", ""),
        ("", "", ""),
        ("/", "", ""),
    ],
)
def test_a_line_is_a_askedand_words(line: str, name: str, words: str) -> None:
    assert apart(line) == (name, words)


async def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    found = await ask("heatmpa btc 3d")
    assert plain(found.text) == "There is no command “heatmpa”. Did you mean heatmap?"
    assert found.private
    assert found.buttons[0][0].words == "heatmap btc 3d"
    assert "There is heatmap, levels," in await said("zzzz")
    assert (await ask(f"heatmpa {'x' * 60}")).buttons == ()


async def test_whoever_the_operator_does_not_let_in_is_told_what_to_ask_for() -> None:
    stranger = replace(CALLER, user="42", is_allowed=False)
    refused = await SECRET.invoke(DESK, stranger, "")
    assert plain(refused.text) == "This bot is private. Ask its operator to let you in: 42."


def test_a_caller_means_their_own_chat_unless_they_speak_for_another() -> None:
    channel = ChatId("telegram", "-100")
    caller = Caller(chat=channel, user="42", is_admin=True)
    assert (caller.home, caller.home.user) == (ChatId("telegram", "user:42"), "42")
    assert replace(caller, speaks_for=channel).home == channel
    assert channel.user is None


def test_things_look_as_a_chat_said_and_else_as_usual() -> None:
    usual, chat = View(theme="light", zone="Asia/Dubai", range=timedelta(days=3)), CALLER.chat
    assert view_of(usual, Recipient(chat=chat)) == usual
    said = Recipient(chat=chat, zone="UTC", locale="de", colours="grey", range="7d", size="wide")
    assert view_of(usual, said) == replace(
        usual, zone="UTC", locale="de", colours="grey", range=timedelta(days=7), size="wide"
    )
    gone = Recipient(chat=chat, zone="Mars/Base", locale="??", theme="sepia", range="4d", size="xl")
    assert view_of(usual, gone) == usual


async def test_a_user_gets_so_many_pictures_a_minute_and_an_owner_all() -> None:
    desk = a_desk(pictures=2)[0]
    assert [bool((await ask("heatmap btc", desk)).picture) for _ in range(2)] == [True, True]
    refused = await ask("levels btc", desk)
    assert plain(refused.text) == "That is 2 pictures in a minute. Try again in 60 s."
    assert plain((await ask("alerts", desk)).text) != plain(refused.text)
    assert (await ask("levels btc", desk, replace(CALLER, is_owner=True))).picture
    assert (await ask("levels btc", desk, replace(CALLER, user="2"))).picture


async def test_a_word_that_cannot_be_read_costs_no_picture() -> None:
    desk = a_desk(pictures=1)[0]
    await ask("heatmap nothing", desk)
    assert (await ask("heatmap btc", desk)).picture


async def test_only_administrators_may_do_what_is_theirs() -> None:
    user = replace(CALLER, is_admin=False)
    at_home = replace(user, chat=user.home)
    refused = await SECRET.invoke(DESK, user, "")
    assert plain(refused.text) == "Only an administrator may do that."
    for each in (CALLER, at_home):
        assert plain((await SECRET.invoke(DESK, each, "")).text) == "For administrators."


async def test_words_come_as_typed_or_by_name() -> None:
    desk, _, studio = a_desk()
    typed = await COMMANDS["heatmap"].invoke(desk, CALLER, "btc 3d light")
    named = await COMMANDS["heatmap"].invoke(
        desk, CALLER, {"market": "BTC", "range": "3d", "theme": "light"}
    )
    assert typed == named
    assert studio.asked[0] == studio.asked[1]


async def _placed(_: Desk, __: Caller, ___: NoArguments) -> Message:
    return Message(text=(("Here.",),), in_place=True)


async def test_what_begins_with_a_slash_takes_no_messages_place() -> None:
    placed = Command(name="here", summary="Tell", arguments=NoArguments, run=_placed)
    found = [await answer({"here": placed}, DESK, CALLER, line) for line in ("here", " /here")]
    assert [each.in_place for each in found] == [True, False]


async def test_a_mistake_is_a_short_answer_for_the_caller_alone() -> None:
    found = await ask("heatmap btx")
    assert plain(found.text) == "There is no market “BTX”. Did you mean BTC?"
    assert found.private
    assert found.picture is None


async def test_before_any_market_is_known_one_is_asked_for_patience() -> None:
    early = replace(DESK, markets=FakeMarkets({}))
    assert (await said("heatmap BTC", early)).startswith("No market is known yet")
    assert (await said("heatmap PEPE")).startswith("There is no market")


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_command_says_how_it_is_written(name: str) -> None:
    command = COMMANDS[name]
    assert command.usage.startswith(name)
    assert command.summary[0].isupper()
    assert not command.summary.endswith(".")
    assert len(command.summary) <= 100
    assert all(len(slot.word.help) <= 100 for slot in command.slots)


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_answer_fits_and_promises_nothing(name: str) -> None:
    found = await ask(f"{name} btc" if COMMANDS[name].slots and name != "help" else name)
    assert length(found.text) <= (1024 if found.picture else 4000 if name == "plan" else 2000)
    assert not FORBIDDEN.search(plain(found.text))
    assert len(found.buttons) <= 5
    assert all(0 < len(row) <= 5 for row in found.buttons)


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_button_is_understood(name: str) -> None:
    found = await ask(
        f"{name} btc 7d bybit hd" if "market" in COMMANDS[name].usage.lower() else name
    )
    for row in found.buttons:
        for button in row:
            asked, words = apart(button.words)
            fill(COMMANDS[asked].arguments, words, KNOWN)
            assert not (await ask(button.words)).private or asked in PERSONAL


LINES = st.one_of(
    st.text(max_size=120),
    st.tuples(
        st.sampled_from(list(COMMANDS)),
        st.lists(
            st.one_of(
                st.sampled_from(
                    ["btc", "ETH", "okx", "3d", "hd", "text", "age=7d", "all", "range=", "=", "📈"]
                ),
                st.text(max_size=10),
            ),
            max_size=6,
        ),
    ).map(lambda pair: " ".join([pair[0], *pair[1]])),
)


@given(LINES)
async def test_any_line_is_answered(line: str) -> None:
    found = await ask(line)
    assert isinstance(found, Message)
    assert 0 < length(found.text) <= 4096
    assert all(len(button.words.encode()) <= 64 for row in found.buttons for button in row)


async def test_what_is_nobodys_mistake_is_not_hidden() -> None:
    desk, markets, _ = a_desk()
    markets.known = lambda: 1 // 0  # type: ignore[method-assign, assignment, return-value]
    with pytest.raises(ZeroDivisionError):
        await ask("heatmap btc", desk)
