"""The same cluster over time, and what became of it.

A track keeps its id while its band overlaps the one before it, or its centre of mass moved by
1 % at most; bands are paired by the mass that they share, the greatest first. A band that is no
longer found but still holds its mass is waited for. While price eats a band, the track stays on
the bins it had, or it would slide along ahead of the price and never be swept; what price takes
is told once, in the end, and is no shrinking.

An id is made of side, peak and moment of birth, so it names one cluster for good.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from operator import attrgetter
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Interval

from liqbot.heatmap.bands import Band, Column, band_on, bands_of, shared_usd
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.grid import PriceGrid
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Price, Side, Usd

_SPACING_MS = 5 * MINUTE_MS  # between two notes of a track's past
_MEMORY_MS = DAY_MS
_PART = 0.5  # of a band's mass, from which it is part of another band


class Kind(StrEnum):
    """What can happen to a cluster."""

    BORN = "born"
    GREW = "grew"
    SHRANK = "shrank"  # without price
    MIGRATED = "migrated"
    SPLIT = "split"  # off another one, which lives on
    MERGED = "merged"  # into another one, which lives on; the end
    SWEPT = "swept"  # by price; the end
    FADED = "faded"  # most of it, without price; the end
    OUTGROWN = "outgrown"  # still there, but nothing that stands out; the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How much has to change to be an event."""

    growth: Annotated[float, Gt(0)] = 0.5  # over the least held within `growth_ms`
    growth_ms: Annotated[int, Gt(0)] = HOUR_MS
    shrink: Annotated[float, Interval(gt=0, lt=1)] = 0.25  # of the most held since last told
    fade: Annotated[float, Interval(gt=0, lt=1)] = 0.4  # of it, where no band is found any more
    remnant: Annotated[float, Interval(gt=0, lt=1)] = 0.25  # of a day's most, too little to await
    migration: Annotated[float, Gt(0)] = 0.01  # of the centre last told
    merge_ms: Annotated[int, Ge(0)] = HOUR_MS  # for how long a band has to be part of another
    patience_ms: Annotated[int, Ge(0)] = DAY_MS  # for how long an unseen band is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A column of the map, and where price went since the moment before."""

    at_ms: int  # Unix ms, UTC
    grid: PriceGrid
    usd: Column  # (side, bin) raw modelled Usd
    mark: Price
    low: Price  # the lowest since the moment before
    high: Price
    bands: tuple[Band, ...] = ()  # of the column, where they were found already


@dataclass(frozen=True, slots=True)
class Note:
    """How a cluster was."""

    at_ms: int  # Unix ms, UTC
    centre: Price
    usd: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A cluster over time."""

    id: str
    side: Side
    born_ms: int  # Unix ms, UTC
    first_centre: Price  # centre of mass at birth
    told_centre: Price  # the same at birth, or when it was last told to have migrated
    told_ms: int  # birth, when its size was last told, or when price was last in it
    band: Band  # as it is now
    seen_ms: int  # when it was last found
    past: tuple[Note, ...]  # the last 24 h, five minutes apart or more, oldest first

    def held_since(self, at_ms: int) -> list[Usd]:
        """Return what it held, note by note, since a moment; at least the newest note."""
        first = bisect_left(self.past, at_ms, key=attrgetter("at_ms"))
        return [note.usd for note in self.past[min(first, len(self.past) - 1) :]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a track."""

    kind: Kind
    track: str  # its id
    at_ms: int  # Unix ms, UTC
    facts: Mapping[str, float]  # low, high, centre (Price), usd; and what these compare with
    other: str | None = None  # the id of the track that it merged into or split off


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """What is being followed, and what happened to it."""

    tracks: tuple[Track, ...]  # longs, then shorts, by price
    events: tuple[Event, ...]  # oldest first
    ids: Mapping[str, str]  # of the tracks, by the name of the band that was found now

    def named(self, clusters: Iterable[Cluster]) -> tuple[Cluster, ...]:
        """Return the clusters of the same moment under the ids of their tracks."""
        return tuple(replace(each, id=self.ids.get(each.id, each.id)) for each in clusters)


