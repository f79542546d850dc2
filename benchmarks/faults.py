"""Let every fault loose on eight venues for an hour: uv run python -m benchmarks.faults --seeds 3.

The real exchanges ask fake ones whose time a test moves, half a minute from poll to poll. Ends
with 1 where a wrong value was kept, a gap not shown, or a market not back after two polls.
"""

import argparse
import asyncio
import logging
import sys
from collections import Counter
from time import time

from liqbot.exchanges import _pacing
from tests.jobs.hour import lived

_POLLS = 120  # of each market


def main() -> None:
    """Live through hours, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--polls", type=int, default=_POLLS)
    options = parser.parse_args()
    _pacing._STEADY = 1e6  # noqa: SLF001 - how fast venues are asked is not on trial
    logging.disable()
    polls, faults, failures = 0, Counter[str](), 0
    for seed in range(1, options.seeds + 1):
        began_s = time()
        hour = asyncio.run(lived(options.polls, seed))
        polls, faults = polls + hour.polls, faults + hour.faults
        wrong, hidden, late = sorted(hour.wrong), hour.hidden, hour.late
        failures += len(wrong) + len(hidden) + len(late)
        print(
            f"seed {seed}: {hour.polls} polls, {hour.faults.total()} faults, {hour.checked} values"
            f" kept, {len(wrong)} wrong, {len(hidden)} gaps not shown, {len(late)} late,"
            f" {time() - began_s:.0f} s",
            *(wrong + hidden + late)[:8],
            sep="\n  ",
            flush=True,
        )
    print(f"{polls} polls, {faults.total()} faults: {dict(sorted(faults.items()))}")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
