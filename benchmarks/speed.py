"""How fast: the whole history and a live tick, beside plain NumPy and the write limit."""

import sys
from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np

from benchmarks.numpy_engine import run_in_numpy
from benchmarks.timing import Task, Timing, no_collection, side_by_side
from benchmarks.workload import VENUES, Workload
from liqbot.heatmap.engine import run
from liqbot.heatmap.kernels import OFFER

_TOLERANCE = 1e-6  # of the heaviest bin, and of the largest flow


def agreement(workload: Workload) -> dict[str, float]:
    """Return how far the NumPy version is from the engine; end the program if that is too far."""
    ran = workload.run()
    usd, flow = run_in_numpy(workload.terms, workload.start, workload.line)
    apart = {
        "usd": float(np.abs(ran.usd - usd).max() / ran.usd.max()),
        "flow": float(np.abs(ran.flow - flow).max() / ran.flow.max()),
    }
    if not max(apart.values()) <= _TOLERANCE:
        sys.exit(f"The NumPy version is not the same model: apart by {apart}.")
    return apart


def compared(workload: Workload, rounds: int, numpy_rounds: int) -> dict[str, Timing]:
    """Time the whole history, plain NumPy and the write limit side by side, after `agreement`."""
    work = (workload.terms, workload.start, workload.line)
    shape = (2, workload.bars, workload.bins)
    touched = np.ones(shape, np.float32)
    quick: dict[str, Task] = {
        "history": workload.run,
        "history_without_columns": partial(run, *work, columns=False),
        "write_limit": partial(np.full, shape, 1.0, np.float32),
        "write_limit_touched": partial(touched.fill, 1.0),
    }
    both = side_by_side(quick | {"numpy": partial(run_in_numpy, *work)}, numpy_rounds, warm=True)
    more = side_by_side(quick, rounds, warm=True)
    return both | {name: Timing(both[name].seconds + more[name].seconds) for name in quick}


def ticked(workload: Workload, count: int) -> dict[str, Timing]:
    """Time the last bars one at a time, each from the state before it: each venue, and all."""
    parts = {venue: replace(workload, venues=(venue,)) for venue in workload.venues}
    return {name: _ticks(part, count) for name, part in (parts | {"all venues": workload}).items()}


def _ticks(workload: Workload, count: int) -> Timing:
    terms, line = workload.terms, workload.line
    first = len(line) - count
    state = run(terms, workload.start, line.rows(0, first), columns=False).positions
    seconds = []
    with no_collection():
        for bar in range(first, len(line)):
            row = line.rows(bar, bar + 1)
            began = perf_counter()
            ran = run(terms, state, row)
            seconds.append(perf_counter() - began)
            state = ran.positions
    return Timing(tuple(seconds))


def scaled(workload: Workload, rounds: int) -> list[dict[str, float | str]]:
    """Return what the whole history costs with more bars, bins or venues, one at a time."""
    bars, bins = workload.bars, workload.bins
    sizes = {
        "as is": workload,
        **{f"bars × {n}": replace(workload, bars=n * bars) for n in (3, 12)},
        **{f"bins × {n:g}": replace(workload, bins=int(n * bins)) for n in (0.5, 2)},
        **{f"venues: {n}": replace(workload, venues=VENUES[:n]) for n in (1, 8)},
    }
    timings = side_by_side({name: size.run for name, size in sizes.items()}, rounds)
    return [
        {
            "size": name,
            "bars": size.bars,
            "bins": size.bins,
            "venues": len(size.venues),
            "tiers": int((~np.isnan(size.terms.offer[:, :, 0, OFFER.index("shift")])).sum()),
            "history_ms": timings[name].median * 1e3,
            "minimum_ms": timings[name].minimum * 1e3,
            "ratio": timings[name].minimum / timings["as is"].minimum,
        }
        for name, size in sizes.items()
    ]
