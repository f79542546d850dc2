"""What one shock to several markets would fire, in sentences."""

from collections.abc import Mapping, Sequence

from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.heatmap.shock import Exposure, total_of
from liqbot.market.units import Side

_MORE = 1.05  # from which a shock is told to fire more than what is within it
_MOST = 8  # markets that are named


def told_of(exposures: Sequence[Exposure], blind: Mapping[str, str], numbers: Numbers) -> list[str]:
    """Return what there is to say of all together; `blind` is why markets cannot be seen."""
    told = [_shock(exposures, side, numbers) for side in Side] if exposures else []
    if blind:
        told.append(f"Not seen, and not counted: {_names(list(blind))}")
    unread = [each.history.base for each in exposures if not each.pushed[0].depth.is_known]
    if unread:
        told.append(f"No order book, so nothing beyond the shock counts: {_names(unread)}")
    if exposures:
        told += [_near(exposures, side, numbers) for side in Side]
        share = size(exposures[0].shock, numbers)
        told.append(f"$ → $: expected within {share} → with what that sets off beyond")
        told.append("(low … high): all markets low, or all high, at once")
    return told


def row_of(exposure: Exposure, side: Side, numbers: Numbers) -> tuple[str, str]:
    """Return what a side is expected to fire, and where its nearest cluster is."""
    pushed = exposure.pushed[side.index]
    near, fired = pushed.on_way_usd, pushed.base.fired_usd
    more = f" → {numbers.usd(fired)}" if fired > near * _MORE else ""
    cluster = exposure.nearest[side.index]
    where = "no cluster" if cluster is None else f"cluster {numbers.percent(cluster.distance)}"
    return f"{ARROW[side]} {numbers.usd(near)}{more}", where


def _shock(exposures: Sequence[Exposure], side: Side, numbers: Numbers) -> str:
    total, share = total_of(exposures, side), size(exposures[0].shock, numbers)
    move = "fell" if side is Side.LONG else "rose"
    return (
        f"{ARROW[side]} If all {move} by {share}: expected {numbers.usd(total.base)} of"
        f" {side.value}s ({numbers.usd(total.low)} … {numbers.usd(total.high)})"
    )


def _near(exposures: Sequence[Exposure], side: Side, numbers: Numbers) -> str:
    near = [each.history.base for each in exposures if each.is_near(side)]
    share, count = size(exposures[0].shock, numbers), len(exposures)
    named = f": {_names(near)}" if near else ""
    return f"{side.value.capitalize()} clusters within {share}: {len(near)} of {count}{named}"


def size(shock: float, numbers: Numbers) -> str:
    """Write a shock: 3%, 2.5%."""
    percent = 100 * shock
    return f"{numbers.decimal(percent, 0 if abs(percent - round(percent)) < 1e-9 else 1)}%"


def _names(bases: Sequence[str]) -> str:
    more = f" and {len(bases) - _MOST} more" if len(bases) > _MOST else ""
    return f"{', '.join(bases[:_MOST])}{more}"
