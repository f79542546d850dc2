"""One market, as time passes: price moves, positions end, others take their place."""

from collections.abc import Callable
from math import log, sqrt, tanh

import numpy as np

from liqbot.market.units import DAY_MS, F8, HOUR_MS, I8, Side, floats
from liqbot.simulation.chronicle import Chronicle
from liqbot.simulation.planting import Planting
from liqbot.simulation.positions import Ending, Positions, Rows
from liqbot.simulation.price import PriceProcess, wander, weather
from liqbot.simulation.settings import STEPS, Settings
from liqbot.simulation.traders import Traders
from liqbot.simulation.venues import CONTRACTS, DEPTH, VENUES

_SHARE = floats([venue.share for venue in VENUES])
_SIGN = floats([side.sign for side in Side])
_SHAPE = (len(VENUES), len(Side))
_OPENED = 0.2  # opened a day, relative to open interest
_YIELD = 0.75  # share of hurried orders met by someone who leaves, not by someone who comes
_PARTIAL = 0.3  # share of those who take profit and keep half
_CHASING = 0.15  # share of what is opened that runs after the price
_MOMENTUM_DAYS = 1 / 24  # half-life
_WATCH_BLOCKS, _FORGET_BLOCKS = 15, 120
FUNDING_MS = 8 * HOUR_MS


