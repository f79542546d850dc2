"""PRODUCT.md §2, points 9 to 17, through the whole of alerting."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from liqbot.alerting.alert import EVERYWHERE, Doubt
from liqbot.alerting.looking import Ending, Look
from liqbot.alerting.quiet import Mode, QuietHours
from liqbot.alerting.subscription import Recipient, Wish, subscribed
from liqbot.alerting.upkeep import WarmUp, blind_markets, newly_blind
from liqbot.chat.message import ChatId
from liqbot.chat.richtext import plain
from liqbot.errors import CommandError, DeliveryDelayed, DeliveryRefused
from liqbot.market.units import Side
from liqbot.rules.rule import Blind, Finding
from tests.alerting.stage import (
    CHAT,
    START,
    TERMS,
    Stage,
    a_subscription,
    cascade,
    look,
    near,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FAR: tuple[Finding, ...] = ()
APPROACH = Wish(rule="cluster_approach", base="BTC")
CASCADES = Wish(rule="cascade_start")


@pytest.mark.parametrize("mode", list(Mode))
async def test_9_quiet_hours_hold_hush_or_drop(mode: Mode) -> None:
    stage = Stage()
    await stage.subscribe()
    quiet = QuietHours(zone="UTC", start=time(12), end=time(13), mode=mode)
    await stage.prefer(Recipient(chat=CHAT, quiet=quiet))
    await stage.stay(look(near(0.018)), lasting=10 * MINUTE)
    assert len(stage.sent) == (1 if mode is Mode.SILENT else 0)
    await stage.stay(look(near(0.017)), lasting=51 * MINUTE)
    assert len(stage.sent) == (0 if mode is Mode.DROP else 1)
    if mode is Mode.SILENT:
        assert stage.posts[0].silent
    if mode is Mode.DIGEST:
        assert "1 held back, 1 still on" in stage.texts[0]
        assert "1.7%" in stage.texts[0]  # as it is now, not as it was


async def test_9_a_digest_tells_what_came_and_went_from_what_is_on() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.prefer(
        Recipient(chat=CHAT, quiet=QuietHours(zone="UTC", start=time(12), end=time(13)))
    )
    both = (*near(), *near(cluster="L2"))
    await stage.stay(look(both), lasting=10 * MINUTE)
    await stage.stay(look(near()), lasting=52 * MINUTE)
    assert len(stage.sent) == 1
    assert "2 held back, 1 still on" in stage.texts[0]
    assert "Came and went: 1 in BTC" in stage.texts[0]


async def test_9_what_is_critical_may_break_in() -> None:
    stage = Stage()
    await stage.subscribe(APPROACH, CASCADES)
    quiet = QuietHours(zone="UTC", start=time(12), end=time(13), critical=True)
    await stage.prefer(Recipient(chat=CHAT, quiet=quiet))
    await stage.stay(
        look(near(side=Side.SHORT)), look(cascade(), rule="cascade_start"), lasting=MINUTE
    )
    assert len(stage.sent) == 1
    assert "cascade" in stage.texts[0]


@pytest.mark.parametrize(
    ("kind", "said"), [("swept", "price went through it"), ("faded", "dissolved"), ("", "not so")]
)
async def test_10_what_is_over_is_said_in_the_same_message(kind: str, said: str) -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near()), lasting=MINUTE)
    ends = {"L1": Ending(kind, stage.at)} if kind else {}
    await stage.stay(look(FAR, ends=ends), lasting=7 * MINUTE)
    assert len(stage.sent) == 1
    assert len(stage.edited) == 1
    assert stage.edited[0][1] == "m1"
    assert said in stage.edits[0]


async def test_11_a_distance_that_is_a_minute_old_is_not_told() -> None:
    stage = Stage()
    await stage.subscribe()
    stage.online = False
    await stage.tick(look(near()))
    await stage.tick(look(near()))
    stage.online = True
    await stage.deliver(stage.at + timedelta(seconds=61))
    assert stage.sent == []
    await stage.stay(look(near()), lasting=MINUTE)  # still true: told with the price of now
    assert len(stage.sent) == 1


async def test_11_a_message_that_waits_is_told_with_the_distance_of_now() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near()), lasting=MINUTE)
    await stage.stay(look((*near(), *near(0.016, cluster="L2"))), lasting=2 * MINUTE)
    await stage.stay(look((*near(), *near(0.014, cluster="L2"))), lasting=4 * MINUTE)
    assert "1.4%" in stage.texts[1]
    assert "data " in stage.texts[1]


def test_11_a_market_that_goes_blind_is_one_notice() -> None:
    def looks(*seen: Blind | tuple[Finding, ...]) -> list[Look]:
        return [look(each, rule=rule) for each, rule in zip(seen, ("a", "b"), strict=True)]

    some = blind_markets(looks(Blind("no data"), FAR))
    none = blind_markets(looks(Blind("no data"), Blind("no tape")))
    assert some == {}
    assert newly_blind(some, none) == ["BTC: no data."]
    assert newly_blind(none, none) == []


def test_12_nothing_is_told_until_every_venue_has_told_and_every_market_was_looked_at() -> None:
    warm = WarmUp(frozenset({"okx", "bybit"}), frozenset({"BTC", "ETH"}))
    warm = warm.after(venues=["okx"], bases=["BTC", "ETH"])
    assert not warm.is_over
    warm = warm.after(venues=["bybit"])
    assert not warm.is_over
    assert not warm.after(bases=["BTC"]).is_over
    assert warm.after(bases=["BTC"]).after(bases=["ETH"]).is_over


async def test_12_what_is_true_already_is_no_crossing() -> None:
    stage = Stage()
    await stage.subscribe(looks=[look(near())])
    await stage.stay(look(near()), lasting=2 * HOUR, step=MINUTE)
    assert stage.sent == []
    await stage.stay(look(FAR), lasting=10 * MINUTE)
    await stage.stay(look(near()), lasting=MINUTE)
    assert len(stage.sent) == 1


async def test_13_the_cooldown_begins_with_a_message_that_arrived() -> None:
    stage = Stage()
    await stage.subscribe()
    stage.troubles = [DeliveryDelayed("busy") for _ in range(3)]
    await stage.tick(look(near()))
    await stage.tick(look(near()))
    await stage.tick(look(near()))
    assert [life.told_at for _, life in stage.lives] == [None]
    await stage.stay(look(near()), lasting=2 * MINUTE)
    assert [life.told_at for _, life in stage.lives] == [stage.sent[0][0]]
    await stage.stay(look(FAR), lasting=10 * MINUTE)
    await stage.stay(look(near()), lasting=HOUR - 13 * MINUTE)
    assert len(stage.sent) == 1
    await stage.stay(look(near()), lasting=3 * MINUTE)
    assert len(stage.sent) == 2
    assert HOUR <= stage.sent[1][0] - stage.sent[0][0] < HOUR + MINUTE


async def test_13_repeats_too_stamp_only_when_they_arrive() -> None:
    stage = Stage()
    await stage.subscribe()
    await stage.stay(look(near(0.019)), lasting=MINUTE)
    await stage.stay(look(near(0.019)), lasting=HOUR)
    stage.online = False
    await stage.stay(look(near(0.012)), lasting=3 * MINUTE)
    (before,) = [life for _, life in stage.lives]
    assert before.told_at == stage.sent[0][0]
    stage.online = True
    await stage.stay(look(near(0.012)), lasting=MINUTE)
    (after,) = [life for _, life in stage.lives]
    assert len(stage.sent) == 2
    assert after.told_at == stage.sent[1][0]


async def test_14_beyond_the_budget_there_is_one_digest_with_a_count() -> None:
    stage = Stage()
    await stage.subscribe(Wish(rule="cluster_approach"))
    await stage.prefer(Recipient(chat=CHAT, cap=3))
    looks = [look(near(base=b), base=b) for b in ("A", "B", "C", "D", "E")]
    await stage.stay(*looks, lasting=HOUR - 2 * MINUTE)
    assert len(stage.sent) == 3
    await stage.stay(*looks, lasting=4 * MINUTE)
    assert len(stage.sent) == 4
    assert "2 held back, 2 still on" in stage.texts[3]


async def test_14_fifteen_in_three_minutes_pause_a_subscription() -> None:
    stage = Stage()
    await stage.subscribe()
    many = [each for i in range(16) for each in near(cluster=f"L{i}")]
    await stage.stay(look(many), lasting=5 * MINUTE)
    assert "is paused" in "\n".join(stage.texts)
    (mine,) = await stage.ledger.subscriptions.listed()
    assert mine.paused
    (paused,) = [said for _, _, said in stage.sent if "is paused" in str(said.text)]
    assert [each.words for each in paused.buttons[0]] == ["channel resume 1", "channel remove 1"]


async def test_15_who_blocks_the_bot_is_told_nothing_more() -> None:
    stage = Stage()
    await stage.subscribe(Wish(rule="cluster_approach"))
    stage.troubles = [DeliveryRefused("blocked")]
    await stage.stay(look(near()), lasting=MINUTE)
    assert stage.roster.recipient(CHAT).disabled == "blocked"
    await stage.stay(look(near(base="ETH"), base="ETH"), lasting=10 * MINUTE)
    [(_, chat, said)] = stage.sent
    assert chat == ChatId.private(CHAT.platform, "u")  # who had the chat told
    assert "is told nothing more: blocked." in plain(said.text)


async def test_16_a_subscription_is_reminded_of_once_and_ends() -> None:
    stage = Stage()
    await stage.subscribe(expires_at=START + timedelta(hours=30))
    await stage.stay(look(near()), lasting=timedelta(hours=29), step=MINUTE)
    assert len(stage.sent) == 2
    assert "ends within 24 h" in stage.texts[1]
    assert stage.sent[1][2].buttons[0][0].label == "Extend"
    await stage.stay(look(near()), lasting=2 * HOUR, step=MINUTE)
    assert "the subscription ended" in stage.edits[-1]
    assert await stage.ledger.subscriptions.listed() == ()


def test_16_there_is_a_cap_shown_as_twenty_of_twenty() -> None:
    others = [a_subscription(number=i) for i in range(20)]
    with pytest.raises(CommandError, match="20/20"):
        subscribed(Wish(rule="cluster_fade"), CHAT, "u", START, others)


async def test_what_is_unproven_says_so_or_by_the_operators_choice_is_not_told() -> None:
    doubted = replace(TERMS, unproven={("cluster_approach", "BTC"): Doubt(40, 0.9)})
    both = look(near(0.018)), look(near(0.018, base="ETH"), base="ETH")
    for terms, told in ((doubted, 2), (replace(doubted, mute_unproven=True), 1)):
        stage = Stage(terms=terms)
        await stage.subscribe(Wish(rule="cluster_approach"))
        await stage.stay(*both, lasting=5 * MINUTE)
        assert len(stage.sent) == told
        unproven = ["unproven here: 40 alerts, lift 0.90" in each for each in stage.texts]
        assert unproven.count(True) == told - 1
    stage.terms = TERMS
    await stage.stay(*both, lasting=MINUTE)
    assert "BTC" in stage.texts[-1]


async def test_17_every_rule_can_be_subscribed_to_and_told() -> None:
    stage = Stage()
    rules = list(stage.terms.rules)
    await stage.subscribe(*(Wish(rule=rule) for rule in rules))
    looks = []
    for i, rule in enumerate(rules):
        across = stage.terms.rules[rule].across
        base = EVERYWHERE if across else f"M{i}"
        found = near(0.004, base=f"M{i}")[-1]
        first = replace(found.criteria[0], setting="none of theirs")
        seen = found if rule == "cluster_approach" else replace(found, criteria=(first,))
        looks.append(look([seen], rule=rule, base=base))
    await stage.stay(*looks, lasting=8 * MINUTE)
    told = {name.rule for name, life in stage.lives if life.told_at}
    assert told == set(rules)
