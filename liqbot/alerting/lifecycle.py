"""The life of an alert: one pure function a step, the clock is an argument.

    inactive ──seen──▶ pending ──held──▶ firing ◀──seen── recovering ──kept──▶ inactive
                          └──unseen──▶ inactive └──unseen──▶ recovering

A blind look changes nothing but that the life is stale: silence of a feed is no news about the
market, and time that nobody saw counts for nothing. Being told is a second, slower story: news is
owed to a chat, and only its arrival begins the cooldown and disarms.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from liqbot.alerting.alert import News
from liqbot.market.units import ms_of
from liqbot.rules.rule import Patience

_NEWS = 0.25  # of the value last told, and of the line that it is measured by
_EDITS_APART = timedelta(minutes=5)
_IN_PLACE = (News.CHANGED, News.CLOSED)


class Phase(StrEnum):
    """Where an alert stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    STALE = "stale"  # nobody can tell where it stands


class Sight(NamedTuple):
    """What one look saw: entered, or at least not left yet; and the number whose change is news."""

    entered: bool
    inside: bool
    value: float
    rank: int = 0  # of the tier; higher is nearer
    falls: bool = False  # the smaller the value, the more there is to tell
    line: float = 0.0  # from which on it is worth telling


UNSEEN = Sight(entered=False, inside=False, value=0.0)


class Life(NamedTuple):
    """What has to be remembered of one fingerprint; a tuple, as a hundred thousand are stepped."""

    phase: Phase = Phase.INACTIVE  # never STALE: what it was before is wanted again
    since: datetime | None = None  # when this phase began, later by all time that nobody saw
    begun: datetime | None = None  # when it was first seen in this episode
    looks: int = 0  # in a row, while pending, as far as they count
    episode: int = 0  # when it began to fire, Unix ms
    stale_at: datetime | None = None  # since when nobody can tell
    barred: bool = False  # it moved elsewhere; nothing more until somebody asks for it
    armed: bool = True  # has left since it was told
    told_at: datetime | None = None  # the last message that arrived
    told_value: float = 0.0
    told_rank: int = 0
    shown_value: float = 0.0  # as the message reads now
    shown_rank: int = 0
    shown_at: datetime | None = None  # since when
    tellings: int = 0  # how much was ever owed
    owed: str = ""  # the delivery that is on its way
    owed_in: str = ""  # its message
    due_at: datetime | None = None  # when it leaves
    message: str = ""  # the message that stands in the chat and is kept up to date

    @property
    def is_on(self) -> bool:
        """Whether it is on: what it inhibits stays inhibited while it recovers."""
        return self.phase in (Phase.FIRING, Phase.RECOVERING)

    @property
    def stands(self) -> Phase:
        """Where it stands, as told to people."""
        return Phase.STALE if self.stale_at else self.phase


QUIET = Life()


def advance(
    life: Life, sight: Sight | None, at: datetime, patience: Patience, cooldown: timedelta
) -> tuple[Life, News | None]:
    """Take one step; `sight` is None for a blind look.

    OPENED and REPEATED stay wanted, look after look, until `owed` says that they are on their way
    or `passed_over` that they never will be.
    """
    if sight is None:
        return _blind(life, at), None
    if life.barred:
        return life, None
    after, news = _seen(life, sight, at, patience, cooldown)
    return after, None if patience.past and news in _IN_PLACE else news


def owed(life: Life, delivery: str, message: str, due_at: datetime, sight: Sight) -> Life:
    """Return a life whose news is on its way."""
    return life._replace(
        owed=delivery,
        owed_in=message,
        due_at=due_at,
        shown_value=sight.value,
        shown_rank=sight.rank,
        tellings=life.tellings + 1,
    )


def told(life: Life, value: float, rank: int, at: datetime) -> Life:
    """Return a life whose news arrived: only now the cooldown begins."""
    over = not life.is_on
    return life._replace(
        told_at=at,
        told_value=value,
        told_rank=rank,
        shown_value=value,
        shown_rank=rank,
        shown_at=at,
        armed=over,
        owed="",
        owed_in="",
        due_at=None,
        message="" if over else life.owed_in,
    )


def undelivered(life: Life) -> Life:
    """Return a life whose news never arrived: it may be told again at once."""
    return life._replace(owed="", owed_in="", due_at=None)


def passed_over(life: Life, sight: Sight) -> Life:
    """Return a life whose news nobody wanted to hear; no cooldown begins."""
    return life._replace(armed=False, told_value=sight.value, told_rank=sight.rank)


def told_on(life: Life, message: str, sight: Sight, at: datetime) -> Life:
    """Return a life that is kept up to date in another message from now on."""
    return life._replace(
        message=message, shown_value=sight.value, shown_rank=sight.rank, shown_at=at
    )


