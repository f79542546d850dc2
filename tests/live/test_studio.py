"""Pictures, drawn in a thread."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from liqbot.charts import CHARTS
from liqbot.charts.chart import Film, Picture, View
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
    with LiveStudio(patience_s=0.0) as studio:
        first = asyncio.create_task(studio.draw("levels", HISTORY, View()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert studio.waiting == 1
        with pytest.raises(Busy, match="again in 1 s"):
            await studio.draw("tiers", HISTORY, View())
        shared = await studio.draw("levels", HISTORY, View())
        assert shared is await first
        assert studio.waiting == 0


def filmed(shots: Sequence[str]) -> Film:
    return Film(gif="".join(shots).encode(), alt="", width=1, height=1, frames=len(shots))


async def test_a_film_is_made_once_and_another_one_has_to_wait() -> None:
    with LiveStudio() as studio:
        shots = [partial(str, each) for each in range(4)]
        one = asyncio.create_task(studio.film("one", shots, filmed))
        same = asyncio.create_task(studio.film("one", shots, filmed))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="Another film is being drawn"):
            await studio.film("two", shots, filmed)
        assert studio.waiting == 1
        assert (await one).gif == b"0123"
        assert await one is await same is await studio.film("one", shots, filmed)
        assert (await studio.film("two", shots[:2], filmed)).frames == 2
        assert studio.waiting == 0


async def test_the_four_films_asked_for_last_are_kept() -> None:
    with LiveStudio() as studio:

        async def film(name: int) -> Film:
            return await studio.film(name, [partial(str, name)], filmed)

        made = [await film(each) for each in range(4)]
        assert await film(0) is made[0]
        await film(4)
        assert [await film(each) is made[each] for each in (0, 2, 3, 1)] == [True] * 3 + [False]


async def test_pictures_get_their_turn_between_the_shots_of_a_film() -> None:
    with LiveStudio() as studio:
        done, begun = list[str](), threading.Event()

        def shot(name: str) -> str:
            begun.wait(5)
            done.append(name)
            return name

        def draw() -> Picture:
            done.append("picture")
            return CHARTS["levels"].draw(HISTORY, View())

        film = asyncio.create_task(
            studio.film("f", [partial(shot, each) for each in "abc"], filmed)
        )
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        picture = asyncio.create_task(studio.make("p", draw))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        begun.set()
        await asyncio.gather(film, picture)
        assert done == ["a", "picture", "b", "c"]


async def test_fifty_who_ask_for_something_else_each_are_all_drawn_for() -> None:
    histories = [replace(HISTORY, at=HISTORY.at + timedelta(seconds=i)) for i in range(50)]
    drawn = CHARTS["levels"].draw(HISTORY, View())
    with LiveStudio() as studio:
        found = await asyncio.gather(*(studio.make(each.at, lambda: drawn) for each in histories))
    assert found == [drawn] * 50


async def test_how_many_may_wait_is_learned_from_how_long_one_takes() -> None:
    drawn = CHARTS["levels"].draw(HISTORY, View())

    with LiveStudio(patience_s=0.4) as studio:

        async def let_in(names: range) -> int:
            asked = (studio.make(name, lambda: drawn) for name in names)
            found = await asyncio.gather(*asked, return_exceptions=True)
            assert all(each is drawn or isinstance(each, Busy) for each in found)
            return found.count(drawn)

        assert await let_in(range(9)) == 3
        assert await let_in(range(9, 18)) == 4  # they took no time at all


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
