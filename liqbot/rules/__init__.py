"""What is worth an alert: each rule is one file, a pure look at one scene.

`rule` says what a rule is, what it looks at and what it finds. A finding carries its criteria,
numbers with the lines at which they enter and leave, so that hysteresis, a subscriber's own lines
and the choice of what is news need no rule. `_finding` adds what is said with every finding,
`_cascade` reads the tape.
"""

from typing import Any

from liqbot.registry import Registry
from liqbot.rules.rule import Rule

RULES: Registry[Rule[Any]] = Registry(
    "liqbot.rules",
    "rule",
    (
        "asymmetric_cluster",
        "cluster_approach",
        "cluster_growth",
        "cluster_migration",
        "cluster_fade",
        "cascade_start",
        "cascade_end",
        "thin_book",
        "open_interest_shift",
        "funding_extreme",
        "correlated_risk",
        "large_position",
        "own_position",
    ),
)
