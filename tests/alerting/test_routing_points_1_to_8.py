"""PRODUCT.md §2, points 1 to 8, through the whole of alerting."""

from dataclasses import replace
from datetime import timedelta

from liqbot.alerting.looking import Ending
from liqbot.alerting.quiet import Mute
from liqbot.alerting.subscription import Recipient, Wish
from liqbot.chat.message import ChatId
from liqbot.market.units import Side
from liqbot.rules.rule import Finding
from tests.alerting.stage import (
    CHAT,
    START,
    Stage,
    cascade,
    look,
    near,
    ratio,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FAR: tuple[Finding, ...] = ()
APPROACH = Wish(rule="cluster_approach", base="BTC")
CASCADES = Wish(rule="cascade_start")


async def test_1_a_fingerprint_follows_its_cluster_until_that_has_migrated() -> None:
    stage = Stage()
    (mine,) = await stage.subscribe()
    await stage.stay(look(near(0.015)), lasting=MINUTE)
    gone = {"L1": Ending("migrated", stage.at)}
    await stage.stay(look(near(0.004), ends=gone), lasting=2 * HOUR, step=MINUTE)
    assert len(stage.sent) == 1
    assert "it moved more than 1%" in stage.edits[-1]
    again = replace(mine, followed_at=stage.at)
    await stage.ledger.subscriptions.put(again)
    stage.roster.put([again])
    await stage.stay(look(near(0.004), ends=gone), lasting=2 * MINUTE)
    assert len(stage.sent) == 2


async def test_2_distance_waits_for_two_looks_structure_for_a_bar_a_cascade_for_nothing() -> None:
    stage = Stage()
    await stage.subscribe(APPROACH, Wish(rule="asymmetric_cluster", base="BTC"), CASCADES)
    begin = stage.at
    seen = [
        look(near()),
        look(ratio(3.0), rule="asymmetric_cluster"),
        look(cascade(), rule="cascade_start"),
    ]
    first = await stage.tick(*seen)
    assert [each.rule for each, life in first.lives.items() if life.is_on] == ["cascade_start"]
    second = await stage.tick(*seen)
    assert "cluster_approach" in [each.rule for each, life in second.lives.items() if life.is_on]
    while not any(n.rule == "asymmetric_cluster" and life.is_on for n, life in stage.lives):
        await stage.tick(*seen)
    assert timedelta(minutes=5) <= stage.at - begin <= timedelta(minutes=5, seconds=20)


async def test_3_it_is_on_until_the_farther_line() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near(0.0199)), lasting=MINUTE)
    await stage.stay(look(near(0.0249)), lasting=HOUR)
    assert stage.edits == []
    await stage.stay(look(FAR), lasting=6 * MINUTE)
    assert len(stage.edits) == 1
    assert "Over: " in stage.edits[0]


async def test_4_it_lasts_a_while_after_it_was_last_seen() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near()), lasting=MINUTE)
    await stage.stay(look(FAR), lasting=4 * MINUTE)
    await stage.stay(look(near()), lasting=MINUTE)
    await stage.stay(look(FAR), lasting=timedelta(minutes=5))
    assert stage.edits == []
    await stage.stay(look(FAR), lasting=MINUTE)
    assert len(stage.edits) == 1


async def test_5_it_is_told_anew_after_the_cooldown_and_only_with_something_new() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near(0.019)), lasting=3 * HOUR, step=MINUTE)
    assert len(stage.sent) == 1
    await stage.stay(look(near(0.012)), lasting=2 * MINUTE)  # a quarter nearer
    assert len(stage.sent) == 2
    await stage.stay(look(near(0.009)), lasting=30 * MINUTE)  # a tier, but too soon
    assert len(stage.sent) == 2
    assert "Now: " in stage.edits[-1]
    await stage.stay(look(near(0.009)), lasting=31 * MINUTE)
    assert len(stage.sent) == 3
    await stage.stay(look(FAR), lasting=10 * MINUTE)  # re-armed
    await stage.stay(look(near(0.019)), lasting=45 * MINUTE)
    assert len(stage.sent) == 3
    await stage.stay(look(near(0.019)), lasting=15 * MINUTE)
    assert len(stage.sent) == 4


async def test_6_the_nearest_tier_speaks_alone() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near(0.004)), lasting=MINUTE)
    assert len(stage.sent) == 1
    assert "(at most 0.5%)" in stage.texts[0]


async def test_6_a_cascade_inhibits_what_is_near_on_its_side() -> None:
    stage = Stage()
    await stage.subscribe(APPROACH, CASCADES)
    both = (*near(), *near(side=Side.SHORT, cluster="S1"))
    looks = (look(both), look(cascade(), rule="cascade_start"))
    await stage.stay(*looks, lasting=7 * MINUTE)
    said = "\n".join(stage.texts)
    assert "cascade" in said
    told = {each.about for each, life in stage.lives if life.told_at}
    assert told == {"long", "S1"}


async def test_6_cascades_in_three_markets_are_one_message() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    looks = [look(cascade(base=b), rule="cascade_start", base=b) for b in ("BTC", "ETH", "SOL")]
    await stage.tick(looks[0])
    await stage.tick(*looks[1:], after=timedelta(seconds=5))
    await stage.stay(*looks, lasting=MINUTE)
    assert len(stage.sent) == 1
    assert "Cascades in 3 markets: BTC, ETH, SOL" in stage.texts[0]


async def test_6_one_venue_and_grade_c_are_for_those_who_ask() -> None:
    stage = Stage()
    other = ChatId("console", "2")
    await stage.subscribe()
    await stage.subscribe(replace(APPROACH, lone=True, grade="C"), chat=other)
    poor = (*near(venues=1), *near(cluster="L2", grade="C"))
    await stage.stay(look(poor), lasting=MINUTE)
    assert {chat for _, chat, _ in stage.sent} == {other}


async def test_7_alerts_of_a_market_come_together_and_four_are_summed_up() -> None:
    stage = Stage()
    await stage.subscribe()
    found = [near(cluster=f"L{i}", usd=i * 10e6) for i in range(1, 6)]
    await stage.stay(look([each for tiers in found for each in tiers]), lasting=MINUTE)
    assert len(stage.sent) == 1
    assert "BTC: 5 alerts" in stage.texts[0]
    assert "$50.0M" in stage.texts[0]
    assert "$10.0M" not in stage.texts[0]
    labels = [each.label for row in stage.sent[0][2].buttons for each in row]
    assert "+2 more" in labels


async def test_7_the_next_message_of_a_market_waits_five_minutes() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near()), lasting=MINUTE)
    both = (*near(), *near(cluster="L2"))
    await stage.stay(look(both), lasting=10 * MINUTE)
    first, second = (at for at, _, _ in stage.sent)
    assert timedelta(minutes=5) <= second - first <= timedelta(minutes=5, seconds=10)


async def test_8_a_mute_holds_back_what_is_still_true_at_its_end() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.prefer(Recipient(chat=CHAT, mutes=(Mute("BTC", START + HOUR),)))
    await stage.stay(look(near()), lasting=HOUR - MINUTE)
    assert stage.sent == []
    await stage.stay(look(near()), lasting=3 * MINUTE)
    assert len(stage.sent) == 1
    assert "Mute 15m" in [b.label for b in stage.sent[0][2].buttons[0]]
