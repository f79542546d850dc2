"""What price did with levels like these, as the bot's own alerts tell.

One rule's alerts are counted, those of the rule that has most: a cluster of which several rules
told is one case and not several.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liqbot.alerting.outcome import Kind, Reach
from liqbot.alerting.score import Axis, Row, Share
from liqbot.market.units import Side

ENOUGH = 20  # cases, below which nothing is said of them
AXES = (Axis.MARKET, Axis.RULE, Axis.SIDE, Axis.DISTANCE)  # by which rows have to be told apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What came of alerts on one side of one market, as far away as a cluster is now."""

    rule: str  # whose alerts they are
    reach: Reach
    n: int  # whose outcome is known, above 0
    kinds: Mapping[Kind, Share]  # of the n; together all of them
    simulated: bool

    @property
    def likely(self) -> Kind | None:
        """What came most often; None of too few cases, or where two came as often."""
        first, second = sorted(self.kinds, key=lambda kind: -self.kinds[kind].hits)[:2]
        is_first = self.kinds[first].hits > self.kinds[second].hits
        return first if self.n >= ENOUGH and is_first else None


def past_of(rows: Iterable[Row], base: str, side: Side, reach: Reach) -> Past | None:
    """Return what came of such alerts, of `rows` by AXES; None where no outcome is known."""
    wanted = {Axis.MARKET: base, Axis.SIDE: side.value, Axis.DISTANCE: reach.value}
    there = [
        row
        for row in rows
        if row.n and all(row.key[axis] == value for axis, value in wanted.items())
    ]
    if not there:
        return None
    most = min(there, key=lambda row: (-row.n, row.key[Axis.RULE]))
    return Past(
        rule=most.key[Axis.RULE],
        reach=reach,
        n=most.n,
        kinds=most.kinds,
        simulated=most.simulated,
    )
