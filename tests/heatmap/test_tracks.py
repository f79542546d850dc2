from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.clusters import find_clusters
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.heatmap.tracks import Event, Kind, Moment, Params, Tracking, follow
from liqbot.market.units import DAY_MS, F8, HOUR_MS, MINUTE_MS, Price, Side, floats, integers
from tests.builders import START_MS

BINS = 400
GRID = PriceGrid(11_200, 0.001, BINS)
AT = 200  # the bin of the mark, unless told otherwise
STEP_MS = 15 * MINUTE_MS
BEGINNINGS = {Kind.BORN, Kind.SPLIT}
ENDS = {Kind.MERGED, Kind.SWEPT, Kind.FADED, Kind.OUTGROWN}


def a_column(*blocks: tuple[int, int, float]) -> F8:
    """Return blocks: first bin and one past the last, counted from the mark; Usd a bin."""
    usd = np.zeros((2, BINS))
    for first, stop, each in blocks:
        side = Side.LONG if first < 0 else Side.SHORT
        usd[side.index, AT + first : AT + stop] += each
    return usd


def a_moment(
    column: F8, at_ms: int = START_MS, *, mark: int = 0, low: int = 0, high: int = 0
) -> Moment:
    """Return a moment; prices are the middles of bins, counted from the usual mark."""
    prices = [Price(float(GRID.centres[AT + bins])) for bins in (mark, low, high)]
    return Moment(at_ms=at_ms, grid=GRID, usd=column, mark=prices[0], low=prices[1], high=prices[2])


def walked(
    columns: Iterable[F8 | Moment], *, step_ms: int = STEP_MS, params: Params | None = None
) -> Tracking:
    """Follow columns, equally far apart; return the last tracks and all events."""
    tracking = Tracking(tracks=(), events=(), ids={})
    events: list[Event] = []
    for i, column in enumerate(columns):
        moment = column if isinstance(column, Moment) else a_moment(column)
        moment = replace(moment, at_ms=START_MS + i * step_ms)
        tracking = follow(tracking.tracks, moment, params or Params())
        events += tracking.events
    return replace(tracking, events=tuple(events))


def swept(column: F8, low: int = 0, high: int = 0) -> F8:
    """Return what stands after price went from the mark down to and up to a bin."""
    left = column.copy()
    left[Side.LONG.index, AT + low :] = 0.0
    left[Side.SHORT.index, : AT + high + 1] = 0.0
    return left


def kinds(events: Sequence[Event]) -> list[Kind]:
    return [event.kind for event in events]


def test_a_new_cluster_is_born_under_an_id_of_side_peak_and_time() -> None:
    tracking = follow((), a_moment(a_column((20, 30, 5.0))))
    (track,) = tracking.tracks
    (event,) = tracking.events
    assert track.id == event.track == f"S-{GRID.first + AT + 20}-{START_MS:x}"
    assert (track.side, track.born_ms, track.band.usd) == (Side.SHORT, START_MS, 50.0)
    assert track.first_centre == pytest.approx(GRID.edges[AT + 25])
    assert (event.kind, event.at_ms, event.other) == (Kind.BORN, START_MS, None)
    assert event.facts["usd"] == 50.0
    assert event.facts["low"] == pytest.approx(GRID.edges[AT + 20])
    assert event.facts["high"] == pytest.approx(GRID.edges[AT + 30])


def test_a_still_map_tells_nothing_new() -> None:
    tracking = walked([a_column((20, 30, 5.0), (-30, -20, 5.0))] * 5)
    assert kinds(tracking.events) == [Kind.BORN, Kind.BORN]
    assert [track.side for track in tracking.tracks] == [Side.LONG, Side.SHORT]


def test_tracks_are_sorted_by_side_and_then_outward() -> None:
    blocks = [(20, 30, 5.0), (80, 90, 5.0), (-30, -20, 5.0), (-90, -80, 5.0)]
    found = [
        track.band.span.first - GRID.first - AT for track in walked([a_column(*blocks)]).tracks
    ]
    assert found == [-30, -90, 20, 80]


