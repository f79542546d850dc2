"""What is wanted goes into few messages, at its time, and nothing is lost on the way."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import EVERYWHERE, Alert, Fingerprint, News, about
from liqbot.alerting.grouping import TOO_MUCH, Want, emitted, has_told, notice
from liqbot.alerting.lifecycle import Life, Phase, Sight
from liqbot.alerting.placing import INTERVAL, WAIT, group_key
from liqbot.alerting.quiet import Mode, Mute, QuietHours
from liqbot.alerting.roster import Changes, Roster
from liqbot.alerting.subscription import Recipient, Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.market.units import Side, ms_of
from liqbot.rules.rule import Finding
from tests.alerting.stage import CHAT, START, TERMS, a_subscription, cascade, near, ratio

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SIGHT = Sight(entered=True, inside=True, value=0.015)
FIRING = Life(phase=Phase.FIRING, since=START, begun=START, episode=ms_of(START))
RULES = ("asymmetric_cluster", "cascade_start", "cluster_approach")
NOON = QuietHours(zone="UTC", start=time(12), end=time(13))
THREE = ("BTC", "ETH", "SOL")


def subscriber(number: int = 1, rule: str = "cluster_approach", **changes: object) -> Subscription:
    wish = Wish(rule=rule, **changes)  # type: ignore[arg-type]
    return a_subscription(wish, number=number)


def want(
    finding: Finding, rule: str = "cluster_approach", who: Subscription | None = None,
    at: datetime = START,
) -> Want:  # fmt: skip
    mine = who or subscriber(rule=rule)
    name = Fingerprint(mine.id, rule, finding.markets[0], about(finding))
    alert = Alert(
        fingerprint=name,
        episode=FIRING.episode,
        begun=at,
        at=at,
        data_at=at,
        finding=finding,
        chart="heatmap",
        perishable=rule == "cluster_approach",
    )
    return Want(mine, name, FIRING, News.OPENED, SIGHT, alert)


def cascades(*bases: str, at: datetime = START) -> list[Want]:
    return [want(cascade(base=base)[0], "cascade_start", at=at) for base in bases]


def found(rule: str, base: str, side: Side) -> Finding:
    if rule == "asymmetric_cluster":
        return ratio(3.0, base=base, side=side)[0]
    find = cascade if rule == "cascade_start" else near
    return find(base=base, side=side)[0]


def sent(
    *wants: Want, roster: Roster | None = None, chat: Recipient | None = None,
    at: datetime = START,
) -> Changes:  # fmt: skip
    """Emit what is wanted; the roster remembers it."""
    known = {each.subscription.id: each.subscription for each in wants}
    there = roster or Roster(known.values(), [chat] if chat else [])
    changes = Changes(lives={each.name: each.life for each in wants})
    emitted(there, wants, at, TERMS, changes)
    there.apply(changes)
    return changes


def clusters(count: int, base: str = "BTC", who: Subscription | None = None) -> list[Want]:
    return [want(near(cluster=f"L{i}", base=base)[0], who=who) for i in range(count)]


def test_what_comes_together_leaves_together_after_a_short_wait() -> None:
    made = sent(*clusters(3), *clusters(2, "ETH"))
    by_base = [
        (each.fingerprint.base, each.message) for each in made.deliveries if each.fingerprint
    ]
    assert len(set(by_base)) == 2
    assert {each.due_at for each in made.deliveries} == {START + WAIT}


@given(st.lists(st.tuples(st.sampled_from(RULES), st.sampled_from(THREE),
                          st.sampled_from(Side)), unique=True, max_size=8))  # fmt: skip
def test_whatever_is_wanted_is_owed_once_in_a_message_of_its_chat(
    parts: list[tuple[str, str, Side]],
) -> None:
    wants = [want(found(r, b, s), r, subscriber(i, r)) for i, (r, b, s) in
             enumerate(parts, 1)]  # fmt: skip
    roster = Roster([each.subscription for each in wants])
    made = sent(*wants, roster=roster)
    loud = {(each.name.base, each.alert.finding.side) for each in wants
            if each.name.rule == "cascade_start"}  # fmt: skip
    inhibited = {each.name for each in wants if each.alert.perishable
                 and (each.name.base, each.alert.finding.side) in loud}  # fmt: skip
    owed = [each.fingerprint for each in made.deliveries]
    assert len(owed) == len(set(owed))
    assert set(owed) == {each.name for each in wants} - inhibited
    for each in made.deliveries:
        assert each.fingerprint is not None
        life = roster.life(each.fingerprint)
        amended = made.amendments.get(each.id)
        message = amended.message if amended else each.message
        assert (life.owed, life.owed_in) == (each.id, message)


def test_the_same_tick_again_owes_the_same_deliveries() -> None:
    one, two = (sent(*clusters(3)).deliveries for _ in range(2))
    assert one == two


def test_the_next_message_of_a_market_waits_unless_it_is_critical() -> None:
    first = clusters(1)[0]
    roster = Roster([first.subscription, subscriber(2, "cascade_start")])
    sent(first, roster=roster)
    later = START + MINUTE
    (second,) = sent(*clusters(2)[1:], roster=roster, at=later).deliveries
    assert second.due_at == START + WAIT + INTERVAL
    loud = want(cascade(side=Side.SHORT)[0], "cascade_start", subscriber(2, "cascade_start"))
    (third,) = sent(loud, roster=roster, at=later).deliveries
    assert third.due_at == later + WAIT


def test_what_still_waits_is_joined() -> None:
    roster = Roster([subscriber()])
    (first,) = sent(*clusters(1), roster=roster).deliveries
    (second,) = sent(*clusters(2)[1:], roster=roster, at=START + 5 * SECOND).deliveries
    assert (second.message, second.due_at) == (first.message, first.due_at)


@pytest.mark.parametrize(
    "chat",
    [
        Recipient(chat=CHAT, disabled="blocked"),
        Recipient(chat=CHAT, mutes=(Mute("BTC", START + SECOND),)),
        Recipient(chat=CHAT, mutes=(Mute(EVERYWHERE, START + SECOND),)),
    ],
)
def test_who_wants_to_hear_nothing_is_owed_nothing_and_it_stays_wanted(chat: Recipient) -> None:
    made = sent(*clusters(1), chat=chat)
    assert made.deliveries == []
    assert [life.owed for life in made.lives.values()] == [""]


def test_a_mute_of_another_market_mutes_nothing_here() -> None:
    assert sent(
        *clusters(1), chat=Recipient(chat=CHAT, mutes=(Mute("ETH", START + HOUR),))
    ).deliveries


@pytest.mark.parametrize(
    ("mode", "due_at", "silent", "held"),
    [
        (Mode.DIGEST, START + HOUR, False, True),
        (Mode.SILENT, START + WAIT, True, False),
    ],
)
def test_quiet_hours_hold_or_hush(
    mode: Mode, due_at: datetime, *, silent: bool, held: bool
) -> None:
    made = sent(*clusters(2), chat=Recipient(chat=CHAT, quiet=replace(NOON, mode=mode)))
    assert [(each.due_at, each.silent, each.held) for each in made.deliveries] == [
        (due_at, silent, held)
    ] * 2
    assert len({each.message for each in made.deliveries}) == 1


def test_what_quiet_hours_drop_is_passed_over() -> None:
    quiet = replace(NOON, mode=Mode.DROP)
    made = sent(*clusters(1), chat=Recipient(chat=CHAT, quiet=quiet))
    assert made.deliveries == []
    assert [life.armed for life in made.lives.values()] == [False]


def test_a_digest_counts_as_no_message_of_the_hour() -> None:
    made = sent(*clusters(1), chat=Recipient(chat=CHAT, quiet=NOON))
    assert made.trails.keys() == {"fires|1|BTC"}


def test_beyond_the_hours_budget_all_goes_into_one_digest() -> None:
    chat = Recipient(chat=CHAT, cap=2)
    wants = [each for base in ("A", "B", "C", "D") for each in clusters(1, base)]
    made = sent(*wants, chat=chat).deliveries
    assert [each.held for each in made] == [False, False, True, True]
    assert made[2].message == made[3].message
    assert made[2].due_at == START + WAIT + HOUR


@given(st.integers(1, 5), st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_no_hour_has_more_messages_than_its_budget_and_a_digest(
    cap: int, minutes: list[int]
) -> None:
    roster = Roster([subscriber()], [Recipient(chat=CHAT, cap=cap)])
    at, messages = START, {}
    for i, pause in enumerate(minutes):
        at += pause * MINUTE
        for each in sent(want(near(base=f"M{i}")[0], at=at), roster=roster, at=at).deliveries:
            messages[each.message] = each.due_at
    for due_at in messages.values():
        assert sum(due_at <= other < due_at + HOUR for other in messages.values()) <= cap + 1


def test_cascades_in_three_markets_within_a_minute_are_one_message() -> None:
    roster = Roster([subscriber(rule="cascade_start")])
    made = sent(*cascades(*THREE), roster=roster)
    told = {each.id: each.message for each in made.deliveries}
    told |= {number: each.message for number, each in made.amendments.items()}
    assert len(set(told.values())) == 1
    assert {life.owed_in for _, life in roster.of({1})} == set(told.values())


def test_cascades_in_two_markets_are_two_messages() -> None:
    made = sent(*cascades("BTC", "ETH"))
    assert len({each.message for each in made.deliveries}) == 2
    assert made.amendments == {}


def test_a_cascade_hides_what_is_near_on_its_side_and_nothing_else() -> None:
    loud = cascades("BTC")[0]
    who = subscriber(2)
    quiet = [
        want(near()[0], who=who),
        want(near(side=Side.SHORT, cluster="S1")[0], who=who),
        want(near(base="ETH")[0], who=who),
        want(ratio(3.0)[0], "asymmetric_cluster", subscriber(3, "asymmetric_cluster")),
    ]
    owed = {each.fingerprint for each in sent(loud, *quiet).deliveries}
    assert owed == {each.name for each in (loud, *quiet[1:])}


@pytest.mark.parametrize(("falling", "hidden"), [(THREE, True), (THREE[:2], False)])
def test_what_is_near_in_several_markets_is_hidden_by_cascades_in_all_of_them(
    falling: tuple[str, ...], *, hidden: bool
) -> None:
    risk = want(replace(near()[0], markets=THREE), who=subscriber(2))
    risk = risk._replace(name=risk.name._replace(base=EVERYWHERE))
    owed = [each.fingerprint for each in sent(*cascades(*falling), risk).deliveries]
    assert (risk.name not in owed) is hidden


def test_a_cascade_hides_nothing_from_another_chat() -> None:
    other = replace(subscriber(2), chat=ChatId("console", "2"))
    made = sent(*cascades("BTC"), want(near()[0], who=other))
    assert len(made.deliveries) == 2


def test_the_fifteenth_in_three_minutes_pauses_a_subscription_and_says_so() -> None:
    made = sent(*clusters(16))
    assert [each.news for each in made.deliveries] == [News.OPENED] * 14 + [News.PAUSED]
    assert made.subscriptions[1].paused == TOO_MUCH
    assert made.deliveries[-1].words == "all near a cluster"


def test_fourteen_a_market_pause_nothing() -> None:
    assert sent(*clusters(14), *clusters(14, "ETH")).subscriptions == {}


def test_who_wants_to_hear_once_hears_once() -> None:
    who = subscriber(once=True)
    roster = Roster([who])
    assert len(sent(*clusters(3, who=who), roster=roster).deliveries) == 1
    assert sent(*clusters(3, who=who)[1:], roster=roster, at=START + MINUTE).deliveries == []


def test_it_counts_as_told_once_it_is_on_its_way_but_not_if_it_was_true_already() -> None:
    assert has_told(FIRING._replace(owed="d"))
    assert has_told(FIRING._replace(tellings=1, told_at=START))
    assert not has_told(FIRING._replace(told_at=START))
    assert not has_told(FIRING)


def test_a_notice_is_due_at_once_and_known_by_its_moment() -> None:
    one = notice(subscriber(), News.REMINDER, START, "w")
    assert (one.due_at, one.words, one.message) == (START, "w", one.id)
    assert one.id != notice(subscriber(), News.REMINDER, START + SECOND, "w").id
    assert group_key(CHAT, "BTC") != group_key(CHAT, "ETH")
