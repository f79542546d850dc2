"""Cascades that begin together are one message, however late it shows that they do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from liqbot.alerting.alert import Fingerprint, News
from liqbot.alerting.delivery import State
from liqbot.alerting.gathering import (
    GATHERED,
    WINDOW,
    Gathering,
    cascading,
    gathering,
    is_recent,
)
from liqbot.alerting.lifecycle import Life, Phase
from liqbot.alerting.looking import Look
from liqbot.alerting.quiet import Mute
from liqbot.alerting.roster import Changes, Roster
from liqbot.alerting.subscription import Recipient, Wish
from liqbot.errors import DeliveryDelayed
from liqbot.market.units import ms_of
from tests.alerting.stage import CHAT, START, Stage, a_subscription, cascade, look

SECOND, LOOK = timedelta(seconds=1), timedelta(seconds=15)
CASCADES = Wish(rule="cascade_start")
FIVE = ("BTC", "ETH", "SOL", "XRP", "ADA")
TOLD_ON = "Goes on in the message about several markets"

Begun = Mapping[str, int]  # at which look each market's cascade begins


def name(base: str, number: int = 1) -> Fingerprint:
    return Fingerprint(number, "cascade_start", base, "long")


def begun(after: timedelta, message: str = "") -> Life:
    """Return a cascade that began so long after the start, and its message."""
    at = START + after
    told_at = at + 10 * SECOND if message else None
    return Life(phase=Phase.FIRING, since=at, episode=ms_of(at), message=message, told_at=told_at)


def three(last: timedelta = WINDOW, *messages: str) -> dict[Fingerprint, Life]:
    first, second = messages or ("m1", "m2")
    return {
        name("SOL"): begun(last),
        name("ETH"): begun(50 * SECOND, second),
        name("BTC"): begun(0 * SECOND, first),
    }


def test_three_that_begin_within_the_window_go_into_the_message_of_the_first() -> None:
    lives = three()
    assert gathering(lives, {name("SOL")}, START + WINDOW) == Gathering(frozenset(lives), "m1")


@pytest.mark.parametrize(
    ("lives", "after"),
    [
        (three(WINDOW + SECOND), WINDOW + SECOND),  # the first too long before the third
        (three(), 2 * WINDOW + SECOND),  # all long ago
        ({**three(), name("SOL"): begun(WINDOW)}, WINDOW),  # the third neither told nor wanted
        ({}, WINDOW),
    ],
)
def test_what_does_not_begin_together_or_is_not_told_is_not_gathered(
    lives: Mapping[Fingerprint, Life], after: timedelta
) -> None:
    wanted = set() if after == WINDOW else {name("SOL")}
    assert gathering(lives, wanted, START + after) is None


def test_two_sides_of_a_market_are_one_market() -> None:
    lives = {**three(), name("SOL"): begun(WINDOW)}
    lives[name("BTC")._replace(about="short")] = lives.pop(name("SOL"))
    assert gathering(lives, set(lives), START + WINDOW) is None


def test_where_none_stands_yet_no_message_is_chosen() -> None:
    lives = three(WINDOW, "", "")
    assert gathering(lives, set(lives), START + WINDOW) == Gathering(frozenset(lives), "")


def test_cascades_are_those_on_of_subscriptions_that_run() -> None:
    over = begun(0 * SECOND)._replace(phase=Phase.INACTIVE)
    lives = {name("BTC", 1): begun(0 * SECOND), name("ETH", 1): over, name("SOL", 2): begun(SECOND)}
    paused = a_subscription(CASCADES, number=2, paused="too much")
    roster = Roster([a_subscription(CASCADES), paused], lives=lives)
    fresh = Changes(lives={name("XRP"): begun(SECOND)})
    assert list(cascading(roster, fresh)[CHAT]) == [name("BTC"), name("XRP")]


def test_what_stands_may_be_gathered_for_as_long_as_others_may_join_it() -> None:
    assert is_recent(begun(0 * SECOND, "m"), START + 2 * WINDOW)
    assert not is_recent(begun(0 * SECOND, "m"), START + 2 * WINDOW + SECOND)
    assert not is_recent(begun(0 * SECOND), START)


def looks(when: Begun, turn: int, lasting: int = 10**6) -> Sequence[Look]:
    """Return what is seen at one look, where each cascade lasts so many looks."""
    return [
        look(
            cascade(base=base) if first <= turn < first + lasting else (),
            rule="cascade_start",
            base=base,
        )
        for base, first in when.items()
    ]


async def watched(stage: Stage, when: Begun, turns: int, lasting: int = 10**6) -> None:
    for turn in range(turns):
        await stage.tick(*looks(when, turn, lasting), after=LOOK)


async def test_the_third_market_is_told_by_an_edit_of_the_first_message() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    await watched(stage, {"BTC": 0, "ETH": 3, "SOL": 7}, 12)
    assert len(stage.sent) == 2
    above, below = stage.edited
    assert {above[1], below[1]} == {"m1", "m2"}
    texts = {sent: text for (_, sent, _), text in zip(stage.edited, stage.edits, strict=True)}
    assert "Cascades in 3 markets: BTC, ETH, SOL" in texts["m1"]
    assert "data 5 s old" in texts["m1"]
    assert TOLD_ON in texts["m2"]
    assert len({life.message for _, life in stage.lives}) == 1


async def test_what_becomes_of_gathered_cascades_is_said_in_their_one_message() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    await watched(stage, {"BTC": 0, "ETH": 3, "SOL": 7}, 40, lasting=20)
    assert len(stage.sent) == 2
    assert {sent for _, sent, _ in stage.edited[2:]} == {"m1"}
    assert stage.edits[-1].count("Over: it is not so any more") == 3


async def test_a_fourth_market_goes_there_too_and_one_much_later_does_not() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    when = {"BTC": 0, "ETH": 3, "SOL": 6, "XRP": 8, "ADA": 40}
    await watched(stage, when, 45)
    assert "Cascades in 4 markets: BTC, ETH, SOL, XRP" in stage.edits[-1]
    assert "data 5 s old" in stage.edits[-1]
    assert len(stage.sent) == 3
    assert "ADA" in stage.texts[-1]


async def test_what_has_not_left_yet_leaves_as_an_edit_of_what_stands() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    await watched(stage, {"BTC": 0, "ETH": 4}, 5)
    await stage.tick(*looks(dict.fromkeys(("BTC", "ETH", "SOL"), 0), 0), after=5 * SECOND)
    assert len({life.message or life.owed_in for _, life in stage.lives}) == 1
    await stage.tick(*looks(dict.fromkeys(("BTC", "ETH", "SOL"), 0), 0), after=LOOK)
    assert len(stage.sent) == 1
    assert [life.message for _, life in stage.lives] == [stage.posts[0].message] * 3


async def test_as_long_as_nothing_joins_nothing_is_written() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    when = {"BTC": 0, "ETH": 3, "SOL": 7}
    await watched(stage, when, 12)
    assert (await stage.tick(*looks(when, 12), after=LOOK)).is_empty


async def test_a_look_at_one_market_alone_gathers_the_others_at_the_next() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    when = {"BTC": 0, "ETH": 3, "SOL": 5}
    await watched(stage, when, 5)
    await stage.tick(*looks({"SOL": 0}, 0), after=5 * SECOND)
    await stage.tick(after=5 * SECOND)
    assert "Cascades in 2 markets: BTC, SOL" in stage.edits[-1]
    await watched(stage, dict.fromkeys(when, 0), 2)
    assert len(stage.sent) == 2
    assert any("Cascades in 3 markets: BTC, ETH, SOL" in each for each in stage.edits)


async def test_a_message_that_is_late_is_gathered_once_it_stands() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    await watched(stage, {"BTC": 0, "ETH": 4, "SOL": 6}, 5)
    stage.troubles = [DeliveryDelayed("later")] * 3
    await stage.tick(*looks({"BTC": 0, "ETH": 0, "SOL": 1}, 0), after=LOOK)
    await watched(stage, {"BTC": 0, "ETH": 0, "SOL": 0}, 6)
    standing = {life.message for _, life in stage.lives if life.message}
    assert len(standing) == 1
    assert any("Cascades in 3 markets: BTC, ETH, SOL" in each for each in stage.edits)


async def test_a_market_that_is_muted_makes_no_two_cascades_one() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    await stage.prefer(Recipient(chat=CHAT, mutes=(Mute("SOL", START + timedelta(hours=1)),)))
    await watched(stage, {"BTC": 0, "ETH": 3, "SOL": 3}, 10)
    assert len(stage.sent) == 2
    assert stage.edits == []


async def test_what_was_gathered_is_kept_as_closed_where_it_stood() -> None:
    stage = Stage()
    await stage.subscribe(CASCADES)
    await watched(stage, {"BTC": 0, "ETH": 3, "SOL": 7}, 12)
    sent = await stage.ledger.deliveries.sent(START)
    ended = [each for each in sent if each.news is News.CLOSED]
    assert [(each.fingerprint, each.words) for each in ended] == [(name("ETH"), GATHERED)]


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys(FIVE, st.integers(0, 20))),
    st.integers(4, 30),
    st.sampled_from([5 * SECOND, LOOK]),
)
@example(dict(zip(FIVE, (0, 3, 7, 7, 15), strict=True)), 30, LOOK)
async def test_however_cascades_begin_each_stands_in_one_message_and_a_restart_changes_nothing(
    when: dict[str, int], lasting: int, pause: timedelta
) -> None:
    steady, restless = Stage(), Stage()
    for stage in (steady, restless):
        await stage.subscribe(CASCADES)
    for turn in range(30):
        for stage in (steady, restless):
            await stage.tick(*looks(when, turn, lasting), after=pause)
        await restless.restart()
    for stage in (steady, restless):
        await stage.tick(after=2 * LOOK)
    assert (restless.sent, restless.edited) == (steady.sent, steady.edited)
    told = await steady.ledger.deliveries.sent(START)
    opened = Counter(each.fingerprint for each in told if each.news is News.OPENED)
    assert opened == Counter(map(name, FIVE))
    assert all(each.state is State.SENT for each in told)
    for base, life in steady.lives:
        if life.message:
            last = {each.message: each.news for each in told if each.fingerprint == base}
            assert last.pop(life.message) is not News.CLOSED
            assert set(last.values()) <= {News.CLOSED}
