"""Where the figures come from: a figure without its machine means nothing."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("numpy", "numba", "llvmlite", "scipy", "matplotlib")


def machine() -> dict[str, object]:
    """Return what the machine, the interpreter, the libraries and the code are."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
        "commit": _commit(),
    }


def load() -> float:
    """Return how many processes wanted to run, on average over the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _commit() -> str:
    """Return which commit runs, with -dirty where the files differ; empty outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "describe", "--always", "--dirty", "--exclude=*"]
    here = Path(__file__).parent
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    return done.stdout.strip()
