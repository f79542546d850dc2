"""A life through any story: what is promised holds, and a restart at any step changes nothing."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from liqbot.alerting.alert import News
from liqbot.alerting.lifecycle import (
    QUIET,
    UNSEEN,
    Life,
    Phase,
    Sight,
    advance,
    followed,
    moved_away,
    owed,
    passed_over,
    told,
    told_on,
    undelivered,
)
from liqbot.alerting.subscription import Wish
from liqbot.rules.rule import AFTERWARDS, INSTANT, NEARNESS, STRUCTURE, Patience
from tests.alerting.stage import START, Stage, look, near

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
pauses = st.sampled_from([20 * SECOND, MINUTE, 10 * MINUTE])
values = st.floats(0.5, 4)


def reread(life: Life) -> Life:
    """Return a life as it is after it was put away as plain values, and read again."""
    kept: dict[str, Any] = {
        name: each.isoformat() if isinstance(each, datetime) else each
        for name, each in life._asdict().items()
    }
    kept["phase"] = Phase(str(kept["phase"]))
    times = ("since", "begun", "stale_at", "told_at", "shown_at", "due_at")
    return Life(**kept | {n: kept[n] and datetime.fromisoformat(kept[n]) for n in times})


class Story(RuleBasedStateMachine):
    """Looks, messages that arrive or get lost, restarts, in any order.

    A second bot lives the same and is restarted whenever the story says so.
    """

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.life = self.restarted = QUIET
        self.wanted: News | None = None
        self.sight = UNSEEN
        self.on = False  # as told by OPENED and CLOSED
        self.arrived: list[datetime] = []
        self.sent = 0

    @initialize(
        patience=st.sampled_from([INSTANT, NEARNESS, STRUCTURE, AFTERWARDS]),
        cooldown=st.sampled_from([10 * MINUTE, HOUR]),
    )
    def begin(self, patience: Patience, cooldown: timedelta) -> None:
        self.patience, self.cooldown = patience, cooldown

    def _look(self, sight: Sight | None, pause: timedelta) -> News | None:
        self.at += pause
        self.life, news = advance(self.life, sight, self.at, self.patience, self.cooldown)
        other = advance(self.restarted, sight, self.at, self.patience, self.cooldown)
        assert other == (self.life, news)
        self.restarted = other[0]
        self.wanted = news if news in (News.OPENED, News.REPEATED) else None
        self.sight = sight or UNSEEN
        return news

    def _both(self, life: Life) -> None:
        self.life = self.restarted = life
        self.wanted = None

    @rule(value=values, rank=st.integers(0, 2), entered=st.booleans(), arrives=st.booleans(),
          pause=pauses)  # fmt: skip
    def see(self, value: float, rank: int, entered: bool, arrives: bool, pause: timedelta) -> None:
        before = self.life
        sight = Sight(entered=entered, inside=True, value=value, rank=rank)
        news = self._look(sight, pause)
        assert news is not News.CLOSED
        if news in (News.OPENED, News.REPEATED):
            assert entered
            assert not before.owed
            assert not self.arrived or self.at - self.arrived[-1] >= self.cooldown
        if news is News.REPEATED or (news is News.CHANGED and before.is_on):
            assert before.message
        if arrives:
            self.owe()
            self.arrive(timedelta(0))

    @rule(pause=pauses)
    def miss(self, pause: timedelta) -> None:
        before = self.life
        news = self._look(UNSEEN, pause)
        assert news in (None, News.CLOSED)
        if news is News.CLOSED:
            assert before.message or before.owed
            assert not self.life.is_on

    @rule(pause=pauses)
    def be_blind(self, pause: timedelta) -> None:
        before = self.life
        assert self._look(None, pause) is None
        assert self.life._replace(stale_at=None) == before._replace(stale_at=None)

    @rule()
    def owe(self) -> None:
        if self.wanted:
            self.sent += 1
            self._both(owed(self.life, f"d{self.sent}", f"m{self.sent}", self.at, self.sight))

    @rule()
    def pass_over(self) -> None:
        if self.wanted:
            self._both(passed_over(self.life, self.sight))

    @rule(pause=pauses)
    def arrive(self, pause: timedelta) -> None:
        if self.life.owed:
            self.at += pause
            self.arrived.append(self.at)
            shown = self.life.shown_value, self.life.shown_rank
            self._both(told(self.life, *shown, self.at))

    @rule()
    def get_lost(self) -> None:
        if self.life.owed:
            self._both(undelivered(self.life))

    @rule()
    def move_away_and_be_followed(self) -> None:
        gone, news = moved_away(self.life, self.at)
        assert (news is News.CLOSED) <= bool(self.life.message or self.life.owed)
        assert advance(gone, self.sight, self.at, self.patience, self.cooldown) == (gone, None)
        self._both(followed(gone))

    @rule()
    def tell_on_elsewhere(self) -> None:
        if self.life.message:
            self.sent += 1
            self._both(told_on(self.life, f"m{self.sent}", self.sight, self.at))

    @rule()
    def restart(self) -> None:
        self.restarted = reread(self.restarted)

    @invariant()
    def what_stands_is_on(self) -> None:
        life = self.life
        assert not life.message or life.is_on
        assert bool(life.owed) is bool(life.owed_in) is (life.due_at is not None)
        assert life.phase is not Phase.STALE
        assert life.looks == 0 or life.phase is Phase.PENDING
        assert life.told_at == (self.arrived[-1] if self.arrived else None)


Story.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestStory = Story.TestCase


async def test_a_price_that_wavers_at_the_line_for_a_day_is_one_alert() -> None:
    chance = np.random.default_rng(3)
    stage = Stage()
    await stage.subscribe()
    for distance in 0.02 + chance.uniform(-0.001, 0.001, 24 * 60):
        await stage.tick(look(near(float(distance))), after=MINUTE)
    assert len(stage.sent) == 1
    assert stage.edits == []


async def test_a_bot_that_is_restarted_at_every_step_sends_what_one_that_ran_on_sends() -> None:
    chance = np.random.default_rng(7)
    steady, restless = Stage(), Stage()
    for stage in (steady, restless):
        await stage.subscribe(Wish(rule="cluster_approach", cooldown=MINUTE))
    for distance in np.abs(0.02 + np.cumsum(chance.normal(0, 0.004, 60))):
        seen = look(near(float(distance)))
        for stage in (steady, restless):
            await stage.tick(seen, after=20 * SECOND)
        await restless.restart()
    assert len(steady.sent) > 1
    assert restless.sent == steady.sent
    assert restless.edited == steady.edited