def test_clusters_of_the_moment_get_the_ids_of_their_tracks() -> None:
    column = a_column((20, 30, 5.0), (-30, -20, 5.0))
    later = a_column((21, 31, 5.0), (-31, -21, 5.0))
    snapshot = Snapshot(
        at_ms=START_MS + STEP_MS,
        mark=Price(float(GRID.centres[AT])),
        grid=GRID,
        venues=("binance",),
        tiers=(10.0,),
        usd=floats(later[None, :, None]),
    )
    heatmap = Heatmap(
        grid=GRID,
        interval_ms=STEP_MS,
        opened_ms=integers([START_MS]),
        usd=later[:, None].astype(np.float32),
        swept_usd=floats(np.zeros((2, 1))),
    )
    clusters = find_clusters(snapshot, heatmap, (1.0, 1.0))
    tracking = walked([column, later])
    named = tracking.named(clusters)
    assert [each.id for each in named] == [track.id for track in tracking.tracks]
    assert [replace(each, id="") for each in named] == [replace(each, id="") for each in clusters]


@given(st.lists(st.tuples(*[st.integers(-19, 19)] * 3), max_size=12))
def test_an_oscillating_price_makes_and_ends_no_ids(paths: list[tuple[int, int, int]]) -> None:
    column = a_column((20, 30, 5.0), (50, 53, 3.0), (-30, -20, 5.0))
    moments = []
    for path in paths:
        low, mark, high = sorted(path)
        moments.append(a_moment(column, mark=mark, low=low, high=high))
    tracking = walked([column, *moments])
    assert kinds(tracking.events) == [Kind.BORN] * 3
    assert len(tracking.tracks) == 3


@pytest.mark.parametrize(("usd", "told"), [(7.4, []), (7.5, [Kind.GREW])])
def test_growth_by_half_within_an_hour_is_told(usd: float, told: list[Kind]) -> None:
    tracking = walked([a_column((20, 30, 5.0)), *[a_column((20, 30, usd))] * 5])
    assert kinds(tracking.events) == [Kind.BORN, *told]
    if told:
        assert tracking.events[1].facts["usd"] == 75.0
        assert tracking.events[1].facts["from_usd"] == 50.0


def test_slow_growth_is_not_told() -> None:
    def told(factor: float) -> int:
        columns = [a_column((20, 30, 5.0 * factor**i)) for i in range(13)]
        return kinds(walked(columns).events).count(Kind.GREW)

    assert told(1.10) == 0  # 1.46-fold in an hour
    assert told(1.11) == 3  # 1.52-fold


def test_growth_is_told_again_only_from_the_level_told() -> None:
    levels = [5.0, 8.0, 11.0, 12.1]
    tracking = walked([a_column((20, 30, each)) for each in levels])
    told = [event.facts["usd"] for event in tracking.events if event.kind is Kind.GREW]
    assert told == [80.0, pytest.approx(121.0)]


@pytest.mark.parametrize(("usd", "told"), [(3.8, []), (3.75, [Kind.SHRANK])])
def test_the_loss_of_a_quarter_is_told(usd: float, told: list[Kind]) -> None:
    tracking = walked([a_column((20, 30, 5.0)), *[a_column((20, 30, usd))] * 3])
    assert kinds(tracking.events) == [Kind.BORN, *told]
    if told:
        assert tracking.events[1].facts["from_usd"] == 50.0


def test_a_slow_loss_is_told_each_time_that_a_quarter_is_gone() -> None:
    levels = 5.0 * 0.9 ** np.arange(10)
    tracking = walked([a_column((20, 30, each)) for each in levels], step_ms=HOUR_MS)
    assert kinds(tracking.events) == [Kind.BORN, *[Kind.SHRANK] * 3]


def test_a_loss_counts_from_the_most_held_since_last_told() -> None:
    levels = [5.0, 6.0, 7.0, 8.0, 6.0]
    tracking = walked([a_column((20, 30, each)) for each in levels], step_ms=HOUR_MS)
    assert [event.facts.get("from_usd") for event in tracking.events] == [None, 80.0]


def test_a_move_of_the_centre_by_more_than_one_percent_is_told_once() -> None:
    columns = [a_column((20 + i, 30 + i, 5.0)) for i in range(20)]
    assert kinds(walked(columns[:10]).events) == [Kind.BORN]
    tracking = walked([*columns, columns[-1]])
    assert kinds(tracking.events) == [Kind.BORN, Kind.MIGRATED]
    event, (track,) = tracking.events[1], tracking.tracks
    assert event.facts["from_centre"] == track.first_centre
    assert event.facts["centre"] / event.facts["from_centre"] > 1.01
    assert track.told_centre == event.facts["centre"]


