"""Who may ask for what, for how long, and how a chat is told."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from liqbot.alerting.quiet import Mode, Mute, QuietHours
from liqbot.alerting.subscription import (
    CAP,
    LASTING,
    LONGEST,
    SHORTEST,
    Caps,
    Recipient,
    Wish,
    check_room,
    checked_lasting,
    subscribed,
)
from liqbot.errors import CommandError, OutOfRange
from liqbot.rules.rule import Severity
from tests.alerting.stage import CHAT, START, a_subscription

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
WISH = Wish(rule="cluster_approach", base="BTC")


@pytest.mark.parametrize("cooldown", [SHORTEST, LONGEST])
def test_a_cooldown_may_be_from_a_minute_to_a_day(cooldown: timedelta) -> None:
    assert Wish(rule="x", cooldown=cooldown).cooldown == cooldown


@pytest.mark.parametrize("cooldown", [SHORTEST - SECOND, LONGEST + SECOND, -HOUR])
def test_another_cooldown_is_refused(cooldown: timedelta) -> None:
    with pytest.raises(OutOfRange, match="from 1m to 24h"):
        Wish(rule="x", cooldown=cooldown)


@pytest.mark.parametrize("grade", ["", "E", "AB", "a"])
def test_another_grade_is_refused(grade: str) -> None:
    with pytest.raises(OutOfRange, match="A, B, C or D"):
        Wish(rule="x", grade=grade)


@pytest.mark.parametrize("usd", [0.0, -1.0, 1e15, float("nan"), float("inf")])
def test_an_amount_that_cannot_be_is_refused(usd: float) -> None:
    with pytest.raises(OutOfRange, match=r"above \$0"):
        Wish(rule="x", min_usd=usd)


def test_a_new_subscription_lasts_thirty_days_unless_it_is_said() -> None:
    made = subscribed(WISH, CHAT, "u", START, [])
    assert (made.id, made.created_at, made.expires_at) == (0, START, START + LASTING)
    assert timedelta(days=30) == LASTING
    week = subscribed(WISH, CHAT, "u", START, [], lasting=7 * DAY, role="@all")
    assert (week.expires_at, week.role) == (START + 7 * DAY, "@all")


def test_there_is_room_for_twenty_and_none_for_one_more() -> None:
    others = [a_subscription(number=i) for i in range(CAP)]
    check_room(others[1:], CAP)
    with pytest.raises(OutOfRange, match="20/20 subscriptions; end one with /unsubscribe"):
        check_room(others, CAP)


def test_the_operator_may_give_a_chat_more_or_less() -> None:
    caps = Caps(subscriptions=5, by_chat={CHAT: 1})
    assert [caps.of(CHAT), caps.of(replace(CHAT, platform="telegram"))] == [1, 5]
    with pytest.raises(OutOfRange, match="1/1"):
        subscribed(WISH, CHAT, "u", START, [a_subscription(Wish(rule="x"))], caps=caps)


def test_the_same_twice_is_refused_but_not_with_another_line() -> None:
    with pytest.raises(CommandError, match="already"):
        subscribed(WISH, CHAT, "u", START, [a_subscription(WISH)])
    other = Wish(rule="cluster_approach", base="BTC", lines=(("tiers", 0.03),))
    assert subscribed(other, CHAT, "u", START, [a_subscription(WISH)]).wish == other


@pytest.mark.parametrize("lasting", [HOUR, 365 * DAY])
def test_it_may_last_from_an_hour_to_a_year(lasting: timedelta) -> None:
    assert checked_lasting(lasting) == lasting


@pytest.mark.parametrize("lasting", [HOUR - SECOND, 365 * DAY + SECOND])
def test_another_time_is_refused(lasting: timedelta) -> None:
    with pytest.raises(OutOfRange, match="from 1h to 365d"):
        checked_lasting(lasting)


def test_it_is_live_until_it_expires_unless_it_is_paused() -> None:
    mine = a_subscription(expires_at=START)
    assert mine.is_live(START - SECOND)
    assert not mine.is_live(START)
    assert not a_subscription(paused="too much").is_live(START)


def test_who_wants_it_for_a_day_is_not_reminded_at_once() -> None:
    assert subscribed(WISH, CHAT, "u", START, [], lasting=DAY).reminded
    assert not subscribed(WISH, CHAT, "u", START, [], lasting=DAY + HOUR).reminded


def test_a_mute_is_of_one_market_or_of_all_and_for_a_while() -> None:
    one = Recipient(chat=CHAT, mutes=(Mute("BTC", START),))
    assert one.muted("BTC", START - SECOND)
    assert not one.muted("BTC", START)
    assert not one.muted("ETH", START - SECOND)
    assert Recipient(chat=CHAT, mutes=(Mute("", START),)).muted("ETH", START - SECOND)


def test_quiet_hours_hush_all_but_what_may_break_in() -> None:
    quiet = QuietHours(zone="UTC", start=time(12), end=time(13), mode=Mode.SILENT, critical=True)
    chat = Recipient(chat=CHAT, quiet=quiet)
    assert chat.hush(Severity.NOTABLE, START) == (Mode.SILENT, START + HOUR)
    assert chat.hush(Severity.CRITICAL, START) is None
    assert chat.hush(Severity.NOTABLE, START + HOUR) is None
    assert Recipient(chat=CHAT).hush(Severity.INFO, START) is None