class Market:
    """The state of one market, advanced block by block.

    Every contract has a long and a short: whoever leaves is replaced by someone who comes on
    the same side, or leaves together with someone of the other side.
    """

    def __init__(self, settings: Settings, base: str) -> None:
        self._contract = CONTRACTS[base]
        self._blocks = blocks = settings.blocks()
        self._weather = weather(settings, base, blocks)
        self._chance = settings.generator(base, "flow")
        self._traders = Traders(settings, base, blocks)
        self._planting = Planting(settings, base)
        self._price = PriceProcess(self._contract.price)
        self._positions = Positions()
        self._chronicle = Chronicle.blank(base, settings, blocks)
        self._impact = settings.cascades / (DEPTH * self._contract.open_interest)
        self._usual = self._contract.open_interest / self._contract.price * _SHARE
        days = blocks.length_ms / DAY_MS
        tides = 0.3 * wander(self._chance, days, 0.4) + 0.5 * wander(self._chance, days, 0.01)
        self._waves = np.exp(tides - 0.17)
        self._open_interest = self._usual.copy()
        self._return = 0.0  # log return of late
        stock = np.repeat(self._usual[:, None], len(Side), axis=1)
        at_ms = int(blocks.ends_ms[0] - blocks.length_ms[0])
        self._open(stock, 0, at_ms)

    def run(self, progress: Callable[[float], None]) -> tuple[Chronicle, Rows]:
        """Let all blocks pass; return what passed, and every position that stood.

        From time to time `progress` is told how far it is, 0 … 1.
        """
        count = len(self._blocks)
        for block in range(count):
            if block % _WATCH_BLOCKS == 0:
                if block % _FORGET_BLOCKS == 0:
                    self._positions.forget(self._chronicle.start_ms)
                self._watch(block)
                progress(block / count)
            self._closed, self._hurried = np.zeros(_SHAPE), np.zeros(_SHAPE)
            marks = self._walk(block)
            come = self._clear(block)
            self._tell(block, marks, come)
        progress(1.0)
        return self._chronicle, self._positions.history()

    def _watch(self, block: int) -> None:
        ahead = self._blocks.length_ms[block : block + _WATCH_BLOCKS].sum()
        volatility = self._contract.volatility * self._weather.volatility[block]
        reach = max(0.003, 4 * volatility * sqrt(ahead / DAY_MS))
        until_ms = int(self._blocks.ends_ms[block] + ahead)
        self._positions.watch(self._price.mark, reach, until_ms)

    def _walk(self, block: int) -> list[float]:
        """Move price through a block and end what it reaches; return the marks, one a step."""
        end_ms, length_ms = int(self._blocks.ends_ms[block]), int(self._blocks.length_ms[block])
        price, positions = self._price, self._positions
        price.pace(length_ms / STEPS)
        drift = self._planting.drift(end_ms - length_ms, end_ms, price.mark) / STEPS
        impact = self._impact_in(block)
        before, marks = price.mark, []
        for i, shock in enumerate(self._weather.shocks[block].tolist()):
            mark = price.step(shock + drift)
            marks.append(mark)
            if positions.leaves(mark):
                self._watch(block)
            if not positions.floor < mark < positions.ceiling:
                at_ms = end_ms - length_ms * (STEPS - 1 - i) // STEPS
                price.push(impact * self._settle(mark, at_ms))
        keep = 0.5 ** (length_ms / DAY_MS / _MOMENTUM_DAYS)
        self._return = keep * self._return + log(price.mark / before)
        price.push(
            impact * _CHASING * self._momentum(block) * self._demand(block).sum() * price.mark
        )
        return marks

    def _settle(self, mark: float, at_ms: int) -> float:
        """End or change the positions that the mark has reached; return their net buying, Usd."""
        positions = self._positions
        index = positions.crossed(mark)
        if index.size == 0:
            return 0.0
        rows = positions.rows(index)
        long = rows["side"] == Side.LONG.index
        losing = np.where(long, rows["low"] >= mark, rows["high"] <= mark)
        forced = losing & (rows["adverse"] != Ending.STOP)
        called = losing & (rows["adverse"] == Ending.CALL)
        called &= np.where(long, rows["liquidation"] < mark, rows["liquidation"] > mark)
        if called.any():
            self._rescue(index[called], mark, at_ms)
        forced &= ~called
        halved = ~losing & (self._chance.random(index.size) < _PARTIAL)
        if halved.any():
            self._halve(index[halved], at_ms)
        quantity = np.where(halved, 0.5, 1.0) * rows["quantity"]
        positions.close(index[~(called | halved)], at_ms)
        self._count(self._closed, rows[~called], quantity[~called])
        hurried = losing & ~called
        self._count(self._hurried, rows[hurried], quantity[hurried])
        if forced.any():
            self._chronicle.force(rows[forced], mark, at_ms)
        return float(-(_SIGN[rows["side"]] * quantity)[hurried].sum() * mark)

    def _rescue(self, index: I8, mark: float, at_ms: int) -> None:
        """Add margin, once: the liquidation price moves away."""
        rows = self._positions.rows(index)
        moved = self._traders.rescue(rows, mark)
        long = rows["side"] == Side.LONG.index
        self._positions.amend(
            index,
            at_ms,
            liquidation=moved,
            bankruptcy=rows["bankruptcy"] * moved / rows["liquidation"],
            low=np.where(long, moved, rows["low"]),
            high=np.where(long, rows["high"], moved),
            adverse=np.full(index.size, Ending.FORCED),
        )

    def _halve(self, index: I8, at_ms: int) -> None:
        """Take half the profit; the rest stays without a target."""
        rows = self._positions.rows(index)
        long = rows["side"] == Side.LONG.index
        self._positions.amend(
            index,
            at_ms,
            quantity=rows["quantity"] / 2,
            low=np.where(long, rows["low"], 0.0),
            high=np.where(long, np.inf, rows["high"]),
        )

    def _clear(self, block: int) -> F8:
        """Let the impatient leave and others come, so that longs and shorts stay equal.

        Returns what came, (venue, side) base units.
        """
        end_ms, mark = int(self._blocks.ends_ms[block]), self._price.mark
        self._leave(self._positions.overdue(end_ms), end_ms)
        lopsided = _YIELD * (self._hurried - self._hurried[:, ::-1])
        for venue, side in np.argwhere(lopsided > 0).tolist():
            most = float(lopsided[venue, side])
            self._leave(self._positions.some(self._chance, venue, 1 - side, most), end_ms)
        left = self._closed
        change = np.maximum(self._demand(block) - left.mean(axis=1), -left.min(axis=1))
        come = np.repeat(change[:, None], len(Side), axis=1) + left
        planted = np.zeros(_SHAPE)
        from_ms = end_ms - int(self._blocks.length_ms[block])
        for plan, quantity, target in self._planting.due(from_ms, end_ms, mark):
            self._positions.open(self._traders.plant(plan, quantity, end_ms, mark, target))
            come[:, 1 - plan.side.index] += quantity
            planted[:, plan.side.index] += quantity
            change = change + quantity
        self._open(come, block, end_ms)
        self._open_interest = self._open_interest + change
        return come + planted

    def _open(self, wanted: F8, block: int, at_ms: int) -> None:
        rows = self._traders.enter(
            wanted,
            block=block,
            at_ms=at_ms,
            mark=self._price.mark,
            momentum=self._momentum(block),
            fear=log(self._weather.volatility[block]),
        )
        self._positions.open(rows)

    def _leave(self, index: I8, at_ms: int) -> None:
        rows = self._positions.rows(index)
        self._count(self._closed, rows, rows["quantity"])
        self._positions.close(index, at_ms)

    def _count(self, into: F8, rows: Rows, quantity: F8) -> None:
        place = rows["venue"] * len(Side) + rows["side"]
        into += np.bincount(place, quantity, minlength=into.size).reshape(_SHAPE)

    def _demand(self, block: int) -> F8:
        """Return what newcomers would open in a block if nobody left, (venue,) base units."""
        days = self._blocks.length_ms[block] / DAY_MS
        activity = self._weather.volatility[block] ** 0.6 * self._waves[block]
        demand: F8 = _OPENED * days * activity * self._usual
        return demand * (self._usual / self._open_interest) ** 2

    def _impact_in(self, block: int) -> float:
        """Return how far one Usd of market orders moves log price; books thin out in a storm.

        The stock that the warm-up begins with was all opened at one price, which no market
        could bear: its forced orders move nothing.
        """
        if self._blocks.length_ms[block] == HOUR_MS:
            return 0.0
        return float(self._impact * self._weather.volatility[block] ** 0.7)

    def _momentum(self, block: int) -> float:
        volatility = self._contract.volatility * self._weather.volatility[block]
        return tanh(self._return / (volatility * sqrt(_MOMENTUM_DAYS / log(4))))

    def _tell(self, block: int, marks: list[float], come: F8) -> None:
        """Write down what a block brought, once the warm-up is over."""
        told, minute = self._chronicle, block - self._blocks.warm_up
        if minute < 0:
            told.first_mark = self._price.mark
            told.open_interest[0] = self._open_interest
            return
        told.marks[minute] = marks
        told.volatility[minute] = self._weather.volatility[block]
        told.traded[minute] = come[:, Side.LONG.index] + self._closed[:, Side.SHORT.index]
        told.hurried[minute] = self._hurried
        told.open_interest[minute + 1] = self._open_interest
        at_ms = int(self._blocks.ends_ms[block])
        if at_ms % FUNDING_MS == 0:
            told.crowding[at_ms] = self._crowding()

    def _crowding(self) -> float:
        """Return how much more leverage the longs use, −1 … 1."""
        rows = self._positions.standing()
        stake = rows["quantity"] * np.minimum(rows["leverage"], 50)
        return float(stake @ _SIGN[rows["side"]] / stake.sum())
