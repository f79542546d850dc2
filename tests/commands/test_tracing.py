"""/why of a command: every figure of its answer, with what it is made of."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from liqbot.chat.message import LONGEST_WORDS
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.commands._pressing import WHERE
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.market.status import MarketStatus
from tests.charts.histories import a_history
from tests.commands.conversation import ANN, BOB, Conversation, a_conversation
from tests.commands.tracing import traced
from tests.fakes.desk import CALLER, a_desk, a_status
from tests.heatmap.books import booked
from tests.planning.scenes import a_known_scene

LINES = [
    "heatmap BTC 7d",
    "levels BTC",
    "delta BTC",
    "tiers BTC",
    "venues BTC",
    "feed BTC 1h",
    "plan BTC",
    "whatif BTC 62000",
    "risk BTC 3%",
    "check BTC long 65000 25x stop 63800",
    "accuracy BTC",
    "replay BTC 24h",
]
EIGHT = ("binance", "bybit", "okx", "hyperliquid", "bitget", "gate", "dydx", "deribit")
USD = re.compile(r"\$[\d.,]+[KMBT]?")


def a_traced_desk() -> Desk:
    return a_desk(booked(a_history(), 8e9), draws=False)[0]


async def why(line: str, desk: Desk | None = None, caller: Caller = CALLER) -> str:
    return await traced(desk or a_traced_desk(), line, caller)


def test_every_answer_made_of_numbers_can_be_traced() -> None:
    traced = [name for name, each in COMMANDS.items() if each.trace is not None]
    assert sorted(traced) == sorted(each.split()[0] for each in LINES)


@pytest.mark.parametrize("line", LINES)
async def test_a_trace_says_of_when_it_is_and_fits_a_phone(line: str) -> None:
    found = await COMMANDS["why"].invoke(a_traced_desk(), CALLER, line)
    assert "as of 2026-01-07 02:00:0" in plain(found.text).splitlines()[0]
    assert length(found.text) <= 2000
    assert found.private is COMMANDS[line.split(maxsplit=1)[0]].personal
    assert not found.in_place


@pytest.mark.parametrize("line", LINES)
async def test_the_button_below_an_answer_asks_for_its_trace(line: str) -> None:
    name, _, words = line.partition(" ")
    desk = a_traced_desk()
    found = await COMMANDS[name].invoke(desk, CALLER, words)
    (button,) = (each for row in found.buttons for each in row if each.label == WHERE)
    assert len(button.words.encode()) <= LONGEST_WORDS
    assert len(found.buttons) <= 5
    assert all(len(row) <= 5 for row in found.buttons)
    asked = button.words.partition(" ")[2]
    assert asked.split()[:2] == line.split()[:2]
    assert await why(asked, desk) == await why(line, desk)


@pytest.mark.parametrize(
    ("line", "first"),
    [("whatif BTC 62000", 4), ("whatif BTC -3%", 4), ("risk BTC 3%", 3), ("levels BTC", 4)],
)
async def test_every_dollar_of_an_answer_stands_in_its_trace(line: str, first: int) -> None:
    name, _, words = line.partition(" ")
    desk = a_traced_desk()
    answer = plain((await COMMANDS[name].invoke(desk, CALLER, words)).text)
    told = set(USD.findall("\n".join(answer.splitlines()[first:])))
    assert len(told) > 3
    assert told <= set(USD.findall(await why(line, desk)))


@pytest.mark.parametrize("line", ["heatmap BTC", "whatif BTC", "risk BTC", "plan BTC"])
async def test_what_no_venue_shows_is_said_wherever_a_map_is_traced(line: str) -> None:
    last = [each for each in (await why(line)).splitlines() if not each.startswith("page ")][-1]
    assert last.startswith("Seen by nobody cross and added margin, hedges, OTC, collateral")


async def test_words_are_read_as_the_command_reads_them() -> None:
    assert (await why("whatif 62k btc")).startswith("BTC what if price goes to 62,000 (−4.6%)")
    assert await why("whatif BTC nowhere") == await said_by("whatif", "BTC nowhere")
    assert await why("levels BTX") == await said_by("levels", "BTX")
    assert (await why("/WhatIf@liqbot btc")).startswith("BTC what if price goes to")


async def said_by(name: str, words: str) -> str:
    return plain((await COMMANDS[name].invoke(a_traced_desk(), CALLER, words)).text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("whatf BTC", "Did you mean /why whatif BTC?"),
        ("levls", "No alert “levls” was told here or to you. Did you mean /why levels?"),
        ("", "Say which answer: a command as you typed it: whatif BTC 62000; or an alert's name."),
    ],
)
async def test_what_is_mistyped_is_put_right(line: str, said: str) -> None:
    assert await why(line) == said


async def test_what_has_no_numbers_of_others_says_so() -> None:
    assert (await why("mute BTC")).startswith("“mute” has no numbers to take apart. Try /why heat")


async def test_a_venue_that_is_blind_is_named_with_its_reason() -> None:
    desk, markets, _ = a_desk()
    blind = (
        replace(each, blind="no answer for 6 min") if each.instrument.venue == "okx" else each
        for each in markets.seen.markets
    )
    markets.seen = a_status(markets=tuple[MarketStatus, ...](blind))
    assert "Blind OKX: no answer for 6 min" in await why("levels BTC", desk)


async def test_the_past_is_traced_as_it_was_known_then() -> None:
    told = await why("heatmap BTC at 2026-01-06T18:00", a_desk()[0])
    assert "as of 2026-01-06 18:00:00 UTC" in told
    assert "price Binance 65,000\n" in told


async def test_who_may_not_ask_is_told_nothing_and_no_picture_is_taken() -> None:
    desk, _, studio = a_desk()
    stranger = replace(CALLER, is_allowed=False)
    assert (await why("levels BTC", desk, stranger)).startswith("This bot is private")
    await why("levels BTC", desk)
    assert studio.asked == []


async def test_what_only_administrators_may_ask_is_explained_to_nobody_else() -> None:
    command: Command[object] = replace(COMMANDS["levels"], admin_only=True)
    with pytest.raises(Exception, match="Only an administrator"):
        await command.explain(a_traced_desk(), replace(CALLER, is_admin=False), "BTC")


async def test_of_a_blind_map_no_plan_is_traced() -> None:
    desk, markets, _ = a_desk(a_history())
    markets.staged = a_known_scene(warm=False)
    history = markets.staged.history
    markets.histories["BTC"] = history
    assert "the map has not seen five days yet" in await why("plan BTC", desk)


async def test_a_watched_position_is_its_owners_alone() -> None:
    talk: Conversation = a_conversation()
    await talk.ask("watch BTC long 65000 25x stop 63800", ANN)
    talk.clock.step(timedelta(seconds=20))
    for line in ("why watch", "why watch BTC", "why check BTC"):
        assert "63,800" not in await talk.said(line, BOB)
    found = await talk.ask("why check BTC long 65000 25x", BOB)
    assert found.private


async def test_on_many_venues_it_goes_on_page_by_page_and_nothing_is_left_out() -> None:
    desk = a_desk(booked(a_history(venues=EIGHT, usd=9.8e9), 8e9, EIGHT))[0]
    for line in LINES:
        told = await why(line, desk)
        assert "left out" not in told
        assert " others $" not in told
        assert line.startswith(("feed", "risk", "accuracy")) or "\nopen interest Binance $8" in told
    check = await why("check BTC long 65000 25x stop 63800", desk)
    assert check.count("Built in for ") == len(EIGHT)
    assert "\npage 1 of 2\nBTC long 65,000 25x, stop 63,800 · as of " in check


async def test_before_the_first_map_a_check_is_traced_to_formulas_alone() -> None:
    desk, _, _ = a_desk()

    class Nothing:
        async def scene(self, base: str, at: datetime) -> None: ...

    told = await why("check BTC long 65000 25x", replace(desk, scenes=Nothing()))
    assert "Binance 62,651 −3.6% = (M + A" in told
    assert "\nBuilt in for Binance: " in told


async def test_a_page_is_asked_for_by_its_number_and_the_last_stands_for_those_beyond() -> None:
    desk = a_traced_desk()
    first = await COMMANDS["why"].invoke(desk, CALLER, "plan BTC")
    ((more,),) = first.buttons
    assert (more.label, more.words) == ("More", "why plan BTC page 2")
    second = await COMMANDS["why"].invoke(desk, CALLER, "plan BTC Page 2")
    assert second.buttons == ()
    assert plain(second.text).endswith("\npage 2 of 2")
    assert (await COMMANDS["why"].invoke(desk, CALLER, "plan BTC page 99")).text == second.text
    assert (await COMMANDS["why"].invoke(desk, CALLER, "plan BTC page 0")).text == first.text


async def test_where_a_button_cannot_say_it_the_next_page_is_told_to_be_typed() -> None:
    line = "check my BTC long position entry 65000 leverage 25x stop loss 63800"
    desk = a_desk(booked(a_history(venues=EIGHT, usd=9.8e9), 8e9, EIGHT))[0]
    found = await COMMANDS["why"].invoke(desk, CALLER, line)
    assert found.buttons == ()
    assert plain(found.text[-1:]) == f"More: /why {line} page 2"
    assert "page 1 of 2" in plain(found.text)
