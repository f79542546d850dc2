"""What has to hold of every rule, on any market."""

import math
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.charts import CHARTS
from liqbot.market.holding import Holding
from liqbot.market.units import Price, Side
from liqbot.rules import RULES
from liqbot.rules.rule import Blind, Criterion, Finding, Scene
from tests.rules.wandering import a_wandering_scene

SEEDS = (*range(40), 78)  # in 78 a cluster near the price fades
RARE = {"cascade_start", "cascade_end", "large_position", "open_interest_shift"}
PROMISES = re.compile(r"target|will go to|guarantee|will (rise|fall|reach)|certain", re.IGNORECASE)
Key = tuple[str, int, str | None]


@cache
def a_scene(seed: int) -> Scene:
    """Return one market among three."""
    bases = ("BTC", "ETH", "SOL")
    scenes = [a_wandering_scene(3 * seed + i, base) for i, base in enumerate(bases)]
    held = a_holding(scenes[0].history.snapshot.mark, seed)
    return replace(scenes[0], others=tuple(scenes[1:]), holdings=(held,))


def a_holding(mark: float, seed: int) -> Holding:
    """Return a position that ends 0 … 5 % away, and whose stop is halfway there."""
    side, away = list(Side)[seed % 2], 0.001 * (seed % 50)
    ends = [Price(mark * (1 - side.sign * share)) for share in (0.0, away / 2, away)]
    return Holding(side=side, entry=ends[0], leverage=20.0, stop=ends[1], liquidation=ends[2])


def judged(name: str, scene: Scene, lines: object = None) -> dict[Key, Finding]:
    rule = RULES[name]
    found = rule.judge(scene, lines or rule.settings())
    if isinstance(found, Blind):
        return {}
    return {_key(each): each for each in found}


def _key(finding: Finding) -> Key:
    """Tell findings apart, whatever the lines are."""
    return finding.case.split()[0], finding.rank, finding.cluster


def every(name: str) -> Iterator[tuple[Scene, Finding]]:
    for seed in SEEDS:
        for finding in judged(name, a_scene(seed)).values():
            yield a_scene(seed), finding


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(100, 10_000))
def test_a_rule_sees_or_says_why_it_does_not(seed: int) -> None:
    scene = a_wandering_scene(seed)
    for rule in RULES.values():
        found = rule.judge(scene, rule.settings())
        if isinstance(found, Blind):
            assert found.reason
            continue
        told = [(each.markets, each.case, each.cluster) for each in found]
        assert len(told) == len(set(told)), "two findings that nobody can tell apart"
        for each in found:
            assert not each.left
            assert each.grade in "ABCD"
            assert each.low is None or each.high is None or 0 < each.low <= each.high


@pytest.mark.parametrize("name", sorted({*RULES} - RARE))
def test_a_rule_finds_something_somewhere(name: str) -> None:
    assert any(True for _ in every(name))


@pytest.mark.parametrize("name", RULES)
def test_a_finding_says_why_without_promises(name: str) -> None:
    said = [RULES[name].summary]
    for _, finding in every(name):
        said += [finding.headline, finding.case, *(each.label for each in finding.facts)]
        assert finding.criteria
        assert not re.search(r"\d", finding.headline), "numbers are facts"
        assert all(math.isfinite(each.value) for each in finding.facts)
        assert finding.venues >= 1
    assert not [each for each in said if PROMISES.search(each)]


@pytest.mark.parametrize("name", RULES)
def test_a_line_further_away_is_entered_by_no_more(name: str) -> None:
    usual = RULES[name].settings()
    lines = {each.setting: each for _, found in every(name) for each in found.criteria}
    for criterion in lines.values():
        harder = moved(usual, criterion, 0.9 if criterion.slack > 1 else 1.1)
        for seed in SEEDS[:10]:
            scene = a_scene(seed)
            strict = {k for k, each in judged(name, scene, harder).items() if each.entered}
            loose = {k for k, each in judged(name, scene).items() if each.entered}
            assert strict <= loose


@pytest.mark.parametrize("name", RULES)
def test_what_entered_is_still_found_a_little_behind_each_line(name: str) -> None:
    usual = RULES[name].settings()
    for scene, finding in [each for each in every(name) if each[1].entered][:40]:
        for criterion in finding.criteria:
            if criterion.fact.value == 0:
                continue  # no line can be behind it
            line = criterion.fact.value / ((1 + criterion.slack) / 2)
            again = judged(name, scene, moved(usual, criterion, line / criterion.enter))
            assert _key(finding) in again, criterion
            assert not again[_key(finding)].entered


@pytest.mark.parametrize("name", RULES)
def test_every_setting_has_a_default_and_a_sentence(name: str) -> None:
    rule = RULES[name]
    hints = get_type_hints(rule.settings, include_extras=True)
    assert rule.settings.__doc__
    for each in fields(rule.settings):
        sentences = [m for m in getattr(hints[each.name], "__metadata__", ()) if isinstance(m, str)]
        assert len(sentences) == 1, each.name
        assert sentences[0].endswith(".")


@pytest.mark.parametrize("name", RULES)
def test_the_picture_beside_a_rule_exists(name: str) -> None:
    assert RULES[name].chart in CHARTS


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.across])
def test_a_rule_across_markets_finds_the_same_from_each_of_them(name: str) -> None:
    for seed in SEEDS:
        one = a_scene(seed)
        for other in one.others:
            rest = [each for each in (replace(one, others=()), *one.others) if each is not other]
            assert judged(name, replace(other, others=tuple(rest))) == judged(name, one)


def moved(settings: Any, criterion: Criterion, factor: float) -> Any:  # noqa: ANN401 - any rule's
    """Return settings whose line is at a multiple of where a criterion has it."""
    line: object = criterion.enter * factor
    now = getattr(settings, criterion.setting)
    if isinstance(now, timedelta):
        line = timedelta(seconds=criterion.enter * factor)
    elif isinstance(now, tuple):
        line = tuple(each * factor for each in now)
    return replace(settings, **{criterion.setting: line})
