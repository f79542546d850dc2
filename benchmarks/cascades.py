"""Whether cascades are told, and when: python -m benchmarks.cascades [--seeds N] [--smoke].

Markets are simulated in which build-ups of positions are planted and price is driven into them.
The rules look as the bot does: a map once its bar has ended, between bars price, forced orders
and open interest as far as they are told by then. What is told is held against all forced orders,
of which the tapes tell a part, and against price and open interest to the minute.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from benchmarks.machine import machine
from benchmarks.truth import DAYS, FIRST_H, Fired, Truth, fired, planted
from liqbot.alerting.lifecycle import QUIET, Sight, advance
from liqbot.market.norms import norms_of
from liqbot.market.units import DAY_MS, MINUTE_MS, Side, ms_of
from liqbot.rules import RULES
from liqbot.rules.rule import Blind, Scene
from liqbot.simulation.settings import Settings
from tests.scenarios.stage import TAPES, TICK_MS, Stage

_START, _END = RULES["cascade_start"], RULES["cascade_end"]
_SEEN_MS = 6 * MINUTE_MS  # for how long after a heavy minute anything can begin or end
_EARLY_MS, _LATE_MS = 12 * MINUTE_MS, 5 * MINUTE_MS  # beside what fired, what is told of it
_MONTH_MS = 30 * DAY_MS


@dataclass(slots=True)
class Figures:
    """What was told, over all markets."""

    planted: int = 0
    found: int = 0
    late: list[float] = field(default_factory=list)  # looks after it was there in truth
    after_first: list[float] = field(default_factory=list)  # seconds after the first order planted
    ends: list[float] = field(default_factory=list)  # seconds after the last minute that was heavy
    own: int = 0  # starts that nobody planted, and that are true
    false: int = 0  # starts that are not
    months: float = 0.0
    missed: list[str] = field(default_factory=list)

    def told(self) -> Mapping[str, object]:
        """Return the figures by name."""
        return {
            "planted": self.planted,
            "found": self.found,
            "found_share": self.found / max(self.planted, 1),
            "late_looks": _spread(self.late),
            "after_first_planted_order_s": _spread(self.after_first),
            "end_after_last_heavy_minute_s": _spread(self.ends),
            "market_months": self.months,
            "unplanted_true_a_month": self.own / self.months,
            "unplanted_false": self.false,
            "unplanted_false_a_month": self.false / self.months,
            "missed": self.missed,
        }


@dataclass(frozen=True, slots=True)
class Told:
    """When a rule began to tell of a side, Unix ms."""

    rule: str
    side: Side
    at_ms: int


def told(stage: Stage, truth: Truth) -> Iterator[Told]:
    """Yield what the two rules tell, on the looks at which they could see anything."""
    lives = {(rule, side): QUIET for rule in (_START.name, _END.name) for side in Side}
    for scene in stage.scenes(looks(stage, truth)):
        at = scene.history.at
        for rule in (_START, _END):
            for side, sight in _sights(rule.name, scene).items():
                name = (rule.name, side)
                life, _ = advance(lives[name], sight, at, rule.patience, timedelta(0))
                if life.is_on and not lives[name].is_on:
                    yield Told(rule.name, side, ms_of(at))
                lives[name] = life


def looks(stage: Stage, truth: Truth) -> list[int]:
    """Return the bot's looks (Unix ms) of which some may tell of a heavy minute."""
    from_ms, to_ms = stage.at_ms(FIRST_H), truth.end_ms
    wanted = {from_ms}
    for day_ms in range(from_ms // DAY_MS * DAY_MS, to_ms, DAY_MS):
        norms = norms_of(stage.observations, day_ms, completeness=TAPES)
        for side in Side:
            tape = stage.tape.since(day_ms).until(day_ms + DAY_MS - 1)
            at_ms, usd = tape.at_ms[tape.side == side.index], tape.usd[tape.side == side.index]
            summed = np.concatenate(([0.0], usd.cumsum()))
            minute = summed[1:] - summed[np.searchsorted(at_ms, at_ms - MINUTE_MS, side="right")]
            for heavy in at_ms[minute >= 0.8 * norms.minute_usd[side.index]].tolist():
                first = -(-heavy // TICK_MS) * TICK_MS
                wanted.update(range(first, first + _SEEN_MS, TICK_MS))
    return sorted(each for each in wanted if from_ms <= each < to_ms)


def _sights(rule: str, scene: Scene) -> dict[Side, Sight | None]:
    found = RULES[rule].judge(scene, RULES[rule].settings())
    if isinstance(found, Blind):
        return dict.fromkeys(Side, None)
    seen: dict[Side, Sight | None] = dict.fromkeys(Side, Sight(False, False, 0.0))  # noqa: FBT003
    for each in found:
        if each.side is not None:
            seen[each.side] = Sight(each.entered, inside=True, value=each.value)
    return seen


def measure(figures: Figures, settings: Settings, stage: Stage) -> None:
    """Add what is told of one market to the figures."""
    truth = Truth.of(stage.told)
    every = list(told(stage, truth))
    starts = [each for each in every if each.rule == _START.name]
    cascades = [found for plan in settings.planted if (found := fired(stage.told, plan))]
    of_these: set[Told] = set()
    for cascade in cascades:
        span = range(cascade.from_ms - _EARLY_MS, cascade.to_ms + _LATE_MS)
        near = [start for start in starts if start.at_ms in span]
        of_these.update(near)
        _hold(figures, truth, cascade, [each for each in near if each.side is cascade.side])
    for each in set(starts) - of_these:
        if truth.upholds(each.side, each.at_ms):
            figures.own += 1
        else:
            figures.false += 1
    for each in every:
        if each.rule == _END.name and (last := truth.last_heavy_ms(each.side, each.at_ms)):
            figures.ends.append((each.at_ms - last) / 1000)
    figures.months += (truth.end_ms - stage.at_ms(FIRST_H)) / _MONTH_MS


def _hold(figures: Figures, truth: Truth, cascade: Fired, starts: Sequence[Told]) -> None:
    """Hold what was told of a planted cascade against when it was there."""
    figures.planted += 1
    if not starts:
        figures.missed.append(f"{cascade.side} at {cascade.from_ms}")
        return
    figures.found += 1
    told_ms = min(each.at_ms for each in starts)
    begun_ms = truth.begun_ms(cascade.side, cascade.from_ms - _EARLY_MS, cascade.to_ms)
    figures.late.append((told_ms - (begun_ms or cascade.from_ms)) / TICK_MS)
    figures.after_first.append((told_ms - cascade.from_ms) / 1000)


def _spread(values: Sequence[float]) -> list[float]:
    """Return the percentiles 5, 25, 50, 75 and 95."""
    return [
        round(float(each), 2) for each in np.percentile(values or [np.nan], (5, 25, 50, 75, 95))
    ]


def main(arguments: Sequence[str]) -> None:
    """Print the figures as JSON."""
    smoke = "--smoke" in arguments
    seeds = int(arguments[arguments.index("--seeds") + 1]) if "--seeds" in arguments else 20
    figures = Figures()
    for seed in range(1 if smoke else seeds):
        settings = planted(seed, 6.0 if smoke else DAYS)
        measure(figures, settings, Stage.of(settings, settings.markets[0]))
        sys.stderr.write(f"{seed}: {figures.found} of {figures.planted}\n")
    print(json.dumps({"machine": machine(), **figures.told()}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
