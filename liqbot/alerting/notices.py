"""What is said of no alert: of subscriptions, chats and feeds, and of what came of alerts."""

from collections.abc import Iterable

from liqbot.alerting.alert import News
from liqbot.alerting.delivery import Delivery, Post
from liqbot.alerting.speaking import buttons
from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import RichText

_BECAME = {
    News.REMINDER: ("Extend", "ends within 24 h."),
    News.PAUSED: ("Resume", "was told 15 times within 3 minutes and is paused."),
}


def came(said: Iterable[Delivery]) -> RichText:
    """Say what came of alerts, a line each."""
    return tuple((each.words,) for each in said if each.news is News.OUTCOME)


def notification(post: Post) -> Message:
    """Return a message that is about no alert that is on."""
    delivery = post.said[-1]
    number, words = delivery.subscription, delivery.words
    if delivery.news is News.OUTCOME:
        explain = Button("Why", f"why {delivery.alert_id}")
        return Message(text=came(post.said), buttons=((explain,),))
    if delivery.news is News.FEEDS:
        return Message(text=((words,),), buttons=((Button("Status", "/status"),),))
    if delivery.news is News.LOST:
        return Message(text=tuple((line,) for line in words.splitlines()))
    label, became = _BECAME[delivery.news]
    act = (label, f"alerts {label.lower()} {number}")
    row = buttons(post.chat, act, ("Stop", f"unsubscribe {number}"))
    return Message(text=((f"“{words}” {became}",),), buttons=(row,))
