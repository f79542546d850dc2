import pytest

from liqbot.heatmap.tracks import Kind
from liqbot.market.units import HOUR_MS
from tests.builders import START_MS
from tests.heatmap.walks import STEP_MS, a_column, a_moment, kinds, swept, walked


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
