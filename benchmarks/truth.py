"""Which cascades are planted in simulated markets, and when they are there in truth."""

from dataclasses import dataclass

import numpy as np

from liqbot.market.units import DAY_MS, F8, HOUR_MS, MINUTE_MS, Side, Usd, floats
from liqbot.simulation.chronicle import Chronicle
from liqbot.simulation.positions import FOREVER
from liqbot.simulation.settings import STEPS, Planted, Settings
from liqbot.simulation.venues import CONTRACTS

DAYS = 9.0
FIRST_H = 122.0  # a map is warm after five days
_SHOCKS_H = (134.0, 158.0, 182.0, 206.0)
_BUILT_H = (14.0, 2.0)  # from … to before the shock
_SHARE = 0.03  # of open interest
_AWAY = 1.4  # daily standard deviations of price
_STEP_MS = MINUTE_MS // STEPS
_SPAN_MS, _MOST = 20 * MINUTE_MS, 0.25  # a build-up fired if so much of it did within so long
_WITHIN_MS = 10 * MINUTE_MS  # before it is told, something has to have happened
_RUN = 15  # minutes, the longest in which price runs
_PACE, _BURST, _SIGMAS, _FALL = 1.0, 3.0, 3.0, 0.005  # as the rules' defaults


def planted(seed: int, days: float = DAYS) -> Settings:
    """Return a market with a build-up a day, now of longs, now of shorts."""
    base = list(CONTRACTS)[seed % len(CONTRACTS)]
    contract = CONTRACTS[base]
    plans = tuple(
        Planted(
            market=base,
            side=list(Side)[(seed + row) % 2],
            usd=Usd(contract.open_interest * _SHARE),
            distance=contract.volatility * _AWAY,
            begin_h=shock_h - _BUILT_H[0],
            end_h=shock_h - _BUILT_H[1],
            shock_h=shock_h,
        )
        for row, shock_h in enumerate(_SHOCKS_H)
        if shock_h < days * 24
    )
    return Settings(seed=seed, days=days, markets=(base,), planted=plans)


@dataclass(frozen=True, slots=True)
class Fired:
    """A build-up whose positions were closed by force, by the shock or before."""

    side: Side
    from_ms: int  # the first of them, Unix ms
    to_ms: int  # the last within the span


def fired(told: Chronicle, plan: Planted) -> Fired | None:
    """Return when most of a build-up fired; None if it did not, or before the map was warm."""
    rows, marks = told.orders()
    begin, end = (told.start_ms + round(h * HOUR_MS) for h in (plan.begin_h, plan.end_h))
    own = (rows["patience_ms"] == FOREVER) & (rows["side"] == plan.side.index)
    own &= (rows["opened_ms"] > begin) & (rows["opened_ms"] <= end + MINUTE_MS)
    at_ms, usd = rows["until_ms"][own], (rows["quantity"] * marks)[own]
    order = np.argsort(at_ms, kind="stable")
    at_ms, summed = at_ms[order], np.concatenate(([0.0], usd[order].cumsum()))
    stop = np.searchsorted(at_ms, at_ms + _SPAN_MS, side="right")
    within = summed[stop] - summed[:-1]
    if not within.size or within.max() < _MOST * plan.usd:
        return None
    first = int(within.argmax())
    from_ms = int(at_ms[first])
    if from_ms < told.start_ms + FIRST_H * HOUR_MS:
        return None
    return Fired(plan.side, from_ms, int(at_ms[stop[first] - 1]))