def test_a_cluster_that_leaps_at_most_one_percent_keeps_its_id() -> None:
    tracking = walked([a_column((20, 24, 5.0)), a_column((29, 33, 5.0))])
    assert kinds(tracking.events) == [Kind.BORN]


def test_a_cluster_that_leaps_further_is_another_one() -> None:
    tracking = walked([a_column((20, 24, 5.0)), a_column((31, 35, 5.0))])
    assert kinds(tracking.events) == [Kind.BORN, Kind.FADED, Kind.BORN]
    assert len({event.track for event in tracking.events}) == 2


def test_a_cluster_whose_mass_left_without_price_faded() -> None:
    tracking = walked([a_column((20, 30, 5.0)), a_column((20, 30, 0.5), (80, 90, 9.0))])
    faded = tracking.events[1]
    assert (faded.kind, faded.facts["usd"], faded.facts["left_usd"]) == (Kind.FADED, 50.0, 5.0)


def test_a_cluster_that_stands_but_does_not_stand_out_is_waited_for() -> None:
    alone, beside = a_column((20, 30, 5.0)), a_column((20, 30, 5.0), (80, 90, 90.0))
    tracking = walked([alone, beside, beside, alone], step_ms=HOUR_MS)
    (track,) = tracking.tracks
    assert kinds(tracking.events) == [Kind.BORN, Kind.BORN, Kind.FADED]
    assert (track.born_ms, track.seen_ms) == (START_MS, START_MS + 3 * HOUR_MS)
    waiting = walked([alone, beside], step_ms=HOUR_MS)
    assert waiting.tracks[0].seen_ms == START_MS
    assert set(waiting.ids.values()) == {waiting.tracks[1].id}


def test_a_cluster_that_did_not_stand_out_for_a_day_is_outgrown() -> None:
    alone, beside = a_column((20, 30, 5.0)), a_column((20, 30, 5.0), (80, 90, 90.0))
    tracking = walked([alone, *[beside] * 25], step_ms=HOUR_MS)
    end = tracking.events[-1]
    assert (end.kind, end.at_ms) == (Kind.OUTGROWN, START_MS + 25 * HOUR_MS)
    assert end.facts["left_usd"] == 50.0


@pytest.mark.parametrize("sign", [1, -1])
def test_a_cluster_that_price_went_through_is_swept_once(sign: int) -> None:
    near, far = sorted((sign * 20, sign * 30))
    column = a_column((near, far, 5.0))
    low, high = min(sign * 40, 0), max(sign * 40, 0)
    after = a_moment(swept(column, low, high), mark=sign * 5, low=low, high=high)
    tracking = walked([column, after, after])
    assert kinds(tracking.events) == [Kind.BORN, Kind.SWEPT]
    assert tracking.events[1].facts["usd"] == 50.0
    assert tracking.events[1].facts["left_usd"] == 0.0
    assert tracking.tracks == ()


def test_a_plateau_that_price_eats_bit_by_bit_is_swept_once_band_by_band() -> None:
    column = a_column((20, 120, 5.0))
    moments = [
        a_moment(swept(column, high=high), mark=high, low=max(high - 1, 0), high=high)
        for high in range(100)
    ]
    events = walked(moments).events
    first = events[0].track
    mine = [event for event in events if event.track == first]
    assert kinds(mine) == [Kind.BORN, Kind.SWEPT]
    assert mine[1].facts["most_usd"] == 5.0 * 29
    assert set(kinds(events)) == {Kind.BORN, Kind.SWEPT}
    for each in {event.track for event in events}:
        assert kinds([event for event in events if event.track == each]).count(Kind.SWEPT) <= 1


def test_what_lies_beyond_an_eaten_cluster_is_another_one() -> None:
    column = a_column((20, 120, 5.0))
    turned = swept(column, high=45)
    tracking = walked([column, a_moment(turned, high=45), turned])
    assert kinds(tracking.events) == [Kind.BORN, Kind.SWEPT, Kind.BORN]
    assert tracking.events[1].facts["left_usd"] == 5.0 * 3


