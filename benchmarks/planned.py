"""How fast a plan and a check are answered: python -m benchmarks.planned [--smoke].

A bot's maps of many markets are warm: a month on three venues, newest books, what is usual known.
Then each market is asked for its plan, alone and all at once, and for a position in it, from words
to the text of the answer. Of each market some hundred alerts have come out. Pictures, database and
network are none of this. What is usual, and how alerts came out, is counted once a day and once in
five minutes: the first plan of all pays for it, and is told apart.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product
from time import perf_counter

import numpy as np

from benchmarks.machine import load, machine
from benchmarks.rules import told
from benchmarks.workload import VENUES, Workload, model
from liqbot.alerting.outcome import Kind, Reach
from liqbot.clock import SteppedClock
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.live.markets import LiveMarkets
from liqbot.live.scenes import LiveScenes
from liqbot.live.scores import LiveScores
from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.units import Side, ms_of
from tests.alerting.levels import a_level, an_outcome
from tests.fakes.desk import CALLER, a_desk
from tests.fakes.outcomes import FakeOutcomes
from tests.fakes.source import FakeSource, FakeTape
from tests.fakes.workshop import FakeVenue

_MARKETS, _ALERTS, _ROUNDS = 20, 300, 20
_LEVELS = 200  # of a book, a side
_USED = VENUES[:3]
_PLAN = ("plan", " full", "Alert at")
_CHECK = ("check", " long 25x stop 2%", "would fire on the way")


def seen(bars: int, bases: Sequence[str]) -> list[Observation]:
    """Return what the venues told of each market: all alike, with fresh books and tapes."""
    workload = Workload(bars=bars)
    found = []
    for seed, each in enumerate(workload.observations):
        steps = each.mark * 0.0002 * np.arange(1, _LEVELS + 1)
        sides = [[(each.mark + sign * step, 1.0) for step in steps] for sign in (-1, 1)]
        whole = replace(told(each, seed), book=OrderBook.of(ms_of(each.observed_at), *sides))
        found += [replace(whole, instrument=replace(each.instrument, base=base)) for base in bases]
    return found


async def warm(observations: Sequence[Observation], bases: Sequence[str], alerts: int) -> Desk:
    """Return the desk of a bot that has a map of every market."""
    at = observations[0].observed_at
    clock = SteppedClock(at + timedelta(seconds=5))
    truth = {each.instrument: each for each in observations}
    venues = [FakeVenue(FakeSource(each, clock, truth), FakeTape(each), 1.0) for each in _USED]
    markets = LiveMarkets(clock, venues, model(), model_named="the benchmark's")
    markets.watch(truth)
    for each in observations:
        markets.see(each)
    for base in bases:
        await markets.evaluate(base)
    outcomes = FakeOutcomes()
    for base, i in product(bases, range(alerts)):
        side, kind = tuple(Side)[i % 2], tuple(Kind)[i % 6]
        level = a_level(side, at_ms=ms_of(at) - i * 3_600_000, reach=tuple(Reach)[i % 3])
        each_of = an_outcome(kind, name=f"{base} {i}", base=base, level=level)
        await outcomes.add(each_of.pending)
        await outcomes.finish(each_of)
    desk, _, _ = a_desk()
    return replace(
        desk,
        clock=clock,
        markets=markets,
        scenes=LiveScenes(markets),
        scores=LiveScores(clock, outcomes),
    )


async def asked(desk: Desk, base: str, command: tuple[str, str, str] = _PLAN) -> float:
    """Return how long an answer about a market took, seconds; raise RuntimeError for none.

    `command` is its name, the words after the market, and some that are in the answer.
    """
    name, words, sign = command
    began = perf_counter()
    answer = await COMMANDS[name].invoke(desk, CALLER, f"{base}{words}")
    taken = perf_counter() - began
    if not any(sign in str(line) for line in answer.text):
        raise RuntimeError(f"{base}: no {name} was made: {answer.text}")
    return taken


async def measured(*, smoke: bool) -> dict[str, object]:
    """Return the figures, milliseconds."""
    bases = [f"M{i}" for i in range(3 if smoke else _MARKETS)]
    desk = await warm(seen(3000 if smoke else 8640, bases), bases, 20 if smoke else _ALERTS)
    first = [await asked(desk, base) for base in bases]
    alone, together = list[float](), list[float]()
    rounds = 2 if smoke else _ROUNDS
    for _ in range(rounds):
        alone += [await asked(desk, base) for base in bases]
        began = perf_counter()
        await asyncio.gather(*(asked(desk, base) for base in bases))
        together.append(perf_counter() - began)
    checks = [await asked(desk, base, _CHECK) for _ in range(rounds) for base in bases]
    return {
        "markets": len(bases),
        "first_of_all_ms": 1e3 * first[0],
        "first_of_each_ms": 1e3 * float(np.median(first[1:])),
        "median_ms": 1e3 * float(np.median(alone)),
        "p95_ms": 1e3 * float(np.percentile(alone, 95)),
        "most_ms": 1e3 * max(alone),
        "all_at_once_ms": 1e3 * float(np.median(together)),
        "check_median_ms": 1e3 * float(np.median(checks)),
        "check_p95_ms": 1e3 * float(np.percentile(checks, 95)),
        "check_most_ms": 1e3 * max(checks),
    }


def main(arguments: Sequence[str]) -> None:
    """Print the figures as JSON."""
    figures = asyncio.run(measured(smoke="--smoke" in arguments))
    print(json.dumps({"machine": machine(), "load": load(), **figures}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
