from dataclasses import replace

import pytest

from liqbot.alerting.speaking import ACTIONS
from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import ChatId
from liqbot.chat.richtext import plain
from tests.commands.conversation import ANN, BOB, DAN, GROUP, Conversation, a_conversation, words

LINE = "channel add cascade BTC"
EVE = replace(DAN, chat=ChatId("telegram", "-200"), user="eve")  # rules another chat


async def kept(talk: Conversation) -> list[tuple[str, str, str]]:
    listed = await talk.desk.ledger.subscriptions.listed(GROUP)
    return [(each.user, each.wish.rule, each.role) for each in listed]


async def test_an_administrator_adds_lists_and_removes_what_the_chat_is_told() -> None:
    talk = a_conversation()
    added = await talk.ask(LINE, DAN)
    assert plain(added.text).splitlines() == [
        "#1 BTC cascade",
        "Until 6 Feb 02:00 UTC. This chat has 1/20 alerts.",
    ]
    assert words(added) == ["channel remove 1", "channel list", "channel add"]
    assert not added.private
    assert await kept(talk) == [("dan", "cascade_start", "")]
    listed = await talk.ask("channel list", DAN)
    assert plain(listed.text).startswith("Alerts of this chat 1/20\n#1 BTC cascade")
    assert set(words(listed)) >= {"channel remove 1", "channel add", "channel pause all"}
    assert await talk.said("/channel remove 1", DAN) == "Ended: #1 BTC cascade"
    assert await kept(talk) == []


@pytest.mark.parametrize("action", ACTIONS)
async def test_nobody_else_speaks_for_it(action: str) -> None:
    talk = a_conversation()
    await talk.ask(LINE, DAN)
    before = await talk.desk.ledger.subscriptions.listed()
    refused = await talk.ask(f"channel {action} 1", BOB)
    assert plain(refused.text) == "Only an administrator may do that."
    assert refused.private
    assert await talk.desk.ledger.subscriptions.listed() == before
    assert await talk.desk.ledger.recipients.listed() == ()


@pytest.mark.parametrize("action", ["remove", "pause", "resume", "extend", "follow"])
async def test_what_other_chats_and_people_have_answers_as_what_is_not(action: str) -> None:
    talk = a_conversation()
    await talk.ask(LINE, DAN)
    await talk.ask("subscribe BTC near", ANN)
    before = await talk.desk.ledger.subscriptions.listed()
    answers = {
        (await talk.said(f"channel {action} {number}", EVE)).replace(str(number), "N")
        for number in (1, 2, 99)
    }
    assert answers == {"This chat has no alert N. /channel add makes one."}
    assert await talk.desk.ledger.subscriptions.listed() == before


async def test_what_is_said_of_the_chat_is_kept_for_it_alone() -> None:
    talk = a_conversation()
    muted = await talk.ask("channel mute BTC 2h", DAN)
    assert words(muted) == ["channel unmute BTC"]
    quiet = await talk.ask("channel quiet 23:00-07:00 Europe/Berlin", DAN)
    assert words(quiet) == ["channel quiet off"]
    [recipient] = await talk.desk.ledger.recipients.listed()
    assert (recipient.chat, len(recipient.mutes)) == (GROUP, 1)
    assert recipient.quiet is not None
    assert "None would be sent now: BTC is muted" in await talk.said("channel test", DAN)
    await talk.ask("channel unmute", DAN)
    assert (await talk.desk.ledger.recipients.get(GROUP)).mutes == ()


@pytest.mark.parametrize("role", ["role <@&123>", "role 123", "<@&123>", "Role: 123"])
async def test_a_role_is_called_by_its_number(role: str) -> None:
    talk = a_conversation()
    await talk.ask(f"channel add cascade BTC {role} for 7d", DAN)
    await talk.ask("channel add ETH near", DAN)
    assert await kept(talk) == [("dan", "cascade_start", "123"), ("dan", "cluster_approach", "")]
    assert "· calls role 123" in await talk.said("channel list", DAN)


@pytest.mark.parametrize(
    "role", ["@everyone", "<@123>", "@here", "x" * 300, "¹", "1" * 21, "<@&x>"]
)
async def test_no_one_else_is_called(role: str) -> None:
    talk = a_conversation()
    assert "is not a role. Try @role" in await talk.said(f"{LINE} role {role}", DAN)
    assert await kept(talk) == []


async def test_nobody_is_called_in_a_chat_of_ones_own() -> None:
    talk = a_conversation()
    assert (await talk.said("subscribe BTC near role 123")).startswith("A role is called in a")
    assert await talk.numbers() == []


async def test_without_words_it_says_what_there_is_to_say() -> None:
    talk = a_conversation()
    guide = await talk.ask("channel", DAN)
    assert "/channel add cascade BTC role @traders" in plain(guide.text)
    for each in words(guide):
        assert not (await talk.ask(each, DAN)).private


async def test_hints_say_what_would_work_there() -> None:
    talk = a_conversation()
    assert "None yet; /channel add makes one." in await talk.said("channel list", DAN)
    await talk.desk.ledger.recipients.put(Recipient(chat=GROUP, disabled="gone"))
    assert "/channel resume mends it" in await talk.said("channel test", DAN)
    await talk.ask("channel resume", DAN)
    mistake = await talk.ask("channel remove 7", DAN)
    assert "/channel add" in plain(mistake.text)
    assert mistake.private
    assert "There is no word after /channel “ad”. Did you mean add?" in await talk.said(
        "channel ad BTC", DAN
    )
    assert "There is no market “XYZ”" in await talk.said("channel add XYZ near", DAN)


async def test_a_platform_may_have_somebody_speak_for_a_chat() -> None:
    talk = a_conversation()
    as_group = replace(DAN, speaks_for=GROUP)
    added = await talk.ask("subscribe cascade BTC role 5", as_group)
    assert words(added) == ["channel remove 1", "channel list", "channel add"]
    assert not added.private
    assert "/channel list lists them" in await talk.said("unsubscribe 7", as_group)
    refused = await talk.said("subscribe BTC near", replace(as_group, is_admin=False))
    assert refused == "Only an administrator may do that."
    assert await kept(talk) == [("dan", "cascade_start", "5")]


async def test_in_ones_own_chat_it_says_what_to_use_instead() -> None:
    talk = a_conversation()
    for each in ("channel", "channel add BTC near", "channel remove 1"):
        found = await talk.ask(each, ANN)
        assert plain(found.text).startswith("This chat is yours alone: /subscribe tells you")
        assert found.private
    assert await talk.desk.ledger.subscriptions.listed() == ()
