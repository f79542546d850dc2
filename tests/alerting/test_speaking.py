"""How words say for which chat they act."""

import pytest

from liqbot.alerting.speaking import ACTIONS, MINE, acting, buttons, hinting, spoken
from liqbot.chat.message import Button, ChatId, Message
from liqbot.chat.richtext import Bold, Code

OWN, SHARED = ChatId.private("telegram", "7"), ChatId("telegram", "-100|5")


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("mute BTC 1h", "channel mute BTC 1h"),
        ("unmute all", "channel unmute all"),
        ("unsubscribe 3", "channel remove 3"),
        ("alerts", "channel list"),
        ("alerts pause all", "channel pause all"),
        ("subscribe BTC near", "channel add BTC near"),
        ("why 1f", "why 1f"),
        ("/heatmap BTC", "/heatmap BTC"),
        ("testing", "testing"),
    ],
)
def test_words_act_for_whom_they_stand_before(words: str, there: str) -> None:
    assert acting(OWN, words) == words
    assert acting(SHARED, words) == there


@pytest.mark.parametrize("action", ACTIONS)
def test_whatever_one_says_of_oneself_can_be_said_of_a_chat(action: str) -> None:
    assert acting(SHARED, f"{ACTIONS[action]} 7") == f"channel {action} 7"


def test_hints_say_what_would_work_there() -> None:
    said = "Nothing: blocked. /alerts resume mends it, /alerts lists all; see /why and /mutes."
    assert hinting(OWN, said) == said
    assert hinting(SHARED, said) == (
        "Nothing: blocked. /channel resume mends it, /channel list lists all; see /why and /mutes."
    )


def test_what_no_button_carries_is_left_out() -> None:
    long = "币" * 18
    row = ("Mute", f"mute {long} 1h"), ("Why", "why 1f")
    assert [each.words for each in buttons(OWN, *row)] == [f"mute {long} 1h", "why 1f"]
    assert [each.words for each in buttons(SHARED, *row)] == ["why 1f"]


def test_a_list_is_called_by_whose_it_is() -> None:
    (own,), (shared,) = (buttons(chat, (MINE, "alerts")) for chat in (OWN, SHARED))
    assert (own.label, own.words) == ("My alerts", "alerts")
    assert (shared.label, shared.words) == ("Alerts here", "channel list")


def test_a_message_is_for_all_in_the_chat_it_speaks_to() -> None:
    said = Message(
        text=(("Ended. ", Bold("/alerts"), Code("/mute BTC")),),
        buttons=((Button("x", f"mute {'币' * 18} 1h"),), (Button("List", "alerts"),)),
        private=True,
        in_place=True,
    )
    assert spoken(SHARED, said) == Message(
        text=(("Ended. ", Bold("/channel list"), Code("/channel mute BTC")),),
        buttons=((Button("List", "channel list"),),),
        in_place=True,
    )
