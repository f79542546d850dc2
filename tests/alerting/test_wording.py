"""A message reads on a phone: what, where, how much, why, how sure, how old, in that order."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import Alert, Doubt, Fingerprint, News
from liqbot.alerting.delivery import Delivery, Post, State, claim
from liqbot.alerting.gathering import GATHERED
from liqbot.alerting.wording import message, why
from liqbot.chat.message import ChatId, Message
from liqbot.chat.richtext import plain
from liqbot.market.units import ms_of
from liqbot.rules.rule import Criterion, Fact, Finding, Unit
from tests.alerting.drawn import alerts
from tests.alerting.stage import CHAT, NUMBERS, START, cascade, near, ratio

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
OWN = ChatId.private("console", "1")
NAME = Fingerprint(7, "cluster_approach", "BTC", "L1")
MARKET = (Fact("open interest, 1 h", 0.0123, Unit.FRACTION), Fact("funding", -2e-4, Unit.FRACTION))
FOUND = replace(near(0.015)[0], facts=(*near()[0].facts, *MARKET))
NEARBY = "distance to its edge 1.5% (at most 2%)"
HEAVY = "50% of a usual day (at least 15%)"
PROMISES = re.compile(r"target|will go|guarantee|will (rise|fall|reach)|certain", re.IGNORECASE)


def an_alert(found: Finding = FOUND, name: Fingerprint = NAME, **changes: Any) -> Alert:  # noqa: ANN401
    values: dict[str, Any] = {
        "fingerprint": name,
        "episode": ms_of(START),
        "begun": START - 20 * SECOND,
        "at": START,
        "data_at": START,
        "finding": found,
        "chart": "heatmap",
        "perishable": True,
    }
    return Alert(**(values | changes))


def a_delivery(
    alert: Alert | None = None,
    news: News = News.OPENED,
    name: Fingerprint | None = NAME,
    **changes: Any,  # noqa: ANN401
) -> Delivery:
    values: dict[str, Any] = {
        "id": "d",
        "message": "M",
        "chat": CHAT,
        "subscription": 7,
        "news": news,
        "made_at": START,
        "due_at": START,
        "fingerprint": alert.fingerprint if alert else name,
        "episode": ms_of(START),
        "alert": alert,
    }
    return Delivery(**(values | changes))


def said(*deliveries: Delivery, at: datetime = START + 12 * SECOND, chat: ChatId = OWN) -> Message:
    return message(Post(message="M", chat=chat, deliveries=claim(deliveries, START)), NUMBERS, at)


def lines(*deliveries: Delivery) -> list[str]:
    return plain(said(*deliveries).text).splitlines()


def words(*deliveries: Delivery) -> list[list[str]]:
    return [[each.words for each in row] for row in said(*deliveries).buttons]


def others(count: int) -> list[Delivery]:
    names = [NAME._replace(about=f"L{i}") for i in range(1, count + 1)]
    return [a_delivery(an_alert(near(usd=i * 10e6)[0], name)) for i, name in enumerate(names, 1)]


def test_one_alert_says_what_where_how_much_why_and_how_sure() -> None:
    assert lines(a_delivery(an_alert())) == [
        "BTC · Price is near a cluster of longs below it",
        "64,000 to 64,500: if price went there, about $40.0M would fire",
        f"Why: {NEARBY}; {HEAVY}",
        "modelled $53.3M",
        "Market: open interest, 1 h +1.2% · funding −0.02%",
        "ESTIMATE · grade A · 3 venues · data 12 s old",
    ]  # fmt: skip


def test_a_line_is_said_as_it_was_drawn() -> None:
    seen = near(0.0101)[0]
    own = replace(seen, criteria=(replace(seen.criteria[0], enter=0.0103), *seen.criteria[1:]))
    assert "distance to its edge 1% (at most 1.03%)" in lines(a_delivery(an_alert(own)))[2]


def test_what_was_not_shown_to_be_of_use_says_so() -> None:
    doubted = an_alert(unproven=Doubt(42, 0.873))
    *_, said, _ = lines(a_delivery(doubted))
    assert said == "unproven here: 42 alerts, lift 0.87"
    assert said in plain(why([a_delivery(doubted)], NUMBERS))
    first, second, _ = lines(a_delivery(doubted), *others(2)[1:])
    assert [each.endswith(", unproven here") for each in (first, second)] == [True, False]
    assert "unproven" not in plain(why([a_delivery(an_alert())], NUMBERS))


def test_its_buttons_mute_explain_draw_and_stop() -> None:
    alert = an_alert()
    assert words(a_delivery(alert)) == [
        ["mute BTC 15m", "mute BTC 1h", "mute BTC 4h"],
        ["mute BTC tomorrow"],
        [f"why {alert.id}", "/heatmap BTC", "unsubscribe 7"],
    ]


def test_what_changed_says_so_and_what_is_over_says_why_first() -> None:
    opened = a_delivery(an_alert())
    nearer = a_delivery(an_alert(near(0.008)[1]), News.CHANGED)
    assert lines(opened, nearer)[0] == "BTC · Now: Price is near a cluster of longs below it"
    assert "0.8% (at most 1%)" in lines(opened, nearer)[2]
    over = a_delivery(None, News.CLOSED, words="swept")
    assert lines(opened, nearer, over)[:2] == [
        "BTC · Over: price went through it",
        "Was: Price is near a cluster of longs below it",
    ]
    assert lines(opened, over)[2] == "64,000 to 64,500: about $40.0M was expected"
    assert words(opened, over) == [[f"why {an_alert().id}"]]


@pytest.mark.parametrize("kind", ["swept", "faded", "migrated", "merged", "outgrown", "expired"])
def test_each_end_has_a_reason_of_its_own(kind: str) -> None:
    over = a_delivery(None, News.CLOSED, words=kind)
    assert "it is not so any more" not in lines(a_delivery(an_alert()), over)[0]


def test_what_is_told_on_elsewhere_is_not_over() -> None:
    gone = a_delivery(None, News.CLOSED, words=GATHERED)
    told = "BTC · Goes on in the message about several markets"
    assert lines(a_delivery(an_alert()), gone)[:-1] == [told, FOUND.headline]
    two = a_delivery(None, News.CLOSED, others(2)[1].fingerprint, words=GATHERED)
    assert lines(*others(2), two)[0] == f"{told}: {FOUND.headline}"


def test_a_cluster_that_moved_can_be_followed() -> None:
    over = a_delivery(None, News.CLOSED, words="migrated")
    assert words(a_delivery(an_alert()), over)[0][1] == "alerts follow 7"


def test_a_few_have_a_line_each_and_many_are_summed_up_by_size() -> None:
    assert len(lines(*others(3))) == 4
    five = lines(*others(5))
    assert five[0] == "BTC: 5 alerts"
    assert [line.rpartition(", ")[2] for line in five[1:4]] == [
        *("expected $50.0M", "expected $40.0M", "expected $30.0M")
    ]
    assert five[4] == "+2 more"
    assert words(*others(5))[-1] == ["why M"]


def test_a_line_says_the_number_and_the_amount() -> None:
    line = lines(*others(2))[0]
    assert line == (
        "BTC · Price is near a cluster of longs below it:"
        " 64,000 to 64,500, distance to its edge 1.5%, expected $20.0M"
    )


def test_cascades_in_several_markets_are_one_headline() -> None:
    bases = ("SOL", "BTC", "ETH")
    told = [
        a_delivery(an_alert(cascade(base=b)[0], Fingerprint(7, "cascade_start", b, "long")))
        for b in bases
    ]
    assert lines(*told)[0] == "Cascades in 3 markets: BTC, ETH, SOL"
    assert lines(*told)[-1].startswith("ESTIMATE + REALISED")


def test_cascades_in_several_markets_are_the_headline_whatever_else_is_said() -> None:
    told = [
        a_delivery(an_alert(cascade(base=b)[0], Fingerprint(7, "cascade_start", b, "long")))
        for b in ("SOL", "BTC")
    ]
    risk = replace(near()[0], markets=("BTC", "ETH"))
    across = a_delivery(an_alert(risk, Fingerprint(8, "correlated_risk", "", "long")))
    assert lines(*told, across)[0] == "Cascades in 2 markets: BTC, SOL"
    assert lines(*others(3), across)[0] == "BTC, ETH: 4 alerts"


def for_both(one: float = 0.015, other: float = 0.009) -> list[Delivery]:
    """Return what two subscriptions of a chat are told of the same cluster."""
    return [
        a_delivery(an_alert(near(one)[0])),
        a_delivery(an_alert(near(other)[1], NAME._replace(subscription=9)), subscription=9),
    ]


def test_what_two_subscriptions_hear_of_is_said_once() -> None:
    told = lines(*for_both())
    assert told[0] == "BTC · Price is near a cluster of longs below it"
    assert told[2].startswith("Why: distance to its edge 0.9% (at most 1%)")
    assert len([each for each in told if "Price is near" in each]) == 1
    assert words(*for_both())[-1] == ["why M", "/heatmap BTC", "unsubscribe 7", "unsubscribe 9"]
    assert len(lines(*for_both(), *others(3)[1:])) == 4


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_over_for_one_of_them_is_told_as_it_is_for_the_other(which: int) -> None:
    both = for_both()
    over = a_delivery(None, News.CLOSED, both[which].fingerprint)
    line = ["0.9% (at most 1%)", "1.5% (at most 2%)"][which]
    assert line in lines(*both, over)[2]
    ended = [a_delivery(None, News.CLOSED, each.fingerprint) for each in both]
    assert lines(*both, *ended)[0] == "BTC · Over: it is not so any more"
    assert words(*both, *ended) == [["why M"]]


def test_a_number_that_no_line_is_drawn_for_is_not_why() -> None:
    minute = Criterion("min_minute", Fact("the heaviest minute", 6e6, Unit.USD), 0.0, 0.8)
    found = replace(FOUND, criteria=(*FOUND.criteria, minute))
    told = lines(a_delivery(an_alert(found)))
    assert told[2] == f"Why: {NEARBY}; {HEAVY}"
    assert told[3].endswith(" · the heaviest minute $6.00M")


def test_the_footer_owns_up_to_the_worst_of_all() -> None:
    poor = an_alert(near(venues=1, grade="D")[0], NAME._replace(about="L9"), simulated=True,
                    data_at=START - 2 * MINUTE)  # fmt: skip
    last = lines(a_delivery(an_alert()), a_delivery(poor))[-1]
    assert last == "SIMULATED · ESTIMATE · grade D · 1 venue · data 2 min old"


def test_only_who_listens_to_all_mutes_all() -> None:
    across = an_alert(ratio(3.0)[0], Fingerprint(7, "correlated_risk", "", "long"))
    assert words(a_delivery(across))[0][0] == "mute all 15m"
    assert words(a_delivery(across))[2][1] == "/heatmap BTC"


def test_why_gives_every_number_and_the_whole_story() -> None:
    sent = a_delivery(an_alert(), state=State.SENT, ended_at=START + 10 * SECOND)
    over = a_delivery(None, News.CLOSED, words="swept", made_at=START + HOUR)
    told = plain(why([sent, over], NUMBERS)).splitlines()
    assert told == [
        f"BTC · cluster approach {an_alert().id}",
        NEARBY,
        HEAVY,
        "modelled $53.3M",
        "expected $40.0M",
        "open interest, 1 h +1.2%",
        "funding −0.02%",
        "grade A, 3 venues",
        "first seen 7 Jan 11:59:40",
        "firing since 7 Jan 12:00:00",
        "opened 7 Jan 12:00:00, sent 7 Jan 12:00:10",
        "closed (swept) 7 Jan 13:00:00",
    ]


@given(st.lists(alerts, min_size=1, max_size=6), st.booleans())
def test_whatever_is_told_says_that_it_is_an_estimate_and_promises_nothing(
    told: list[Alert], held: bool
) -> None:
    name = Fingerprint(1, "cluster_fade", "BTC", "L1")
    clean = [
        replace(
            each,
            chart="heatmap",
            fingerprint=name._replace(about=f"L{i}"),
            finding=replace(each.finding, headline="Price is near"),
        )
        for i, each in enumerate(told)
    ]
    text = plain(said(*(a_delivery(each, held=held) for each in clean), at=START).text)
    assert "ESTIMATE" in text
    assert ("SIMULATED" in text) is any(each.simulated for each in clean)
    assert not PROMISES.search(text)
