"""Every number of every answer stands in its trace, on markets of which anything may be unknown."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.heatmap.model import Model
from liqbot.market.units import ms_of
from tests.charts.histories import some_measured
from tests.commands.test_accuracy import PLACE, SCORES, a_graded_desk, cases
from tests.commands.tracing import traced
from tests.fakes.desk import AT, CALLER, a_desk
from tests.rules.wandering import a_wandering_scene

LINES: dict[str, Callable[[float], str]] = {
    "heatmap": lambda _: "BTC 7d",
    "levels": lambda _: "BTC text",
    "delta": lambda _: "BTC 3d",
    "tiers": lambda _: "BTC",
    "venues": lambda _: "BTC",
    "feed": lambda _: "BTC 24h",
    "plan": lambda _: "BTC full",
    "whatif": lambda mark: f"BTC {mark * 0.96:.4g}",
    "risk": lambda _: "BTC 3%",
    "check": lambda mark: f"BTC long {mark:.4g} 25x stop {mark * 0.98:.4g}",
    "replay": lambda _: "BTC 24h",
}
DEFINED = {"plan": {"90"}, "accuracy": {"0", "0.5", "1", "95%"}}  # by the words around them
SEEDS = range(1, 8)
_NUMBER = re.compile(r"\$?\d[\d,]*(?:\.\d+)?(?:[KMBT](?![a-z])|%|:1|x)?")
_NO_FIGURES = re.compile(  # of when it is, of which span, of how many venues; which input
    r"^.*\d{4}-\d\d-\d\d.*$|^.*\b(?:24h|3d|7d|30d)\b.*$|✓ \d+ venues?|^\d (?=[A-Z])"
    r"|fitted \d+ [A-Z]\w+",
    re.MULTILINE,
)


a_scene = cache(a_wandering_scene)


def numbers(text: str) -> set[str]:
    said = re.sub(r"([\d.,]+) to 1\b", r"\1:1", text)
    return {each.rstrip(",") for each in _NUMBER.findall(said)}


async def untraced(desk: Desk, name: str, words: str) -> set[str]:
    answer = plain((await COMMANDS[name].invoke(desk, CALLER, words)).text)
    figures = numbers(_NO_FIGURES.sub("", answer)) - DEFINED.get(name, set())
    assert len(figures) > 2, answer
    return figures - numbers(await traced(desk, f"{name} {words}"))


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("seed", SEEDS)
async def test_every_number_of_an_answer_stands_in_its_trace(name: str, seed: int) -> None:
    scene = a_scene(seed)
    draws = name in {"delta", "tiers"}  # whose caption is what the picture says of itself
    desk, markets, _ = a_desk(scene.history, draws=draws)
    markets.staged = scene
    words = LINES[name](scene.history.snapshot.mark)
    assert await untraced(desk, name, words) == set()


async def test_every_number_of_a_scorecard_stands_in_its_trace() -> None:
    day = timedelta(days=1)
    new = Model(version="new", scores=SCORES | PLACE, fitted_to_ms=ms_of(AT - 9 * day))
    old = Model(version="old", scores={"skill": 0.69}, fitted_to_ms=ms_of(AT - 20 * day))
    fits = [(AT - 9 * day, old), (AT - day, new)]
    desk = await a_graded_desk([*cases(24), *cases(7, "thin_book")], fits)
    assert await untraced(desk, "accuracy", "BTC text") == set()


async def test_positions_that_are_known_stand_in_the_trace_of_levels() -> None:
    scene = a_scene(1)
    history = replace(scene.history, measured=some_measured())
    desk, _, _ = a_desk(history)
    assert await untraced(desk, "levels", "BTC text") == set()