def test_what_price_took_of_a_cluster_is_no_shrinking_and_no_fading() -> None:
    column = a_column((20, 40, 5.0))
    touched = a_moment(swept(column, high=29), high=29)
    turned = swept(column, high=29)
    tracking = walked([column, touched, turned, turned])
    assert kinds(tracking.events) == [Kind.BORN]
    assert tracking.tracks[0].band.usd == 50.0


def test_what_is_lost_after_price_turned_is_shrinking() -> None:
    column = a_column((20, 40, 5.0))
    touched = a_moment(swept(column, high=29), high=29)
    tracking = walked([column, touched, swept(column, high=29) * 0.7])
    assert kinds(tracking.events) == [Kind.BORN, Kind.SHRANK]
    assert tracking.events[1].facts["from_usd"] == 50.0


def test_half_a_cluster_that_stands_out_no_more_is_not_swept() -> None:
    column = a_column((20, 40, 5.0), (80, 90, 50.0))
    touched = swept(column, high=29) - a_column((30, 40, 1.0))
    tracking = walked([column, a_moment(touched, high=29), *[touched] * 4])
    assert kinds(tracking.events) == [Kind.BORN, Kind.BORN]


def test_a_price_that_fired_nothing_sweeps_nothing() -> None:
    column = a_column((20, 30, 5.0))
    tracking = walked([column, a_moment(column, high=40), column])
    assert kinds(tracking.events) == [Kind.BORN]


def test_what_stands_anew_where_price_went_through_is_another_cluster() -> None:
    column = a_column((20, 30, 5.0))
    tracking = walked([column, a_moment(a_column((20, 30, 1.0)), high=40)])
    assert kinds(tracking.events) == [Kind.BORN, Kind.SWEPT, Kind.BORN]


PARTED = a_column((20, 30, 5.0), (34, 44, 4.0))
WHOLE = a_column((20, 30, 5.0), (30, 34, 4.5), (34, 44, 4.0))


def test_of_two_clusters_that_become_one_the_heavier_lives_on() -> None:
    tracking = walked([PARTED, WHOLE], step_ms=HOUR_MS)
    heavier, lighter, *_ = (event.track for event in tracking.events)
    (merged,) = (event for event in tracking.events if event.kind is Kind.MERGED)
    assert (merged.track, merged.other) == (lighter, heavier)
    assert [track.id for track in tracking.tracks] == [heavier]
    rest = merged.facts["into_usd"] - merged.facts["left_usd"]
    assert (merged.facts["left_usd"], rest) == (40.0, 50.0 + 18.0)


def test_clusters_that_are_one_for_less_than_an_hour_keep_their_ids() -> None:
    tracking = walked([PARTED, WHOLE, WHOLE, WHOLE, PARTED])
    assert [track.born_ms for track in tracking.tracks] == [START_MS, START_MS]
    assert set(kinds(tracking.events)) == {Kind.BORN, Kind.GREW, Kind.SHRANK}
    assert Kind.MERGED in kinds(walked([PARTED, WHOLE, WHOLE, WHOLE, WHOLE]).events)


def test_of_one_cluster_that_becomes_two_the_heavier_part_keeps_the_id() -> None:
    tracking = walked([WHOLE, PARTED])
    (split,) = (event for event in tracking.events if event.kind is Kind.SPLIT)
    kept, new = tracking.tracks
    assert (split.track, split.other) == (new.id, kept.id)
    assert (kept.born_ms, new.born_ms) == (START_MS, START_MS + STEP_MS)
    assert split.facts["from_usd"] == 108.0
    assert split.facts["usd"] + kept.band.usd == 108.0 - 18.0


def test_a_cluster_beside_another_one_is_born_and_not_split_off() -> None:
    tracking = walked([a_column((20, 30, 5.0)), a_column((20, 30, 5.0), (34, 44, 4.0))])
    assert kinds(tracking.events) == [Kind.BORN, Kind.BORN]


def test_tracks_are_told_apart_by_the_mass_they_share_not_by_order() -> None:
    before = a_column((20, 30, 5.0), (40, 50, 5.0))
    after = a_column((22, 32, 5.0), (42, 52, 5.0), (10, 14, 5.0))
    tracking = walked([before, after])
    assert [track.born_ms == START_MS for track in tracking.tracks] == [False, True, True]
    assert [track.first_centre < track.band.centre for track in tracking.tracks[1:]] == [True] * 2


