"""Measure the running bot: uv run python -m benchmarks.live --json FILE [--pictures | --smoke].

The fake exchanges are a process of their own, so is the bot: `liqbot run`, asked over a pipe. It
is started on an empty database, watched until its past is complete, stopped, started again on
what it has kept, watched, and asked for a picture now and then. How old the data of a picture
were when it was told is found afterwards from what the archive holds, not from what the bot says.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep, time
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.live_bot import Answer, Bot, exchanges, stamps, written_config
from benchmarks.machine import load, machine
from tests.fakes.world import NATURES

_PORT = 19_465
_LOOK_S = 2.0  # between two looks at the bot
_WINDOW = 5  # looks; the busiest of them are told
_CHARTS = ("heatmap", "levels", "delta", "tiers", "venues")
_ARRIVED_S = 1.0  # what was stamped so long before a question had come when it was asked


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is watched, and for how long."""

    markets: int = 20
    venues: tuple[str, ...] = ("binance", "bybit", "okx")
    days: float = 31.0  # of past that the venues tell
    minutes: float = 10.0  # of watching, once all has come: whole bars, so that all is counted
    asking_s: float = 10.0  # from one picture to the next
    filling_s: float = 1200.0  # for which the past is waited for
    book_every_s: float = 60.0  # as the bot has it by itself

    @property
    def bases(self) -> tuple[str, ...]:
        """The markets."""
        return tuple(NATURES)[: self.markets]


SMOKE = Plan(markets=2, days=1.0, minutes=0.1, asking_s=1.0, filling_s=5.0)

# The archive keeps one book of a quarter of an hour: what is new in the others nobody sees later.
PICTURES = Plan(markets=2, days=1.0, minutes=5.0, asking_s=2.0, filling_s=5.0, book_every_s=3600.0)


@dataclass
class Watched:
    """What was seen of a bot while it was watched."""

    began_s: float
    began_cpu_s: float
    ended_s: float = 0.0
    cpu_s: list[float] = field(default_factory=list)  # by the end of each look
    at_s: list[float] = field(default_factory=list)
    ages_s: list[float] = field(default_factory=list)  # of each market at each look
    pictures: list[tuple[str, Answer]] = field(default_factory=list)  # by base

    def told(self) -> dict[str, float]:
        """Return shares of one core and ages."""
        at_s = np.array([self.began_s, *self.at_s])
        cpu_s = np.array([self.began_cpu_s, *self.cpu_s])
        wide = min(_WINDOW, len(at_s) - 1)
        shares = (cpu_s[wide:] - cpu_s[:-wide]) / (at_s[wide:] - at_s[:-wide])
        known = [each for each in self.ages_s if np.isfinite(each)]
        return {
            "seconds": at_s[-1] - at_s[0],
            "core_share": (cpu_s[-1] - cpu_s[0]) / (at_s[-1] - at_s[0]),
            "core_share_median": float(np.median(shares)),
            "core_share_busiest": float(shares.max()),
            "age_s_median": float(np.median(known)),
            "age_s_p95": float(np.percentile(known, 95)),
            "age_s_most": max(known),
            "unknown_ages": len(self.ages_s) - len(known),
        }


def measured(plan: Plan, folder: Path) -> dict[str, Any]:
    """Return all figures; what is kept goes into a folder that is empty before."""
    with exchanges(plan.markets, plan.days) as url:
        database = written_config(
            folder, url, plan.bases, plan.venues, port=_PORT, book_every_s=plan.book_every_s
        )
        bot = Bot(folder, _PORT)
        try:
            empty = {"first_picture_s": _first_picture(bot, plan)}
            empty |= _summary(bot, _watch_filling(bot, plan))
            empty["stop_s"] = bot.stop()
        finally:
            bot.kill()
        bot = Bot(folder, _PORT)
        try:
            kept = {"first_picture_s": _first_picture(bot, plan)}
            kept |= {"settled_s": _settled(bot, plan)}
            watched = _watch(bot, plan)
            kept |= _summary(bot, watched)
            kept["stop_s"] = bot.stop()
        finally:
            bot.kill()
    pictures = pictured(watched.pictures, stamps(database, watched.began_s - 3600))
    return {"empty": empty, "kept": kept, "pictures": pictures}


def _first_picture(bot: Bot, plan: Plan) -> float:
    """Ask until a picture comes; return how long after the start that was, in seconds."""
    while not (answer := bot.ask(f"heatmap {plan.bases[0]}")).is_picture:
        sleep(0.1)
    return answer.told_s - bot.started_s


