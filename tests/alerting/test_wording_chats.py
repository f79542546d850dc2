"""What a message says to whom: a role is called, and buttons act for the chat they stand in."""

from dataclasses import replace

from liqbot.alerting.alert import Fingerprint, News
from liqbot.chat.message import Message
from tests.alerting.stage import CHAT, near
from tests.alerting.test_wording import a_delivery, an_alert, others, said


def words(message: Message) -> list[list[str]]:
    return [[each.words for each in row] for row in message.buttons]


def test_a_role_is_called_whatever_else_is_said() -> None:
    for count in (1, 2, 5):
        found = said(*(replace(each, role="5") for each in others(count)))
        assert found.role == "5"
    held = (replace(each, role="5", held=True) for each in others(2))
    assert said(*held).role == "5"
    assert said(*others(2)).role == ""


def test_in_a_shared_chat_its_buttons_act_for_it() -> None:
    alert = an_alert()
    assert words(said(a_delivery(alert), chat=CHAT)) == [
        ["channel mute BTC 15m", "channel mute BTC 1h", "channel mute BTC 4h"],
        ["channel mute BTC tomorrow"],
        [f"why {alert.id}", "/heatmap BTC", "channel remove 7"],
    ]
    ends = said(a_delivery(None, News.REMINDER, words="BTC near a cluster"), chat=CHAT)
    assert words(ends) == [["channel extend 7", "channel remove 7"]]


def test_a_market_with_a_long_name_has_the_buttons_that_fit() -> None:
    base = "币" * 20
    name = Fingerprint(7, "cluster_approach", base, "L1")
    found = said(a_delivery(an_alert(near(base=base)[0], name)), chat=CHAT)
    assert [[each.split()[0] for each in row] for row in words(found)] == [["why", "channel"]]
