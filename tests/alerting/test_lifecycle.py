"""Lives: what begins ends, blindness is no news, and nobody is told twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import News
from liqbot.alerting.lifecycle import (
    QUIET,
    UNSEEN,
    Life,
    Phase,
    Sight,
    advance,
    already,
    followed,
    moved_away,
    owed,
    passed_over,
    told,
    undelivered,
)
from liqbot.rules.rule import INSTANT, NEARNESS, STRUCTURE, Patience
from tests.alerting.stage import START

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
HIT = Sight(entered=True, inside=True, value=1.0)
EDGE = Sight(entered=False, inside=True, value=0.9)

sights = st.lists(
    st.one_of(
        st.none(),
        st.just(UNSEEN),
        st.just(EDGE),
        st.builds(
            Sight,
            entered=st.just(True),
            inside=st.just(True),
            value=st.floats(0.5, 4),
            rank=st.integers(0, 2),
        ),
    ),
    max_size=80,
)
patiences = st.builds(
    Patience,
    past=st.booleans(),
    evaluations=st.integers(1, 3),
    hold=st.sampled_from([timedelta(0), MINUTE]),
    keep=st.sampled_from([timedelta(0), MINUTE, 5 * MINUTE]),
)


def lived(
    seen: list[Sight | None], patience: Patience, cooldown: timedelta, step: timedelta = 20 * SECOND
) -> list[tuple[int, Life, News | None]]:
    """Step a life whose messages arrive at once."""
    life, steps = QUIET, []
    for i, sight in enumerate(seen):
        at = START + i * step
        life, news = advance(life, sight, at, patience, cooldown)
        steps.append((i, life, news))
        if news in (News.OPENED, News.REPEATED) and sight is not None:
            life = owed(life, f"d{i}", f"m{i}", at, sight)
            life = told(life, sight.value, sight.rank, at)
    return steps


@given(sights, patiences, st.sampled_from([timedelta(0), MINUTE, HOUR]))
def test_opened_and_closed_alternate(
    seen: list[Sight | None], patience: Patience, cooldown: timedelta
) -> None:
    steps = lived(seen, replace(patience, past=False), cooldown)
    ends = [news for _, _, news in steps if news in (News.OPENED, News.CLOSED)]
    assert ends == ([News.OPENED, News.CLOSED] * len(ends))[: len(ends)]
    between = [news for _, _, news in steps if news is not None]
    for before, news in zip([None, *between], between, strict=False):
        if news in (News.CHANGED, News.REPEATED):
            assert before not in (None, News.CLOSED)


@given(sights, patiences, st.sampled_from([timedelta(0), MINUTE, HOUR]))
def test_what_tells_of_something_past_lives_alike_and_is_never_changed_or_closed(
    seen: list[Sight | None], patience: Patience, cooldown: timedelta
) -> None:
    lasting, past = (lived(seen, replace(patience, past=past), cooldown) for past in (False, True))
    in_place = (News.CHANGED, News.CLOSED)
    assert past == [(i, life, None if n in in_place else n) for i, life, n in lasting]


@given(sights, patiences)
def test_blindness_begins_and_ends_nothing(seen: list[Sight | None], patience: Patience) -> None:
    steps = lived(seen, patience, MINUTE)
    for i, life, news in steps:
        if seen[i] is None:
            assert news is None
            before = steps[i - 1][1] if i else QUIET
            assert life.phase is before.phase


@given(sights, patiences)
def test_time_that_nobody_saw_counts_for_nothing(
    seen: list[Sight | None], patience: Patience
) -> None:
    phases = [life.phase for i, life, _ in lived(seen, patience, HOUR) if seen[i] is not None]
    sighted = [each for each in seen if each is not None]
    assert phases == [life.phase for _, life, _ in lived(list(sighted), patience, HOUR)]


@given(sights, patiences, st.sampled_from([MINUTE, HOUR]))
def test_tellings_are_a_cooldown_apart(
    seen: list[Sight | None], patience: Patience, cooldown: timedelta
) -> None:
    steps = lived(seen, patience, cooldown)
    times = [i * 20 * SECOND for i, _, n in steps if n in (News.OPENED, News.REPEATED)]
    assert all(late - early >= cooldown for early, late in pairwise(times))


@given(sights, patiences)
def test_it_fires_only_after_looks_enough_in_a_row(
    seen: list[Sight | None], patience: Patience
) -> None:
    sighted: list[Sight | None] = [each for each in seen if each is not None]
    for i, _, news in lived(sighted, patience, timedelta(0)):
        if news is News.OPENED:
            run = sighted[i - patience.evaluations + 1 : i + 1]
            assert len(run) == patience.evaluations
            assert all(each is not None and each.entered for each in run)


def test_each_patience_takes_its_time() -> None:
    def opened(patience: Patience) -> timedelta:
        steps = lived([HIT] * 40, patience, HOUR)
        return next(i for i, _, news in steps if news is News.OPENED) * 20 * SECOND

    assert opened(INSTANT) == timedelta(0)
    assert opened(NEARNESS) == 20 * SECOND
    assert opened(STRUCTURE) == 5 * MINUTE


def test_what_is_wanted_stays_wanted_until_it_is_on_its_way() -> None:
    life, news = advance(QUIET, HIT, START, INSTANT, HOUR)
    assert news is News.OPENED
    life, news = advance(life, HIT, START + MINUTE, INSTANT, HOUR)
    assert news is News.OPENED
    life = owed(life, "d", "m", START + MINUTE, HIT)
    waiting, news = advance(life, HIT, START + 2 * MINUTE, INSTANT, HOUR)
    assert (waiting, news) == (life, None)
    lost, news = advance(undelivered(life), HIT, START + 3 * MINUTE, INSTANT, HOUR)
    assert news is News.OPENED
    assert lost.told_at is None


def test_what_was_passed_over_is_told_only_with_something_new() -> None:
    life, _ = advance(QUIET, HIT, START, INSTANT, HOUR)
    life = passed_over(life, HIT)
    assert advance(life, HIT, START + MINUTE, INSTANT, HOUR)[1] is None
    more = HIT._replace(value=1.25)
    assert advance(life, more, START + MINUTE, INSTANT, HOUR)[1] is News.OPENED


def test_what_was_true_already_is_no_crossing_until_it_has_left() -> None:
    life = already(HIT, START)
    assert advance(life, HIT, START + 2 * HOUR, INSTANT, HOUR)[1] is None
    for minutes in (1, 3):
        life, news = advance(life, UNSEEN, START + minutes * MINUTE, INSTANT, HOUR)
        assert news is None
    assert life.phase is Phase.INACTIVE
    assert advance(life, HIT, START + HOUR, INSTANT, HOUR)[1] is News.OPENED


def test_what_was_over_before_it_left_is_said_to_be_on_again_in_its_place() -> None:
    life, _ = advance(QUIET, HIT, START, INSTANT, HOUR)
    life = owed(life, "d", "m", START + HOUR, HIT)
    life, _ = advance(life, UNSEEN, START + MINUTE, INSTANT, HOUR)
    life, news = advance(life, UNSEEN, START + 2 * MINUTE, INSTANT, HOUR)
    assert news is News.CLOSED
    life, news = advance(life, HIT, START + 3 * MINUTE, INSTANT, HOUR)
    assert news is News.CHANGED
    life = told(life, 1.0, 0, START + HOUR)
    assert life.message == "m"
    assert not life.armed


def test_news_that_arrives_after_its_end_leaves_it_armed() -> None:
    life, _ = advance(QUIET, HIT, START, INSTANT, HOUR)
    life = owed(life, "d", "m", START + HOUR, HIT)
    for minutes in (1, 2):
        life, _ = advance(life, UNSEEN, START + minutes * MINUTE, INSTANT, HOUR)
    life = told(life, 1.0, 0, START + HOUR)
    assert (life.armed, life.message) == (True, "")


def firing_and_told(sight: Sight, at: datetime = START) -> Life:
    """Return a life whose first message arrived as it was made."""
    life = owed(advance(QUIET, sight, at, INSTANT, HOUR)[0], "d", "m", at, sight)
    return told(life, sight.value, sight.rank, at)


def test_that_there_is_less_of_it_is_no_news_until_it_is_over() -> None:
    life = firing_and_told(HIT)
    less = HIT._replace(value=0.7)
    assert advance(life, less, START + 2 * HOUR, INSTANT, HOUR)[1] is None
    falling = HIT._replace(value=0.7, falls=True)
    assert advance(life, falling, START + 2 * HOUR, INSTANT, HOUR)[1] is News.REPEATED


def test_of_a_value_that_goes_to_and_fro_only_a_new_extreme_is_news() -> None:
    life, seen = firing_and_told(HIT), []
    for i, value in enumerate((2.0, 1.0, 2.0, 1.0, 2.6, 0.5), 1):
        life, news = advance(life, HIT._replace(value=value), START + i * 5 * MINUTE, INSTANT, HOUR)
        seen.append(news)
    assert seen == [News.CHANGED, None, None, None, News.CHANGED, None]


def test_a_message_is_changed_at_most_every_five_minutes_but_at_once_for_a_nearer_tier() -> None:
    life = firing_and_told(HIT)
    more = HIT._replace(value=2.0)
    assert advance(life, more, START + 5 * MINUTE - SECOND, INSTANT, HOUR)[1] is None
    assert advance(life, more._replace(rank=1), START + SECOND, INSTANT, HOUR)[1] is News.CHANGED
    life, news = advance(life, more, START + 5 * MINUTE, INSTANT, HOUR)
    assert news is News.CHANGED
    again = HIT._replace(value=4.0)
    assert advance(life, again, START + 10 * MINUTE - SECOND, INSTANT, HOUR)[1] is None
    assert advance(life, again, START + 10 * MINUTE, INSTANT, HOUR)[1] is News.CHANGED


@given(sights, patiences)
def test_changes_are_five_minutes_apart_or_of_a_nearer_tier(
    seen: list[Sight | None], patience: Patience
) -> None:
    shown_at, rank = timedelta(0), 0
    for i, _, news in lived(seen, patience, HOUR):
        sight = seen[i]
        if news is News.CHANGED and sight is not None:
            assert i * 20 * SECOND - shown_at >= 5 * MINUTE or sight.rank > rank
        if news is not None and news is not News.CLOSED and sight is not None:
            shown_at, rank = i * 20 * SECOND, sight.rank


def test_the_last_bit_of_a_distance_is_no_news_however_many_quarters_it_has() -> None:
    edge = Sight(entered=True, inside=True, value=0.02, falls=True, line=0.02)
    life, told_at = firing_and_told(edge), []
    for step in range(1, 101):
        near = edge._replace(value=0.02 * 0.9**step)
        life, news = advance(life, near, START + step * HOUR / 10, INSTANT, 24 * HOUR)
        if news is not None:
            told_at.append(near.value)
    assert [round(each, 4) for each in told_at] == [0.0146, 0.0096, 0.0041]


def test_a_value_of_nothing_that_stays_nothing_is_no_news() -> None:
    none = HIT._replace(value=0.0)
    life = told(owed(already(none, START), "d", "m", START, none), 0.0, 0, START)
    assert advance(life, none, START + 2 * HOUR, INSTANT, HOUR)[1] is None


def test_what_moved_away_is_told_nothing_until_it_is_followed() -> None:
    life = told(owed(already(HIT, START), "d", "m", START, HIT), 1.0, 0, START)
    life, news = moved_away(life, START + MINUTE)
    assert news is News.CLOSED
    assert advance(life, HIT, START + 2 * HOUR, INSTANT, HOUR) == (life, None)
    assert advance(followed(life), HIT, START + 2 * HOUR, INSTANT, HOUR)[1] is News.OPENED


def test_a_stale_life_says_so_and_remembers_where_it_stood() -> None:
    life = already(HIT, START)
    stale, _ = advance(life, None, START + MINUTE, INSTANT, HOUR)
    assert (stale.stands, stale.phase) == (Phase.STALE, Phase.FIRING)
    seen, _ = advance(stale, HIT, START + 2 * MINUTE, INSTANT, HOUR)
    assert seen.stands is Phase.FIRING
    assert advance(QUIET, None, START, INSTANT, HOUR)[0] is QUIET
