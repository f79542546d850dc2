from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.clusters import find_clusters
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.heatmap.tracks import Kind, follow
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Price, Side, floats, integers
from tests.builders import START_MS
from tests.heatmap.walks import AT, BINS, GRID, STEP_MS, a_column, a_moment, kinds, walked


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
