"""What was held back is told at once: what is on, what happened, and what came and went."""

from dataclasses import replace

from liqbot.alerting.alert import News
from tests.alerting.stage import near
from tests.alerting.test_wording import NAME, a_delivery, an_alert, lines, others, words


def test_a_digest_says_what_is_on_and_counts_what_came_and_went() -> None:
    held = [replace(each, held=True) for each in others(12)]
    over = a_delivery(None, News.CLOSED, held[0].fingerprint)
    told = lines(*held, over)
    assert told[0] == "12 held back, 11 still on"
    assert told[11:13] == ["+1 more", "Came and went: 1 in BTC"]
    assert words(*held) == []


def test_what_was_over_as_it_was_told_is_not_still_on_in_a_digest() -> None:
    ended = replace(near()[0], headline="A cascade of longs is over")
    past = a_delivery(an_alert(ended, NAME._replace(rule="cascade_end")), held=True)
    told = lines(past, *(replace(each, held=True) for each in others(2)[1:]))
    assert told[0] == "2 held back, 1 still on"
    assert [each.partition(":")[0] for each in told[1:3]] == [
        "BTC · Price is near a cluster of longs below it",
        "BTC · A cascade of longs is over",
    ]


def test_what_came_of_alerts_is_said_in_a_digest_too() -> None:
    came = [a_delivery(news=News.OUTCOME, words=each, held=True) for each in ("first", "second")]
    assert lines(*came) == ["first", "second"]
    *_, first, second, _ = lines(a_delivery(an_alert(), held=True), *came)
    assert [first, second] == ["first", "second"]
