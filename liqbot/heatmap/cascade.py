"""What would be liquidated if price were pushed somewhere, and where it would come to rest.

The walk (MODEL.md §6) goes from the mark outward, step by step. In step k, f is what is expected
to be force-closed (raw modelled mass × realisation) and d what rests there in the books. Forced
orders that find nobody wait and meet the orders of the next step:

    waiting = max(0, waiting + f − d)

As far as the price that it is pushed to, whoever pushes takes what the forced orders leave. From
there on nobody does, and price goes as far as orders wait: to the place in a step at which
waiting + (f − d)·t is 0, or, where that never happens, past the end of the map.

Three cases are walked, since neither side of it is known well: less fires and more rests (low),
as expected (base), more fires and less rests (high).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from liqbot.errors import OutOfRange
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.depth import Depth, depth_of
from liqbot.heatmap.heatmap import Snapshot
from liqbot.heatmap.history import History
from liqbot.heatmap.model import Model
from liqbot.market.units import F8, Price, Side, Usd, floats

THIN = 0.2  # resting ÷ forced, below which a stretch is thin (PRODUCT.md, rule 88)
RESTS = (1.5, 1.0, 0.5)  # × what rests: low, base, high; in a fall, bids are taken away
_USUAL = 0.03
_FIRES = (0.4, 1.7)  # × expected: low, high, for a model that does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One case: how far price goes, what fires and what becomes of it."""

    stop: Price | None  # where it comes to rest; None: past the end of the map, or unknown
    share: F8  # (step,) of each step that price goes through, 0 … 1
    fired_usd: Usd
    absorbed_usd: Usd  # of it, what met resting orders
    left_usd: Usd  # of it, what met nobody before the map ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """What one tier fires."""

    leverage: float
    usd: Usd
    half: Price  # where half of it has fired


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A span of prices in which next to nothing rests against what fires."""

    low: Price
    high: Price


@dataclass(frozen=True, kw_only=True)
class Cascade:
    """What would happen if price were pushed to a target. Expected USD; an estimate."""

    history: History
    side: Side  # whose positions it would liquidate
    target: Price
    edges: F8  # (step + 1,) log distance from the mark, rising from 0
    reached: int  # steps up to the target
    forced: F8  # (tier, step) expected Usd
    depth: Depth

    @cached_property
    def low(self) -> Walk:
        """Less fires, and more rests."""
        return self._walked(0)

    @cached_property
    def base(self) -> Walk:
        """As expected."""
        return self._walked(1)

    @cached_property
    def high(self) -> Walk:
        """More fires, and less rests."""
        return self._walked(2)

    @cached_property
    def cluster(self) -> Cluster | None:
        """The last cluster of the side that price comes to."""
        return _last_met(self.history.clusters, self.side, self.base.stop or self.target)

    @property
    def on_way_usd(self) -> Usd:
        """What is expected to fire up to the target."""
        return Usd(float(self.forced[:, : self.reached].sum()))

    @property
    def resting_usd(self) -> Usd:
        """What rests up to the target, shown and assumed."""
        return Usd(float(self.depth.usd[: self.reached].sum()))

    @property
    def waiting_usd(self) -> Usd:
        """What has fired up to the target and has not met orders by then."""
        way = slice(self.reached)
        forced = floats(self.forced.sum(axis=0)[way])
        return walk(forced, self.depth.usd[way], self.reached)[1]

    @property
    def push_usd(self) -> Usd:
        """What others have to trade for price to come to the target, beside what fires."""
        return Usd(max(self.resting_usd - self.on_way_usd + self.waiting_usd, 0.0))

    @property
    def shown_share(self) -> float:
        """How much of what rests up to the target is shown, 0 … 1."""
        shown = float(self.depth.shown_usd[: self.reached].sum())
        return min(shown / self.resting_usd, 1.0) if self.resting_usd > 0 else 0.0

    @property
    def overshoot(self) -> float | None:
        """How far past the far edge of the last cluster price goes, or past the target.

        A fraction, 0 where it stops before; None where the stop is unknown.
        """
        if self.base.stop is None:
            return None
        far = self.target
        if self.cluster is not None:
            far = self.cluster.low if self.side is Side.LONG else self.cluster.high
        return max(self.side.sign * (1 - self.base.stop / far), 0.0)

    @property
    def waves(self) -> tuple[Wave, ...]:
        """What each tier fires in the base case, the highest leverage first."""
        fired = self.forced * self.base.share
        summed = np.concatenate((np.zeros((fired.shape[0], 1)), fired.cumsum(axis=1)), axis=1)
        gone = np.append(0.0, (np.diff(self.edges) * self.base.share).cumsum())
        tiers = self.history.snapshot.tiers
        return tuple(
            Wave(
                leverage=tiers[row],
                usd=Usd(float(summed[row, -1])),
                half=self.price(float(np.interp(summed[row, -1] / 2, summed[row], gone))),
            )
            for row in reversed(range(len(tiers)))
            if summed[row, -1] > 0
        )

    @property
    def thin(self) -> tuple[Stretch, ...]:
        """The thin stretches of the way, in the order in which price comes to them."""
        bare = np.concatenate(([False], self._is_thin, [False]))
        turns = np.flatnonzero(bare[1:] != bare[:-1]).reshape(-1, 2)
        spans = [[self.price(float(self.edges[i])) for i in turn] for turn in turns]
        return tuple(Stretch(low=min(span), high=max(span)) for span in spans)

    @property
    def thin_share(self) -> float:
        """The share of what fires that fires in thin stretches, 0 … 1."""
        fired = self.forced.sum(axis=0) * self.base.share
        return float(fired[self._is_thin].sum() / fired.sum()) if fired.sum() > 0 else 0.0

    @property
    def _is_thin(self) -> NDArray[np.bool_]:
        forced = self.forced.sum(axis=0)
        bare: NDArray[np.bool_] = self.depth.usd < THIN * forced
        return bare & (self.base.share > 0) & self.depth.is_known

    def price(self, distance: float) -> Price:
        """Return the price at a log distance from the mark."""
        return Price(float(self.history.snapshot.mark * np.exp(-self.side.sign * distance)))

    def _walked(self, case: int) -> Walk:
        """Walk one case; where no book is known, no further than price is pushed."""
        forced = floats(self.forced.sum(axis=0) * fires_of(self.history.model)[case])
        if self.depth.is_known:
            share, left = walk(forced, floats(self.depth.usd * RESTS[case]), self.reached)
        else:
            share, left = floats(np.arange(forced.size) < self.reached), Usd(0.0)
        is_known = self.depth.is_known and not left > 0
        fired = float(forced @ share)
        return Walk(
            stop=self.price(float(np.diff(self.edges) @ share)) if is_known else None,
            share=share,
            fired_usd=Usd(fired),
            absorbed_usd=Usd(fired - left),
            left_usd=left,
        )


def cascade_of(history: History, target: float) -> Cascade:
    """Walk from the mark to where price would come to rest if it were pushed to a target.

    Raise OutOfRange for a target at the mark or beyond the map.
    """
    mark = history.snapshot.mark
    if not 0 < target < np.inf or target == mark:
        raise OutOfRange(f"Price is at {mark:,.8g} now; say a price below or above it.")
    side = Side.LONG if target < mark else Side.SHORT
    distance = abs(float(np.log(target / mark)))
    edges, forced = _steps(history, side, distance)
    reached = int(np.searchsorted(edges, distance))
    return Cascade(
        history=history,
        side=side,
        target=Price(target),
        edges=edges,
        reached=reached,
        forced=forced,
        depth=depth_of(history, side, edges),
    )


def fires_of(model: Model) -> tuple[float, float, float]:
    """Return by how much what is realised differs from what is expected: × low, base, high.

    As the fit measured it on hours that it had not seen, else as measured on 27 days of BTC,
    where of the heaviest fifth of the hours 80 % realised 0.4 … 1.7 times what was expected of
    longs, and 0.3 … 1.6 times of shorts.
    """
    low, high = (model.scores.get(f"realised_{name}") for name in ("low", "high"))
    if low is None or high is None:
        low, high = _FIRES
    return min(low, 1.0), 1.0, max(high, 1.0)


def walk(forced: F8, resting: F8, reached: int) -> tuple[F8, Usd]:
    """Return the share of each step that price goes through, (step,) 0 … 1, and what waits then.

    `forced` and `resting` (step,) Usd; price is pushed through the first `reached` steps.
    """
    share, waiting = np.zeros(forced.size), 0.0
    for k, (fires, rests) in enumerate(zip(forced.tolist(), resting.tolist(), strict=True)):
        left = waiting + fires - rests
        if k >= reached and left <= 0:
            share[k] = waiting / (rests - fires) if rests > fires else 0.0
            return floats(share), Usd(0.0)
        share[k], waiting = 1.0, max(left, 0.0)
    return floats(share), Usd(waiting)


def _steps(history: History, side: Side, distance: float) -> tuple[F8, F8]:
    """Return the edges of the steps outward, and what each tier is expected to fire in them.

    Steps are the bins of the map, cut at the mark and at a distance from it.
    """
    snapshot = history.snapshot
    away = _outward(snapshot, side)
    if distance > away.max():
        low, high = snapshot.grid.edges[[0, -1]]
        raise OutOfRange(f"The map knows prices from {low:,.5g} to {high:,.5g}; ask within.")
    edges = floats(np.union1d([0.0, distance], away[away > 0]))
    within = between(snapshot, side, snapshot.by_tier[side.index], edges)
    return edges, floats(within * history.model.realisation[side.index])


def between(snapshot: Snapshot, side: Side, mass: F8, edges: F8) -> F8:
    """Return what rows of mass, (row, bin), hold between log distances from the mark, (step + 1,).

    (row, step). Within a bin mass is spread evenly over log price.
    """
    away = _outward(snapshot, side)
    if side is Side.LONG:
        away, mass = floats(away[::-1]), floats(mass[:, ::-1])
    summed = np.concatenate((np.zeros((mass.shape[0], 1)), mass.cumsum(axis=1)), axis=1)
    return floats([np.diff(np.interp(edges, away, each)) for each in summed])


def _outward(snapshot: Snapshot, side: Side) -> F8:
    """Return how far the edges of bins are from the mark on a side's way, log distances."""
    return floats(-side.sign * np.log(snapshot.grid.edges / snapshot.mark))


def _last_met(clusters: Sequence[Cluster], side: Side, stop: float) -> Cluster | None:
    """Return the farthest cluster of a side whose near edge price comes to."""
    met = [
        each
        for each in clusters
        if each.side is side and (each.high >= stop if side is Side.LONG else each.low <= stop)
    ]
    return max(met, key=lambda each: abs(each.distance), default=None)


def usual_target(history: History) -> Price:
    """Return the peak of the nearest named cluster, else a price 3 % below the mark."""
    zones = [each for each in history.clusters if each.zone and each.peak != history.snapshot.mark]
    nearest = min(zones, key=lambda each: abs(each.distance), default=None)
    return nearest.peak if nearest else Price(history.snapshot.mark * (1 - _USUAL))
