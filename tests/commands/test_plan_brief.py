"""A plan in short: what lowers trust now, and what is not there."""

from dataclasses import replace
from datetime import UTC, datetime

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.commands._plan_brief import brief_lines
from liqbot.market.norms import UNKNOWN
from liqbot.planning.plan import plan_of
from liqbot.rules.rule import Scene
from tests.planning.scenes import a_known_scene

SATURDAY = datetime(2026, 1, 10, 12, tzinfo=UTC)


def told(scene: Scene) -> list[str]:
    return plain(tuple(brief_lines(plan_of(scene, ()), Numbers("en", "UTC")))).splitlines()


def test_where_no_cluster_stands_out_it_says_so() -> None:
    scene = a_known_scene()
    empty = replace(scene, history=replace(scene.history, clusters=()))
    assert told(empty)[:3] == [
        "No cluster stands out, so there is nothing to plan for.",
        "Bull: no zone above.",
        "Bear: no zone below.",
    ]


def test_at_a_weekend_it_says_how_much_clusters_count_where_that_was_measured() -> None:
    scene = a_known_scene()
    weekend = replace(scene, history=replace(scene.history, at=SATURDAY))
    assert told(weekend)[0] == "Weekend: clusters may hold half as much"
    measured = replace(weekend, norms=replace(UNKNOWN, weekend=0.7))
    assert told(measured)[0] == "Weekend: clusters count 70%"
