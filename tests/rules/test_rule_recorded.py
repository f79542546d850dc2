"""Every rule on what venues recorded."""

from dataclasses import replace
from pathlib import Path

import pytest

from liqbot.heatmap.history import recall
from liqbot.heatmap.model import Model
from liqbot.market.norms import norms_of
from liqbot.market.recording.reader import Recording
from liqbot.market.units import DAY_MS, HOUR_MS
from liqbot.rules import RULES
from liqbot.rules.rule import Blind, Scene
from tests.builders import SHARED_DATA

RECORDINGS = SHARED_DATA / "recordings"
SIGHTED = {"asymmetric_cluster", "cluster_approach", "cluster_growth", "cluster_migration"}
SIGHTED |= {
    "cluster_fade",
    "open_interest_shift",
    "correlated_risk",
    "large_position",
    "own_position",
}


def scenes(folder: Path, bases: tuple[str, ...], days: float) -> list[Scene]:
    recording = Recording.open(folder)
    at_ms = recording.span(bases[0])[0] + round(days * DAY_MS) // HOUR_MS * HOUR_MS
    found = []
    for base in bases:
        seen = [recording.read(each, at_ms) for each in recording.instruments_of(base)]
        norms = norms_of(seen, at_ms, totals=recording.totals(base, at_ms))
        found.append(Scene(history=recall(base, seen, Model(), DAY_MS), norms=norms))
    return found


@pytest.mark.parametrize(
    ("name", "bases", "days"),
    [
        ("binance-2025-12", ("BTC", "ETH", "DOGE"), 17.3),
        ("hyperliquid-2026-06", ("BTC", "SOL", "ETH"), 9.6),
    ],
)
def test_every_rule_evaluates_a_recorded_moment(
    name: str, bases: tuple[str, ...], days: float
) -> None:
    folder = RECORDINGS / name
    if not folder.is_dir():
        pytest.skip(f"there is no {name} beside the project")
    first, *others = scenes(folder, bases, days)
    scene = replace(first, others=tuple(others))
    for rule in RULES.values():
        found = rule.judge(scene, rule.settings())
        assert isinstance(found, Blind) is (rule.name not in SIGHTED | {"funding_extreme"})
        for each in () if isinstance(found, Blind) else found:
            assert not each.left
            assert rule.across or {fact.label for fact in scene.context} <= {
                fact.label for fact in each.facts
            }
