"""What a rule sees becomes what a subscription sees by its own lines."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import about
from liqbot.alerting.looking import Seen, by_holding, demand, sights, widest
from liqbot.alerting.subscription import Wish
from liqbot.market.units import Side
from liqbot.rules.rule import Criterion, Fact, Finding, Severity, Unit
from tests.alerting.drawn import BASES, wishes
from tests.alerting.stage import RULE_TABLE, TERMS, cascade, near, ratio
from tests.market.test_holding import LONG, SHORT

RULE = "cluster_approach"


def seen(*found: Finding, rule: str = RULE, venues: int = 3, **wanted: Any) -> dict[str, Seen]:  # noqa: ANN401
    wish = Wish(rule=rule, **wanted)
    return sights(found, demand(wish), TERMS.settings[rule], venues)


def entered(*found: Finding, **wanted: Any) -> set[str]:  # noqa: ANN401
    return {name for name, each in seen(*found, **wanted).items() if each.sight.entered}


@pytest.mark.parametrize(
    ("distance", "rank", "is_in"), [(0.0249, 0, False), (0.0199, 0, True), (0.0101, 0, True),
                                    (0.0099, 1, True), (0.004, 2, True)]
)  # fmt: skip
def test_of_several_tiers_the_nearest_that_is_reached_speaks(
    distance: float,
    rank: int,
    is_in: bool,
) -> None:
    (one,) = seen(*near(distance)).values()
    assert one.sight.line == (0.02, 0.01, 0.005)[rank]
    assert (one.sight.rank, one.sight.entered, one.sight.inside) == (rank, is_in, True)
    assert one.finding.rank == rank
    assert one.sight.falls


def test_a_position_is_seen_by_whoever_holds_it_alone() -> None:
    (found, *_) = near()
    own, other = replace(found, holding=LONG), replace(found, holding=SHORT)
    (public, *_) = near(cluster="L2")
    assert entered(own, other, public, holding=LONG) == {"long"}
    assert entered(own, other, public) == {"L2"}
    assert by_holding([own, other, public, own]) == {
        LONG: [own, own],
        SHORT: [other],
        None: [public],
    }


def test_an_own_line_replaces_the_tiers_and_there_is_only_one() -> None:
    own: dict[str, Any] = {"lines": (("tiers", 0.015),)}
    (one,) = seen(*near(0.004), **own).values()
    assert (one.sight.rank, one.sight.entered) == (0, True)
    assert one.finding.criteria[0].enter == 0.015
    assert entered(*near(0.0151), **own) == set()
    assert entered(*near(0.0149), **own) == {"L1"}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, {"L1", "S1"}),
        ({"side": Side.LONG}, {"L1"}),
        ({"side": Side.SHORT}, {"S1"}),
        ({"case": "short 0.02"}, {"S1"}),
        ({"base": "BTC"}, {"L1", "S1"}),
        ({"base": "ETH"}, set()),
    ],
)
def test_only_what_was_asked_for_is_seen(wanted: dict[str, Any], names: set[str]) -> None:
    both = (*near(), *near(side=Side.SHORT, cluster="S1"))
    assert set(seen(*both, **wanted)) == names


@pytest.mark.parametrize(
    ("found", "wanted", "is_in"),
    [
        ({}, {"severity": Severity.NOTABLE}, False),
        ({"severity": Severity.CRITICAL}, {"severity": Severity.NOTABLE}, True),
        ({"grade": "C"}, {}, False),
        ({"grade": "C"}, {"grade": "C"}, True),
        ({"grade": "D"}, {"grade": "C"}, False),
        ({"venues": 1}, {}, False),
        ({"venues": 1}, {"lone": True}, True),
        ({"venues": 2}, {}, True),
    ],
)
def test_what_is_poor_or_small_enters_only_for_those_who_ask(
    found: dict[str, Any],
    wanted: dict[str, Any],
    is_in: bool,
) -> None:
    assert entered(*near(**found), **wanted) == ({"L1"} if is_in else set())


def test_where_one_venue_is_configured_it_is_enough() -> None:
    (one,) = seen(*near(venues=1), venues=1).values()
    assert one.sight.entered


def test_what_gets_worse_goes_on_but_does_not_begin() -> None:
    (one,) = seen(*near(grade="C")).values()
    assert (one.sight.entered, one.sight.inside) == (False, True)


@pytest.mark.parametrize(
    ("usd", "is_in", "inside"), [(41e6, True, True), (39e6, False, True), (31e6, False, False)]
)
def test_an_own_amount_stands_for_the_share_of_a_usual_day(
    usd: float,
    is_in: bool,
    inside: bool,
) -> None:
    (one,) = seen(*near(usd=usd, share=0.0), min_usd=40e6).values()
    assert (one.sight.entered, one.sight.inside) == (is_in, inside)
    assert [each.setting for each in one.criteria] == ["tiers", "min_usd"]


def test_an_own_amount_counts_where_no_share_does() -> None:
    (one,) = seen(*cascade(), rule="cascade_start", min_usd=6e6).values()
    assert not one.sight.entered
    assert one.criteria[-1].fact == Fact("realised so far", 5e6, Unit.USD)


@given(st.floats(1.01, 9), st.floats(1.01, 9))
def test_a_line_is_the_users_and_else_the_operators(value: float, line: float) -> None:
    found = ratio(value)
    own = entered(*found, rule="asymmetric_cluster", lines=(("min_ratio", line),))
    assert bool(own) is (value >= line)
    by_rule = replace(found[0], criteria=(replace(found[0].criteria[0], enter=1.01),))
    assert bool(entered(by_rule, rule="asymmetric_cluster")) is (value >= 2.0)


def test_a_tier_that_only_another_user_draws_is_none_of_ones_business() -> None:
    fact = Fact("distance to its edge", 0.028, Unit.FRACTION)
    wide = replace(near()[0], criteria=(Criterion("tiers", fact, 0.03, 1.25),))
    assert seen(wide) == {}
    assert entered(wide, lines=(("tiers", 0.03),)) == {"L1"}


@given(st.lists(wishes(), max_size=6), st.sampled_from(sorted(RULE_TABLE)))
def test_with_the_widest_settings_nothing_that_anybody_asks_for_is_missed(
    wanted: list[Wish], name: str
) -> None:
    rule, settings = RULE_TABLE[name], TERMS.settings[name]
    asked = [each for each in wanted if each.rule == name]
    wide = widest(rule, settings, asked)
    for wish in asked:
        for setting, line in wish.lines:
            drawn = getattr(wide, setting)
            if isinstance(drawn, tuple):
                assert max(drawn) >= line
                assert len(drawn) <= 5
                assert list(drawn) == sorted(drawn, reverse=True)
            elif setting in {"max_resting", "reach"}:
                assert drawn >= line
            else:
                assert drawn <= line
        if wish.min_usd is not None and hasattr(wide, "min_share"):
            assert wide.min_share == 0.0
    if not asked:
        assert wide is settings


def test_every_own_line_widens_and_not_only_the_first_of_a_rule() -> None:
    rule, wish = RULE_TABLE["cascade_start"], Wish(rule="cascade_start")
    operators = replace(TERMS.settings["cascade_start"], min_minute=10e6)  # type: ignore[type-var]
    asked = [replace(wish, lines=(("min_minute", each),)) for each in (20e6, 5e6)]
    wide: Any = widest(rule, operators, [*asked, wish])
    assert (wide.min_minute, wide.min_pace) == (5e6, 1.0)
    assert widest(rule, operators, asked[:1]) == operators


def test_the_operators_tiers_stay_where_a_wider_one_is_asked_for() -> None:
    wish = Wish(rule=RULE, base=BASES[0], lines=(("tiers", 0.04),))
    wide: Any = widest(RULE_TABLE[RULE], TERMS.settings[RULE], [wish])
    assert wide.tiers == (0.04, 0.02, 0.01, 0.005)
    assert widest(RULE_TABLE[RULE], TERMS.settings[RULE], [
        replace(wish, lines=(("tiers", 0.01),))]) == TERMS.settings[RULE]  # fmt: skip


def test_what_is_seen_is_named_by_what_it_is_about() -> None:
    both = (*near(), *near(side=Side.SHORT, cluster="S1"))
    assert all(about(each.finding) == name for name, each in seen(*both).items())
