"""What a chat is owed arrives once, is tried again with patience, or is given up for a reason."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import Alert, Fingerprint, News
from liqbot.alerting.delivery import (
    FRESH,
    LEASE,
    MOST_FAILURES,
    Delivery,
    Post,
    State,
    claim,
    delivery_id,
    health,
    is_due,
    latest,
    next_step,
    prepared,
)
from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import ChatId
from liqbot.errors import ChatMoved, DeliveryDelayed, DeliveryError, DeliveryRefused
from tests.alerting.stage import CHAT, START, near

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NAME = Fingerprint(1, "cluster_approach", "BTC", "L1")
OTHER = NAME._replace(about="L2")

outcomes = st.one_of(
    st.just("m1"),
    st.just(DeliveryRefused("blocked")),
    st.builds(
        DeliveryDelayed,
        st.just("busy"),
        retry_at=st.none() | st.integers(0, 7200).map(lambda s: START + s * SECOND),
    ),
    st.just(ChatMoved("moved", moved_to="9")),
    st.just(DeliveryError("odd")),
)


def an_alert(name: Fingerprint = NAME, *, at: datetime = START, perishable: bool = True) -> Alert:
    return Alert(
        fingerprint=name,
        episode=1,
        begun=START,
        at=at,
        data_at=at,
        finding=near()[0],
        chart="heatmap",
        perishable=perishable,
    )


def a_delivery(
    news: News = News.OPENED, *, name: Fingerprint | None = NAME, **changes: object
) -> Delivery:
    told = None if news in (News.CLOSED, News.OUTCOME) or name is None else an_alert(name)
    values = {
        "id": f"{news} {name}",
        "message": "M",
        "chat": CHAT,
        "subscription": 1,
        "news": news,
        "made_at": START,
        "due_at": START,
        "fingerprint": name,
        "episode": 1,
        "alert": told,
    }
    return Delivery(**(values | changes))  # type: ignore[arg-type]


def a_post(*deliveries: Delivery, at: datetime = START) -> Post:
    return Post(message="M", chat=CHAT, deliveries=claim(deliveries or (a_delivery(),), at))


def states(post: Post) -> list[State]:
    return [each.state for each in post.deliveries]


def tried(outcomes: Iterable[str | DeliveryError], chance: float = 0.5) -> list[Delivery]:
    """Try one delivery whenever it is due; return it after each attempt."""
    delivery, steps = a_delivery(), []
    for outcome in outcomes:
        at = delivery.due_at
        (delivery,) = next_step(a_post(delivery, at=at), outcome, at, chance).deliveries
        steps.append(delivery)
    return steps


@given(st.lists(outcomes, min_size=1, max_size=30), st.floats(0, 1))
def test_after_each_attempt_it_is_owed_for_later_or_over(
    tries: list[str | DeliveryError], chance: float
) -> None:
    delivery = a_delivery()
    for outcome in tries:
        at = delivery.due_at
        (after,) = next_step(a_post(delivery, at=at), outcome, at, chance).deliveries
        if after.state is not State.OWED:
            assert after.state in (State.SENT, State.REFUSED, State.EXPIRED)
            assert after.ended_at == at
            assert (after.sent == "m1") is (after.state is State.SENT)
            return
        assert after.due_at >= at
        assert after.ended_at is None
        assert after.attempts == delivery.attempts + 1
        delivery = after


@given(st.floats(0, 1))
def test_it_is_tried_less_and_less_often(chance: float) -> None:
    steps = tried([DeliveryDelayed("busy")] * 14, chance)
    dues = [START, *(each.due_at for each in steps)]
    waits = [(late - early) / SECOND for early, late in pairwise(dues)]
    usual = [min(2.0 * 2**i, 900.0) for i in range(14)]
    for wait, without_chance in zip(waits, usual, strict=True):
        assert wait == pytest.approx(without_chance * (0.5 + chance))


def test_chance_parts_those_that_failed_together() -> None:
    waits = {tried([DeliveryDelayed("busy")], i / 10)[0].due_at for i in range(11)}
    assert len(waits) == 11


def test_it_is_not_tried_before_the_platform_said() -> None:
    later = START + HOUR
    assert tried([DeliveryDelayed("limit", retry_at=later)])[0].due_at == later
    assert tried([DeliveryDelayed("limit", retry_at=START)])[0].due_at == START + 2 * SECOND


def test_what_is_refused_is_over_at_once() -> None:
    post = next_step(a_post(), DeliveryRefused("blocked"), START, 0.5)
    assert states(post) == [State.REFUSED]


def test_a_chat_that_moved_is_tried_at_once_where_it_is_now() -> None:
    post = next_step(a_post(), ChatMoved("moved", moved_to="9"), START, 0.5)
    (delivery,) = post.deliveries
    assert post.chat == delivery.chat == ChatId("console", "9")
    assert (delivery.state, delivery.due_at) == (State.OWED, START)


def test_after_a_day_it_is_tried_no_more_but_a_digest_is() -> None:
    at = START + timedelta(hours=24)
    post = a_post(a_delivery(), a_delivery(name=OTHER, held=True), at=at)
    after = next_step(post, DeliveryDelayed("busy"), at, 0.5)
    assert states(after) == [State.EXPIRED, State.OWED]


def test_only_what_was_claimed_is_sent() -> None:
    stands = a_delivery(state=State.SENT, sent="m1", ended_at=START)
    refused = a_delivery(name=OTHER, state=State.REFUSED, ended_at=START)
    edit = a_delivery(News.CHANGED)
    post = a_post(stands, refused, edit)
    assert post.sent == "m1"
    assert [each.news for each in post.claimed] == [News.CHANGED]
    assert [each.news for each in post.said] == [News.OPENED, News.CHANGED]
    after = next_step(post, "m1", START + MINUTE, 0.5)
    assert after.deliveries[:2] == (stands, refused)
    assert after.deliveries[2].ended_at == START + MINUTE


def test_a_claim_is_a_lease() -> None:
    claimed = claim([a_delivery()], START)
    assert not is_due(claimed, START + LEASE - SECOND)
    assert is_due(claimed, START + LEASE)


@given(
    st.lists(st.tuples(st.sampled_from(State), st.integers(-5, 5)), max_size=5), st.integers(-6, 6)
)
def test_a_message_is_due_once_all_that_waits_in_it_is(
    parts: list[tuple[State, int]], after: int
) -> None:
    deliveries = [a_delivery(state=s, due_at=START + m * MINUTE) for s, m in parts]
    waiting = [m for s, m in parts if s in (State.OWED, State.CLAIMED)]
    assert is_due(deliveries, START + after * MINUTE) is (
        bool(waiting) and all(m <= after for m in waiting)
    )


@given(st.lists(st.sampled_from(State), max_size=5))
def test_what_is_over_is_not_claimed_again(parts: list[State]) -> None:
    before = [a_delivery(state=each) for each in parts]
    for old, new in zip(before, claim(before, START), strict=True):
        waits = old.state in (State.OWED, State.CLAIMED)
        assert new.state is (State.CLAIMED if waits else old.state)
        assert (new == old) is not waits


@pytest.mark.parametrize(
    ("perishable", "late", "state"),
    [
        (True, FRESH, State.CLAIMED),
        (True, FRESH + SECOND, State.EXPIRED),
        (False, HOUR, State.CLAIMED),
    ],
)
def test_a_distance_is_not_told_once_it_is_old(
    perishable: bool,
    late: timedelta,
    state: State,
) -> None:
    post = a_post(a_delivery(alert=an_alert(perishable=perishable)), at=START + late)
    assert states(prepared(post, START + late)) == [state]


def test_what_is_changed_before_it_left_is_as_fresh_as_the_change() -> None:
    at = START + HOUR
    edit = a_delivery(News.CHANGED, alert=an_alert(at=at))
    assert states(prepared(a_post(a_delivery(), edit, at=at), at)) == [State.CLAIMED] * 2


def test_a_message_that_stands_is_changed_however_old_its_alert_is() -> None:
    stands = a_delivery(state=State.SENT, sent="m1")
    post = a_post(stands, a_delivery(News.CLOSED), at=START + HOUR)
    assert prepared(post, START + HOUR) is post


def test_what_came_and_went_in_the_night_keeps_its_line_in_the_digest() -> None:
    at = START + 8 * HOUR
    parts = [
        a_delivery(held=True),
        a_delivery(News.CLOSED),
        a_delivery(name=OTHER, held=True),
    ]
    assert states(prepared(a_post(*parts, at=at), at)) == [
        State.CLAIMED,
        State.CLAIMED,
        State.EXPIRED,
    ]


def test_an_end_of_what_never_was_told_is_not_told() -> None:
    refused = a_delivery(state=State.REFUSED)
    post = prepared(a_post(refused, a_delivery(News.CLOSED)), START)
    assert states(post) == [State.REFUSED, State.EXPIRED]


def test_what_was_last_seen_is_no_outcome_and_no_end() -> None:
    edit = a_delivery(News.CHANGED)
    outcome = a_delivery(News.OUTCOME, alert=an_alert())
    said = [a_delivery(), edit, outcome, a_delivery(News.CLOSED), a_delivery(name=None)]
    assert latest(said) == {NAME: edit}


def test_a_message_is_silent_only_if_all_of_it_is() -> None:
    hushed = a_delivery(silent=True)
    assert a_post(hushed).silent
    assert not a_post(hushed, a_delivery(name=OTHER)).silent


@pytest.mark.parametrize("failures", [MOST_FAILURES - 2, MOST_FAILURES - 1])
def test_a_chat_that_fails_too_often_is_told_nothing_more(failures: int) -> None:
    before = Recipient(chat=CHAT, failures=failures)
    after = health(before, a_post(), DeliveryDelayed("busy"))
    assert bool(after.disabled) is (failures + 1 >= MOST_FAILURES)


def test_one_message_that_arrives_makes_a_chat_well() -> None:
    assert health(Recipient(chat=CHAT, failures=19), a_post(), "m1").failures == 0


def test_who_refuses_a_message_is_told_nothing_more_but_an_edit_may_be_refused() -> None:
    fresh = Recipient(chat=CHAT)
    assert health(fresh, a_post(), DeliveryRefused("blocked")).disabled == "blocked"
    stands = a_delivery(state=State.SENT, sent="m1")
    edit = a_post(stands, a_delivery(News.CLOSED))
    assert health(fresh, edit, DeliveryRefused("message is gone")).disabled == ""


def test_a_chat_that_moved_did_not_fail() -> None:
    after = health(Recipient(chat=CHAT, failures=3), a_post(), ChatMoved("m", moved_to="9"))
    assert after == Recipient(chat=ChatId("console", "9"), failures=3)


def test_one_piece_of_news_has_one_name_whoever_computes_it() -> None:
    name = delivery_id(NAME, 1, CHAT, News.OPENED, "1")
    assert name == delivery_id(NAME, 1, CHAT, News.OPENED, "1")
    others = {
        delivery_id(OTHER, 1, CHAT, News.OPENED, "1"),
        delivery_id(NAME, 2, CHAT, News.OPENED, "1"),
        delivery_id(NAME, 1, replace(CHAT, address="2"), News.OPENED, "1"),
        delivery_id(NAME, 1, CHAT, News.REPEATED, "1"),
        delivery_id(NAME, 1, CHAT, News.OPENED, "2"),
    }
    assert len(others | {name}) == 6


def test_a_delivery_knows_its_alert() -> None:
    assert [a_delivery().alert_id, a_delivery(name=None).alert_id] == [an_alert().id, ""]
