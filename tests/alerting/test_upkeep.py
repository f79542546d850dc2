"""Subscriptions are reminded of, end and are closed where they stand; blindness is told once."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import EVERYWHERE, Fingerprint, News
from liqbot.alerting.delivery import Delivery, Post, State, claim
from liqbot.alerting.lifecycle import Life, Phase
from liqbot.alerting.looking import Look
from liqbot.alerting.roster import Roster
from liqbot.alerting.subscription import Recipient, Wish
from liqbot.alerting.upkeep import WarmUp, blind_markets, extended, kept_up, newly_blind
from liqbot.alerting.wording import message
from liqbot.chat.message import ChatId
from liqbot.chat.richtext import plain
from liqbot.rules.rule import Blind
from tests.alerting.stage import CHAT, NUMBERS, START, TERMS, a_subscription, look

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = Fingerprint(1, "cluster_approach", "BTC", "L1")
STANDS = Life(phase=Phase.FIRING, since=START, episode=1, told_at=START, tellings=1, message="M")
ONCE = Wish(rule="cluster_approach", base="BTC", once=True)
PAIRS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3)


@given(st.lists(st.tuples(PAIRS, PAIRS), max_size=6))
def test_it_is_warm_once_all_venues_told_and_then_all_markets_were_looked_at(
    steps: list[tuple[list[str], list[str]]],
) -> None:
    every = frozenset("abc")
    warm, told, looked = WarmUp(every, every), set[str](), set[str]()
    for venues, bases in steps:
        warm = warm.after(venues, bases)
        told |= set(venues)
        looked |= set(bases) if told == every else set()
        assert warm.is_over is (told == every and looked == every)


def test_a_market_is_blind_if_all_of_its_rules_are() -> None:
    def looks(base: str, *seen: Blind | tuple[()]) -> list[Look]:
        return [look(each, base=base) for each in seen]

    told = [
        *looks("BTC", Blind("no data"), Blind("no tape")),
        *looks("ETH", Blind("no tape"), ()),
        *looks(EVERYWHERE, Blind("too few markets")),
    ]
    assert blind_markets(told) == {"BTC": "no data"}


def test_a_spell_of_blindness_is_told_once_and_the_next_again() -> None:
    spells: list[dict[str, str]] = [{}, {"BTC": "no data"}, {"BTC": "no tape"}, {}, {"BTC": "x"}]
    told = [newly_blind(a, b) for a, b in pairwise(spells)]
    assert told == [["BTC: no data."], [], [], ["BTC: x."]]


@pytest.mark.parametrize(
    ("hours_left", "changes", "reminds"),
    [
        (25, {}, False),
        (24, {}, True),
        (1, {}, True),
        (1, {"reminded": True}, False),
        (1, {"paused": "too much"}, False),
        (0, {}, False),
    ],
)
def test_it_is_reminded_of_once_in_its_last_day(
    hours_left: int, changes: dict[str, Any], *, reminds: bool
) -> None:
    mine = a_subscription(expires_at=START + hours_left * HOUR, **changes)
    made = kept_up(Roster([mine]), START, TERMS)
    assert [each.news for each in made.deliveries] == [News.REMINDER] * reminds
    if reminds:
        (told,) = made.deliveries
        assert (told.words, told.chat) == ("BTC near a cluster", CHAT)
        assert made.subscriptions == {1: replace(mine, reminded=True)}


def test_of_what_nobody_looks_for_any_more_nobody_is_reminded() -> None:
    mine = a_subscription(expires_at=START + timedelta(hours=1))
    fewer = replace(TERMS, rules={})
    assert kept_up(Roster([mine]), START, fewer).is_empty
    assert kept_up(Roster([mine]), mine.expires_at, fewer).ended == [1]


def test_a_reminder_told_again_after_a_crash_is_the_same() -> None:
    roster = Roster([a_subscription(expires_at=START + HOUR)])
    one, two = (kept_up(roster, START, TERMS).deliveries[0].id for _ in range(2))
    assert one == two


def test_what_is_extended_is_reminded_of_again() -> None:
    mine = a_subscription(expires_at=START, reminded=True)
    longer = extended(mine, START + 30 * DAY)
    assert (longer.expires_at, longer.reminded) == (START + 30 * DAY, False)


def test_what_is_over_ends_and_is_closed_where_it_stands() -> None:
    other = NAME._replace(about="L2")
    roster = Roster(
        [a_subscription(expires_at=START), a_subscription(number=2)],
        lives={
            NAME: STANDS,
            other: STANDS._replace(message=""),
            NAME._replace(subscription=2): STANDS,
        },
    )
    made = kept_up(roster, START, TERMS)
    assert made.ended == [1]
    (closed,) = made.deliveries
    assert (closed.news, closed.message, closed.words) == (News.CLOSED, "M", "expired")
    assert (closed.silent, closed.state, closed.fingerprint) == (True, State.OWED, NAME)


@pytest.mark.parametrize(
    ("life", "ends"),
    [
        (Life(), False),
        (STANDS, False),  # its message may still change
        (STANDS._replace(owed="d"), False),
        (STANDS._replace(phase=Phase.INACTIVE, message=""), True),
        (STANDS._replace(told_at=None, message=""), False),  # never arrived
        (STANDS._replace(tellings=0, message=""), False),  # was true already
    ],
)
def test_who_wants_to_hear_once_has_heard_when_it_is_told_and_over(
    life: Life, *, ends: bool
) -> None:
    roster = Roster([a_subscription(ONCE)], lives={NAME: life})
    assert kept_up(roster, START, TERMS).ended == [1] * ends


def test_once_does_not_end_while_anything_of_it_stands() -> None:
    over = STANDS._replace(phase=Phase.INACTIVE, message="")
    roster = Roster([a_subscription(ONCE)], lives={NAME: over, NAME._replace(about="L2"): STANDS})
    assert kept_up(roster, START, TERMS).is_empty


def test_nothing_is_changed_of_a_subscription_that_goes_on() -> None:
    assert kept_up(Roster([a_subscription()], lives={NAME: STANDS}), START, TERMS).is_empty


def test_what_a_shared_chat_is_told_in_vain_pauses_and_who_wanted_it_hears_of_it_once() -> None:
    group, home = ChatId("telegram", "-100"), ChatId.private("telegram", "u")
    mine = [a_subscription(number=i, chat=group, user="u") for i in (1, 2)]
    theirs = a_subscription(number=3, chat=group, user="v", expires_at=START + HOUR)
    private = a_subscription(number=4, chat=home, user="u")
    gone = [Recipient(chat=each, disabled="the channel is gone") for each in (group, home)]
    roster = Roster([*mine, theirs, private], gone)
    changes = kept_up(roster, START, TERMS)
    assert {n: each.paused for n, each in changes.subscriptions.items()} == dict.fromkeys(
        (1, 2, 3), "nothing arrives, the channel is gone"
    )
    told = {each.chat: each for each in changes.deliveries}
    assert len(told) == len(changes.deliveries)
    assert set(told) == {home, ChatId.private("telegram", "v")}
    assert told[home].news is News.LOST
    assert plain(message(a_post(told[home]), NUMBERS, START).text).splitlines() == [
        "Telegram chat -100 is told nothing more: the channel is gone.",
        "2 alerts wait: #1 BTC near a cluster; #2 BTC near a cluster.",
        "They go on once I may write there again; if not, say /channel resume all there.",
    ]
    roster.apply(changes)
    assert kept_up(roster, START, TERMS).is_empty


def test_what_was_told_in_vain_goes_on_once_it_may_arrive_and_is_told_of_the_next_time() -> None:
    group = ChatId("telegram", "-100")
    told, own = (a_subscription(number=i, chat=group, paused=why) for i, why in ((1, ""), (2, "x")))
    gone, back = (Recipient(chat=group, disabled=why) for why in ("the channel is gone", ""))
    roster = Roster([told, own], [gone])
    for _ in range(2):
        lost = kept_up(roster, START, TERMS)
        assert [each.news for each in lost.deliveries] == [News.LOST]
        roster.apply(lost)
        roster.put(recipients=[back])
        again = kept_up(roster, START, TERMS)
        assert (again.subscriptions, again.deliveries) == ({1: told}, [])
        roster.apply(again)
        roster.put(recipients=[gone])


def test_many_that_wait_are_counted_and_a_few_are_named() -> None:
    group = ChatId("discord", "77")
    roster = Roster(
        [a_subscription(number=i, chat=group) for i in range(1, 9)],
        [Recipient(chat=group, disabled="the channel is gone")],
    )
    [told] = kept_up(roster, START, TERMS).deliveries
    _, waiting, _ = told.words.splitlines()
    assert waiting.startswith("8 alerts wait: #1 ")
    assert waiting.endswith("#5 BTC near a cluster; ….")


def a_post(delivery: Delivery) -> Post:
    return Post(message=delivery.message, chat=delivery.chat, deliveries=claim([delivery], START))
