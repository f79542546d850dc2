from dataclasses import replace

import pytest

from liqbot.commands._own import chosen, market, owned, phrased
from liqbot.errors import CommandError
from tests.alerting.stage import TERMS, a_subscription
from tests.commands.conversation import ANN, BOB, CAT, DAN, GROUP, a_conversation


async def test_one_reaches_what_is_ones_own_wherever_one_asks() -> None:
    talk = a_conversation()
    bob_at_home = replace(BOB, chat=BOB.home)
    for caller in (ANN, BOB, CAT):
        await talk.ask("subscribe BTC near", caller)
    await talk.ask("subscribe ETH near", bob_at_home)
    callers = (ANN, BOB, bob_at_home, CAT, DAN)
    reached = [[s.id for s in await owned(talk.desk, each)] for each in callers]
    assert reached == [[1], [2, 4], [2, 4], [3], []]


async def test_an_administrator_reaches_what_the_chat_has_if_they_speak_for_it() -> None:
    talk = a_conversation()
    for_group = replace(DAN, speaks_for=GROUP)
    for caller in (BOB, DAN, for_group):
        await talk.ask("subscribe BTC near", caller)
    assert [each.id for each in await owned(talk.desk, for_group)] == [3]
    for number in (1, 2, 99):
        with pytest.raises(CommandError, match=f"This chat has no alert {number}. There is 3;"):
            await chosen(talk.desk, for_group, number)
    with pytest.raises(CommandError, match=r"You have no alert 3. There is 2;"):
        await chosen(talk.desk, DAN, 3)


async def test_the_same_number_on_another_platform_is_somebody_else() -> None:
    talk = a_conversation()
    await talk.ask("subscribe BTC near", ANN)
    assert await owned(talk.desk, replace(ANN, chat=replace(GROUP, platform="discord"))) == ()


def test_a_rule_that_runs_no_more_is_named_all_the_same() -> None:
    kept = a_subscription()
    assert phrased(kept, TERMS) == "BTC near a cluster"
    assert phrased(kept, replace(TERMS, rules={})) == (
        "BTC cluster approach, which nobody looks for here now"
    )


def test_all_markets_have_a_name() -> None:
    assert (market(""), market("BTC")) == ("all markets", "BTC")
