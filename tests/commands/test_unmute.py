import pytest

from tests.commands.conversation import DAN, HOME, Conversation, a_conversation


@pytest.fixture
async def talk() -> Conversation:
    """Return a conversation in which BTC and ETH are muted."""
    talk = a_conversation()
    await talk.ask("mute BTC 2h")
    await talk.ask("mute ETH 1h")
    return talk


async def muted(talk: Conversation) -> list[str]:
    return [each.base for each in (await talk.desk.ledger.recipients.get(HOME)).mutes]


async def test_one_market_is_heard_again(talk: Conversation) -> None:
    assert await talk.said("unmute btc") == (
        "You hear of BTC again.\nStill muted: ETH until 7 Jan 03:00 UTC."
    )
    assert await muted(talk) == ["ETH"]


@pytest.mark.parametrize("line", ["unmute", "unmute all"])
async def test_all_are_heard_again(talk: Conversation, line: str) -> None:
    assert await talk.said(line) == "You hear of all markets again."
    assert await muted(talk) == []
    assert await talk.said(line) == "Nothing is muted."


async def test_it_says_who_hears_again(talk: Conversation) -> None:
    await talk.ask("channel mute BTC 2h", DAN)
    assert await talk.said("channel unmute BTC", DAN) == "This chat hears of BTC again."


async def test_what_is_not_muted_says_what_is(talk: Conversation) -> None:
    await talk.ask("unmute ETH")
    assert await talk.said("unmute ETH") == "ETH is not muted, but BTC: /unmute all."
    assert await muted(talk) == ["BTC"]
