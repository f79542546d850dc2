"""What happens by itself, in the order in which it starts. Add yours here.

`job` says what a job is and what it may use. `watch_markets` is the bot: start there.
`_schedule` keeps time, and is the one door to APScheduler.
"""

from typing import Any

from liqbot.jobs.job import Job
from liqbot.registry import Registry

JOBS: Registry[Job[Any]] = Registry(
    "liqbot.jobs",
    "job",
    (
        "ask_brackets",  # what these two remember counts in the first maps
        "fit_models",
        "watch_markets",
        "ask_positions",
        "back_fill",
        "listen_tape",
        "judge_markets",
        "deliver_alerts",
        "grade_alerts",
        "prune_history",
    ),
)
