"""A recording, the bot, a clock that is stepped, and a transcript of what it says."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TextIO

from numpy.random import PCG64, Generator

from liqbot.alerting.alert import News
from liqbot.alerting.delivery import Delivery
from liqbot.alerting.grading import Outcome, Outcomes
from liqbot.alerting.ledger import Ledger
from liqbot.alerting.subscription import LASTING_MOST, Subscription, Wish
from liqbot.app import calendar_of, terms_of
from liqbot.chat.message import ChatId
from liqbot.cli.look import moment
from liqbot.cli.terminal import Tell
from liqbot.clock import Clock, SteppedClock
from liqbot.config.shape import Config
from liqbot.errors import OutOfRange, UnknownName
from liqbot.heatmap.model import Model
from liqbot.live.courier import Courier
from liqbot.live.grader import Grader, Past
from liqbot.live.recorded import Recorded, RecordedScenes, relive
from liqbot.live.studio import LiveStudio
from liqbot.live.watcher import Watcher
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording
from liqbot.market.units import DAY_MS, moment_of, ms_of
from liqbot.platforms._printing import Printer
from liqbot.storage.database import Database, open_database
from liqbot.storage.ledger.stores import sql_ledger
from liqbot.storage.migration import migrate
from liqbot.storage.outcomes import SqlOutcomes

_CHAT = ChatId("console", "here")
_USER = "operator"
_MESSAGE = "message "  # in the line above each
_LONGEST = timedelta(days=8)  # until the last horizon is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be replayed."""

    markets: tuple[Recorded, ...]
    from_ms: int
    to_ms: int
    model: Model
    folder: Path

    @property
    def bases(self) -> tuple[str, ...]:
        """The markets' bases."""
        return tuple(each.base for each in self.markets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a replay told, and what came of it."""

    order: Order
    messages: tuple[datetime, ...]  # when each was sent; changes of one are none
    alerts: Counter[tuple[str, str]]  # told, by rule and market
    outcomes: tuple[Outcome, ...]
    took_s: float

    @property
    def days(self) -> float:
        """How much was replayed."""
        return (self.order.to_ms - self.order.from_ms) / DAY_MS


def ordered(
    folder: Path,
    out: Path,
    model: Model,
    *,
    bases: Sequence[str] | None = None,
    from_: str | None = None,
    to: str | None = None,
) -> Order:
    """Read what is to be replayed; raise RecordingError, UnknownName, Unreadable or OutOfRange."""
    recording = Recording.open(folder)
    for each in bases or ():
        if each not in recording.bases:
            raise UnknownName("market", each, recording.bases)
    chosen = tuple(bases or recording.bases)
    spans = [recording.span(each) for each in chosen]
    from_ms = min(first for first, _ in spans)
    to_ms = max(last for _, last in spans)
    if from_ is not None:
        from_ms = moment(recording, chosen[0], from_)
    if to is not None:
        to_ms = moment(recording, chosen[0], to)
    if from_ms >= to_ms:
        raise OutOfRange("--from has to be before --to.")
    return Order(
        markets=tuple(_recorded(recording, each) for each in chosen),
        from_ms=from_ms,
        to_ms=to_ms,
        model=model,
        folder=out,
    )


async def relived(order: Order, config: Config, tell: Tell) -> Done:
    """Replay; go on where one was broken off. Raise StorageError, ConfigError, or as `recall`."""
    began = asyncio.get_running_loop().time()
    begin, clock = moment_of(order.from_ms), SteppedClock(moment_of(order.from_ms))
    span_ms = max(order.to_ms - order.from_ms, 1)

    def told(at: datetime) -> None:
        tell((ms_of(at) - order.from_ms) / span_ms, f"{at:%Y-%m-%d}")

    async with AsyncExitStack() as stack:
        url = f"sqlite:///{(order.folder / 'replay.db').absolute()}"
        database = await stack.enter_async_context(open_database(url))
        await migrate(database)
        bot = _bot(order, config, database, clock, stack)
        await bot.ledger.outbox.release(begin)
        await _subscribe(bot.ledger, bot.watcher.terms.rules, begin)
        await bot.watcher.remember()
        await relive(bot.scenes, clock, bot.watcher, bot.courier, told)
        clock.at = moment_of(order.to_ms) + _LONGEST
        await Grader(clock=clock, outcomes=bot.outcomes, past=_past(order)).grade()
        sent = await _sent(bot.ledger, begin)
        return Done(
            order=order,
            messages=tuple({each.message: each.ended_at or begin for each in sent}.values()),
            alerts=Counter(each.fingerprint[1:3] for each in sent if each.fingerprint),
            outcomes=await bot.outcomes.graded(begin),
            took_s=asyncio.get_running_loop().time() - began,
        )


class _Bot(NamedTuple):
    """All that runs."""

    ledger: Ledger
    outcomes: Outcomes
    scenes: RecordedScenes
    watcher: Watcher
    courier: Courier


def _bot(
    order: Order, config: Config, database: Database, clock: SteppedClock, stack: AsyncExitStack
) -> _Bot:
    """Put the bot together on a recording, a database and a transcript."""
    ledger, outcomes = sql_ledger(database), SqlOutcomes(database)
    studio = stack.enter_context(LiveStudio())
    path = order.folder / "transcript.txt"
    count = path.read_text("utf-8").count(f" · {_MESSAGE}") if path.exists() else 0
    stream = stack.enter_context(path.open("a", encoding="utf-8"))
    scenes = RecordedScenes(
        order.markets,
        order.model,
        events=calendar_of(config),
        from_ms=order.from_ms,
        to_ms=order.to_ms,
        bin_width=config.heatmap.bin_width,
    )
    terms = terms_of(config, max(len(each.observations) for each in order.markets))
    watcher = Watcher(clock, ledger, terms, scenes, marks=True)
    courier = Courier(
        clock=clock,
        chance=Generator(PCG64(1)),
        ledger=ledger,
        outcomes=outcomes,
        messengers={_CHAT.platform: Transcript(clock, order.folder / "pictures", stream, count)},
        maps=scenes,
        studio=studio,
        view=config.charts,
        changed=watcher.take_note,
    )
    return _Bot(ledger, outcomes, scenes, watcher, courier)


class Transcript(Printer):
    """Writes what is told under the moment at which it is."""

    def __init__(self, clock: Clock, folder: Path, told: TextIO, count: int) -> None:
        super().__init__(folder, told, transcript=True, count=count)
        self._clock = clock

    def _framed(self, text: str, number: int | None) -> str:
        named = f" · {_MESSAGE}{number}" if number else ""
        return f"── {self._clock.now():%Y-%m-%d %H:%M:%S} UTC{named}\n{text}"


def told_since(folder: Path, since: datetime) -> list[str]:
    """Return what a transcript has since a moment, without buttons and what pictures say."""
    told = re.split(r"(?m)^── ", (folder / "transcript.txt").read_text("utf-8"))[1:]
    return [
        re.sub(
            r"(?m)^(\[[^\]]+\.png\]).*", r"\1", re.sub(r"(?m)^\[[^\]]+: .*\n?", "", each)
        ).strip()
        for each in told
        if datetime.fromisoformat(each[:19]).replace(tzinfo=UTC) >= since
    ]


def _recorded(recording: Recording, base: str) -> Recorded:
    return Recorded(
        base=base,
        observations=tuple(recording.read(each) for each in recording.instruments_of(base)),
        totals=recording.totals(base),
    )


async def _subscribe(ledger: Ledger, rules: Iterable[str], at: datetime) -> None:
    """Let the operator hear of everything, unless a replay before this one saw to it."""
    if await ledger.subscriptions.listed():
        return
    for rule in rules:
        wanted = Subscription(
            id=0,
            chat=_CHAT,
            user=_USER,
            wish=Wish(rule=rule),
            created_at=at,
            expires_at=at + LASTING_MOST,
        )
        await ledger.subscriptions.add(wanted, {})


def _past(order: Order) -> Past:
    """Return what tells of a recorded market from … to."""
    markets = {each.base: each.observations for each in order.markets}

    async def past(base: str, from_ms: int, to_ms: int) -> list[Observation]:
        return [_between(each, from_ms, to_ms) for each in markets[base]]

    return past


def _between(seen: Observation, from_ms: int, to_ms: int) -> Observation:
    return replace(
        seen,
        candles=seen.candles.since(from_ms).until(to_ms),
        tape=seen.tape.since(from_ms).until(to_ms),
    )


async def _sent(ledger: Ledger, since: datetime) -> list[Delivery]:
    """Return the first news of each alert that was sent."""
    first = (News.OPENED, News.REPEATED)
    return [each for each in await ledger.deliveries.sent(since) if each.news in first]
