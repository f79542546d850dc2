from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.tracks import Kind, Moment, Tracking
from liqbot.market.units import Side
from tests.builders import START_MS
from tests.heatmap.walks import AT, BINS, STEP_MS, a_moment, swept, walked

BEGINNINGS = {Kind.BORN, Kind.SPLIT}
ENDS = {Kind.MERGED, Kind.SWEPT, Kind.FADED, Kind.OUTGROWN}


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
