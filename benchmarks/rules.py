"""How fast rules look at scenes: python -m benchmarks.rules [--smoke].

A market is stepped through bar by bar, as a replay does it, and all rules look at each scene.
Seconds are those of one core. Forced orders come all the time and in bursts, and books are fresh,
so that no rule is blind.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import process_time

import numpy as np

from benchmarks.machine import load, machine
from benchmarks.workload import BASE, INTERVAL_MS, Workload, model
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.rolling import Rolling
from liqbot.market.book import OrderBook
from liqbot.market.norms import Norms, norms_of
from liqbot.market.observation import Observation
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, MINUTE_MS, floats, integers, ms_of
from liqbot.rules import RULES
from liqbot.rules.rule import Blind, Scene

_MARKETS = 5
_ORDERS = 400  # forced ones a day and venue
_LEVELS = 200  # of a book, a side


def told(seen: Observation, seed: int) -> Observation:
    """Return what a venue would tell, with a tape."""
    chance, candles = np.random.default_rng(seed), seen.candles
    count = len(candles) * INTERVAL_MS * _ORDERS // DAY_MS
    bursts = chance.choice(candles.opened_ms, count // 20)
    at_ms = np.sort(chance.choice(bursts, count) + chance.integers(0, MINUTE_MS, count))
    row = np.searchsorted(candles.opened_ms, at_ms, side="right") - 1
    tape = Tape(
        at_ms=integers(at_ms),
        side=chance.integers(0, 2, count).astype(np.int8),
        price=floats(candles.close[row]),
        quantity=floats(chance.lognormal(0.0, 1.5, count)),
    )
    return replace(seen, tape=tape)


def histories(seen: Sequence[Observation], bars: int) -> Iterator[History]:
    """Yield the histories of the last so many bars."""
    from_ms = ms_of(seen[0].observed_at) - (bars - 1) * INTERVAL_MS
    return iter(Rolling(base=BASE, observations=seen, model=model(), from_ms=from_ms))


def scenes(history: History, norms: Norms) -> tuple[Scene, ...]:
    """Return the same scene for every market, with fresh books and all forced orders told."""
    mark = history.snapshot.mark
    steps = mark * 0.0002 * np.arange(1, _LEVELS + 1)
    sides = [[(mark + sign * step, 1.0) for step in steps] for sign in (-1, 1)]
    books = {venue: OrderBook.of(ms_of(history.at), *sides) for venue in history.venues}
    told_all = dict.fromkeys(history.venues, 1.0)
    return tuple(
        Scene(
            history=replace(history, base=f"{BASE}{row}", books=books),
            norms=norms,
            tapes=told_all,
        )
        for row in range(_MARKETS)
    )


def looked(scenes_: Sequence[Scene]) -> Mapping[str, float]:
    """Let each rule look at one market, or across all; return what it took, seconds by rule."""
    first, *others = scenes_
    taken = dict[str, float]()
    for rule in RULES.values():
        scene = replace(first, others=tuple(others)) if rule.across else first
        settings = rule.settings()
        seconds, found = _taken(lambda: rule.judge(scene, settings))  # noqa: B023 - called at once
        if isinstance(found, Blind):
            raise RuntimeError(f"{rule.name}: {found.reason}")  # noqa: TRY004 - it is of both types
        taken[rule.name] = seconds
    return taken


def _taken(task: Callable[[], object]) -> tuple[float, object]:
    began = process_time()
    result = task()
    return process_time() - began, result


def main(arguments: Sequence[str]) -> None:
    """Print the figures as JSON."""
    smoke = "--smoke" in arguments
    workload = Workload(bars=3000) if smoke else Workload()
    seen = [told(each, seed) for seed, each in enumerate(workload.observations)]
    norms = norms_of(seen, ms_of(seen[0].observed_at))
    anew_s, _ = _taken(lambda: recall(BASE, seen, model(), DAY_MS))
    seconds: dict[str, list[float]] = defaultdict(list)
    steps = histories(seen, 13 if smoke else 289)
    next(steps)  # what was before
    while True:
        step_s, history = _taken(lambda: next(steps, None))
        if not isinstance(history, History):
            break
        taken = looked(scenes(history, norms))
        for name, each in (("step", step_s), ("rules", sum(taken.values())), *taken.items()):
            seconds[name].append(each)
    seconds["history anew"].append(anew_s)
    figures = {
        "machine": machine(),
        "load": load(),
        "bars": len(seconds["step"]),
        "median_ms": {name: 1e3 * float(np.median(each)) for name, each in seconds.items()},
        "least_ms": {name: 1e3 * min(each) for name, each in seconds.items()},
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
