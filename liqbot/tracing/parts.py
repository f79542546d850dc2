"""What the numbers of a map are the sum of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.cascade import Cascade, between
from liqbot.heatmap.clusters import Cluster, bins_within
from liqbot.heatmap.history import History
from liqbot.market.units import F8, Side, Usd, floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What a span of prices holds of one side: modelled, by who holds it."""

    bins: int  # of the map that hold any of it
    ratio: float  # realised ÷ modelled
    venues: Mapping[str, Usd]  # raw
    tiers: Mapping[float, Usd]  # raw, by leverage

    @property
    def usd(self) -> Usd:
        """What is modelled."""
        return Usd(sum(self.venues.values()))

    @property
    def expected_usd(self) -> Usd:
        """What is expected of it."""
        return Usd(self.usd * self.ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """What rests on a way, Usd."""

    shown: Mapping[str, Usd]  # by venue, in orders that are shown
    beyond: Mapping[str, Usd]  # by venue, assumed past its last order
    missing_usd: Usd  # assumed of venues whose book is not known

    @property
    def usd(self) -> Usd:
        """All of it."""
        return Usd(sum(self.shown.values()) + sum(self.beyond.values()) + self.missing_usd)


def walked(found: Cascade) -> Split:
    """Take apart what fires from the mark to where price would come to rest."""
    snapshot, side = found.history.snapshot, found.side
    parts = [
        floats(between(snapshot, side, floats(mass), found.edges) @ found.base.share)
        for mass in (snapshot.by_venue[:, side.index], snapshot.by_tier[side.index])
    ]
    steps = int(((found.forced.sum(axis=0) > 0) & (found.base.share > 0)).sum())
    return _split(found.history, side, steps, *parts)


def within_reach(history: History, side: Side, reach: float) -> Split:
    """Take apart what a side holds from mark to a fraction of it beyond, by whole bins."""
    snapshot = history.snapshot
    near = bins_within(snapshot, side, reach)
    held = snapshot.total[side.index, near]
    return _split(
        history,
        side,
        int((held > 0).sum()),
        floats(snapshot.by_venue[:, side.index, near].sum(axis=1)),
        floats(snapshot.by_tier[side.index][:, near].sum(axis=1)),
    )


def up_to(history: History, side: Side, reach: float) -> Split:
    """Take apart what a side holds from mark to a fraction of it beyond, the last bin cut there."""
    snapshot = history.snapshot
    edges = floats([0.0, -side.sign * np.log1p(-side.sign * reach)])
    by_venue, by_tier = (
        between(snapshot, side, floats(mass), edges)
        for mass in (snapshot.by_venue[:, side.index], snapshot.by_tier[side.index])
    )
    bins = int(bins_within(snapshot, side, reach).sum())
    return _split(history, side, bins, floats(by_venue[:, 0]), floats(by_tier[:, 0]))


def whole(history: History, side: Side) -> Split:
    """Take apart all that the map holds of a side."""
    snapshot = history.snapshot
    return _split(
        history,
        side,
        int((snapshot.total[side.index] > 0).sum()),
        floats(snapshot.by_venue[:, side.index].sum(axis=1)),
        floats(snapshot.by_tier[side.index].sum(axis=1)),
    )


def held(history: History, cluster: Cluster) -> Split:
    """Take a cluster apart."""
    return Split(
        bins=round(float(np.log(cluster.high / cluster.low)) / history.snapshot.grid.step),
        ratio=history.model.realisation[cluster.side.index],
        venues=cluster.venues,
        tiers=cluster.tiers,
    )


def resting(found: Cascade) -> Resting:
    """Take apart what rests between the mark and the price that is pushed to."""
    depth, way = found.depth, slice(found.reached)
    shown = {venue: Usd(float(usd[way].sum())) for venue, usd in depth.shown.items()}
    beyond = {venue: Usd(float(usd[way].sum())) for venue, usd in depth.beyond.items()}
    known = sum(shown.values()) + sum(beyond.values())
    return Resting(shown=shown, beyond=beyond, missing_usd=Usd(max(found.resting_usd - known, 0.0)))


def _split(history: History, side: Side, bins: int, by_venue: F8, by_tier: F8) -> Split:
    snapshot = history.snapshot
    return Split(
        bins=bins,
        ratio=history.model.realisation[side.index],
        venues={v: Usd(usd) for v, usd in zip(snapshot.venues, by_venue.tolist(), strict=True)},
        tiers={k: Usd(usd) for k, usd in zip(snapshot.tiers, by_tier.tolist(), strict=True)},
    )
