"""Markets and a studio that answer at once, and remember what they were asked."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from numpy.random import default_rng

from liqbot.alerting.grading import Outcomes
from liqbot.alerting.roster import Terms
from liqbot.alerting.subscription import Caps
from liqbot.charts import CHARTS
from liqbot.charts.chart import Film, Picture, View
from liqbot.chat.message import ChatId
from liqbot.clock import SteppedClock
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk, Export, Shot
from liqbot.errors import Blind, Busy, OutOfRange, UnknownName
from liqbot.heatmap.history import History
from liqbot.live.ration import Ration
from liqbot.live.scores import LiveScores
from liqbot.live.watcher import Watcher
from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument, MarketQuery, choose
from liqbot.market.status import MarketStatus, Status, VenueStatus
from liqbot.market.tape import Tape
from liqbot.platforms.platform import Reception
from liqbot.rules import RULES
from liqbot.rules.rule import Scene
from tests.charts.histories import a_history
from tests.fakes.ledger import a_ledger
from tests.fakes.models import FakeModels
from tests.fakes.outcomes import FakeOutcomes

AT = datetime(2026, 1, 7, 2, 0, 4, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n and so on"
GIF = b"GIF89a" + (640).to_bytes(2, "little") + (800).to_bytes(2, "little") + b" and so on"
CALLER = Caller(chat=ChatId("console", "here"), user="1", is_admin=True)


def a_status(**changes: object) -> Status:
    """Return a status in which all is well; name any field to set it."""
    well = Condition(answers=9, answered_at=AT, latency_s=0.12, skew_s=0.04)
    values: dict[str, Any] = {
        "at": AT,
        "started_at": AT - timedelta(hours=3),
        "venues": tuple(
            VenueStatus(venue=each, asking=well, listening=well, completeness=0.62)
            for each in ("binance", "bybit", "okx")
        ),
        "markets": tuple(
            MarketStatus(instrument=Instrument(venue, base, "USDT"), age_s=4.0 + i, gaps=())
            for base in ("BTC", "ETH")
            for i, venue in enumerate(("binance", "bybit", "okx"))
        ),
        "model": "prior-1, not fitted",
        "warming": (),
        "back_filling": 1.0,
        "evaluated_s": {"BTC": 0.12, "ETH": 0.08},
        "queued": 0,
    }
    values.update(changes)
    return Status(**values)


@dataclass
class FakeMarkets:
    """Tells made-up histories by base."""

    histories: dict[str, History]
    blind: frozenset[str] = frozenset()
    seen: Status = field(default_factory=a_status)
    asked: list[tuple[MarketQuery, timedelta, timedelta | None]] = field(default_factory=list)
    told: dict[str, Tape] = field(default_factory=dict)  # by venue; empty: the first told all
    staged: Scene | None = None  # what rules look at; None: the histories

    def known(self) -> tuple[Instrument, ...]:
        return tuple(
            Instrument(venue, base, "USDT")
            for base, history in self.histories.items()
            for venue in history.venues
        )

    async def history(
        self, query: MarketQuery, window: timedelta, age: timedelta | None = None
    ) -> History:
        self.asked.append((query, window, age))
        base = choose(query, self.known())[0].base
        if base in self.blind:
            raise Blind(f"{base} cannot be seen: no venue has answered for 6 min.")
        return self.histories[base]

    def status(self) -> Status:
        return self.seen

    def tapes(self, query: MarketQuery) -> Mapping[str, Tape]:
        chosen = choose(query, self.known())
        told = self.told or {chosen[0].venue: self.histories[chosen[0].base].tape}
        return {each.venue: told.get(each.venue, Tape.of(())) for each in chosen}

    async def scenes(self, _: datetime) -> Mapping[str, Scene]:
        return {base: Scene(history=each) for base, each in self.histories.items()}

    async def scene(self, base: str, _: datetime) -> Scene | None:
        return self.staged or Scene(history=self.histories[base])


@dataclass
class FakePast:
    """Tells of every moment since a day what the markets tell of now, as if it had been then."""

    markets: FakeMarkets
    since: datetime = AT - timedelta(days=30)
    asked: list[datetime] = field(default_factory=list)

    async def history(
        self, query: MarketQuery, window: timedelta, at: datetime, age: timedelta | None = None
    ) -> History:
        history = await self.markets.history(query, window, age)
        self.asked.append(at)
        if at < self.since:
            raise OutOfRange(f"Nothing is kept of {history.base} before {self.since:%Y-%m-%d}.")
        return replace(history, at=at, is_past=True)


@dataclass
class FakeStudio:
    """Hands out pictures that were never drawn; or draws, if it is told to."""

    draws: bool = False
    is_busy: bool = False
    asked: list[tuple[str, View]] = field(default_factory=list)
    made: list[Hashable] = field(default_factory=list)

    async def draw(self, chart: str, history: History, view: View) -> Picture:
        if chart not in CHARTS:
            raise UnknownName("chart", chart, CHARTS)
        if self.is_busy:
            raise Busy("Too many pictures are asked for; try again in 5 s.")
        self.asked.append((chart, view))
        if self.draws:
            return CHARTS[chart].draw(history, view)
        told = (f"The {chart} of {history.base}, in one sentence.",)
        alt = f"{told[0]} Estimate, not a forecast."
        return Picture(png=PNG, alt=alt, told=told, width=1024, height=1280, writings=())

    async def make(self, key: Hashable, draw: Callable[[], Picture]) -> Picture:
        if self.is_busy:
            raise Busy("Too many pictures are asked for; try again in 5 s.")
        self.made.append(key)
        if self.draws:
            return draw()
        alt = "A picture that was never drawn."
        return Picture(png=PNG, alt=alt, width=1024, height=1280, writings=())

    async def film(
        self,
        key: Hashable,
        shots: Sequence[Callable[[], Shot]],
        cut: Callable[[Sequence[Shot]], Film],
    ) -> Film:
        if self.is_busy:
            raise Busy("Another film is being drawn. Try again in a few seconds.")
        self.made.append(key)
        if self.draws:
            return cut([shot() for shot in shots[-2:]])
        return Film(gif=GIF, alt="A film never drawn.", width=640, height=800, frames=len(shots))


@dataclass
class FakeExports:
    """Hands out files that hold nothing, of as much of a span as there is room for."""

    markets: FakeMarkets
    room: timedelta = timedelta(days=99)
    count: int = 200_000  # bytes
    asked: list[tuple[MarketQuery, timedelta, str, int]] = field(default_factory=list)

    async def make(self, query: MarketQuery, span: timedelta, form: str, most: int) -> Export:
        history = await self.markets.history(query, span)
        self.asked.append((query, span, form, most))
        held = min(span, self.room)
        return Export(
            name=f"{history.base.lower()}.zip",
            content=b"PK".ljust(self.count, b"\0"),
            span=held,
            since=history.at - held,
            rows={"map": 4_321, "clusters": 9, "tape": 0},
            simulated=history.simulated,
        )


def a_reception(
    folder: Path, desk: Desk | None = None, commands: Mapping[str, Command[Any]] = COMMANDS
) -> Reception:
    """Return what a platform finds, at a desk."""
    return Reception(
        commands=commands, desk=desk or a_desk()[0], folder=folder, chance=default_rng(0)
    )


def a_desk(
    *histories: History,
    draws: bool = False,
    is_busy: bool = False,
    blind: Iterable[str] = (),
    status: Status | None = None,
    view: View | None = None,
    caps: Caps | None = None,
    pictures: int = 10**6,
    outcomes: Outcomes | None = None,
) -> tuple[Desk, FakeMarkets, FakeStudio]:
    """Return a desk over some histories (BTC and ETH where none are named), and its fakes."""
    given = histories or (a_history(), a_history(base="ETH", price=3_000.0))
    markets = FakeMarkets({each.base: each for each in given}, frozenset(blind))
    markets.seen = status or markets.seen
    studio = FakeStudio(draws, is_busy)
    clock, ledger = SteppedClock(AT), a_ledger()
    rules = {name: RULES[name] for name in RULES}
    terms = Terms(
        rules=rules, settings={name: each.settings() for name, each in rules.items()}, venues=3
    )
    desk = Desk(
        clock=clock,
        markets=markets,
        past=FakePast(markets),
        studio=studio,
        scenes=markets,
        alerts=Watcher(clock, ledger, terms, markets.scenes),
        ledger=ledger,
        scores=LiveScores(clock, outcomes or FakeOutcomes()),
        models=FakeModels(),
        exports=FakeExports(markets),
        caps=caps or Caps(),
        pictures=Ration(clock, pictures),
        view=view or View(),
    )
    return desk, markets, studio
