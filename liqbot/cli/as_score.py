"""What a replay told, and what came of it, as tables."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from liqbot.alerting.grading import Outcome
from liqbot.alerting.outcome import Kind
from liqbot.alerting.score import Axis, Lift, Row, score

if TYPE_CHECKING:
    from liqbot.cli.replaying import Done

_KINDS = {
    Kind.IGNORED: "ignored",
    Kind.FRONT_RUN: "front-run",
    Kind.REACHED: "reached",
    Kind.REJECTED: "rejected",
    Kind.SWEPT: "swept",
    Kind.CONTINUED: "went on",
}


def told(done: "Done") -> RenderableType:
    """Return alerts a day by rule and market, and how many messages there were a day."""
    bases = done.order.bases
    table = _table("Alerts a day", *bases, "all")
    rules = list(dict.fromkeys(rule for rule, _ in done.alerts))
    for rule in rules:
        counts = [done.alerts[rule, base] for base in bases]
        every = sum(count for (name, _), count in done.alerts.items() if name == rule)
        table.add_row(rule, *(f"{each / done.days:.2f}" for each in (*counts, every)))
    by_day = Counter(at.date() for at in done.messages)
    days = np.zeros(max(round(done.days), len(by_day), 1))
    days[: len(by_day)] = list(by_day.values())
    count = f"{len(done.messages)} messages in {done.days:.3g} days"
    usual = f"{np.median(days):.0f} on the median day, {days.max():.0f} on the fullest"
    return Group(table, f"{count}: {usual}. {_speed(done)}")


def outcomes(graded: Sequence[Outcome]) -> RenderableType:
    """Return what came of alerts by rule; and how often, beside levels that nobody chose."""
    kinds = _table("What came of it", "n", *_KINDS.values())
    lifts = _table("Price got there", "share (95 %)", "× random (95 %)", "× mirror (95 %)")
    for row in score(graded, by=(Axis.RULE,)):
        name = row.key[Axis.RULE]
        shares = (f"{row.kinds[each].value:.0%}" if row.n else "–" for each in _KINDS)
        kinds.add_row(name, str(row.n), *shares)
        lifts.add_row(name, _reached(row), *map(_lift, row.reach_lift))
    return Group(
        kinds,
        "",
        lifts,
        "× random: as often as levels as far away at random moments; × mirror: as the mirror image."
        " 1 is no skill, – too few days to tell.",
    )


def _speed(done: "Done") -> str:
    return f"{done.days * 86_400 / max(done.took_s, 1e-9):,.0f} × real time."


def _reached(row: Row) -> str:
    low, high = row.reached.interval
    return f"{row.reached.value:.0%} ({low:.0%} – {high:.0%})" if row.n else "–"


def _lift(lift: Lift | None) -> str:
    if lift is None or lift.high == math.inf:
        return "–"
    return f"{lift.value:.2f} ({lift.low:.2f} – {lift.high:.2f})"


def _table(first: str, *names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first)
    for each in names:
        table.add_column(each, justify="right")
    return table
