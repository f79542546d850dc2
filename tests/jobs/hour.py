"""A stretch of time in which all that can go wrong on eight venues does, at random."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import isclose

import numpy as np
from numpy.random import Generator, default_rng

from liqbot.clock import SteppedClock
from liqbot.exchanges import EXCHANGES
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Workshop
from liqbot.jobs.listen_tape import Listening
from liqbot.jobs.listen_tape import Settings as TapeSettings
from liqbot.jobs.watch_markets import Settings, Watch
from liqbot.live.keeping import PatientArchive
from liqbot.live.markets import LiveMarkets, Venue
from liqbot.market.instrument import MarketQuery
from liqbot.market.observation import Observation
from liqbot.market.status import MarketStatus
from liqbot.market.units import MINUTE_MS, integers, moment_of
from tests.fakes.archive import FakeArchive
from tests.fakes.exchange_server import VENUES, ExchangeServer
from tests.fakes.faults import Fault, Kind
from tests.fakes.listing import Listing
from tests.fakes.world import World
from tests.walks import QUICK

POLL = timedelta(seconds=30)
BAR_MS = 5 * MINUTE_MS
FOREVER_MS = 10**14
BEGIN_MS = 1_767_270_000_000 + 137_000  # 2:17 into a candle
KINDS: tuple[Kind, ...] = (
    *("timeout", "slow", "429", "418", "500", "503", "refused", "html", "truncated", "empty"),
    *("nulls", "shuffled", "duplicated", "frozen", "hundredfold", "delisted", "skewed"),
    *("closes", "silent"),
)
OF_SOCKETS = {"closes", "silent"}
_ODDS, _ENDS = 0.12, 0.35  # that a fault begins in a poll of a venue, and that it ends
_PRICES = ("open", "high", "low", "close")
_SKEW_MS = 92_000  # by which what a venue tells of now may be of another moment


@dataclass(slots=True)
class Hour:
    """What happened."""

    polls: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    checked: int = 0  # values that were kept
    wrong: set[str] = field(default_factory=set)  # values at any time that were not the truth
    hidden: list[str] = field(default_factory=list)  # gaps that nobody was shown
    late: list[str] = field(default_factory=list)  # not recovered two polls after
    dropped: Counter[str] = field(default_factory=Counter)  # not believed, by reason


class Stage:
    """The bot's jobs on the real exchanges against a server, and a clock that a test moves."""

    def __init__(self, server: ExchangeServer, clock: SteppedClock, markets: LiveMarkets) -> None:
        self.server, self.clock, self.markets = server, clock, markets
        self.archive = FakeArchive()
        shop = Workshop(
            clock=clock,
            chance=default_rng(1),
            queries=tuple(MarketQuery(base) for base in server.world.bases),
            archive=PatientArchive(self.archive),
            markets=markets,
        )
        self.watch = Watch(shop, Settings(), Schedule())
        self.listening = Listening(shop, TapeSettings())

    async def poll(self) -> None:
        """Do once what the schedule does in half a minute; then let it pass."""
        venues = list(self.markets.venues)
        await asyncio.gather(*map(self.watch.enlist, venues))
        polled = list(self.watch._polled)
        await asyncio.gather(*map(self.watch.poll, polled))
        await asyncio.gather(*map(self.listening.tend, venues))
        await self.listening.take_in()
        self.clock.step(POLL)

    def shown(self) -> dict[str, MarketStatus]:
        """What the status tells, by venue."""
        return {each.instrument.venue: each for each in self.markets.status().markets}


@asynccontextmanager
async def staged(venues: tuple[str, ...]) -> AsyncIterator[Stage]:
    """Open exchanges against a world of a day."""
    clock = SteppedClock(moment_of(BEGIN_MS))
    async with AsyncExitStack() as stack:
        server = ExchangeServer(World(clock, days=1.0, ahead_days=0.2, markets=1))
        await stack.enter_async_context(server)
        opened: list[Venue] = []
        for name in venues:
            exchange = EXCHANGES[name]
            settings = exchange.settings(
                base_url=server.url, ws_url=server.ws_url, timeout_s=2.0, silence_s=1.0
            )
            opening = exchange.open(settings, clock, default_rng(1))
            opened += await stack.enter_async_context(opening)
        markets = LiveMarkets(
            clock,
            opened,
            QUICK,
            model_named="quick, for tests",
            past=timedelta(days=1),
            bin_width=0.01,
        )
        stage = Stage(server, clock, markets)
        stack.push_async_callback(stage.listening.stop)
        yield stage


