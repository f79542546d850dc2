"""The core: no wall clock, no chance, no surprise, nothing of this machine."""

from pathlib import Path

from tests.architecture.conftest import Plant
from tests.architecture.laws import (
    broad_excepts,
    compiled_outside_kernels,
    errors_outside_the_tree,
    foreign_places,
    sources,
    uses_of_time_and_chance,
)

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "liqbot"
AROUND_ONE = (  # the others go on, whatever it fails of
    "liqbot/alerting/evaluation.py",  # a rule
    "liqbot/live/courier.py",  # a message
    "liqbot/platforms/platform.py",  # an answer
)


def test_only_the_clock_reads_the_wall_and_only_the_simulation_draws() -> None:
    assert uses_of_time_and_chance(PACKAGE) == []


def test_a_use_of_time_or_chance_is_found(plant: Plant) -> None:
    root = plant(
        {
            "clock.py": "from datetime import datetime\ndatetime.now()",
            "a.py": "import time",
            "b.py": "from time import monotonic",
            "c.py": "from datetime import datetime, time\ndatetime.now(UTC)",
            "d.py": "import datetime\ndatetime.date.today()",
            "e.py": "import random",
            "f.py": "from uuid import uuid4",
            "g.py": "import numpy as np\nnp.random.default_rng(1)",
            "h.py": "import numpy as np\nnp.random.normal()",
            "fine.py": "def f(rng: np.random.Generator, clock): return clock.now()",
            "simulation/a.py": "import numpy as np\nnp.random.default_rng(seed)",
            "simulation/b.py": "import numpy as np\nnp.random.default_rng()",
        }
    )
    found = [each.split("/", 1)[1].partition(" ") for each in uses_of_time_and_chance(root)]
    told = {(where.split("/")[-1], how) for where, _, how in found}
    wall, chance = "reads the wall", "leaves it to chance"
    assert told >= {("a.py:1", wall), ("b.py:1", wall), ("c.py:2", wall), ("d.py:2", wall)}
    assert told >= {("e.py:1", chance), ("f.py:1", chance), ("g.py:2", chance)}
    assert told >= {("h.py:2", chance), ("b.py:2", chance)}
    assert len(told) == 9


def test_every_kernel_is_in_kernels() -> None:
    assert compiled_outside_kernels(PACKAGE) == []


def test_a_kernel_elsewhere_is_found(plant: Plant) -> None:
    root = plant(
        {
            "heatmap/kernels.py": "from numba import njit\n@njit\ndef f(): ...",
            "heatmap/engine.py": "from numba import njit\n@njit(cache=True)\ndef f(): ...",
            "a.py": "import numba as nb\n@nb.vectorize\ndef f(): ...",
        }
    )
    assert [each.split(": ")[1] for each in compiled_outside_kernels(root)] == ["vectorize", "njit"]


def test_every_error_is_in_the_tree() -> None:
    assert errors_outside_the_tree(PACKAGE) == []


def test_an_error_outside_the_tree_is_found(plant: Plant) -> None:
    root = plant(
        {
            "errors.py": "class LiqbotError(Exception): ...",
            "a.py": "class Odd(ValueError): ...\nclass Even(dict): ...",
            "b.py": "class Worse(errors.LiqbotError): ...",
        }
    )
    assert [each.split(": ")[1] for each in errors_outside_the_tree(root)] == ["Odd", "Worse"]


def test_nothing_is_caught_that_was_not_expected_but_around_one_of_many() -> None:
    found = [each.rpartition(":")[0] for each in broad_excepts(sources(PACKAGE))]
    assert sorted(found) == sorted(AROUND_ONE)


def test_a_broad_except_is_found(plant: Plant) -> None:
    caught = ["", " Exception", " (KeyError, BaseException) as e", " KeyError", " ConnectionError"]
    root = plant({f"{i}.py": f"try: x\nexcept{each}: y" for i, each in enumerate(caught)})
    assert [each[-6:] for each in broad_excepts(sources(root))] == ["0.py:2", "1.py:2", "2.py:2"]


def test_no_file_knows_the_machine_it_was_written_on_or_where_packages_come_from() -> None:
    paths = [ROOT / name for name in ("README.md", "pyproject.toml", "constraints.txt", ".ci/run")]
    paths += (ROOT / "benchmarks").glob("*.md")
    paths += sources(PACKAGE, ROOT / "tests", ROOT / "benchmarks")
    assert foreign_places(paths) == []


def test_a_place_that_is_not_in_the_project_is_found(plant: Plant) -> None:
    places = ["/work" + "/main", "/root" + "/.cache", "/home" + "/me", "pypi" + ".org"]
    fine = ["tests/home/x", "~/work/x", "https://x.org/home", "/work", "<root>/tmp/x"]
    places += ["https://mirror.example:80" + "/simple", "files.python" + "hosted.org"]
    root = plant({f"{i}.py": f"x = '{each}'" for i, each in enumerate([*places, *fine])})
    found = [each.split("/", 2)[2].split(".py: ")[0] for each in foreign_places(sources(root))]
    assert found == ["0", "1", "2", "3", "4", "5"]
