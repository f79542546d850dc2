"""Pictures, drawn in a thread."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.charts import CHARTS
from liqbot.charts.chart import Picture, View
from liqbot.errors import Busy, UnknownName
from liqbot.live.studio import LiveStudio
from tests.charts.histories import a_history

HISTORY = a_history()


async def test_a_picture_is_what_the_chart_draws() -> None:
    with LiveStudio() as studio:
        picture = await studio.draw("levels", HISTORY, View())
    assert picture == CHARTS["levels"].draw(HISTORY, View())


async def test_the_same_picture_of_the_same_second_is_drawn_once() -> None:
    with LiveStudio() as studio:
        one, other = await asyncio.gather(
            *(studio.draw("levels", HISTORY, View()) for _ in range(2))
        )
        assert one is other
        assert await studio.draw("levels", HISTORY, View()) is one
        later = replace(HISTORY, at=HISTORY.at + timedelta(seconds=1))
        assert await studio.draw("levels", later, View()) is not one
        light = await studio.draw("levels", HISTORY, View(theme="light"))
        assert light.png != one.png


async def test_an_unknown_chart_is_named() -> None:
    with LiveStudio() as studio:
        with pytest.raises(UnknownName, match="levels"):
            await studio.draw("level", HISTORY, View())
        assert studio.waiting == 0


async def test_who_comes_to_a_full_queue_is_told_when_to_come_again() -> None:
    with LiveStudio(queue=1) as studio:
        first = asyncio.create_task(studio.draw("levels", HISTORY, View()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert studio.waiting == 1
        with pytest.raises(Busy, match="again in 1 s"):
            await studio.draw("tiers", HISTORY, View())
        shared = await studio.draw("levels", HISTORY, View())
        assert shared is await first
        assert studio.waiting == 0


async def test_what_a_function_draws_is_drawn_once_for_its_key() -> None:
    drawn = []

    def draw() -> Picture:
        drawn.append(1)
        return CHARTS["levels"].draw(HISTORY, View())

    with LiveStudio() as studio:
        one, other = await asyncio.gather(*(studio.make(("mine", 1), draw) for _ in range(2)))
        assert one is other is await studio.make(("mine", 1), draw)
        assert len(drawn) == 1
        assert await studio.make(("mine", 2), draw) == one
        assert len(drawn) == 2
