from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.alerting.subscription import LASTING, Caps, Recipient
from liqbot.chat.richtext import plain
from tests.commands.conversation import (
    ANN,
    BOB,
    GROUP,
    HOME,
    a_conversation,
    a_map,
    words,
)
from tests.fakes.desk import a_status

LINE = "subscribe BTC within 1.5% of a long cluster of at least $40M expected"


async def test_what_is_said_in_words_is_echoed_and_kept() -> None:
    talk = a_conversation()
    found = await talk.ask(LINE)
    assert plain(found.text).splitlines() == [
        "#1 BTC within 1.5% of a long cluster of at least $40M expected",
        "Until 6 Feb 02:00 UTC. You have 1/20 alerts.",
    ]
    assert words(found) == ["unsubscribe 1", "alerts", "subscribe"]
    assert found.private
    [kept] = await talk.desk.ledger.subscriptions.listed()
    assert (kept.chat, kept.user) == (HOME, "ann")
    assert kept.expires_at == talk.clock.now() + LASTING
    assert dict(kept.wish.lines) == {"tiers": 0.015}


async def test_what_is_true_already_is_said_at_once() -> None:
    talk = a_conversation([a_map(near=True)])
    lines = (await talk.said("subscribe btc near")).splitlines()
    assert lines[3:5] == ["Already true now:", "BTC · Price is near a cluster of longs below it"]
    assert any(line.startswith("Why: distance to its edge 1.5%") for line in lines)
    assert lines[-2].endswith("data 6 s old")
    assert "Already" not in await talk.said("subscribe btc cascade")


async def test_what_is_out_of_date_is_not_said_to_be_new() -> None:
    lost = [replace(each, blind="no answer", age_s=300.0) for each in a_status().markets]
    talk = a_conversation([a_map(near=True)], status=a_status(markets=tuple(lost)))
    assert "data 5 min old" in await talk.said("subscribe btc near")
    half = (replace(lost[0], blind="", age_s=9.0), *lost[1:])
    talk.markets.seen = a_status(markets=half)
    assert "data 9 s old" in await talk.said("subscribe btc near, once")


async def test_it_lasts_as_long_as_one_says() -> None:
    talk = a_conversation()
    assert "Until 14 Jan 02:00 UTC" in await talk.said("subscribe ETH asymmetry ≥ 3:1, for 7d")
    [kept] = await talk.desk.ledger.subscriptions.listed()
    assert kept.expires_at - kept.created_at == timedelta(days=7)
    assert await talk.said("subscribe ETH funding for 900d") == (
        "A subscription lasts from 1h to 365d."
    )


async def test_one_too_many_or_twice_is_told() -> None:
    talk = a_conversation(caps=Caps(2))
    assert "1/2" in await talk.said(LINE)
    assert await talk.said(LINE) == "That is subscribed to already; /alerts lists all."
    elsewhere = replace(ANN, chat=GROUP)
    assert "already" in await talk.said(LINE, elsewhere)
    assert "2/2" in await talk.said("subscribe ETH near", elsewhere)
    assert await talk.said("subscribe all cascade") == (
        "There are 2/2 subscriptions; end one with /unsubscribe first."
    )
    assert "1/2" in await talk.said(LINE, BOB)
    assert "1/2" in await talk.said(LINE, replace(ANN, chat=replace(HOME, platform="discord")))


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("subscribe XYZ near", "There is no market “XYZ”. There is BTC, ETH, all."),
        ("subscribe BTC within 150%", "For near a line is "),
        ("subscribe BTC blabla", "There is no rule “blabla”."),
        (f"subscribe {'x' * 300}", "is not a subscription. Try “BTC within"),
    ],
)
async def test_what_cannot_be_read_says_what_would_work(line: str, answer: str) -> None:
    talk = a_conversation()
    assert answer in await talk.said(line)
    assert await talk.numbers() == []


async def test_a_chat_that_was_given_up_is_told_again() -> None:
    talk = a_conversation()
    recipients = talk.desk.ledger.recipients
    await recipients.put(Recipient(chat=HOME, disabled="blocked", failures=20))
    await talk.ask("subscribe BTC nothing")
    assert (await recipients.get(HOME)).disabled
    await talk.ask(LINE)
    assert await recipients.get(HOME) == Recipient(chat=HOME)


async def test_while_the_past_comes_in_it_says_so() -> None:
    talk = a_conversation(status=a_status(back_filling=0.839))
    said = "The past still comes in, 83%: until then clusters may change."
    assert said in await talk.said(LINE)
    talk.markets.seen = a_status()
    assert "past" not in await talk.said("subscribe ETH near")


async def test_a_mute_that_is_on_is_told() -> None:
    talk = a_conversation()
    await talk.ask("mute BTC 2h")
    assert "Muted until 7 Jan 04:00 UTC; /unmute ends that." in await talk.said(LINE)
    assert "Muted" not in await talk.said("subscribe ETH near")
