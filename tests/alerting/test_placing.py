"""News of a chat leaves in few messages, each at its time."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import News
from liqbot.alerting.grouping import notice
from liqbot.alerting.placing import INTERVAL, WAIT, Places, group_key, owed_apart
from liqbot.alerting.quiet import Mode, Mute, QuietHours
from liqbot.alerting.roster import Changes, Roster
from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import ChatId
from liqbot.rules.rule import Severity
from tests.alerting.stage import CHAT, START, a_subscription

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
INFO, CRITICAL = Severity.INFO, Severity.CRITICAL


def noon(mode: Mode, second: int = 0) -> QuietHours:
    return QuietHours(zone="UTC", start=time(12, 0, second), end=time(13), mode=mode)


def places(
    recipient: Recipient | None = None,
    at: datetime = START,
    trails: Mapping[str, tuple[datetime, ...]] | None = None,
) -> tuple[Places, Changes]:
    roster, changes = Roster(recipients=[recipient] if recipient else [], trails=trails), Changes()
    return Places(roster, at, changes), changes


def test_what_is_critical_waits_for_no_interval_and_the_rest_then_leaves_with_it() -> None:
    last = {group_key(CHAT, "BTC"): (START - SECOND,)}
    found, _ = places(trails=last)
    later = found.of(CHAT, "BTC", INFO)
    soon = found.of(CHAT, "BTC", CRITICAL)
    assert later
    assert soon
    assert (later.due_at, soon.due_at) == (START - SECOND + INTERVAL, START + WAIT)
    assert found.of(CHAT, "BTC", INFO) == soon


@given(
    st.lists(st.tuples(st.sampled_from(["BTC", "ETH", ""]), st.sampled_from(Severity)), max_size=9),
    st.integers(1, 3),
    st.none() | st.sampled_from(Mode),
    st.sampled_from([-600, -100, 5, 100]),
)
def test_whoever_asks_again_is_answered_as_if_nobody_had_remembered(
    asked: list[tuple[str, Severity]], cap: int, mode: Mode | None, last_s: int
) -> None:
    quiet = noon(mode, second=5) if mode else None
    roster = Roster(
        recipients=[Recipient(chat=CHAT, cap=cap, quiet=quiet)],
        trails={group_key(CHAT, "BTC"): (START + last_s * SECOND,)},
    )
    changes, others = Changes(), Changes()
    found = Places(roster, START, changes)
    for base, severity in asked:
        anew = Places(roster, START, others).of(CHAT, base, severity)
        assert found.of(CHAT, base, severity) == anew
    assert changes == others


def test_the_message_that_waits_is_the_one_that_the_next_news_joins() -> None:
    found, _ = places()
    assert found.waiting(CHAT, "") is None
    assert found.of(CHAT, "", INFO) == found.waiting(CHAT, "")
    left, _ = places(trails={group_key(CHAT, ""): (START,)})
    assert left.waiting(CHAT, "") is None


@pytest.mark.parametrize(
    ("mode", "due_at", "silent", "held"),
    [
        (None, START, False, False),
        (Mode.SILENT, START, True, False),
        (Mode.DIGEST, START + HOUR, False, True),
    ],
)
def test_a_message_of_its_own_leaves_at_once_as_quiet_hours_let_it(
    mode: Mode | None, due_at: datetime, *, silent: bool, held: bool
) -> None:
    quiet = noon(mode) if mode else None
    found, _ = places(Recipient(chat=CHAT, quiet=quiet))
    place = found.alone(CHAT, "m", INFO)
    assert place
    assert (place.due_at, place.silent, place.held) == (due_at, silent, held)
    assert (place.message == "m") is not held


def test_what_comes_by_itself_is_dropped_or_counted_like_all_else() -> None:
    news, made = notice(a_subscription(), News.OUTCOME, START, "It was swept."), Changes()
    quiet = noon(Mode.DROP)
    owed_apart(Roster(recipients=[Recipient(chat=CHAT, quiet=quiet)]), news, INFO, made)
    assert made.is_empty
    roster = Roster(recipients=[Recipient(chat=CHAT, cap=1)])
    for _ in range(2):
        owed_apart(roster, news, INFO, made)
    assert [(each.held, each.due_at) for each in made.deliveries] == [
        (False, START),
        (True, START + HOUR),
    ]


def test_who_is_disabled_or_muted_a_market_hears_nothing_of_it() -> None:
    muted = Recipient(chat=CHAT, mutes=(Mute("BTC", START + HOUR),))
    found, _ = places(muted)
    assert not found.is_heard(CHAT, "BTC")
    assert found.is_heard(CHAT, "ETH")
    assert not places(Recipient(chat=CHAT, disabled="blocked"))[0].is_heard(CHAT, "ETH")


def test_each_chat_and_market_has_its_own_group() -> None:
    other = ChatId("console", "2")
    keys = {group_key(chat, base) for chat in (CHAT, other) for base in ("BTC", "ETH")}
    assert len(keys) == 4
    assert timedelta(0) < WAIT < INTERVAL
