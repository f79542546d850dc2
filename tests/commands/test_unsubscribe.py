from dataclasses import replace

import pytest

from liqbot.commands.command import Caller
from tests.commands.conversation import ANN, BOB, CAT, DAN, GROUP, HOME, a_conversation, words


async def test_an_alert_is_ended_by_its_number() -> None:
    talk = a_conversation()
    await talk.ask("subscribe BTC near")
    await talk.ask("subscribe ETH near")
    found = await talk.ask("unsubscribe #1")
    assert found.text == (("Ended: #1 BTC near a cluster",),)
    assert words(found) == ["alerts"]
    assert await talk.numbers() == [2]


async def test_all_are_ones_own_even_for_an_administrator() -> None:
    talk = a_conversation()
    for caller in (ANN, BOB, DAN):
        await talk.ask("subscribe BTC near", caller)
        await talk.ask("subscribe ETH near", caller)
    text = await talk.said("unsubscribe all", DAN)
    assert text == "Ended: #5 BTC near a cluster\nEnded: #6 ETH near a cluster"
    assert [await talk.numbers(each) for each in (ANN, BOB, DAN)] == [[1, 2], [3, 4], []]
    assert await talk.said("unsubscribe all", DAN) == ("You have no alerts. /subscribe makes one.")


async def test_whoever_speaks_for_a_chat_ends_what_it_has() -> None:
    talk = a_conversation()
    for_group = replace(DAN, speaks_for=GROUP)
    for caller in (BOB, for_group, for_group):
        await talk.ask(f"subscribe {'ETH' if await talk.numbers(caller) else 'BTC'} near", caller)
    assert await talk.said("unsubscribe 2", BOB) == (
        "You have no alert 2. There is 1; /alerts lists them."
    )
    await talk.ask("unsubscribe all", for_group)
    assert (await talk.numbers(BOB), await talk.numbers(for_group)) == ([1], [])


@pytest.mark.parametrize(
    "line",
    [
        "unsubscribe {}",
        *(f"alerts {each} {{}}" for each in ("extend", "pause", "resume", "follow")),
    ],
)
@pytest.mark.parametrize("caller", [CAT, DAN, replace(BOB, user="ann"), replace(DAN, chat=HOME)])
async def test_what_belongs_to_others_answers_as_what_is_not(line: str, caller: Caller) -> None:
    talk = a_conversation()
    await talk.ask("subscribe BTC near", BOB)
    before = await talk.desk.ledger.subscriptions.listed()
    answers = [
        (await talk.said(line.format(number), caller)).replace(str(number), "N")
        for number in (1, 999)
    ]
    assert answers[0] == answers[1] == "You have no alert N. /subscribe makes one."
    assert await talk.desk.ledger.subscriptions.listed() == before


async def test_what_is_no_number_says_so() -> None:
    talk = a_conversation()
    for wrong in ("x", "-1", "1" * 30, "²"):
        assert "is not a number of an alert. Try 3, or all." in await talk.said(
            f"unsubscribe {wrong}"
        )
    assert (await talk.said("unsubscribe")).startswith("Say which number: 3, or all")
    await talk.ask("subscribe BTC near")
    assert await talk.said("unsubscribe 7") == (
        "You have no alert 7. There is 1; /alerts lists them."
    )