@dataclass(frozen=True, slots=True)
class Truth:
    """A market step by step, 5 s each; what is of a side is (side, step)."""

    start_ms: int
    pace: F8  # all forced orders of the last minute ÷ 95 % of such minutes in 7 days
    fall: F8  # (step,) of open interest, from the highest of 15 minutes
    sigmas: F8  # the largest move against a side in 1 … 15 minutes, in its usual size

    @staticmethod
    def of(told: Chronicle) -> "Truth":
        """Work out what a market's chronicle says."""
        return Truth(told.start_ms, _pace(told), _fall(told), _sigmas(told))

    @property
    def end_ms(self) -> int:
        """When the last step ended, Unix ms."""
        return self.start_ms + self.fall.size * _STEP_MS

    def begun_ms(self, side: Side, from_ms: int, to_ms: int) -> int | None:
        """Return the first moment of a span at which there is a cascade."""
        there = np.flatnonzero(self._is_one(side)[self._rows(from_ms, to_ms)])
        return from_ms + (int(there[0]) + 1) * _STEP_MS if there.size else None

    def upholds(self, side: Side, at_ms: int) -> bool:
        """Tell whether there was one in the last minutes, each part of it at its own time."""
        rows = self._rows(at_ms - _WITHIN_MS, at_ms + 2 * _STEP_MS)
        pace, sigmas = self.pace[side.index, rows].max(), self.sigmas[side.index, rows].max()
        falls = pace >= _PACE and self.fall[rows].max() >= _FALL
        return bool(sigmas >= _SIGMAS and (falls or pace >= _BURST))

    def last_heavy_ms(self, side: Side, at_ms: int) -> int | None:
        """Return when a minute was last heavy, of the last quarter of an hour."""
        from_ms = at_ms - 15 * MINUTE_MS
        heavy = np.flatnonzero(self.pace[side.index, self._rows(from_ms, at_ms)] >= _PACE)
        return from_ms + (int(heavy[-1]) + 1) * _STEP_MS if heavy.size else None

    def _is_one(self, side: Side) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        pace = self.pace[side.index]
        falls = (pace >= _PACE) & (self.fall >= _FALL)
        found: np.ndarray[tuple[int], np.dtype[np.bool_]]
        found = (self.sigmas[side.index] >= _SIGMAS) & (falls | (pace >= _BURST))
        return found

    def _rows(self, from_ms: int, to_ms: int) -> slice:
        first, last = ((each - self.start_ms) // _STEP_MS for each in (from_ms, to_ms))
        return slice(max(first, 0), last)


def _pace(told: Chronicle) -> F8:
    rows, marks = told.orders()
    step = (rows["until_ms"] - 1 - told.start_ms) // _STEP_MS
    steps = told.marks.size
    pace = np.zeros((2, steps))
    for side in Side:
        of_side = rows["side"] == side.index
        usd = np.bincount(step[of_side], (rows["quantity"] * marks)[of_side], minlength=steps)
        minute = _rolled(floats(usd), STEPS)
        whole: F8 = usd.reshape(-1, STEPS).sum(axis=1)
        for first in range(0, steps, DAY_MS // _STEP_MS):
            week = whole[max(first - 7 * DAY_MS // _STEP_MS, 0) // STEPS : first // STEPS]
            some = week[week > 0]
            usual = np.percentile(some, 95) if some.size else np.inf
            rows_ = slice(first, first + DAY_MS // _STEP_MS)
            pace[side.index, rows_] = minute[rows_] / usual
    return pace


def _rolled(values: F8, length: int) -> F8:
    """Return the sums of the last so many values."""
    summed = np.concatenate((np.zeros(length), values.cumsum()))
    rolled: F8 = summed[length:] - summed[:-length]
    return rolled


def _fall(told: Chronicle) -> F8:
    """Return it as it is known at each step, by the minute."""
    interest = told.open_interest.sum(axis=1)
    padded = np.concatenate((np.full(15, interest[0]), interest))
    highest = np.lib.stride_tricks.sliding_window_view(padded, 16).max(axis=1)
    fall: F8 = np.repeat(1 - interest / highest, STEPS)[1 : told.marks.size + 1]
    return fall


def _sigmas(told: Chronicle) -> F8:
    price = np.log(np.concatenate(([told.first_mark], told.marks.ravel())))
    most = np.zeros((2, told.marks.size))
    usual = _usual(told)
    for minutes in range(1, _RUN + 1):
        span: int = minutes * STEPS
        move = np.zeros(told.marks.size)
        move[span - 1 :] = (price[span:] - price[:-span]) / (usual * np.sqrt(minutes))[span - 1 :]
        most = np.maximum(most, [-move, move])
    return most


def _usual(told: Chronicle) -> F8:
    """Return the s.d. of a minute's log return in the 7 days before each UTC day, by step."""
    closes = np.log(told.marks[4::5, -1])  # of 5 minutes, as the bars that are told
    day, a_minute = DAY_MS // MINUTE_MS // 5, np.sqrt(1 / 5)
    usual = np.full(told.marks.shape[0], np.inf)
    for first in range(day, closes.size, day):
        week = np.diff(closes[max(first - 7 * day, 0) : first])
        usual[5 * first : 5 * (first + day)] = week.std() * a_minute
    repeated: F8 = np.repeat(usual, STEPS)
    return repeated