async def lived(
    polls: int, seed: int, venues: tuple[str, ...] = VENUES, kinds: tuple[Kind, ...] = KINDS
) -> Hour:
    """Poll a number of times while faults come and go, then until two polls after the last."""
    chance, hour = default_rng(seed), Hour()
    async with staged(venues) as stage:
        for _ in range(3):
            await stage.poll()
        standing: dict[str, Fault] = {}
        ended: dict[str, int] = dict.fromkeys(venues, 0)  # when each venue's last fault did
        for number in range(polls + 2):
            for venue in venues:
                is_over = number >= polls
                if venue in standing and (is_over or chance.random() < _ENDS):
                    stage.server.faults.remove(standing.pop(venue))
                    ended[venue] = number
                elif venue not in standing and not is_over and chance.random() < _ODDS:
                    standing[venue] = _a_fault(venue, kinds, chance)
                    stage.server.faults.add(standing[venue])
                    hour.faults[standing[venue].kind] += 1
            await stage.poll()
            hour.polls += len(venues)
            hour.late += [
                f"poll {number}, {each.instrument}: {each.blind or each.age_s}"
                for venue, each in stage.shown().items()
                if venue not in standing and number > ended[venue]
                if each.blind or each.age_s > 60
            ]
            hour.hidden += await _hidden(stage)
            hour.checked = await _judged(stage, hour.wrong)
        for each in stage.shown().values():
            hour.dropped.update(each.dropped)
        hour.late += [venue for venue in venues if venue not in stage.shown()]
        hour.wrong.update(stage.server.violations)
    return hour


def _a_fault(venue: str, kinds: tuple[Kind, ...], chance: Generator) -> Fault:
    kind = kinds[int(chance.integers(len(kinds)))]
    seconds = {"slow": 0.1, "skewed": 90.0}.get(kind, 0.3)
    endpoint = "tape" if kind in OF_SOCKETS else None
    retry_after = 20 if kind in {"429", "418"} else None
    return Fault(
        kind=kind, venue=venue, endpoint=endpoint, seconds=seconds, retry_after=retry_after
    )


async def _hidden(stage: Stage) -> list[str]:
    """Return candles that have closed, are not kept, and are not shown to be missing."""
    found, now_ms = [], stage.server.world.now_ms
    for shown in stage.shown().values():
        kept = await stage.archive.read(shown.instrument, 0, FOREVER_MS)
        known = set(kept.candles.opened_ms[~np.isnan(kept.candles.close)].tolist())
        last_ms = (now_ms - 90_000 - BAR_MS) // BAR_MS * BAR_MS
        for opened_ms in range(BEGIN_MS // BAR_MS * BAR_MS, last_ms + 1, BAR_MS):
            spans = [gap for gap in shown.gaps if gap.what == "candles"]
            is_told = any(gap.from_ms <= opened_ms < gap.to_ms for gap in spans)
            if opened_ms not in known and not is_told and not shown.blind:
                found.append(f"{shown.instrument} {opened_ms}")
    return found


async def _judged(stage: Stage, found: set[str]) -> int:
    """Hold every value that is kept to the truth; add those that are not, return how many are."""
    world, checked = stage.server.world, 0
    for instrument in await stage.archive.known():
        kept = await stage.archive.read(instrument, 0, FOREVER_MS)
        truth = world.listing(instrument.venue, instrument.base)
        for name, count, wrong in _wrongs(kept, truth, world):
            checked += count
            found |= {f"{instrument.venue} {name} at {at_ms}" for at_ms in wrong}
    return checked


def _wrongs(
    kept: Observation, truth: Listing, world: World
) -> Iterator[tuple[str, int, list[int]]]:
    """Yield by kind how many values are kept, and when those were that are not the truth."""
    now_ms = world.now_ms + _SKEW_MS  # a venue ahead of time closes its candles early
    for name, candles in (("candles", kept.candles), ("marks", kept.mark_candles)):
        if candles is None:
            continue
        true = truth.candles(BAR_MS, world.begin_ms, now_ms, now_ms, mark=name == "marks")
        row = np.searchsorted(true.opened_ms, candles.opened_ms)
        columns = _PRICES if name == "marks" else (*_PRICES, "volume")
        for column in columns:
            told, right = getattr(candles, column), getattr(true, column)
            known = np.flatnonzero(~np.isnan(told))
            here = right[np.minimum(row[known], len(true) - 1)]
            off = ~np.isclose(told[known], here, rtol=1e-9, atol=0)
            yield f"{name}.{column}", known.size, candles.opened_ms[known[off]].tolist()
    samples = kept.open_interest
    window = integers(np.arange(-2_000, _SKEW_MS + 1, 1_000))
    near = truth.open_interest(integers(samples.at_ms[:, None] + window))
    low, high = near.min(axis=1) - truth.lot, near.max(axis=1) + truth.lot
    off = (samples.quantity < low) | (samples.quantity > high)
    yield "open_interest", len(samples), samples.at_ms[off].tolist()
    at_ms, rates = truth.funding(world.begin_ms, now_ms)
    settled, there, here = np.intersect1d(at_ms, kept.funding.at_ms, return_indices=True)
    off = ~np.isclose(kept.funding.rate[here], rates[there], rtol=1e-6, atol=1e-12)
    yield "funding", settled.size, settled[off].tolist()
    unit_ms = 1000 if truth.venue == "gate" else 1  # which tells seconds
    orders = [
        (each.at_ms // unit_ms * unit_ms, each.price) for each in truth.tape(world.begin_ms, now_ms)
    ]
    made_up = [
        int(at)
        for at, price in zip(kept.tape.at_ms, kept.tape.price, strict=True)
        if not any(at == each and isclose(price, then, rel_tol=0.02) for each, then in orders)
    ]  # some tell the price of bankruptcy
    yield "tape", len(kept.tape), made_up
