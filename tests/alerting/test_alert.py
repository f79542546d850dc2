"""What is told has one name through an episode, and reads back as it was written."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import Alert, Fingerprint, about, decoded, digest, encoded, worth_of
from liqbot.market.units import Side
from liqbot.rules.rule import Fact, Finding, Unit
from tests.alerting.drawn import alerts, fingerprints
from tests.alerting.stage import cascade, near
from tests.market.test_holding import LONG

(FOUND,) = near(0.015)[:1]


def facts(*told: tuple[str, float]) -> Finding:
    return replace(FOUND, facts=tuple(Fact(label, usd, Unit.USD) for label, usd in told))


@given(alerts)
def test_an_alert_reads_back_as_it_was_written(alert: Alert) -> None:
    assert decoded(encoded(alert)) == alert


@given(alerts)
def test_an_alert_of_before_rules_were_doubted_reads_too(alert: Alert) -> None:
    told = json.loads(encoded(alert))
    del told["unproven"]
    assert decoded(json.dumps(told)) == replace(alert, unproven=None)


@given(alerts)
def test_an_alert_of_a_position_reads_back_with_it_and_one_of_before_without(alert: Alert) -> None:
    owned = replace(alert, finding=replace(alert.finding, holding=LONG))
    assert decoded(encoded(owned)) == owned
    told = json.loads(encoded(alert))
    del told["finding"]["holding"]
    assert decoded(json.dumps(told)) == alert


def test_what_a_position_is_told_of_is_the_same_whichever_cluster_and_tier() -> None:
    owned = replace(FOUND, holding=LONG, cluster=None)
    names = [about(replace(owned, case=case)) for case in ("near 0.02", "near 0.01", "stop")]
    assert names == ["near", "near", "stop"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '{"fingerprint": [1]}'])
def test_what_is_no_alert_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decoded(text)


@given(alerts, st.sampled_from(["fingerprint", "episode", "finding", "simulated"]))
def test_an_alert_that_lacks_something_is_refused(alert: Alert, missing: str) -> None:
    told = json.loads(encoded(alert))
    del told[missing]
    with pytest.raises(KeyError):
        decoded(json.dumps(told))


@given(alerts, alerts)
def test_its_id_is_the_same_through_an_episode_and_another_in_the_next(
    alert: Alert, other: Alert
) -> None:
    later = replace(alert, at=alert.at + timedelta(hours=1), finding=other.finding)
    assert later.id == alert.id
    assert replace(alert, episode=alert.episode + 1).id != alert.id


@given(fingerprints, fingerprints)
def test_other_things_have_other_names(one: Fingerprint, other: Fingerprint) -> None:
    assert (one.digest == other.digest) is (one == other)


def test_a_name_does_not_run_its_parts_together() -> None:
    assert digest("a", "bc") != digest("ab", "c")
    assert len(digest("a")) == 16


def test_tiers_share_what_they_are_about() -> None:
    assert {about(each) for each in near(0.004)} == {"L1"}


def test_what_has_no_cluster_is_about_its_side_and_else_its_case() -> None:
    (told,) = cascade(side=Side.SHORT)
    assert about(told) == "short"
    assert about(replace(told, side=None, case="rise")) == "rise"


@pytest.mark.parametrize(
    ("told", "usd"),
    [
        ([], 0.0),
        ([("modelled", 5e7), ("expected", 4e7)], 4e7),
        ([("realised", 3e6), ("expected", 4e7)], 4e7),
        ([("realised", 3e6), ("realised so far", 2e6)], 2e6),
        ([("expected", 1e7), ("was expected", 4e7)], 4e7),
        ([("expected", 9e7), ("growth, expected", 4e7)], 4e7),
        ([("resting orders", 7e6), ("taken", 9e6)], 9e6),
    ],
)
def test_how_large_it_is_is_what_is_expected_and_else_what_is_realised(
    told: list[tuple[str, float]], usd: float
) -> None:
    assert worth_of(facts(*told)).value == usd


def test_only_dollars_say_how_large_it_is() -> None:
    assert worth_of(replace(FOUND, facts=(Fact("expected", 9.0, Unit.RATIO),))).value == 0.0
