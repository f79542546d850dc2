"""How long something takes: many times, in turns with what it is compared with."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TypeAlias, TypeVar

import numpy as np

MS, US = 1e-3, 1e-6  # seconds

Task: TypeAlias = Callable[[], object]
_Name = TypeVar("_Name")


@dataclass(frozen=True)
class Timing:
    """How long each repeat took, in seconds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one, in seconds."""
        return float(np.median(self.seconds))

    @property
    def minimum(self) -> float:
        """The shortest one, in seconds: what is left when nobody else uses the machine."""
        return min(self.seconds)

    def told(self, unit: float) -> dict[str, float]:
        """Return the median, the minimum and the quartiles in units of so many seconds."""
        first, third = np.percentile(self.seconds, (25, 75))
        return {
            "median": self.median / unit,
            "minimum": self.minimum / unit,
            "first_quartile": float(first) / unit,
            "third_quartile": float(third) / unit,
            "repeats": len(self.seconds),
        }


def side_by_side(
    tasks: Mapping[_Name, Task], rounds: int, *, warm: bool = False
) -> dict[_Name, Timing]:
    """Time each task once a round; unless all are `warm`, after a round that does not count.

    Whatever else the machine does then slows all tasks alike. Giving back a result's memory is
    not part of a task.
    """
    seconds: dict[_Name, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds if warm else rounds + 1):
        for name, task in tasks.items():
            seconds[name].append(_once(task))
    return {name: Timing(tuple(each[-rounds:])) for name, each in seconds.items()}


def _once(task: Task) -> float:
    with no_collection():
        began = perf_counter()
        result = task()
        taken = perf_counter() - began
    del result
    return taken


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from running."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
