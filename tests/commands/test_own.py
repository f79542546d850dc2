from dataclasses import replace

from liqbot.commands._own import market, owned, phrased, reachable
from tests.alerting.stage import TERMS, a_subscription
from tests.commands.conversation import ANN, BOB, CAT, DAN, HOME, a_conversation


async def test_one_reaches_what_is_ones_own_in_the_chat_and_an_administrator_all() -> None:
    talk = a_conversation()
    bob_at_home = replace(BOB, chat=replace(HOME, address="8"), is_admin=True)
    for caller in (ANN, BOB, CAT, bob_at_home):
        await talk.ask("subscribe BTC near", caller)
    reached = {
        each.user: [s.id for s in await reachable(talk.desk, each)] for each in (ANN, BOB, CAT, DAN)
    }
    assert reached == {"ann": [1], "bob": [2], "cat": [3], "dan": [2, 3]}
    assert [each.id for each in await owned(talk.desk, BOB)] == [2, 4]


async def test_the_same_number_on_another_platform_is_somebody_else() -> None:
    talk = a_conversation()
    await talk.ask("subscribe BTC near", ANN)
    assert await owned(talk.desk, replace(ANN, chat=replace(HOME, platform="discord"))) == ()


def test_a_rule_that_runs_no_more_is_named_all_the_same() -> None:
    kept = a_subscription()
    assert phrased(kept, TERMS) == "BTC near a cluster"
    assert phrased(kept, replace(TERMS, rules={})) == (
        "BTC cluster_approach, which nobody looks for here now"
    )


def test_all_markets_have_a_name() -> None:
    assert (market(""), market("BTC")) == ("all markets", "BTC")