def already(sight: Sight, at: datetime) -> Life:
    """Return the life of what was true when somebody asked for it: that answer was the telling."""
    life = Life(phase=Phase.FIRING, since=at, begun=at, episode=ms_of(at))
    return told(life, sight.value, sight.rank, at)


def moved_away(life: Life, at: datetime) -> tuple[Life, News | None]:
    """End the life of a cluster that is elsewhere now, until somebody asks to follow it."""
    over, news = _over(life, at)
    return over._replace(barred=True, stale_at=None), news if life.is_on else None


def followed(life: Life) -> Life:
    """Return a life that goes on where its cluster is now."""
    return life._replace(barred=False)


def _seen(
    life: Life, sight: Sight, at: datetime, patience: Patience, cooldown: timedelta
) -> tuple[Life, News | None]:
    if life.stale_at is not None:
        since = None if life.since is None else life.since + (at - life.stale_at)
        life = life._replace(since=since, stale_at=None)
    if life.is_on:
        return _from_firing(life, sight, at, patience, cooldown)
    if not sight.entered:
        quiet = life.phase is Phase.INACTIVE
        return (life if quiet else life._replace(phase=Phase.INACTIVE, since=at, looks=0)), None
    return _awaited(life, sight, at, patience, cooldown)


def _blind(life: Life, at: datetime) -> Life:
    if life.phase is Phase.INACTIVE or life.stale_at is not None:
        return life
    return life._replace(stale_at=at)


def _awaited(
    life: Life, sight: Sight, at: datetime, patience: Patience, cooldown: timedelta
) -> tuple[Life, News | None]:
    """Let what is seen wait until it was seen for long enough."""
    looks, since, begun = min(life.looks + 1, patience.evaluations), life.since or at, life.begun
    if life.phase is Phase.INACTIVE:
        looks, since, begun = 1, at, at
    if looks < patience.evaluations or at - since < patience.hold:
        if (looks, life.phase) == (life.looks, Phase.PENDING):
            return life, None
        return life._replace(phase=Phase.PENDING, since=since, begun=begun, looks=looks), None
    firing = life._replace(phase=Phase.FIRING, since=at, begun=begun, looks=0, episode=ms_of(at))
    if firing.owed:  # was owed, was over, is on again
        return firing._replace(shown_value=sight.value, shown_rank=sight.rank), News.CHANGED
    return _spoken(firing, sight, at, cooldown)


def _from_firing(
    life: Life, sight: Sight, at: datetime, patience: Patience, cooldown: timedelta
) -> tuple[Life, News | None]:
    if sight.entered or sight.inside:
        if life.phase is Phase.RECOVERING:
            life = life._replace(phase=Phase.FIRING, since=at)
        return _spoken(life, sight, at, cooldown) if sight.entered else (life, None)
    if life.phase is Phase.FIRING:
        life = life._replace(phase=Phase.RECOVERING, since=at)
    if at - (life.since or at) < patience.keep:
        return life, None
    return _over(life, at)


def _over(life: Life, at: datetime) -> tuple[Life, News | None]:
    over = life._replace(phase=Phase.INACTIVE, since=at, looks=0, armed=True, message="")
    return over, News.CLOSED if life.message or life.owed else None


def _spoken(
    life: Life, sight: Sight, at: datetime, cooldown: timedelta
) -> tuple[Life, News | None]:
    """Decide whether what fires is told, told anew, or changed where it stands."""
    if life.owed:
        return life, None
    if (life.armed or sight.rank > life.told_rank or _more(life.told_value, sight)) and (
        life.told_at is None or at - life.told_at >= cooldown
    ):
        return life, News.REPEATED if life.message else News.OPENED
    if life.message and (sight.rank > life.shown_rank or _outgrew(life, sight, at)):
        shown = life._replace(shown_value=sight.value, shown_rank=sight.rank, shown_at=at)
        return shown, News.CHANGED
    return life, None


def _outgrew(life: Life, sight: Sight, at: datetime) -> bool:
    """Tell whether there is more than is shown, and that has been shown for a while."""
    rested = life.shown_at is None or at - life.shown_at >= _EDITS_APART
    return rested and _more(life.shown_value, sight)


def _more(before: float, sight: Sight) -> bool:
    """Tell whether there is a quarter more to tell; that there is less is told once it is over.

    A quarter of the line at least: the nearer price is, the smaller is a quarter of what is left.
    """
    further = before - sight.value if sight.falls else sight.value - before
    return further > 0 and further >= _NEWS * max(abs(before), sight.line)
