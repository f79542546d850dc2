from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.alerting.subscription import LASTING, Recipient
from liqbot.chat.richtext import length, plain
from tests.commands.conversation import (
    ANN,
    BOB,
    DAN,
    GROUP,
    HOME,
    Conversation,
    a_conversation,
    words,
)


@pytest.fixture
async def talk() -> Conversation:
    """Return a conversation in which Ann has two alerts and Bob one."""
    talk = a_conversation()
    await talk.ask("subscribe BTC near")
    await talk.ask("subscribe ETH funding high, once")
    await talk.ask("subscribe BTC cascade", BOB)
    return talk


async def test_ones_own_are_listed_with_what_can_be_done(talk: Conversation) -> None:
    found = await talk.ask("alerts")
    assert plain(found.text).splitlines() == [
        "Your alerts 2/20",
        "#1 BTC near a cluster · until 6 Feb 02:00 UTC",
        "#2 ETH funding high, once · until 6 Feb 02:00 UTC",
    ]
    assert words(found) == [
        "unsubscribe 1",
        "unsubscribe 2",
        "alerts pause 1",
        "alerts pause 2",
        "subscribe",
        "test",
        "alerts pause all",
    ]
    assert found.private
    assert found.in_place


async def test_without_any_it_says_how_to_begin() -> None:
    talk = a_conversation()
    assert "None yet; /subscribe makes one." in await talk.said("alerts")
    assert words(await talk.ask("alerts")) == ["subscribe", "test"]


async def test_nobody_sees_what_others_hear_not_even_an_administrator(talk: Conversation) -> None:
    for caller in (DAN, replace(DAN, is_admin=False)):
        assert (await talk.said("alerts", caller)).splitlines() == [
            "Your alerts 0/20",
            "None yet; /subscribe makes one.",
        ]


async def test_they_are_ones_own_wherever_one_asks(talk: Conversation) -> None:
    in_group = replace(ANN, chat=GROUP)
    assert await talk.ask("alerts", in_group) == await talk.ask("alerts")
    await talk.ask("alerts pause 1", in_group)
    assert "paused" in await talk.said("alerts")


async def test_a_chat_that_is_spoken_for_has_its_own(talk: Conversation) -> None:
    for_group = replace(DAN, speaks_for=GROUP)
    assert await talk.said("alerts", for_group) == (
        "Alerts of this chat 0/20\nNone yet; /channel add makes one."
    )
    assert "This chat has 1/20 alerts." in await talk.said("subscribe BTC cascade", for_group)
    [kept] = await talk.desk.ledger.subscriptions.listed(GROUP)
    assert kept.user == "dan"
    assert await talk.said("alerts pause 1", for_group) == (
        "This chat has no alert 1. There is 4; /channel list lists them."
    )


async def test_one_lasts_longer_and_is_reminded_of_again(talk: Conversation) -> None:
    listed = talk.desk.ledger.subscriptions
    [first, _] = await listed.listed(HOME)
    await listed.put(replace(first, reminded=True))
    talk.clock.step(timedelta(days=29))
    assert "#1 BTC near a cluster · until 7 Mar" in await talk.said("alerts extend 1")
    [first, second] = await listed.listed(HOME)
    assert first.expires_at == talk.clock.now() + LASTING
    assert not first.reminded
    assert second.expires_at < first.expires_at


async def test_one_is_paused_and_resumed(talk: Conversation) -> None:
    assert await talk.said("alerts pause 1") == "Paused: #1 BTC near a cluster · paused"
    found = await talk.ask("alerts")
    assert "#1 BTC near a cluster · paused\n" in plain(found.text)
    assert words(found)[-1] == "alerts resume all"
    assert words(found)[2:4] == ["alerts resume 1", "alerts pause 2"]
    assert "Goes on: #1" in await talk.said("alerts resume 1")
    assert "paused" not in await talk.said("alerts")


async def test_all_of_ones_own_are_paused_at_once(talk: Conversation) -> None:
    await talk.ask("subscribe ETH near", DAN)
    await talk.ask("alerts pause all", DAN)
    listed = await talk.desk.ledger.subscriptions.listed()
    assert [bool(each.paused) for each in listed] == [False, False, False, True]


async def test_what_moved_is_followed(talk: Conversation) -> None:
    assert "Follows what moved: #1" in await talk.said("alerts follow 1")
    [first, second] = await talk.desk.ledger.subscriptions.listed(HOME)
    assert (first.followed_at, second.followed_at) == (talk.clock.now(), None)


async def test_what_keeps_alerts_away_is_told(talk: Conversation) -> None:
    await talk.ask("mute ETH 2h")
    await talk.ask("mute all 15m")
    await talk.ask("quiet 23:00-07:00 Europe/Berlin")
    found = await talk.ask("alerts")
    assert plain(found.text).splitlines()[3:] == [
        "Muted ETH until 7 Jan 04:00 UTC",
        "Muted all markets until 7 Jan 02:15 UTC",
        "Quiet 23:00-07:00 Europe/Berlin digest",
    ]
    assert words(found)[-1] == "unmute all"
    talk.clock.step(timedelta(hours=1))
    assert "all markets" not in await talk.said("alerts")


async def test_a_chat_that_was_given_up_is_mended(talk: Conversation) -> None:
    recipients = talk.desk.ledger.recipients
    await recipients.put(Recipient(chat=HOME, disabled="blocked", failures=1))
    found = await talk.ask("alerts")
    assert "Nothing is sent: blocked. /alerts resume mends it." in plain(found.text)
    assert words(found)[-1] == "alerts resume all"
    await talk.ask("alerts resume")
    assert await recipients.get(HOME) == Recipient(chat=HOME)


async def test_one_that_is_over_says_so(talk: Conversation) -> None:
    talk.clock.step(LASTING)
    assert "#1 BTC near a cluster · ended" in await talk.said("alerts")


async def test_many_fit_into_a_message() -> None:
    talk = a_conversation()
    for usd in range(1, 21):
        await talk.ask(f"subscribe BTC within 1.5% of a long cluster of at least ${usd}M expected")
    found = await talk.ask("alerts")
    assert "20/20" in plain(found.text)
    assert length(found.text) <= 2000
    assert all(len(row) <= 5 for row in found.buttons)
    assert len(found.buttons) == 5
