from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.alerting.delivery import Post, next_step
from liqbot.alerting.wording import message
from liqbot.chat.message import ChatId
from liqbot.chat.richtext import plain
from liqbot.commands.command import Caller
from liqbot.heatmap.history import History
from liqbot.live.watcher import Watcher
from tests.alerting.stage import NUMBERS
from tests.commands.conversation import (
    ANN,
    BOB,
    CAT,
    DAN,
    GROUP,
    HOME,
    Conversation,
    a_conversation,
    a_map,
    words,
)
from tests.rules.scenes import a_long, a_scene


async def told(
    talk: Conversation,
    there: History | None = None,
    line: str = "subscribe BTC near",
    caller: Caller = ANN,
) -> Post:
    """Let alerts fire, and return them as they were sent."""
    watcher = talk.desk.alerts
    assert isinstance(watcher, Watcher)
    await talk.ask(line, caller)
    talk.markets.histories["BTC"] = there or a_map(near=True)
    for _ in range(3):
        talk.clock.step(timedelta(seconds=20))
        await watcher.look()
    at = talk.clock.now()
    [post] = await talk.desk.ledger.outbox.claim_due(at, 9)
    assert post.chat == (HOME if caller == ANN else GROUP)
    await talk.desk.ledger.outbox.finish(next_step(post, "m1", at, 0.5))
    return post


async def test_the_buttons_below_an_alert_work() -> None:
    talk = a_conversation()
    post = await told(talk)
    pressed = words(message(post, NUMBERS, talk.clock.now()))
    assert [each.split()[0] for each in pressed] == ["mute"] * 4 + [
        "why",
        "/heatmap",
        "unsubscribe",
    ]
    answers = [await talk.said(each) for each in pressed]
    assert [each.split()[0] for each in answers] == ["Muted"] * 4 + ["BTC", "BTC", "Ended:"]


async def test_it_tells_the_rule_its_numbers_and_its_steps() -> None:
    talk = a_conversation()
    post = await told(talk)
    number = post.deliveries[0].alert_id
    text = await talk.said(f"why {number}")
    assert text.splitlines()[0] == f"BTC · cluster approach {number}"
    assert "distance to its edge 1.5% (at most 2%)" in text
    assert "opened 7 Jan 02:00:44, sent 7 Jan 02:01:04" in text
    assert await talk.said(f"why {post.message}") == text


async def test_of_many_each_has_a_line_and_a_button() -> None:
    many = [a_long(-0.005 * i, 20e6 * i, id=f"L-{i}") for i in range(1, 4)]
    talk = a_conversation()
    await talk.ask("subscribe BTC near, every 2h")
    post = await told(talk, a_scene(*many).history)
    assert len(post.deliveries) == 6
    found = await talk.ask(f"why {post.message}")
    lines = plain(found.text).splitlines()
    names = [each.split()[-1] for each in lines]
    assert [each.removesuffix(f" {name}") for each, name in zip(lines, names, strict=True)] == [
        "1. BTC · Price is near a cluster of longs below it: distance to its edge 1.5%, $60.0M",
        "2. BTC · Price is near a cluster of longs below it: distance to its edge 1%, $40.0M",
        "3. BTC · Price is near a cluster of longs below it: distance to its edge 0.5%, $20.0M",
    ]
    assert words(found) == [f"why {each}" for each in names]
    assert "expected $60.0M" in await talk.said(words(found)[0])


async def test_what_was_told_elsewhere_answers_as_what_is_not() -> None:
    talk = a_conversation()
    number = (await told(talk)).deliveries[0].alert_id
    theirs = await talk.said(f"why {number}", BOB)
    assert theirs == f"No alert “{number}” was told here or to you. Try the Why button below one."
    assert await talk.said("why 0123456789abcdef", BOB) == theirs.replace(
        number, "0123456789abcdef"
    )


async def test_what_was_told_in_a_chat_is_no_secret_there() -> None:
    talk = a_conversation()
    post = await told(talk, line="channel add BTC near", caller=DAN)
    number, elsewhere = post.deliveries[0].alert_id, ChatId("telegram", "-200")
    for caller in (BOB, CAT, replace(ANN, chat=GROUP)):
        found = await talk.ask(f"why {number}", caller)
        assert plain(found.text).startswith("BTC · cluster approach")
        assert found.private
    for caller in (replace(BOB, chat=BOB.home), replace(DAN, chat=DAN.home), ANN):
        assert (await talk.said(f"why {number}", caller)).startswith("No alert")
    assert (await talk.said(f"why {number}", replace(DAN, chat=elsewhere))).startswith("No alert")


async def test_what_was_told_to_somebody_is_theirs_to_ask_wherever_they_are() -> None:
    talk = a_conversation()
    number = (await told(talk)).deliveries[0].alert_id
    found = await talk.ask(f"why {number}", replace(ANN, chat=GROUP))
    assert plain(found.text).startswith("BTC · cluster approach")
    assert found.private
    for caller in (BOB, DAN):
        assert (await talk.said(f"why {number}", caller)).startswith("No alert")


async def test_below_an_alert_of_a_shared_chat_its_administrators_act_for_it() -> None:
    talk = a_conversation()
    post = await told(talk, line="channel add BTC near", caller=DAN)
    pressed = words(message(post, NUMBERS, talk.clock.now()))
    assert [each.partition(" ")[0] for each in pressed] == [
        *["channel"] * 4,
        *("why", "/heatmap", "channel"),
    ]
    for each in pressed:
        refused = await talk.said(each, BOB)
        assert ("Only an administrator" in refused) is each.startswith("channel")
    assert [each.chat for each in await talk.desk.ledger.subscriptions.listed()] == [GROUP]
    answers = [await talk.said(each, DAN) for each in pressed]
    assert [each.split()[0] for each in answers] == ["Muted"] * 4 + ["BTC", "BTC", "Ended:"]
    assert await talk.desk.ledger.subscriptions.listed() == ()


@pytest.mark.parametrize("name", ["x';--", "é", "a" * 33])
async def test_what_is_no_name_of_an_alert_says_so(name: str) -> None:
    found = await a_conversation().ask(f"why {name}", ANN)
    assert found.private
    assert "name of an alert" in plain(found.text)
