"""How long /whatif and /risk take, picture and all, from maps that are at hand.

Twenty markets of a month at full size, with books of 200 levels, seen anew for each answer as the
bot does between bars. What a platform takes to send is not counted.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter, process_time

import numpy as np

from benchmarks.workload import BASE, Workload, model
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.heatmap.history import History, recall, remarked
from liqbot.market.units import DAY_MS, Price
from tests.fakes.desk import CALLER, a_desk
from tests.heatmap.books import a_flat_book

_MARKETS = 20
_DENSITY = 5e8  # Usd per log price on each venue


def answered(*, smoke: bool) -> Mapping[str, object]:
    """Return the milliseconds of answers by the wall and by the processor: least, median, most."""
    workload = Workload(bars=3000) if smoke else Workload()
    history = recall(BASE, workload.observations, model(), DAY_MS)
    books = {venue: a_flat_book(history, _DENSITY) for venue in history.venues}
    there = replace(history, books=books)
    count = 2 if smoke else _MARKETS
    asks = {"whatif": [f"{BASE}{row} -3%" for row in range(count)], "risk": [""] * (count // 2)}
    return {
        name: _timed(name, lines, [replace(there, base=f"{BASE}{row}") for row in range(count)])
        for name, lines in asks.items()
    }


def _timed(name: str, lines: Sequence[str], histories: Sequence[History]) -> Mapping[str, object]:
    wall, processor = list[float](), list[float]()
    asyncio.run(_ask(name, lines[0], _desk(histories, 0)))  # letters are set once
    for row, line in enumerate(lines, start=1):
        desk = _desk(histories, row)
        began, worked = perf_counter(), process_time()
        asyncio.run(_ask(name, line, desk))
        wall.append(1e3 * (perf_counter() - began))
        processor.append(1e3 * (process_time() - worked))
    taken = {"wall_ms": wall, "processor_ms": processor}
    return {
        kind: [round(float(each), 1) for each in np.percentile(ms, (0, 50, 100))]
        for kind, ms in taken.items()
    }


def _desk(histories: Sequence[History], row: int) -> Desk:
    """Return a desk whose markets have moved a little since the last."""
    moved = (
        remarked(each, Price(each.snapshot.mark * (1 + 1e-5 * row)), each.at, 5.0)
        for each in histories
    )
    return a_desk(*moved, draws=True)[0]


async def _ask(name: str, line: str, desk: Desk) -> None:
    found = await COMMANDS[name].invoke(desk, CALLER, line)
    if found.picture is None:
        raise RuntimeError(f"{name} {line}: {found.text}")
