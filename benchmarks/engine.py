"""Measure the engine: uv run python -m benchmarks.engine --json FILE [--smoke].

`workload` says what is run, `numpy_engine` is what it is compared with, `timing` how it is
measured, `fresh` runs it in a new process, `pictures` draws, `tables` prints. Times are
wall-clock; a median says what one gets here and now, a minimum what the code costs.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.fresh import starts
from benchmarks.machine import load, machine
from benchmarks.pictures import drawings, history_of
from benchmarks.speed import agreement, compared, scaled, ticked
from benchmarks.tables import print_tables
from benchmarks.timing import MS, US, side_by_side
from benchmarks.workload import TIERS, Workload


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is measured, and how often."""

    bars: int
    bins: int
    rounds: int
    numpy_rounds: int
    scaling_rounds: int
    ticks: int
    cold_starts: int
    warm_starts: int
    views: tuple[str, ...]
    draws: int


FULL = Plan(
    bars=8640,
    bins=800,
    rounds=15,
    numpy_rounds=7,
    scaling_rounds=7,
    ticks=1000,
    cold_starts=3,
    warm_starts=7,
    views=("portrait", "wide", "hd", "30d"),
    draws=7,
)
SMOKE = Plan(
    bars=288,
    bins=200,
    rounds=2,
    numpy_rounds=1,
    scaling_rounds=1,
    ticks=20,
    cold_starts=1,
    warm_starts=1,
    views=("portrait",),
    draws=1,
)


def measure(plan: Plan) -> dict[str, Any]:
    """Return all figures, by name; README.md beside this file says what they mean."""
    found = machine() | {"load_before": load()}
    fresh = starts(plan.bars, plan.bins, plan.cold_starts, plan.warm_starts)
    workload = Workload(bars=plan.bars, bins=plan.bins)
    agreed = agreement(workload)
    timings = compared(workload, plan.rounds, plan.numpy_rounds)
    ticks = ticked(workload, plan.ticks)
    scaling = scaled(workload, plan.scaling_rounds)
    recalled = side_by_side({"recall": partial(history_of, workload)}, plan.draws)["recall"]
    drawn = drawings(history_of(workload), plan.views, plan.draws)
    shown = [each for each in drawn if each.view == plan.views[0]]
    history, slow, limit = (timings[name] for name in ("history", "numpy", "write_limit"))
    return {
        "history_ms": history.median / MS,
        "numpy_ms": slow.median / MS,
        "write_limit_ms": limit.median / MS,
        "tick_us": max(ticks[venue].median for venue in workload.venues) / US,
        "peak_mb": fresh["warm"]["peak_mb"],
        "peak_above_import_mb": fresh["warm"]["peak_mb"] - fresh["warm"]["import_mb"],
        "render_ms": {each.chart: each.timing.median / MS for each in shown},
        "png_kb": {each.chart: each.kilobytes for each in shown},
        "scaling": scaling,
        "numpy_over_history": slow.minimum / history.minimum,
        "history_over_write_limit": history.minimum / limit.minimum,
        "timings_ms": {name: timing.told(MS) for name, timing in timings.items()},
        "ticks_us": {name: timing.told(US) for name, timing in ticks.items()},
        "recall_ms": recalled.told(MS),
        "drawings_ms": [each.told() for each in drawn],
        "starts": fresh,
        "agreement": agreed,
        "workload": {
            "bars": plan.bars,
            "venues": workload.venues,
            "tiers": TIERS,
            "bins": plan.bins,
            "output_mb": 2 * plan.bars * plan.bins * 4 / 1e6,
        },
        "plan": asdict(plan),
        "machine": found | {"load_after": load()},
    }


def main() -> None:
    """Measure, print and write what was measured."""
    parser = argparse.ArgumentParser(description="Measure the engine beside its limits.")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--smoke", action="store_true", help="a tiny workload, once: does it run?")
    arguments = parser.parse_args()
    figures = measure(SMOKE if arguments.smoke else FULL)
    print_tables(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