USUAL = Params()


def follow(tracks: Sequence[Track], moment: Moment, params: Params = USUAL) -> Tracking:
    """Take one step: find the tracks again among the bands of a moment.

    Raise ValueError unless the moment is later than what the tracks saw, on the same lattice.
    """
    if any(each.seen_ms >= moment.at_ms for each in tracks):
        raise ValueError(f"tracks were already seen at {moment.at_ms} or later")
    if any(each.band.span.width != moment.grid.width for each in tracks):
        raise ValueError(f"tracks are not on the lattice of width {moment.grid.width}")
    bands = moment.bands or bands_of(moment.usd, moment.grid, moment.mark)
    sights = [_look(track, moment) for track in tracks]
    pairs = _paired(sights, bands, moment, params)
    found = {j: tracks[i].id for i, j in pairs.items()}
    steps = []
    for i, sight in enumerate(sights):
        if i in pairs:
            steps.append(_found(sight, bands[pairs[i]], moment, params))
        else:
            others = {owner: bands[j] for j, owner in found.items()}
            steps.append(_missed(sight, others, moment, params))
    for j, band in enumerate(bands):
        if j not in found:
            wholes = (tracks[i] for i in pairs if _is_part(band, tracks[i].band, moment))
            steps.append(_born(band, next(wholes, None), moment))
            found[j] = steps[-1][1][0].track
    alive = [track for track, _ in steps if track is not None]
    alive.sort(key=lambda each: (each.side.index, each.side.sign * -each.band.span.first))
    return Tracking(
        tracks=tuple(alive),
        events=tuple(event for _, events in steps for event in events),
        ids={bands[j].name: owner for j, owner in found.items()},
    )


@dataclass(frozen=True, slots=True)
class _Sight:
    """What has become of a track's bins."""

    track: Track
    left: Band | None
    entered: bool  # by price, since the moment before
    passed: bool  # by price, to the far edge

    @property
    def usd(self) -> float:
        return self.left.usd if self.left else 0.0

    def is_gone(self, params: Params) -> bool:
        """Tell whether too little is left of the most that was held since last told."""
        return self.usd <= (1 - params.fade) * max(self.track.held_since(self.track.told_ms))

    def is_swept(self, params: Params) -> bool:
        """Tell whether price went through, or left but a remnant."""
        most = max(self.track.held_since(0))
        eaten = self.entered and self.usd <= params.remnant * most
        return eaten or (self.passed and self.is_gone(params))


_Outcome = tuple[Track | None, tuple[Event, ...]]


def _look(track: Track, moment: Moment) -> _Sight:
    band = track.band
    if track.side is Side.LONG:
        entered, passed = moment.low <= band.high, moment.low <= band.low
    else:
        entered, passed = moment.high >= band.low, moment.high >= band.high
    return _Sight(track, band_on(track.side, band.span, moment.usd, moment.grid), entered, passed)


def _paired(
    sights: Sequence[_Sight], bands: Sequence[Band], moment: Moment, params: Params
) -> dict[int, int]:
    """Return which track is which band, by index; those that share most mass come first."""
    offers = []
    left = [each for each in enumerate(sights) if not (each[1].passed and each[1].is_gone(params))]
    for (i, sight), (j, band) in product(left, enumerate(bands)):
        if band.side is not sight.track.side:
            continue
        shared = shared_usd(sight.track.band, band, moment.usd, moment.grid)
        apart = abs(np.log(band.centre / sight.track.band.centre))
        near = shared > 0 or apart <= np.log1p(params.migration)
        if shared >= _PART * band.usd if sight.entered else near:
            offers.append((-shared, apart, i, j))
    pairs: dict[int, int] = {}
    for _, _, i, j in sorted(offers):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _found(sight: _Sight, band: Band, moment: Moment, params: Params) -> _Outcome:
    """Return a track that is a band, and what is to be told of it."""
    track = sight.track
    if sight.entered:
        eaten = replace(track, band=sight.left or band, seen_ms=moment.at_ms, told_ms=moment.at_ms)
        return _noted(eaten, moment.at_ms), ()
    least = min(track.held_since(max(track.told_ms, moment.at_ms - params.growth_ms)))
    most = max(track.held_since(track.told_ms))
    told_centre = track.told_centre
    events = []
    if band.usd >= (1 + params.growth) * least:
        events.append(_event(Kind.GREW, track, band, moment, from_usd=least))
    elif band.usd <= (1 - params.shrink) * most:
        events.append(_event(Kind.SHRANK, track, band, moment, from_usd=most))
    told_ms = moment.at_ms if events else track.told_ms
    if abs(np.log(band.centre / told_centre)) > np.log1p(params.migration):
        events.append(_event(Kind.MIGRATED, track, band, moment, from_centre=told_centre))
        told_centre = band.centre
    seen = replace(track, band=band, seen_ms=moment.at_ms, told_ms=told_ms, told_centre=told_centre)
    return _noted(seen, moment.at_ms), tuple(events)


