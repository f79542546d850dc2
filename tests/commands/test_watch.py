"""A position that is watched: from words to alerts, through a restart, to its end."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.alerting.delivery import Post, State
from liqbot.alerting.subscription import LASTING, Caps
from liqbot.alerting.wording import message
from liqbot.chat.message import LONGEST_WORDS, ChatId, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.heatmap.clusters import Cluster
from liqbot.live.watcher import Watcher
from liqbot.market.units import Price, Usd
from tests.alerting.stage import TERMS
from tests.charts.histories import a_history
from tests.commands.conversation import (
    ANN,
    BOB,
    CAT,
    DAN,
    HOME,
    Conversation,
    a_conversation,
    words,
)
from tests.rules.scenes import a_long, a_scene, a_short

LINE = "watch BTC long 65000 25x stop 63800"
AT_STOP = a_long(-0.0175, 30e6)  # 63,543 to 63,862
NUMBERS = Numbers("en_GB", "UTC")


def about(*clusters: Cluster, caps: int = 20) -> Conversation:
    return a_conversation([a_scene(*clusters or (a_short(),)).history], caps=Caps(caps))


def show(talk: Conversation, *clusters: Cluster, mark: float = 65_000.0) -> None:
    """Let the map be of some clusters, and the price somewhere."""
    history = a_scene(*clusters).history
    at = replace(history.snapshot, mark=Price(mark))
    talk.markets.histories["BTC"] = replace(history, snapshot=at)


async def looked(talk: Conversation, times: int = 3, watcher: Watcher | None = None) -> None:
    for _ in range(times):
        talk.clock.step(timedelta(seconds=20))
        await (watcher or talk.desk.alerts).look()  # type: ignore[attr-defined]


async def sent(talk: Conversation) -> list[tuple[Post, Message]]:
    """Send what is owed, and return it as it reads."""
    talk.clock.step(timedelta(seconds=15))
    at, outbox, said = talk.clock.now(), talk.desk.ledger.outbox, []
    for post in await outbox.claim_due(at, 100):
        said.append((post, message(post, NUMBERS, at)))
        done = [replace(e, state=State.SENT, ended_at=at, sent="m") for e in post.deliveries]
        await outbox.finish(replace(post, deliveries=tuple(done)))
    return said


def titles(said: Iterable[tuple[Post, Message]]) -> list[str]:
    return [plain(each.text).splitlines()[0] for _, each in said]


async def test_a_position_is_kept_listed_and_let_go() -> None:
    talk = about()
    found = await talk.ask(LINE)
    assert plain(found.text).splitlines() == [
        "#1 BTC long 65,000 25x, stop 63,800",
        "Liquidation price 62,725 on Bybit, the first of your market's venues; name yours.",
        "You hear when price comes near it, and when a cluster stands at it or the stop.",
        "Until 6 Feb 02:00 UTC. You have 1/20 alerts.",
    ]
    assert found.private
    assert words(found) == ["unwatch 1", "/check BTC long 65000 25x stop 63800"]
    assert (await talk.said("watch list")).splitlines() == [
        "Positions watched 1",
        "#1 BTC long 65,000 25x, stop 63,800 · until 6 Feb 02:00 UTC",
        "Only you see them, and you alone are told.",
    ]
    [kept] = await talk.desk.ledger.subscriptions.listed()
    assert (kept.chat, kept.user, kept.expires_at - kept.created_at) == (HOME, "ann", LASTING)
    assert "#1 BTC long 65000 25x stop 63800" in await talk.said("alerts")
    assert "Watched no more: #1 BTC long 65,000 25x" in await talk.said("watch stop 1")
    assert "None yet" in await talk.said("watch")


async def test_one_on_a_venue_without_a_stop_is_told_as_it_is_however_cheap_its_market() -> None:
    talk = a_conversation([a_history(base="PEPE", price=1.2e-5)])
    assert (await talk.said("watch PEPE long 10x okx")).splitlines()[1:3] == [
        "Liquidation price 0.00001091 on OKX.",
        "You hear when price comes near it, and when a cluster stands at it.",
    ]


async def test_ten_of_many_are_stopped_by_buttons_five_in_a_row() -> None:
    talk = about()
    for leverage in range(10, 21):
        await talk.ask(f"watch BTC long 65000 {leverage}x")
    stops = [[each.label for each in row] for row in (await talk.ask("watch")).buttons[:-1]]
    assert stops == [[f"Stop #{i}" for i in row] for row in (range(1, 6), range(6, 11))]


async def test_the_answer_of_check_leads_to_it() -> None:
    talk = about(AT_STOP)
    [watch, *_] = words(await talk.ask("check btc long 25x 65k sl 63.8k okx"))
    assert "#1 BTC long 65,000 25x, stop 63,800 on OKX" in await talk.said(watch)
    [kept] = await talk.desk.ledger.subscriptions.listed()
    assert kept.wish.holding is not None
    assert round(kept.wish.holding.liquidation) == 62_682


async def test_a_cluster_that_forms_at_the_stop_is_told_once_and_its_end_in_its_place() -> None:
    talk = about()
    await talk.ask(LINE)
    await looked(talk)
    assert await sent(talk) == []
    show(talk, AT_STOP)
    await looked(talk, 1)
    assert await sent(talk) == []  # seen once
    await looked(talk)
    [(post, said)] = await sent(talk)
    assert post.chat == HOME
    assert titles([(post, said)]) == ["BTC · Your stop is inside a cluster of longs"]
    assert "entry 65,000 · liquidation price 62,725 · stop 63,800" in plain(said.text)
    assert [each.split()[0] for each in words(said)[-3:]] == ["why", "/heatmap", "unsubscribe"]
    assert all(len(each.encode()) <= LONGEST_WORDS for each in words(said))
    await looked(talk, 30)
    assert await sent(talk) == []
    show(talk)
    await looked(talk, 50)
    assert titles(await sent(talk)) == ["BTC · Over: it is not so any more"]


async def test_a_build_up_at_the_stop_is_told_once_it_is_worth_it_until_it_dissolves() -> None:
    talk = about(a_short(0.05))  # a usual day liquidates $100M
    await talk.ask(LINE)
    told = []
    for worth in (1e6, 4.9e6, 5.1e6, 20e6, 40e6, 20e6, 4.1e6, 3.9e6, 1e6):
        show(talk, replace(AT_STOP, expected_usd=Usd(worth)))
        await looked(talk, 60)
        told += [(worth, title) for title in titles(await sent(talk))]
    opened, *rest = told
    assert opened == (5.1e6, "BTC · Your stop is inside a cluster of longs")
    assert rest == [(3.9e6, "BTC · Over: it is not so any more")]


async def test_price_that_comes_nearer_its_end_is_told_tier_by_tier() -> None:
    talk = about()
    await talk.ask("watch BTC long 65000 25x binance")  # ends at 62,651
    told = []
    for away in (0.03, 0.018, 0.009, 0.004):
        show(talk, a_short(), mark=62_651 / (1 - away))
        await looked(talk, 20)
        told += titles(await sent(talk))
    edits = ("Now:", "Goes on in a newer message")
    news = [each for each in told if not any(edit in each for edit in edits)]
    assert news == ["BTC · Price is near your liquidation price"] * 3


async def test_a_restart_repeats_nothing_and_goes_on() -> None:
    talk = about()
    await talk.ask(LINE)
    show(talk, AT_STOP)
    await looked(talk)
    assert len(await sent(talk)) == 1
    clock, ledger = talk.clock, talk.desk.ledger
    again = Watcher(clock, ledger, TERMS, talk.markets.scenes)
    await again.remember()
    await looked(talk, 10, again)
    assert await sent(talk) == []
    show(talk, AT_STOP, a_long(-0.034, 30e6))  # at the liquidation price as well
    await looked(talk, 20, again)
    assert titles(await sent(talk)) == ["BTC · Your liquidation price is inside a cluster of longs"]


async def test_what_is_true_already_is_said_at_once() -> None:
    talk = about(AT_STOP)
    said = await talk.said(LINE)
    assert "Already true now:" in said
    assert "Your stop is inside a cluster of longs" in said
    await looked(talk, 20)
    assert await sent(talk) == []


async def test_a_mute_hides_it_and_it_expires() -> None:
    talk = about()
    await talk.ask(f"{LINE} for 1d")
    await talk.ask("mute BTC 1h")
    show(talk, AT_STOP)
    await talk.desk.alerts.refresh()  # type: ignore[attr-defined]
    await looked(talk)
    assert await sent(talk) == []
    talk.clock.step(timedelta(days=1))
    await looked(talk)
    assert await talk.desk.ledger.subscriptions.listed() == ()


async def test_nobody_sees_or_ends_what_another_holds() -> None:
    talk = about(a_short(0.05))
    await talk.ask("watch BTC long 65000 25x stop 63790")
    await talk.ask("watch BTC short 65000 20x stop 66200", BOB)
    show(talk, AT_STOP, a_short(0.0175, 30e6))
    await looked(talk)
    told = {post.chat: (post, said) for post, said in await sent(talk)}
    assert set(told) == {HOME, BOB.home}
    for chat, marks in ((HOME, ("66,200", "66200")), (BOB.home, ("63,790", "63790"))):
        assert not any(mark in plain(told[chat][1].text) for mark in marks)
    why = next(each for each in words(told[HOME][1]) if each.startswith("why"))
    mine = await talk.said(why)
    assert "stop 63,790" in mine
    forged = [
        why,
        "unwatch 1",
        "watch stop 1",
        "unsubscribe 1",
        "alerts pause 1",
        "watch",
        "alerts",
        "unwatch all",
    ]
    for caller in (BOB, CAT, DAN, replace(BOB, chat=ChatId("telegram", HOME.address))):
        for line in forged:
            if line == why and caller.chat == HOME:
                continue  # whoever reads a chat may read why it was told
            said = await talk.said(line, caller)
            assert "63,790" not in said, line
            assert "63790" not in said, line
    [kept] = await talk.desk.ledger.subscriptions.listed(HOME)
    assert (kept.id, kept.paused) == (1, "")


async def test_all_of_it_is_erased_for_whoever_asks() -> None:
    talk = about()
    await talk.ask(LINE)
    show(talk, AT_STOP)
    await looked(talk)
    [(post, _)] = await sent(talk)
    await talk.ask("settings forget-everything")
    assert await talk.desk.ledger.subscriptions.listed() == ()
    assert await talk.desk.ledger.deliveries.about(post.message) == ()


async def test_positions_count_among_the_alerts_one_may_have() -> None:
    talk = about(caps=2)
    await talk.ask("subscribe BTC near")
    assert "2/2 alerts" in await talk.said(LINE)
    assert "2/2 subscriptions" in await talk.said("watch BTC short 65000 25x")
    assert "#2" in await talk.said("watch")
    assert "1 " not in (await talk.said("watch")).splitlines()[1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("watch BTC long 70000 25x binance", "Price is past the liquidation price on Binance"),
        ("watch BTC long 65000 1x binance", "say a stop to watch"),
        ("watch BTC long 65000 25x for 900d", "lasts from 1h to 365d"),
        ("watch stop 7", "You have no position 7 watched"),
        ("watch stop all", "You have no positions watched"),
        ("watch nonsense", "There is no market “nonsense”"),
    ],
)
async def test_what_cannot_be_watched_says_why(line: str, said: str) -> None:
    talk = about()
    assert said in await talk.said(line)
    assert await talk.numbers() == []


async def test_one_twice_is_told() -> None:
    talk = about()
    await talk.ask(LINE)
    assert "subscribed to already" in await talk.said("watch btc long 25x 65k stop 63.8k")


async def test_where_the_operator_wants_none_it_says_so() -> None:
    talk = about()
    rules = {name: each for name, each in TERMS.rules.items() if name != "own_position"}
    watcher = Watcher(
        talk.clock, talk.desk.ledger, replace(TERMS, rules=rules), talk.markets.scenes
    )
    there = Conversation(replace(talk.desk, alerts=watcher), talk.markets)
    assert "Positions are not watched here" in await there.said(LINE)


async def test_in_a_group_the_answer_is_for_ones_own_eyes_and_alerts_come_home() -> None:
    talk = about()
    found = await talk.ask(LINE, replace(ANN, chat=ChatId("telegram", "-100")))
    assert found.private
    [kept] = await talk.desk.ledger.subscriptions.listed()
    assert kept.chat == HOME
