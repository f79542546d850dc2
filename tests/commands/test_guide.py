"""The guided way to an alert, step by step, each in place of the one before."""

import pytest

from liqbot.alerting.vocabulary import checked, term_of
from liqbot.chat.message import LONGEST_WORDS, Message
from liqbot.chat.richtext import Code, length, plain
from liqbot.commands._guide import ASKS
from liqbot.rules import RULES
from tests.charts.histories import a_history
from tests.commands.conversation import DAN, GROUP, a_conversation, a_map, words

WORDS = [term_of(each).words[0] for each in RULES.values() if not each.private]


def is_step(message: Message) -> bool:
    return (
        message.in_place
        and 0 < len(message.buttons) <= 5
        and all(0 < len(row) <= 5 for row in message.buttons)
        and length(message.text) <= 2000
    )


async def test_from_a_market_to_a_rule_to_a_line_and_back() -> None:
    talk = a_conversation()
    begun = await talk.ask("subscribe")
    assert is_step(begun)
    assert words(begun) == ["subscribe BTC", "subscribe ETH", "subscribe all"]
    what = await talk.ask("subscribe BTC")
    assert is_step(what)
    assert words(what) == [*(f"subscribe BTC {word} ?" for word in WORDS), "subscribe"]
    how = await talk.ask("subscribe BTC near ?")
    assert is_step(how)
    assert plain(how.text).splitlines()[:2] == [
        "BTC: price comes near a cluster.",
        "From where on? Distances from the price to the cluster's edge.",
    ]
    assert words(how) == [
        "subscribe BTC near",
        *(f"subscribe BTC near {each}%" for each in ("2", "1", "0.5")),
        "subscribe BTC",
    ]
    done = await talk.ask("subscribe BTC near 0.5%")
    assert done.in_place
    assert plain(done.text).startswith("#1 BTC within 0.5% of a cluster")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("base", ["BTC", "all"])
async def test_whatever_is_offered_can_be_had(base: str, word: str) -> None:
    talk = a_conversation()
    step = await talk.ask(f"subscribe {base} {word} {ASKS}")
    offered = words(step)[:-1]
    assert offered[0] == f"subscribe {base} {word}"
    assert len(offered) >= 2
    for each in offered:
        assert (await talk.said(each)).startswith("#")
    kept = await talk.desk.ledger.subscriptions.listed()
    [hint] = [each.text for line in step.text for each in line if isinstance(each, Code)]
    assert (await talk.said(hint)).startswith("#")
    assert len({each.wish for each in kept}) == len(offered)
    for wish in (each.wish for each in kept[1:]):
        ((_, value),) = wish.lines
        assert checked(RULES[wish.rule], value, "") == value


async def test_what_no_button_carries_is_left_to_be_typed() -> None:
    names = [f"币{i}" + "币" * 16 for i in range(10, 40)]
    talk = a_conversation([a_map(), *(a_history(base=each) for each in names)])
    begun = await talk.ask("subscribe")
    assert is_step(begun)
    assert len(words(begun)) == 13
    for line in (f"subscribe {names[0]}", f"subscribe {names[0]} correlated risk ?"):
        found = await talk.ask(line)
        assert found.in_place
        assert all(len(each.encode()) <= LONGEST_WORDS for each in words(found))


async def test_what_is_asked_of_no_rule_says_what_there_is() -> None:
    talk = a_conversation()
    assert "There is no rule “blabla”" in await talk.said("subscribe BTC blabla ?")
    assert "Say what to watch for" in await talk.said("subscribe BTC ?")


async def test_for_a_shared_chat_every_step_speaks_for_it() -> None:
    talk = a_conversation()
    line = "channel add"
    for step in ("channel add BTC", "channel add BTC asymmetry ?", "channel add BTC asymmetry 4:1"):
        found = await talk.ask(line, DAN)
        assert is_step(found)
        assert step in words(found)
        line = step
    assert "This chat has 1/20" in await talk.said(line, DAN)
    [kept] = await talk.desk.ledger.subscriptions.listed()
    assert kept.chat == GROUP