def _missed(sight: _Sight, others: Mapping[str, Band], moment: Moment, params: Params) -> _Outcome:
    """Return a track that no band is, if it is still waited for, and how it ended if not.

    `others` are the tracks that were found, by id.
    """
    track, band = sight.track, sight.track.band
    facts = {"left_usd": sight.usd, "most_usd": max(track.held_since(0))}
    if sight.is_swept(params):
        return None, (_event(Kind.SWEPT, track, band, moment, **facts),)
    if sight.is_gone(params) and not sight.entered:
        return None, (_event(Kind.FADED, track, band, moment, **facts),)
    unseen_ms = 0 if sight.entered else moment.at_ms - track.seen_ms
    for other, into in others.items() if unseen_ms >= params.merge_ms else ():
        if sight.left and _is_part(sight.left, into, moment):
            event = _event(Kind.MERGED, track, band, moment, into_usd=into.usd, **facts)
            return None, (replace(event, other=other),)
    if unseen_ms > params.patience_ms:
        return None, (_event(Kind.OUTGROWN, track, band, moment, **facts),)
    told_ms = moment.at_ms if sight.entered else track.told_ms
    return _noted(replace(track, band=sight.left or band, told_ms=told_ms), moment.at_ms), ()


def _born(band: Band, whole: Track | None, moment: Moment) -> tuple[Track, tuple[Event, ...]]:
    """Return a new track, and how it began: by itself or as a part of another one."""
    track = Track(
        id=f"{band.name}-{moment.at_ms:x}",
        side=band.side,
        born_ms=moment.at_ms,
        first_centre=band.centre,
        told_centre=band.centre,
        told_ms=moment.at_ms,
        band=band,
        seen_ms=moment.at_ms,
        past=(Note(moment.at_ms, band.centre, band.usd),),
    )
    if whole is None:
        return track, (_event(Kind.BORN, track, band, moment),)
    event = _event(Kind.SPLIT, track, band, moment, from_usd=whole.band.usd)
    return track, (replace(event, other=whole.id),)


def _event(kind: Kind, track: Track, band: Band, moment: Moment, **facts: float) -> Event:
    where = {"low": band.low, "high": band.high, "centre": band.centre, "usd": band.usd}
    return Event(kind=kind, track=track.id, at_ms=moment.at_ms, facts=where | facts)


def _noted(track: Track, at_ms: int) -> Track:
    """Return a track that remembers how it is now, if the last note is old or out of date."""
    last = track.past[-1].at_ms
    if at_ms - last < _SPACING_MS and track.told_ms <= last:
        return track
    kept = track.past[bisect_right(track.past, at_ms - _MEMORY_MS, key=attrgetter("at_ms")) :]
    return replace(track, past=(*kept, Note(at_ms, track.band.centre, track.band.usd)))


def _is_part(one: Band, whole: Band, moment: Moment) -> bool:
    """Tell whether most of a band that stands now is on the bins of another."""
    return shared_usd(one, whole, moment.usd, moment.grid) >= _PART * one.usd
