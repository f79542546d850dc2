"""What every test stands on."""

import os
from pathlib import Path

from hypothesis import settings

# Bots that tests start keep what numba compiled in their state folders, which are new each time.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache/numba"))

# How long an example takes says more about the machine, and about numba's first call, than
# about the code. A commit passes or fails every time; --hypothesis-profile=hunt looks further.
settings.register_profile("liqbot", deadline=None, derandomize=True)
settings.register_profile("hunt", deadline=None)
settings.load_profile("liqbot")

pytest_plugins = ("tests.databases",)
