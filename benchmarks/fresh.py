"""The workload in a process of its own: what a start costs, and how much memory it takes."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

_ROOT = Path(__file__).parents[1]


def starts(bars: int, bins: int, cold: int, warm: int) -> dict[str, dict[str, float]]:
    """Return what a start costs with nothing compiled yet and with everything, medians.

    `import_ms` includes the compiling; `process_ms` is the whole life of the process, seen from
    outside; memory is what was resident at most up to a point, in MB.
    """
    with TemporaryDirectory() as folder:
        caches = [Path(folder) / str(number) for number in range(cold)]
        rows = {
            "cold": [_in_fresh_process(bars, bins, cache) for cache in caches],
            "warm": [_in_fresh_process(bars, bins, caches[0]) for _ in range(warm)],
        }
    return {
        name: {key: float(np.median([each[key] for each in told])) for key in told[0]}
        for name, told in rows.items()
    }


def _in_fresh_process(bars: int, bins: int, cache: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.fresh", str(bars), str(bins)]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    began = perf_counter()
    done = subprocess.run(command, cwd=_ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    return {"process_ms": (perf_counter() - began) * 1e3, **json.loads(done.stdout)}


def _work(bars: int, bins: int) -> dict[str, float]:
    began = perf_counter()
    imported = import_module("benchmarks.workload")
    told = {"import_ms": (perf_counter() - began) * 1e3, "import_mb": _peak_mb()}
    workload = imported.Workload(bars=bars, bins=bins)
    terms, start, line = workload.terms, workload.start, workload.line
    told["inputs_mb"] = _peak_mb()
    for name in ("first_run_ms", "second_run_ms"):
        began = perf_counter()
        ran = imported.run(terms, start, line)
        told[name] = (perf_counter() - began) * 1e3
        del ran
    return told | {"peak_mb": _peak_mb()}


def _peak_mb() -> float:
    """Return how much of this process was ever in memory at once, in MB.

    From /proc, since what getrusage says is inherited from the process that started this one.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")


if __name__ == "__main__":
    print(json.dumps(_work(*map(int, sys.argv[1:]))))
