"""What one who asked for everything is told while a scenario passes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from numpy.random import PCG64, Generator

from liqbot.alerting.alert import News
from liqbot.alerting.subscription import LASTING_MOST, Subscription, Wish
from liqbot.charts.chart import View
from liqbot.chat.message import ChatId, Message
from liqbot.chat.richtext import plain
from liqbot.clock import SteppedClock
from liqbot.heatmap.history import History
from liqbot.live.courier import Courier
from liqbot.live.watcher import Watcher
from liqbot.market.units import HOUR_MS, moment_of, ms_of
from liqbot.rules import RULES
from liqbot.rules.rule import Scene
from liqbot.simulation.publishing import BAR_MS
from tests.alerting.stage import TERMS
from tests.fakes.desk import FakeStudio
from tests.fakes.ledger import a_ledger
from tests.fakes.outcomes import FakeOutcomes
from tests.scenarios.stage import TICK_MS, Stage

_CHAT = ChatId("console", "here")
_GROUPED, _AGAIN = timedelta(seconds=12), timedelta(seconds=30)


@dataclass
class Diary:
    """Keeps what is said, under the moment at which it is."""

    clock: SteppedClock
    pages: list[str] = field(default_factory=list)

    async def send(self, chat: ChatId, message: Message) -> str:
        """Keep a message; return its name."""
        del chat
        name = f"message {1 + sum(' changes' not in page for page in self.pages)}"
        self._write(name, message)
        return name

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        """Keep what a message says from now on."""
        del chat
        self._write(f"{sent} changes", message)

    def _write(self, title: str, message: Message) -> None:
        picture = f"\n[{message.picture.name}]" if message.picture else ""
        text = "\n".join(line.rstrip() for line in plain(message.text).splitlines())
        self.pages.append(f"── {self.clock.now():%a %H:%M:%S}, {title}\n{text}{picture}\n")


class Opened(NamedTuple):
    """An alert, as it was first told."""

    rule: str
    base: str  # "" = all of them
    at_ms: int  # when it was sent
    message: str  # that it is part of


class Told(NamedTuple):
    """What was told."""

    pages: tuple[str, ...]
    opened: tuple[Opened, ...]

    @property
    def transcript(self) -> str:
        """All pages, as a file."""
        return "\n".join(self.pages)


def moments(from_ms: int, to_ms: int, close: Iterable[tuple[int, int]] = ()) -> list[int]:
    """Return when to look: as each bar ends, and as often as the bot does in some spans."""
    found = set(range(from_ms, to_ms + 1, BAR_MS))
    for first, last in close:
        found.update(range(first, last + 1, TICK_MS))
    return sorted(found)


async def played(
    stages: Sequence[Stage], looks: Sequence[int], wanted: Iterable[str | Wish] = RULES
) -> Told:
    """Let some markets pass, look at some moments (Unix ms), and deliver what is due meanwhile.

    It is told to one who wants all that some rules see, or what is wished for.
    """
    clock, ledger, showing = SteppedClock(moment_of(looks[0])), a_ledger(), _Showing()
    diary = Diary(clock)
    watcher = Watcher(clock, ledger, TERMS, showing)
    courier = Courier(
        clock=clock,
        chance=Generator(PCG64(1)),
        ledger=ledger,
        outcomes=FakeOutcomes(),
        messengers={_CHAT.platform: diary},
        maps=showing,
        studio=FakeStudio(),
        view=View(),
        changed=watcher.take_note,
    )
    begin = clock.now()
    for each in wanted:
        await ledger.subscriptions.add(_subscribed(each, begin), {})
    await watcher.remember()
    seen = zip(*(each.scenes(looks) for each in stages), strict=True)
    for (at_ms, then_ms), scenes in zip(pairwise([*looks, looks[-1] + HOUR_MS]), seen, strict=True):
        clock.at = moment_of(at_ms)
        showing.scenes = {each.history.base: each for each in scenes}
        await watcher.look()
        clock.step(_GROUPED)
        while watcher.owes and clock.now() < moment_of(then_ms):
            await courier.deliver()
            await courier.idle()
            clock.step(_AGAIN)
    sent = await ledger.deliveries.sent(begin)
    opened = (
        Opened(name.rule, name.base, ms_of(each.ended_at or begin), each.message)
        for each in sent
        if each.news is News.OPENED and (name := each.fingerprint) is not None
    )
    return Told(tuple(diary.pages), tuple(opened))


@dataclass
class _Showing:
    """The scenes of a moment, and their maps."""

    scenes: Mapping[str, Scene] = field(default_factory=dict)

    async def __call__(self, _: datetime) -> Mapping[str, Scene]:
        return self.scenes

    def glance(self, base: str) -> History | None:
        scene = self.scenes.get(base)
        return scene.history if scene else None


def _subscribed(wanted: str | Wish, at: datetime) -> Subscription:
    return Subscription(
        id=0,
        chat=_CHAT,
        user="1",
        wish=wanted if isinstance(wanted, Wish) else Wish(rule=wanted),
        created_at=at,
        expires_at=at + LASTING_MOST,
    )
