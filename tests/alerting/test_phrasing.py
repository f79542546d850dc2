"""Words become wishes, wishes words, and what cannot be read says what would work."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.phrasing import EXAMPLES, echo, parse
from liqbot.alerting.subscription import Wish
from liqbot.errors import CommandError, OutOfRange, UnknownName, Unreadable
from liqbot.market.units import Side
from liqbot.rules.rule import Severity
from tests.alerting.drawn import BASES, wishes
from tests.alerting.stage import RULE_TABLE, TERMS
from tests.market.test_holding import LONG as HELD

LONG, SHORT = Side.LONG, Side.SHORT


def read(text: str) -> Wish:
    return parse(text, RULE_TABLE, TERMS.settings, BASES)


def said(text: str) -> str:
    wish = read(text)
    return echo(wish, RULE_TABLE[wish.rule])


@given(wishes())
def test_what_is_echoed_is_read_as_the_same_wish(wish: Wish) -> None:
    assert read(echo(wish, RULE_TABLE[wish.rule])) == wish


@given(wishes())
def test_an_echo_is_short_and_on_one_line(wish: Wish) -> None:
    words = echo(wish, RULE_TABLE[wish.rule])
    assert len(words) <= 200
    assert words.splitlines() == [words]


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_that_users_are_shown_can_be_read(text: str) -> None:
    assert parse(text, RULE_TABLE, TERMS.settings, ["BTC", "ETH", "SOL"]).rule


@given(st.text(max_size=60))
def test_whatever_somebody_writes_is_read_or_answered(text: str) -> None:
    for line in (text, f"BTC {text}", f"BTC near {text}"):
        try:
            wish = read(line)
        except CommandError:
            continue
        else:
            assert wish.rule in RULE_TABLE


WORDS = (
    *("near", "within", "1.5", "%", "≥", "<", "3:1", "3σ", "long", "shorts", "$40M", "40m", "usd"),
    *("of", "at", "least", "funding", "OI", "up", "down", "cascade", "end", "thin", "book", "once"),
    *("every", "2h", "grade", "c", "critical", "only", "1h", ",", "+", "-", "asymmetry", "+5%"),
    *("build-up", "single", "venues", "too", "0", "1,5", "1.500", "growth", "over", "all", "BTC"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_whatever_words_come_together_mean_what_is_echoed_or_are_refused(words: list[str]) -> None:
    try:
        wish = read(" ".join(["BTC", *words]))
    except CommandError:
        return
    assert read(echo(wish, RULE_TABLE[wish.rule])) == wish


def near(**changes: Any) -> Wish:  # noqa: ANN401
    return Wish(rule="cluster_approach", base="BTC", **changes)


def drawn(rule: str, setting: str, line: float, **changes: Any) -> Wish:  # noqa: ANN401
    return Wish(rule=rule, lines=((setting, line),), **({"base": "BTC"} | changes))


PAID = ("funding_extreme", "min_rate")
HIGHER = ("open_interest_shift", "min_change")


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("BTC near", near()),
        ("btc near a cluster", near()),
        ("BTCUSDT near", near()),
        ("near BTC", near()),
        ("tell me when BTC is near a cluster", near()),
        ("BTC within 1.5 % of a long cluster of at least $40M expected",
         near(side=LONG, lines=(("tiers", 0.015),), min_usd=40e6)),
        ("BTC within 1,5% of longs over 40m usd",
         near(side=LONG, lines=(("tiers", 0.015),), min_usd=40e6)),
        ("alert me if price of BTC comes within 1% of shorts",
         near(side=SHORT, lines=(("tiers", 0.01),))),
        ("BTC near shorts ≤ 0.8%", near(side=SHORT, lines=(("tiers", 0.008),))),
        ("BTC distance < 75bps", near(lines=(("tiers", 0.0075),))),
        ("BTC near $1,500,000", near(min_usd=1.5e6)),
        ("BTC near $250K", near(min_usd=250e3)),
        ("BTC near more than 2.5 b dollars", near(min_usd=2.5e9)),
        ("BTC near, grade C, single venues too", near(grade="C", lone=True)),
        ("BTC near once", near(once=True)),
        ("BTC near every 4h", near(cooldown=timedelta(hours=4))),
        ("all cascade", Wish(rule="cascade_start")),
        ("every cascade, critical", Wish(rule="cascade_start", severity=Severity.CRITICAL)),
        ("BTC short cascade", Wish(rule="cascade_start", base="BTC", side=SHORT)),
        ("cascade 3x in 1000PEPE", drawn("cascade_start", "min_pace", 3.0, base="1000PEPE")),
        ("BTC cascade over", Wish(rule="cascade_end", base="BTC")),
        ("BTC cascade end", Wish(rule="cascade_end", base="BTC")),
        ("BTC asymmetry ≥ 3 : 1", drawn("asymmetric_cluster", "min_ratio", 3.0)),
        ("asymmetry ETH 3:1", drawn("asymmetric_cluster", "min_ratio", 3.0, base="ETH")),
        ("BTC imbalance above 3x", drawn("asymmetric_cluster", "min_ratio", 3.0)),
        ("BTC long asymmetry 2.5", drawn("asymmetric_cluster", "min_ratio", 2.5, side=LONG)),
        ("BTC growth > 80% in 1h", drawn("cluster_growth", "min_growth", 0.8)),
        ("BTC cluster grows by 80%", drawn("cluster_growth", "min_growth", 0.8)),
        ("BTC cluster moves by 2%", drawn("cluster_migration", "min_move", 0.02)),
        ("BTC fades 50%", drawn("cluster_fade", "min_fade", 0.5)),
        ("BTC thin book under 10%", drawn("thin_book", "max_resting", 0.1)),
        ("BTC OI +5%", drawn(*HIGHER, 0.05, case="rise")),
        ("BTC open interest down 4 % in 1h", drawn(*HIGHER, 0.04, case="fall")),
        ("BTC OI −4%", drawn(*HIGHER, 0.04, case="fall")),
        ("BTC funding high", Wish(rule="funding_extreme", base="BTC", case="high")),
        ("BTC funding extreme", Wish(rule="funding_extreme", base="BTC")),
        ("BTC extreme funding", Wish(rule="funding_extreme", base="BTC")),
        ("BTC negative funding", Wish(rule="funding_extreme", base="BTC", case="low")),
        ("BTC funding over 0.1 %", drawn(*PAID, 0.001, case="above")),
        ("BTC funding rate 10bps per 8h", drawn(*PAID, 0.001, case="above")),
        ("BTC funding high 0.1%", drawn(*PAID, 0.001, case="above")),
        ("ETH funding under -0.05%", drawn(*PAID, 0.0005, case="below", base="ETH")),
        ("BTC funding −0.05%", drawn(*PAID, 0.0005, case="below")),
        ("BTC funding low 0.05%", drawn(*PAID, 0.0005, case="below")),
        ("BTC less than 1% from a long cluster", near(side=LONG, lines=(("tiers", 0.01),))),
        ("BTC is 2 percent away from a cluster", near(lines=(("tiers", 0.02),))),
        ("BTC long cluster 40M", near(side=LONG, min_usd=40e6)),
        ("BTC cluster of 200 million dollars", near(min_usd=200e6)),
        ("BTC cascade over 3x", drawn("cascade_start", "min_pace", 3.0)),
        ("BTC cascade is over", Wish(rule="cascade_end", base="BTC")),
        ("BTC end of a cascade over $10M", Wish(rule="cascade_end", base="BTC", min_usd=10e6)),
        ("BTC cascade over $5M a minute", drawn("cascade_start", "min_minute", 5e6)),
        ("BTC liquidations of 5M/min", drawn("cascade_start", "min_minute", 5e6)),
        ("BTC cascade of at least $20M and $5M per minute",
         drawn("cascade_start", "min_minute", 5e6, min_usd=20e6)),
        ("BTC longs outweigh shorts 3 to 1",
         drawn("asymmetric_cluster", "min_ratio", 3.0, side=LONG)),
        ("BTC OI drops by 5% or more in an hour", drawn(*HIGHER, 0.05, case="fall")),
        ("BTC OI < -5%", drawn(*HIGHER, 0.05, case="fall")),
        ("BTC whale 4σ", drawn("large_position", "min_sigma", 4.0)),
        ("all correlated risk", Wish(rule="correlated_risk")),
        ("all correlated within 2%", drawn("correlated_risk", "reach", 0.02, base="")),
        ("BTC build-up 4 sigma", drawn("large_position", "min_sigma", 4.0)),
        ("1000PEPE large_position", Wish(rule="large_position", base="1000PEPE")),
    ],
)  # fmt: skip
def test_what_users_type_is_understood(text: str, wish: Wish) -> None:
    assert read(text) == wish


@pytest.mark.parametrize(
    ("text", "echoed"),
    [
        (
            "btc within 150bps of longs over 40m usd",
            "BTC within 1.5% of a long cluster of at least $40M expected",
        ),
        ("ETH imbalance 3", "ETH asymmetry ≥ 3:1"),
        ("any thin_book under 10%", "all thin book ≤ 10%"),
        ("BTC OI -5%, every 90m", "BTC OI fall ≥ 5%, every 90m"),
        ("BTC funding over 0.1 %", "BTC funding above 0.1% per funding interval"),
        ("ETH funding under -0.05%", "ETH funding below -0.05% per funding interval"),
        ("funding", "all funding extreme"),
        ("BTC cascade over $5M a minute", "BTC cascade of at least $5M a minute"),
        ("BTC cascade 2x $20M", "BTC cascade ≥ 2:1 of at least $20M realised"),
        ("BTC asymmetry $40M", "BTC asymmetry of at least $40M expected on the heavier side"),
        (
            "BTC near grade c single venue notable once",
            "BTC near a cluster, notable and up, grade C, single venues too, once",
        ),
    ],
)
def test_it_is_echoed_in_plain_language(text: str, echoed: str) -> None:
    assert said(text) == echoed


@pytest.mark.parametrize(
    ("text", "kind", "answer"),
    [
        ("", Unreadable, "BTC within 1.5%"),
        ("BTC " + "x" * 200, Unreadable, "BTC within 1.5%"),
        ("BTX near", UnknownName, "Did you mean BTC?"),
        ("BTC", CommandError, "Say what to watch for"),
        ("BTC asymetry 3:1", UnknownName, "Did you mean asymmetry?"),
        ("BTC neer", UnknownName, "Did you mean near?"),
        ("BTC near tomorrow", UnknownName, "tomorrow"),
        ("BTC near 150%", OutOfRange, "above 0% and below 100%"),
        ("BTC asymmetry 1:1", OutOfRange, "above 1:1"),
        ("BTC near 1% 2%", OutOfRange, "One line is enough: 1% or 2%?"),
        ("BTC near > 2%", OutOfRange, "means at most"),
        ("BTC asymmetry < 3", OutOfRange, "means at least"),
        ("BTC asymmetry +3", OutOfRange, "has no sign"),
        ("BTC near 1,500%", Unreadable, "1500 or 1.500"),
        ("BTC near $0", OutOfRange, "above $0"),
        ("BTC near every 30s", CommandError, ""),
        ("BTC near every 3d", OutOfRange, "from 1m to 24h"),
        ("BTC growth 80% in 4h", OutOfRange, "looks back over 1h here, not 4h"),
        ("BTC near in 4h", OutOfRange, "looks at now; leave 4h out"),
        ("BTC near in 5m", OutOfRange, "or say $5M"),
        ("BTC funding over 50%", OutOfRange, "above 0% and at most 20%"),
        ("BTC funding below 0.01%", OutOfRange, "say funding > 0.01% or < -0.01%"),
        ("BTC OI up -5%", OutOfRange, "say OI > 5% or < -5%"),
        ("BTC funding 0.1% per 4h", OutOfRange, "told per funding interval, 8h on most venues"),
        ("BTC funding 30% a year", OutOfRange, "told per funding interval"),
        ("BTC funding over $5M", OutOfRange, "counts no dollars"),
        ("BTC OI up $100M", OutOfRange, "counts no dollars"),
        ("BTC near $5M a minute", OutOfRange, "counts no dollars a minute"),
        ("BTC funding over", OutOfRange, "Say a number after over"),
        ("BTC asymmetry >", OutOfRange, "Say a number after >"),
    ],
)
def test_what_cannot_be_read_says_what_would_work(
    text: str, kind: type[CommandError], answer: str
) -> None:
    with pytest.raises(kind, match=None) as caught:
        read(text)
    assert answer in str(caught.value)


@pytest.mark.parametrize("text", ["BTC own position", "BTC my position within 1%", "all own stop"])
def test_a_position_of_ones_own_is_asked_for_by_another_command(text: str) -> None:
    with pytest.raises(CommandError, match="/watch BTC long 65000 25x"):
        read(text)


def test_a_position_is_echoed_as_it_is_asked_for() -> None:
    wish = Wish(rule="own_position", base="BTC", grade="D", lone=True, holding=HELD)
    assert echo(wish, RULE_TABLE[wish.rule]) == f"BTC {HELD.words}"


def test_a_rule_that_does_not_run_is_not_offered() -> None:
    running = {"cascade_start": RULE_TABLE["cascade_start"]}
    with pytest.raises(UnknownName, match="cascade"):
        parse("BTC asymmetry 3:1", running, TERMS.settings, BASES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cascade", "all cascade"),
        ("asymmetry ≥ 3 : 1", "all asymmetry ≥ 3:1"),
        ("longs asymmetry 3:1", "all long asymmetry ≥ 3:1"),
        (
            "within 1.5 % of a long cluster of at least $40M expected",
            "all within 1.5% of a long cluster of at least $40M expected",
        ),
        ("near BTC within 1.5% of a cluster", "BTC within 1.5% of a cluster"),
    ],
)
def test_without_a_market_all_are_meant(text: str, said: str) -> None:
    wish = parse(text, RULE_TABLE, TERMS.settings, BASES)
    assert echo(wish, RULE_TABLE[wish.rule]) == said
