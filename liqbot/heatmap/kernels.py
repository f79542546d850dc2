"""Every loop that is compiled, and nothing else.

Why one file: numba's cache does not notice changes in other files. Prices arrive as bin
coordinates, log(price) ÷ step − first, so that bin b spans [b, b + 1); NaN means unknown.
Masses are kept divided by a factor per venue and tier, so that decay costs one multiplication
a bar and not one a bin.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from liqbot.market.units import F8, I8

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

OFFSETS = 4  # places inside a bin at which a blur is tabulated
WIDEST = 16  # bins that one deposit may span; wider bars are deposited piecewise
LEDGER = ("standing", "deposited", "swept", "decayed", "shrunk", "out_of_grid")
PULSE = ("inflow", "trend", "variance", "lean", "seen", "guessed")
BARS = ("entry_low", "entry_high", "trigger_low", "trigger_high", "close", "opened", "keep")
OFFER = ("shift", "weight")
HABITS = ("tilt", "inflow_memory", "trend_memory")
_STANDING, _DEPOSITED, _SWEPT, _DECAYED, _SHRUNK, _OUTSIDE = range(6)
_INFLOW, _TREND, _VARIANCE, _LEAN, _SEEN = range(5)
_ENTRY_LOW, _ENTRY_HIGH, _LOW, _HIGH, _CLOSE, _OPENED, _KEEP = range(7)
_SHIFT, _WEIGHT = range(2)
_TILT, _INFLOW_MEMORY, _TREND_MEMORY = range(3)
_RESCALE = 1e-9  # below it a factor is multiplied in, long before anything underflows
_BEFORE_THE_TURN = 0.5  # share of a bar's entries that the bar's extreme still follows
_STEEP = 1.5  # a trend of so many of its own standard deviations leans fully

# Nothing is allocated here, and counting references to views of views took 40 % of the time;
# inlining by force another 10 % (105 → 66 → 58 ms on the workload of benchmarks/engine).
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "forceinline": True, "_nrt": False}


def _compile(*arguments: str) -> Callable[[_Kernel], _Kernel]:
    """Compile for exactly these types: a drift of dtype or layout is an error, not a slow path."""
    signature = f"void({', '.join(arguments)})"
    return cast("Callable[[_Kernel], _Kernel]", numba.njit(signature, **_OPTIONS))


def _read(dimensions: int) -> str:
    return f"Array(f8, {dimensions}, 'C', readonly=True)"


def _written(dimensions: int) -> str:
    return f"Array(f8, {dimensions}, 'C')"


def _part(kernel: _Kernel) -> _Kernel:
    """Compile into whatever calls it; loaded alone, each part took 0.1 s and 6 MB."""
    return cast("_Kernel", numba.njit(**_OPTIONS)(kernel))


@_part
def take(mass: F8, price: F8, first: int, last: int) -> tuple[float, float]:
    """Remove what stands in the bins first … last − 1.

    mass (bin,) base units, zeroed there; price (bin,) Price. Returns base units and USD removed.
    O(last − first).
    """
    quantity = 0.0
    usd = 0.0
    for b in range(first, last):
        quantity += mass[b]
        usd += mass[b] * price[b]
        mass[b] = 0.0
    return quantity, usd


@_part
def spread(
    mass: F8,
    price: F8,
    blur: F8,
    reach: int,
    amount: float,
    low: float,
    high: float,
    first: int,
    last: int,
    gone_first: int,
    gone_last: int,
) -> tuple[float, float, float]:
    """Add an amount whose liquidation prices lie evenly in low … high, blurred.

    mass (bin,) is added to in the bins first … last − 1 alone; price (bin,) Price; blur
    (2, offset, x) the Gaussian integrated twice, from −reach − WIDEST bins on, and its first
    difference; low, high bin coordinates, less than WIDEST apart; price has passed the bins
    gone_first … gone_last − 1. Returns shares of the amount: added, and passed, and the passed
    share × its mean price. The rest lies outside the grid. O(reach + high − low).
    """
    left = int(np.floor(low * OFFSETS + 0.5))
    right = max(int(np.floor(high * OFFSETS + 0.5)), left + 1)
    start, end = left // OFFSETS, right // OFFSETS
    rise, fall = blur[0, left % OFFSETS], blur[0, right % OFFSETS]
    rising, falling = blur[1, left % OFFSETS], blur[1, right % OFFSETS]
    at, to = reach + WIDEST - start, reach + WIDEST - end
    lowest, highest = start - reach, end + reach + 1
    whole = rise[at + highest] - rise[at + lowest] - fall[to + highest] + fall[to + lowest]
    lo, hi = max(first, lowest), min(last, highest)
    added = 0.0
    if lo < hi:
        added = (rise[at + hi] - rise[at + lo] - fall[to + hi] + fall[to + lo]) / whole
        each = amount / whole
        here, up, down = mass[lo:hi], rising[at + lo : at + hi], falling[to + lo : to + hi]
        for b in range(here.size):
            here[b] += each * max(up[b] - down[b], 0.0)
    lo, hi = max(gone_first, lowest), min(gone_last, highest)
    passed, usd = 0.0, 0.0
    for b in range(lo, hi):
        share = rising[at + b] - falling[to + b]
        passed += share
        usd += share * price[min(max(b, 0), price.size - 1)]
    return added, passed / whole, usd / whole


@_part
def feel(pulse: F8, bar: F8, habits: F8) -> None:
    """Learn from one known bar what the next is expected to bring.

    pulse (PULSE,) is changed: the inflow expected (base units), and how far weights lean from
    shorts to longs, −1 … 1. bar (BARS,); habits (HABITS,). O(1).
    """
    if pulse[_SEEN] == 0.0:
        pulse[_TREND], pulse[_INFLOW] = bar[_CLOSE], bar[_OPENED]
    away = bar[_CLOSE] - pulse[_TREND]
    pulse[_INFLOW] += habits[_INFLOW_MEMORY] * (bar[_OPENED] - pulse[_INFLOW])
    pulse[_TREND] += habits[_TREND_MEMORY] * away
    pulse[_VARIANCE] += habits[_TREND_MEMORY] * (away * away - pulse[_VARIANCE])
    steep = _STEEP * np.sqrt(pulse[_VARIANCE])
    above = min(max(away / steep, -1.0), 1.0) if steep > 0.0 else 0.0
    pulse[_LEAN] = habits[_TILT] * above
    pulse[_SEEN] += 1.0


@_part
def sweep(
    flow: F8, mass: F8, ledger: F8, extent: I8, scale: float, down_to: int, up_to: int, price: F8
) -> None:
    """Remove the longs in the bins from down_to on and the shorts in those below up_to.

    Of one venue and tier: flow (side,) Usd is added to; mass (side, bin) base units ÷ scale,
    ledger (side, LEDGER) base units and extent (side, 2) bins change. O(swept bins).
    """
    for s in range(2):
        first = max(extent[s, 0], down_to) if s == 0 else extent[s, 0]
        last = extent[s, 1] if s == 0 else min(extent[s, 1], up_to)
        if first >= last:
            continue
        quantity, usd = take(mass[s], price, first, last)
        flow[s] += usd * scale
        ledger[s, _STANDING] -= quantity * scale
        ledger[s, _SWEPT] += quantity * scale
        if s == 0:
            extent[s, 1] = first
        else:
            extent[s, 0] = last


@_part
def fade(mass: F8, ledger: F8, extent: I8, scale: float, keep: float, decay: float) -> float:
    """Let positions close by choice: all shrink to `keep`, then to `decay`.

    Of one venue and tier, shapes as in `sweep`. Returns the new scale; mass is rewritten only
    when that has become very small. O(1), rarely O(bins).
    """
    for s in range(2):
        shrunk = ledger[s, _STANDING] * (1.0 - keep)
        decayed = (ledger[s, _STANDING] - shrunk) * (1.0 - decay)
        ledger[s, _STANDING] -= shrunk + decayed
        ledger[s, _SHRUNK] += shrunk
        ledger[s, _DECAYED] += decayed
    scale *= keep * decay
    if scale < _RESCALE:
        for s in range(2):
            for b in range(extent[s, 0], extent[s, 1]):
                mass[s, b] *= scale
        scale = 1.0
    return scale


@_part
def deposit(
    flow: F8,
    mass: F8,
    ledger: F8,
    extent: I8,
    scale: float,
    down_to: int,
    up_to: int,
    price: F8,
    pulse: F8,
    bar: F8,
    offer: F8,
    blur: F8,
    reach: int,
) -> None:
    """Add what one bar opened, on both sides.

    Of one venue and tier, as in `sweep`; pulse (PULSE,); bar (BARS,); offer (side, OFFER); blur
    (2, offset, x) as in `spread`. What the bar itself has passed counts as swept at once; the
    flow to be expected of that comes from the inflow expected before the bar, since what it
    opened is known only when it ends. O(reach + height of the bar).
    """
    pieces = 1 + int((bar[_ENTRY_HIGH] - bar[_ENTRY_LOW]) / (WIDEST - 1))
    height = (bar[_ENTRY_HIGH] - bar[_ENTRY_LOW]) / pieces
    for s in range(2):
        weight = offer[s, _WEIGHT] * (1.0 + pulse[_LEAN] if s == 0 else 1.0 - pulse[_LEAN])
        amount = bar[_OPENED] * weight
        first, last = (0, down_to) if s == 0 else (up_to, price.size)
        gone_first, gone_last = (down_to, price.size) if s == 0 else (0, up_to)
        bottom = bar[_ENTRY_LOW] + offer[s, _SHIFT]
        for p in range(pieces):
            low = bottom + p * height
            each = amount / (pieces * scale)
            added, passed, usd = spread(
                *(mass[s], price, blur, reach, each, low, low + height),
                *(first, last, gone_first, gone_last),
            )
            flow[s] += pulse[_INFLOW] * weight / pieces * usd * _BEFORE_THE_TURN
            ledger[s, _STANDING] += amount / pieces * added
            ledger[s, _SWEPT] += amount / pieces * passed
            ledger[s, _OUTSIDE] += amount / pieces * (1.0 - added - passed)
        ledger[s, _DEPOSITED] += amount
        lowest = max(int(np.floor(bottom)) - reach - 1, first)
        highest = min(int(np.floor(bottom + pieces * height)) + reach + 3, last)
        if lowest < highest:
            extent[s, 0] = min(extent[s, 0], lowest)
            extent[s, 1] = max(extent[s, 1], highest)


@_part
def step(
    flow: F8,
    mass: F8,
    scale: F8,
    ledger: F8,
    extent: I8,
    pulse: F8,
    bar: F8,
    price: F8,
    offer: F8,
    blur: F8,
    reach: I8,
    decay: F8,
    habits: F8,
) -> None:
    """Carry one venue's mass through one bar: sweep, fade, deposit, in that order.

    Shapes as in `advance` without the venue axis. The sweep sees only what stood before the bar.
    """
    known = not np.isnan(bar[_LOW] + bar[_HIGH] + bar[_ENTRY_LOW] + bar[_ENTRY_HIGH])
    down_to, up_to = price.size, 0
    if known:
        down_to = min(max(int(np.floor(bar[_LOW])), 0), price.size)
        up_to = min(max(int(np.floor(bar[_HIGH])) + 1, 0), price.size)
    for k in range(scale.size):
        if np.isnan(offer[k, 0, _SHIFT]):
            continue
        if known:
            sweep(flow[k], mass[k], ledger[k], extent[k], scale[k], down_to, up_to, price)
        scale[k] = fade(mass[k], ledger[k], extent[k], scale[k], bar[_KEEP], decay[k])
        if known:
            deposit(
                *(flow[k], mass[k], ledger[k], extent[k], scale[k], down_to, up_to, price),
                *(pulse, bar, offer[k], blur[k], reach[k]),
            )
    if known:
        feel(pulse, bar, habits)


@_part
def fold(
    column: NDArray[np.float32],
    row: F8,
    mass: F8,
    scale: F8,
    extent: I8,
    side: int,
    price: F8,
) -> None:
    """Write what stands on one side, over venues and tiers.

    column (bin,) Usd is written; row (bin,) is scratch; the rest as in
    `advance`. O(occupied bins).
    """
    first, last = price.size, 0
    for v in range(mass.shape[0]):
        for k in range(mass.shape[1]):
            if extent[v, k, side, 0] < extent[v, k, side, 1]:
                first = min(first, extent[v, k, side, 0])
                last = max(last, extent[v, k, side, 1])
    column[:first] = 0.0
    column[max(first, last) :] = 0.0
    row[first:last] = 0.0
    for v in range(mass.shape[0]):
        for k in range(mass.shape[1]):
            factor = scale[v, k]
            start, end = extent[v, k, side, 0], extent[v, k, side, 1]
            source, sums = mass[v, k, side, start:end], row[start:end]
            for b in range(source.size):
                sums[b] += factor * source[b]
    sums, prices, shown = row[first:last], price[first:last], column[first:last]
    for b in range(shown.size):
        shown[b] = sums[b] * prices[b]


@_compile(
    "Array(f4, 3, 'C')",
    *(_written(4), _written(4), _written(2), _written(4), "Array(i8, 4, 'C')", _written(2)),
    *(_read(3), _read(1), _read(4), _read(4), "Array(i8, 1, 'C', readonly=True)"),
    *(_read(1), _read(1), _written(1)),
)
def advance(
    usd: NDArray[np.float32],
    flow: F8,
    mass: F8,
    scale: F8,
    ledger: F8,
    extent: I8,
    pulse: F8,
    bars: F8,
    price: F8,
    offer: F8,
    blur: F8,
    reach: I8,
    decay: F8,
    habits: F8,
    row: F8,
) -> None:
    """Carry the standing mass through bars and write a column after each.

    Written: usd (side, bar, bin) Usd, no bars of it = no columns; flow (bar,
    venue, tier, side) Usd that the column before each bar makes it fire, zero on entry.
    Changed: mass (venue, tier, side, bin) base units ÷ scale (venue, tier); ledger (venue, tier,
    side, LEDGER) base units; extent (venue, tier, side, 2) bins that may be occupied; pulse
    (venue, PULSE). Read: bars (venue, bar, BARS), prices as bin coordinates, opened in base
    units; price (bin,) Price; offer (venue, tier, side, OFFER), shift in bins from entry to
    liquidation, NaN where not offered, weight the share of what opens; blur (tier, 2, offset, x)
    and reach (tier,) bins as in `spread`; decay (tier,) kept per bar; habits (HABITS,).
    Scratch: row (bin,). O(bars × occupied bins).
    """
    for i in range(bars.shape[1]):
        for v in range(bars.shape[0]):
            step(
                *(flow[i, v], mass[v], scale[v], ledger[v], extent[v], pulse[v], bars[v, i]),
                *(price, offer[v], blur, reach, decay, habits),
            )
        if usd.shape[1] > 0:
            for s in range(2):
                fold(usd[s, i], row, mass, scale, extent, s, price)
