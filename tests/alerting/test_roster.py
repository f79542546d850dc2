"""What is remembered is found again, and what was changed is what is remembered."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import EVERYWHERE, Fingerprint
from liqbot.alerting.lifecycle import QUIET, Life, Phase
from liqbot.alerting.looking import demand
from liqbot.alerting.roster import Amendment, Changes, Roster
from liqbot.alerting.subscription import Recipient, Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.market.units import Side
from tests.alerting.stage import CHAT, START, a_subscription

BTC, ETH, ALL = (Wish(rule="cluster_approach", base=base) for base in ("BTC", "ETH", EVERYWHERE))
NAME = Fingerprint(1, "cluster_approach", "BTC", "L1")
ON = Life(phase=Phase.FIRING, since=START, begun=START, episode=1)

names = st.builds(
    Fingerprint,
    st.integers(1, 3),
    st.sampled_from(["cluster_approach", "cascade_start"]),
    st.sampled_from(["BTC", "ETH", EVERYWHERE]),
    st.sampled_from(["L1", "L2", "long"]),
)
lives = st.builds(
    Life,
    phase=st.sampled_from(Phase),
    owed=st.sampled_from(["", "a", "b", "c"]),
    tellings=st.integers(0, 3),
)


def subscribed(*wishes: Wish) -> list[Subscription]:
    return [a_subscription(wish, number=i) for i, wish in enumerate(wishes, 1)]


def numbers(roster: Roster, rule: str, base: str) -> list[int]:
    return sorted(each.id for _, who in roster.listeners(rule, base) for each in who)


def test_who_listens_to_a_market_are_its_own_and_those_who_listen_to_all() -> None:
    roster = Roster(subscribed(BTC, ETH, ALL, replace(BTC, rule="cluster_fade")))
    assert numbers(roster, "cluster_approach", "BTC") == [1, 3]
    assert numbers(roster, "cluster_approach", "ETH") == [2, 3]
    assert numbers(roster, "cluster_approach", "SOL") == [3]
    assert numbers(roster, "cluster_fade", "BTC") == [4]


def test_what_looks_across_markets_is_heard_by_all_who_asked_for_the_rule() -> None:
    roster = Roster(subscribed(BTC, ETH, ALL, replace(BTC, rule="cluster_fade")))
    assert numbers(roster, "cluster_approach", EVERYWHERE) == [1, 2, 3]


def test_who_is_paused_does_not_listen_until_resumed() -> None:
    (mine,) = subscribed(BTC)
    roster = Roster([replace(mine, paused="too much")])
    assert numbers(roster, "cluster_approach", "BTC") == []
    roster.put([mine])
    assert numbers(roster, "cluster_approach", "BTC") == [1]


def test_those_who_demand_the_same_are_looked_at_together() -> None:
    wanted = [BTC, replace(BTC, once=True), replace(BTC, side=Side.LONG)]
    roster = Roster(subscribed(*wanted))
    found = {who: [e.id for e in each] for who, each in roster.listeners("cluster_approach", "BTC")}
    assert found == {demand(BTC): [1, 2], demand(wanted[2]): [3]}


@given(st.lists(st.dictionaries(names, lives, max_size=4), max_size=5))
def test_after_any_changes_what_is_owed_is_what_the_lives_are_owed(
    steps: list[dict[Fingerprint, Life]],
) -> None:
    unique = [
        {name: life._replace(owed=life.owed and f"{name.digest}{life.owed}")
         for name, life in step.items()}
        for step in steps
    ]  # fmt: skip
    roster = Roster(subscribed(BTC, ETH, ALL))
    kept: dict[Fingerprint, Life] = {}
    for step in unique:
        roster.apply(Changes(lives=step))
        kept |= step
    assert dict(roster.of({1, 2, 3})) == kept
    assert roster.owed == {life.owed: name for name, life in kept.items() if life.owed}
    started_anew = Roster(subscribed(BTC, ETH, ALL), lives=kept)
    assert (started_anew.lives, started_anew.owed) == (roster.lives, roster.owed)


@given(st.dictionaries(names, lives, max_size=6))
def test_a_subscription_that_is_over_takes_its_lives_along(kept: dict[Fingerprint, Life]) -> None:
    kept = {name: life._replace(owed=life.owed and name.digest) for name, life in kept.items()}
    roster = Roster(subscribed(BTC, ETH, ALL), lives=kept)
    roster.apply(Changes(ended=[2]))
    left = {name: life for name, life in kept.items() if name.subscription != 2}
    assert dict(roster.of({1, 2, 3})) == left
    assert set(roster.owed.values()) == {name for name, life in left.items() if life.owed}
    assert sorted(roster.subscriptions) == [1, 3]


def test_clusters_that_never_come_back_are_forgotten_unless_news_of_them_is_on_its_way() -> None:
    owed = NAME._replace(about="L2")
    elsewhere = NAME._replace(base="ETH")
    across = NAME._replace(base=EVERYWHERE)
    roster = Roster(
        subscribed(BTC),
        lives={NAME: ON, owed: ON._replace(owed="d"), elsewhere: ON, across: ON},
    )
    roster.forget("BTC", ["L1", "L2"])
    assert [name for name, _ in roster.of({1})] == [owed, elsewhere]


def test_a_life_is_found_by_its_name() -> None:
    assert Roster(subscribed(BTC), lives={NAME: ON}).life(NAME) == ON


def test_a_chat_that_nothing_is_kept_of_is_as_all_chats_begin() -> None:
    kept = Recipient(chat=CHAT, zone="Europe/Berlin")
    other = ChatId("console", "2")
    roster = Roster(recipients=[kept])
    assert roster.recipient(CHAT) == kept
    assert roster.recipient(other) == Recipient(chat=other)
    roster.put(recipients=[Recipient(chat=other, zone="Asia/Tokyo")])
    assert roster.recipient(other).zone == "Asia/Tokyo"


def test_trails_are_replaced_by_their_name() -> None:
    roster = Roster(trails={"a": (START,), "b": (START,)})
    roster.apply(Changes(trails={"a": ()}))
    assert roster.trails == {"a": (), "b": (START,)}


def test_changes_are_empty_only_if_nothing_is_to_be_kept() -> None:
    assert Changes().is_empty
    for changes in (
        Changes(lives={NAME: QUIET}),
        Changes(amendments={"d": Amendment("d", "m", START, None)}),
        Changes(trails={"a": ()}),
        Changes(subscriptions={1: a_subscription()}),
        Changes(ended=[1]),
    ):
        assert not changes.is_empty
