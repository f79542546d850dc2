"""A notice quotes the subscription that it is about, and says what to do."""

import pytest

from liqbot.alerting.alert import News
from liqbot.alerting.delivery import Delivery, Post, claim
from liqbot.alerting.notices import came, notification
from liqbot.chat.richtext import plain
from tests.alerting.stage import START
from tests.alerting.test_wording import OWN, a_delivery, an_alert


def told(*deliveries: Delivery) -> tuple[str, list[list[str]]]:
    """Return the text and the words of the buttons."""
    said = notification(Post(message="M", chat=OWN, deliveries=claim(deliveries, START)))
    return plain(said.text), [[each.words for each in row] for row in said.buttons]


@pytest.mark.parametrize(
    ("news", "text", "buttons"),
    [
        (News.REMINDER, "“BTC” ends within 24 h.", [["alerts extend 7", "unsubscribe 7"]]),
        (
            News.PAUSED,
            "“BTC” was told 15 times within 3 minutes and is paused.",
            [["alerts resume 7", "unsubscribe 7"]],
        ),
        (News.OUTCOME, "BTC", [[f"why {an_alert().id}"]]),
        (News.FEEDS, "BTC", [["/status"]]),
        (News.LOST, "BTC", []),
    ],
)
def test_a_notice_says_what_to_do(news: News, text: str, buttons: list[list[str]]) -> None:
    assert told(a_delivery(None, news, words="BTC")) == (text, buttons)


def test_a_notice_may_have_lines() -> None:
    assert told(a_delivery(None, News.LOST, words="one\ntwo"))[0].splitlines() == ["one", "two"]


def test_what_came_of_several_alerts_is_a_line_each() -> None:
    both = [a_delivery(None, News.OUTCOME, words=each) for each in ("first", "second")]
    assert plain(came([*both, a_delivery(an_alert())])).splitlines() == ["first", "second"]