def _settled(bot: Bot, plan: Plan) -> float:
    """Wait until every market is mapped and polled; return how long after the start that is."""
    while True:
        figures = bot.figures()
        ages = figures["liqbot_data_age_seconds"]
        is_all_there = len(ages) == len(plan.bases) * len(plan.venues)
        if is_all_there and max(ages.values()) < 60 and not figures["liqbot_queue_depth"][()]:
            return time() - bot.started_s
        sleep(0.5)


def _watch_filling(bot: Bot, plan: Plan) -> Watched:
    """Watch a bot until its past is complete."""
    watched = Watched(time(), bot.cpu_s)
    while _look(bot, watched)["liqbot_back_filled_ratio"][()] < 1:
        if watched.at_s[-1] - watched.began_s > plan.filling_s:
            break
    return watched


def _watch(bot: Bot, plan: Plan) -> Watched:
    """Watch a bot for as long as planned, asking for pictures."""
    watched, asked_s = Watched(time(), bot.cpu_s), 0.0
    wanted = zip(cycle(plan.bases), cycle(_CHARTS), strict=False)
    while time() - watched.began_s < plan.minutes * 60:
        _look(bot, watched)
        if time() - asked_s >= plan.asking_s:
            asked_s = time()
            base, chart = next(wanted)
            watched.pictures.append((base, bot.ask(f"{chart} {base}")))
    return watched


def _look(bot: Bot, watched: Watched) -> Mapping[str, Mapping[tuple[str, ...], float]]:
    sleep(_LOOK_S)
    figures = bot.figures()
    watched.ages_s += figures["liqbot_data_age_seconds"].values()
    watched.at_s.append(time())
    watched.cpu_s.append(bot.cpu_s)
    return figures


def _summary(bot: Bot, watched: Watched) -> dict[str, Any]:
    figures = bot.figures()
    failures = figures.get("liqbot_poll_failures_total", {})
    return watched.told() | {
        "evaluation_ms": 1e3 * float(np.median([*figures["liqbot_evaluation_seconds"].values()])),
        "answers": sum(figures["liqbot_poll_latency_seconds_count"].values()),
        "faults": {" ".join(names): count for names, count in failures.items()},
        "filled": figures["liqbot_back_filled_ratio"][()],
        "peak_mb": bot.peak_mb,
    }


def pictured(
    pictures: Sequence[tuple[str, Answer]], told_of: Mapping[str, Mapping[str, Sequence[float]]]
) -> dict[str, float]:
    """Return how much older pictures were than their badges said when they had been told.

    Left out are those during whose making a venue told something new: what they were made of
    cannot be known from outside. A badge tells whole seconds, cut.
    """
    beyond = list(_beyond_badge(pictures, told_of))
    return {
        "asked": len(pictures),
        "came": sum(answer.is_picture for _, answer in pictures),
        "compared": len(beyond),
        "older_than_said_s_most": max(beyond, default=np.nan),
        "answered_s_median": float(np.median([each.told_s - each.asked_s for _, each in pictures])),
        "answered_s_most": max(each.told_s - each.asked_s for _, each in pictures),
    }


def _beyond_badge(
    pictures: Iterable[tuple[str, Answer]], told_of: Mapping[str, Mapping[str, Sequence[float]]]
) -> Iterator[float]:
    for base, answer in pictures:
        newest = []
        for stamped in map(np.array, told_of[base].values()):
            before = stamped[stamped <= answer.asked_s - _ARRIVED_S]
            by_then = stamped[stamped <= answer.told_s]
            if before.size == by_then.size:
                newest.append(before[-1])
        if len(newest) == len(told_of[base]) and answer.said_s is not None:
            yield answer.told_s - min(newest) - answer.said_s


def measure(plan: Plan) -> dict[str, Any]:
    """Return all figures, by name; README.md beside this file says what they mean."""
    found = machine() | {"load_before": load()}
    with TemporaryDirectory() as folder:
        figures = measured(plan, Path(folder))
    return {**figures, "plan": asdict(plan), "machine": found | {"load_after": load()}}


def main() -> None:
    """Measure, print and write what was measured."""
    parser = argparse.ArgumentParser(description="Measure the running bot.")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--minutes", type=float, default=Plan.minutes, help="of watching")
    parser.add_argument("--pictures", action="store_true", help="many pictures, two markets")
    parser.add_argument("--smoke", action="store_true", help="little, for seconds: does it run?")
    arguments = parser.parse_args()
    usual = PICTURES if arguments.pictures else Plan(minutes=arguments.minutes)
    figures = measure(SMOKE if arguments.smoke else usual)
    Console().print_json(json.dumps(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
