"""Whether /whatif is right, and how fast: python -m benchmarks.whatif [--seeds N] [--smoke].

With --answers only how fast it and /risk are.

Markets are simulated in which build-ups of positions are planted and price is driven into them
and 0.6 % beyond. At the moment at which that begins it is asked what would happen if price went
there: of what the bot would know, by the model as it comes and by one fitted the night before, and
of the positions themselves, which no bot can know, so that errors of the walk are told from those
of the map. What is said is held against all forced orders and the price until it turns.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.answering import answered
from benchmarks.machine import load, machine
from benchmarks.truth import DAYS, planted
from liqbot.calibration.fit import fit
from liqbot.calibration.flow import realised, scored
from liqbot.heatmap.bars import align
from liqbot.heatmap.cascade import Cascade, Walk, cascade_of
from liqbot.heatmap.history import History
from liqbot.heatmap.model import Model
from liqbot.heatmap.rolling import Rolling
from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Usd, floats
from liqbot.simulation.chronicle import Chronicle
from liqbot.simulation.market import Market
from liqbot.simulation.positions import FOREVER, Rows, standing_at
from liqbot.simulation.publishing import Published, publish
from liqbot.simulation.settings import STEPS, Planted, Settings
from liqbot.simulation.venues import CONTRACTS, VENUES

_SHARES = (0.003, 0.01, 0.02, 0.03)  # of open interest that a build-up is
_BEYOND = 0.006  # how far past its middle price is driven
_NEAREST = 0.006  # log way to where price is driven, below which nothing is asked
_TURN_MS = 16 * MINUTE_MS  # within which price turns
_STEP_MS = MINUTE_MS // STEPS
_FIRES = 0.89  # of what stands beyond, median of seeds 1000 … 1011: the rest is stopped before
_NEAR, _FACTOR = 0.01, 1.5  # the goals


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A shock: what happened, and what was said before."""

    share: float  # of open interest that was planted
    planted: float  # of what fired
    pushed: float  # Price
    stop: float  # Price
    usd: float
    said: Mapping[str, "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one map; the stop NaN where it is past the map."""

    stop: float
    usd: float
    low: tuple[float, float]  # stop and Usd
    high: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class World:
    """One simulated market."""

    settings: Settings
    told: Chronicle
    published: tuple[Published, ...]
    positions: Rows

    @staticmethod
    def of(seed: int, days: float) -> "World":
        """Simulate one; its build-ups are of all sizes."""
        settings = planted(seed, days)
        base = settings.markets[0]
        plans = tuple(
            replace(plan, usd=Usd(CONTRACTS[base].open_interest * _SHARES[(row + seed // 2) % 4]))
            for row, plan in enumerate(settings.planted)
        )
        settings = replace(settings, planted=plans)
        told, positions = Market(settings, base).run(lambda _: None)
        return World(
            settings=settings,
            told=told,
            published=tuple(publish(told, settings, place) for place in range(len(VENUES))),
            positions=positions,
        )

    @property
    def observations(self) -> list[Observation]:
        """What the venues told."""
        return [each.observation for each in self.published]

    def at_ms(self, hours: float) -> int:
        """Return when it is so many hours after the start, Unix ms."""
        return self.told.start_ms + round(hours * HOUR_MS)

    def marks(self, from_ms: int, to_ms: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the marks of the steps that end after a moment and by another."""
        first, last = ((each - self.told.start_ms) // _STEP_MS for each in (from_ms, to_ms))
        return self.told.marks.ravel()[first:last]


def cases(seed: int, days: float = DAYS) -> list[Case]:
    """Ask before each shock of a world, and hold it against what then happens."""
    world = World.of(seed, days)
    return [case for plan in world.settings.planted if (case := _case(world, plan))]


def _case(world: World, plan: Planted) -> Case | None:
    side, sign = plan.side, plan.side.sign
    at_ms, begin_ms = world.at_ms(plan.shock_h or 0.0), world.at_ms(plan.begin_h)
    mark, before = (float(world.marks(ms - _STEP_MS, ms)[0]) for ms in (at_ms, begin_ms))
    pushed = before * (1 - sign * plan.distance) * float(np.exp(-sign * _BEYOND))
    if sign * np.log(mark / pushed) < _NEAREST:
        return None
    after = world.marks(at_ms, at_ms + _TURN_MS)
    turn = int(np.argmin(sign * after))
    rows, marks = world.told.orders()
    until_ms = rows["until_ms"]
    fired = (rows["side"] == side.index) & (until_ms > at_ms)
    fired &= until_ms <= at_ms + (turn + 1) * _STEP_MS
    usd = rows["quantity"] * marks
    return Case(
        share=plan.usd / CONTRACTS[plan.market].open_interest,
        planted=float(usd[fired & (rows["patience_ms"] == FOREVER)].sum() / usd[fired].sum()),
        pushed=pushed,
        stop=float(after[turn]),
        usd=float(usd[fired].sum()),
        said={name: said(cascade_of(each, pushed)) for name, each in maps(world, at_ms)},
    )


def maps(world: World, at_ms: int) -> Iterator[tuple[str, History]]:
    """Yield the maps of a moment: as the bot comes, as it fits itself, and of the truth."""
    books = {each.observation.instrument.venue: _book(each, at_ms) for each in world.published}
    base, told = world.settings.markets[0], world.observations
    for name, model in (("default", Model()), ("fitted", _fitted(base, told, at_ms))):
        walk = Rolling(base=base, observations=told, model=model, from_ms=at_ms, to_ms=at_ms)
        history = replace(next(iter(walk)), books=books)
        yield name, history
    yield "true", _true(history, standing_at(world.positions, at_ms))


def said(found: Cascade) -> Said:
    """Return what is said."""
    low, base, high = (_told(each) for each in (found.low, found.base, found.high))
    return Said(*base, low, high)


def _told(way: Walk) -> tuple[float, float]:
    return (float("nan") if way.stop is None else way.stop), way.fired_usd


def _book(told: Published, at_ms: int) -> OrderBook:
    now = told.books["at_ms"] == at_ms
    side, price, quantity = (told.books[name][now] for name in ("side", "price", "quantity"))
    bids, asks = (
        zip(price[side == name].tolist(), quantity[side == name].tolist(), strict=True)
        for name in ("bid", "ask")
    )
    return OrderBook.of(at_ms, bids, asks)


def _fitted(base: str, told: Sequence[Observation], at_ms: int) -> Model:
    """Return a model that was fitted at midnight to all that was told by then."""
    midnight_ms = at_ms // DAY_MS * DAY_MS
    bars = align(told)
    bars = bars.rows(0, int(np.searchsorted(bars.opened_ms, midnight_ms)))
    tapes = {each.instrument.venue: each.tape.until(midnight_ms - 1) for each in told}
    return fit(base, bars, scored(realised(tapes, None, bars), bars), Model())


def _true(history: History, standing: Rows) -> History:
    """Return the map of the positions themselves, in place of the modelled one."""
    snapshot = history.snapshot
    usd = np.zeros_like(snapshot.usd)
    standing = standing[standing["liquidation"] > 0]
    place = np.log(standing["liquidation"]) / snapshot.grid.step - snapshot.grid.first
    tier = np.clip(np.searchsorted(snapshot.tiers, standing["leverage"]), 0, usd.shape[2] - 1)
    inside = (place >= 0) & (place < snapshot.grid.bins)
    where = (standing["venue"], standing["side"], tier, np.floor(place).astype(np.int64))
    held = standing["quantity"] * standing["liquidation"]
    np.add.at(usd, tuple(each[inside] for each in where), held[inside])
    return replace(
        history,
        snapshot=replace(snapshot, usd=floats(usd)),
        model=replace(history.model, realisation=(_FIRES, _FIRES)),
    )


def figures(found: Sequence[Case]) -> Mapping[str, object]:
    """Return how far off what was said was, by map, and by map and size."""
    return {
        "cases": len(found),
        "planted_share_of_fired": _spread([each.planted for each in found]),
        "turned_to_pushed_percent": _spread(
            [100 * (each.stop / each.pushed - 1) for each in found]
        ),
        "stop_within_1_percent_if_where_pushed": float(
            np.mean([abs(each.pushed / each.stop - 1) <= _NEAR for each in found])
        ),
        **{name: _figures(found, name) for name in ("default", "fitted", "true")},
    }


def _figures(found: Sequence[Case], name: str) -> Mapping[str, object]:
    pairs = [(each, each.said[name]) for each in found]
    stops = np.array([told.stop / each.stop - 1 for each, told in pairs])
    ratios = np.array([told.usd / each.usd for each, told in pairs])
    close = np.abs(np.log(ratios)) <= np.log(_FACTOR)
    sizes = np.array([each.share for each, _ in pairs])
    held = [told.low[1] <= each.usd <= told.high[1] for each, told in pairs]
    return {
        "stop_within_1_percent": float((np.abs(stops) <= _NEAR).mean()),
        "stop_error_percent": _spread(100 * stops[~np.isnan(stops)]),
        "no_stop": int(np.isnan(stops).sum()),
        "usd_within_factor_1_5": float(close.mean()),
        "usd_said_to_real": _spread(ratios),
        "usd_within_low_high": float(np.mean(held)),
        "usd_within_factor_1_5_by_size": {
            f"{share:g}": float(close[np.isclose(sizes, share)].mean())
            for share in _SHARES
            if np.isclose(sizes, share).any()
        },
    }


def _spread(values: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """Return the percentiles 5, 25, 50, 75 and 95."""
    return [round(float(each), 3) for each in np.percentile(values, (5, 25, 50, 75, 95))]


def main(arguments: Sequence[str]) -> None:
    """Print the figures as JSON."""
    smoke = "--smoke" in arguments
    told = {"machine": machine(), "load": load(), "answers": answered(smoke=smoke)}
    if "--answers" in arguments:
        print(json.dumps(told, indent=2))
        return
    seeds = int(arguments[arguments.index("--seeds") + 1]) if "--seeds" in arguments else 30
    found: list[Case] = []
    with ProcessPoolExecutor(1 if smoke else 2) as pool:
        count = 1 if smoke else seeds
        for seed, each in enumerate(
            pool.map(cases, range(count), [6.0 if smoke else DAYS] * count)
        ):
            found += each
            sys.stderr.write(f"{seed}: {len(found)} cases\n")
    print(json.dumps({**told, **figures(found)}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