def test_a_track_remembers_a_day_at_most_every_five_minutes() -> None:
    column = a_column((20, 30, 5.0))
    (track,) = walked([column] * 11, step_ms=MINUTE_MS).tracks
    assert [note.at_ms - START_MS for note in track.past] == [0, 5 * MINUTE_MS, 10 * MINUTE_MS]
    (track,) = walked([column] * 50, step_ms=HOUR_MS).tracks
    assert len(track.past) == 24
    assert track.past[-1].at_ms - track.past[0].at_ms < DAY_MS


def test_a_moment_that_was_seen_already_is_refused() -> None:
    tracks = follow((), a_moment(a_column((20, 30, 5.0)))).tracks
    with pytest.raises(ValueError, match="already seen"):
        follow(tracks, a_moment(a_column((20, 30, 5.0))))


def test_tracks_on_another_lattice_are_refused() -> None:
    tracks = follow((), a_moment(a_column((20, 30, 5.0)))).tracks
    moment = replace(a_moment(a_column(), START_MS + 1), grid=PriceGrid(5_600, 0.002, BINS))
    with pytest.raises(ValueError, match="lattice"):
        follow(tracks, moment)


def test_tracks_go_on_when_the_window_on_the_lattice_changes() -> None:
    column = a_column((20, 30, 5.0), (-30, -20, 5.0))
    before = follow((), a_moment(column))
    smaller = PriceGrid(GRID.first + 150, GRID.width, 100)
    moment = replace(a_moment(column, START_MS + STEP_MS), grid=smaller, usd=column[:, 150:250])
    after = follow(before.tracks, moment)
    assert after.events == ()
    assert [track.id for track in after.tracks] == [track.id for track in before.tracks]


@st.composite
def journeys(draw: st.DrawFn) -> list[Moment]:
    """Draw maps that grow, fade and move while price wanders and sweeps."""
    block = st.tuples(st.integers(-60, 59), st.integers(1, 20), st.integers(1, 50))
    column, mark, moments = np.zeros((2, BINS)), 0, []
    for _ in range(draw(st.integers(1, 10))):
        low = mark - draw(st.integers(0, 15))
        high = mark + draw(st.integers(0, 15))
        column = swept(column * draw(st.sampled_from([0.5, 0.9, 1.0])), low, high)
        mark = draw(st.integers(low, high))
        for first, length, usd in draw(st.lists(block, max_size=3)):
            side = Side.LONG if first < 0 else Side.SHORT
            start = AT + mark + first
            column[side.index, start : start + length if first >= 0 else AT + mark] += usd
            if first < 0:
                column[side.index, start + length : AT + mark] -= usd
        column = np.maximum(column, 0.0)
        moments.append(a_moment(column.copy(), mark=mark, low=low, high=high))
    return moments


@given(journeys())
def test_every_track_begins_once_and_ends_once_or_is_alive(moments: list[Moment]) -> None:
    tracking = walked(moments)
    begun = Counter(event.track for event in tracking.events if event.kind in BEGINNINGS)
    ended = Counter(event.track for event in tracking.events if event.kind in ENDS)
    alive = Counter(track.id for track in tracking.tracks)
    assert set(begun.values()) <= {1}
    assert begun == ended + alive


@given(journeys())
def test_every_band_found_has_a_track_of_its_own(moments: list[Moment]) -> None:
    tracking = walked(moments)
    assert len(set(tracking.ids.values())) == len(tracking.ids)
    assert set(tracking.ids.values()) == {
        track.id
        for track in tracking.tracks
        if track.seen_ms == START_MS + (len(moments) - 1) * STEP_MS
    }


@given(journeys(), st.integers(-10, 10))
def test_scaling_a_map_changes_no_event(moments: list[Moment], power: int) -> None:
    def told(tracking: Tracking) -> list[tuple[Kind, str, str | None]]:
        return [(event.kind, event.track, event.other) for event in tracking.events]

    scaled = [replace(moment, usd=moment.usd * 2.0**power) for moment in moments]
    assert told(walked(scaled)) == told(walked(moments))


@given(journeys())
def test_a_merged_cluster_stands_within_the_one_it_merged_into(moments: list[Moment]) -> None:
    for event in walked(moments).events:
        if event.kind is Kind.MERGED:
            assert event.facts["into_usd"] >= 0.5 * event.facts["left_usd"] > 0
