"""One market's history, the read side for charts, rules and commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.clusters import Asymmetry, Cluster, asymmetry_of, find_clusters, seen_from
from liqbot.heatmap.engine import (
    Positions,
    Run,
    Terms,
    grid_for,
    guessed,
    nobody,
    run,
    terms_of,
)
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, MassLedger, Snapshot
from liqbot.heatmap.lookback import Lookback, tracked
from liqbot.heatmap.measured import Measured
from liqbot.heatmap.model import Model
from liqbot.heatmap.tracks import Tracking
from liqbot.market.book import OrderBook
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, F8, Price, Usd, floats, integers, ms_of

TRACKED_MS = 2 * DAY_MS  # with less, the ids of what already stood depend on the moment
FUNDING_MS = 30 * DAY_MS
WARM_MS = 5 * DAY_MS  # by then most of what had to be guessed at the first bar is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is known of one market up to `at`: nothing in it is from later."""

    base: str  # "BTC"
    venues: tuple[str, ...]  # those in the map, in the order of its venue axis
    leading: str  # the one of them whose price, candles and funding are told
    at: datetime  # aware, UTC
    data_age_s: float  # seconds between the newest datum of the stalest venue and `at`
    coverage: float  # share of the heatmap's bars that are known, over venues, 0 … 1
    warm: bool  # whether the engine has seen enough past (5 days)
    simulated: bool
    age_ms: int | None = None  # the map holds only what opened within so long; None = everything
    is_past: bool = False  # shown long after `at`, as it was known then
    model: Model
    candles: Candles  # of the leading venue, same bars as the heatmap
    open_interest: OpenInterest  # summed over venues, NaN where one is unknown
    interest: F8  # (venue, bar) base units: the same by venue
    funding: Funding  # of the leading venue, 30 days of it
    tape: Tape  # of all venues
    books: Mapping[str, OrderBook]  # the newest of each venue that tells one
    heatmap: Heatmap
    snapshot: Snapshot
    clusters: tuple[Cluster, ...]  # by side, then by distance
    asymmetry: Asymmetry
    lookback: Lookback  # how clusters were followed; the next history goes on from it
    daily_usd: Usd  # expected to be liquidated on a day, both sides: mean since the first bar
    ledger: MassLedger
    measured: Measured | None = None  # what is known besides; None where nobody is asked

    @property
    def tracking(self) -> Tracking:
        """The clusters' tracks up to now, and what happened to them in two days."""
        return self.lookback.now


def recall(
    base: str,
    observations: Sequence[Observation],
    model: Model,
    window_ms: int,
    *,
    age_ms: int | None = None,
    bin_width: float = 0.001,
    before: Lookback | None = None,
    brackets: Mapping[str, MarginSchedule] | None = None,
) -> History:
    """Work out a market's history from all that was seen of it, the last `window_ms` in columns.

    There is a day of columns at least. The map holds all that is estimated to stand, or with
    `age_ms` only what opened since, and columns since then. Clusters keep the ids that they had
    in the history `before`. `brackets`, by venue, count in place of those built in.
    Raises OutOfRange where no candle is known, UnknownName for a venue without a formula.
    """
    bars = align(observations)
    terms = terms_of(
        model, base, bars.venues, grid_for(bars, bin_width), bars.interval_ms, brackets=brackets
    )
    ran = _carried(terms, bars, window_ms, age_ms)
    return composed(base, ran, _beside(observations, ran), model, age_ms=age_ms, before=before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a run over all bars left."""

    past_ms: int  # from the first bar to the last
    watched: Bars  # those with columns
    recent: Bars  # those of them that were asked for
    whole: Heatmap  # of the bars watched
    shown: Heatmap  # of those asked for
    positions: Positions
    swept: F8  # (side,) raw Usd a day

    @property
    def leading(self) -> str:
        """The venue known in most bars asked for, of those the one with most open interest."""
        bars = self.recent
        known = (~np.isnan(bars.close)).sum(axis=1)
        size = np.nan_to_num(bars.before).max(axis=1)
        return bars.venues[max(range(len(bars.venues)), key=lambda v: (known[v], size[v]))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known at a moment beside the bars."""

    at: datetime  # aware, UTC
    data_age_s: float  # of the stalest venue
    mark: Price  # of the leading venue, as its candles and funding
    candles: Candles  # on the line of the bars watched
    funding: Funding  # 30 days
    tape: Tape  # of all venues, since the first bar asked for
    books: Mapping[str, OrderBook]
    simulated: bool


def composed(
    base: str,
    ran: Carried,
    beside: Beside,
    model: Model,
    *,
    age_ms: int | None = None,
    before: Lookback | None = None,
) -> History:
    """Put a history together from what a run left and what is known beside it."""
    recent = ran.recent
    snapshot = _newest(ran.positions, recent, ran.whole.grid, beside.mark, model)
    lookback = tracked(ran.whole, beside.candles, snapshot, before=before)
    found = find_clusters(snapshot, ran.shown, model.realisation)
    return History(
        base=base,
        venues=recent.venues,
        leading=ran.leading,
        at=beside.at,
        data_age_s=beside.data_age_s,
        coverage=float((~np.isnan(recent.close)).mean()),
        warm=ran.past_ms >= WARM_MS,
        simulated=beside.simulated,
        age_ms=age_ms,
        model=model,
        candles=beside.candles.since(int(recent.opened_ms[0])),
        open_interest=_summed(recent),
        interest=floats(recent.before + recent.change),
        funding=beside.funding,
        tape=beside.tape,
        books=beside.books,
        heatmap=ran.shown,
        snapshot=snapshot,
        clusters=lookback.now.named(found),
        asymmetry=asymmetry_of(snapshot),
        lookback=lookback,
        daily_usd=Usd(float(ran.swept @ model.realisation)),
        ledger=ran.positions.mass_ledger,
    )


def remarked(history: History, mark: Price, at: datetime, data_age_s: float) -> History:
    """Return a history as it is seen from a later mark: nothing but price and time has moved.

    Until the next bar has closed, the map stands still: which clusters there are, and what they
    hold, follows from bars alone. `at` is aware, UTC; `data_age_s` as it is by then.
    """
    snapshot = replace(history.snapshot, mark=mark)
    return replace(
        history,
        at=at,
        data_age_s=data_age_s,
        snapshot=snapshot,
        clusters=seen_from(history.clusters, mark),
        asymmetry=asymmetry_of(snapshot),
    )


def _carried(terms: Terms, bars: Bars, window_ms: int, age_ms: int | None) -> Carried:
    """Run the bars, with columns for the window, and for what clusters are followed over."""
    begin = 0 if age_ms is None else max(len(bars) - max(age_ms // bars.interval_ms, 1), 0)
    first = max(len(bars) - max(window_ms, TRACKED_MS) // bars.interval_ms, begin, 0)
    before = guessed(terms, bars) if age_ms is None else nobody(terms)
    past = run(terms, before, bars.rows(begin, first), columns=False)
    watched = bars.rows(first, len(bars))
    ran = run(terms, past.positions, watched)
    swept = past.flow.sum(axis=(0, 1, 2)) + ran.flow.sum(axis=(0, 1, 2))
    recent = watched.rows(-max(window_ms, DAY_MS) // bars.interval_ms, len(watched))
    return Carried(
        past_ms=bars.ended_ms - int(bars.opened_ms[0]),
        watched=watched,
        recent=recent,
        whole=(whole := _columns(terms, watched, ran)),
        shown=whole.newest(len(recent)),
        positions=ran.positions,
        swept=swept * (DAY_MS / ((len(bars) - begin) * bars.interval_ms)),
    )


def _columns(terms: Terms, bars: Bars, ran: Run) -> Heatmap:
    return Heatmap(
        grid=terms.grid,
        interval_ms=bars.interval_ms,
        opened_ms=bars.opened_ms,
        usd=ran.usd,
        swept_usd=floats(ran.flow.sum(axis=(1, 2)).T),
    )


def _newest(
    positions: Positions, bars: Bars, grid: PriceGrid, mark: Price, model: Model
) -> Snapshot:
    """Return the newest column, per venue and tier."""
    return Snapshot(
        at_ms=bars.ended_ms,
        mark=mark,
        grid=grid,
        venues=bars.venues,
        tiers=model.tiers,
        usd=floats(positions.quantity * grid.centres),
    )


def _beside(observations: Sequence[Observation], ran: Carried) -> Beside:
    seen = {each.instrument.venue: each for each in observations}
    leading, recent = seen[ran.leading], ran.recent
    at = max(each.observed_at for each in observations)
    return Beside(
        at=at,
        data_age_s=max(seen[venue].age_s(at) for venue in recent.venues),
        mark=leading.mark,
        candles=on_line(leading, ran.watched),
        funding=leading.funding.since(recent.ended_ms - FUNDING_MS),
        tape=Tape.merge(each.tape.since(int(recent.opened_ms[0])) for each in observations),
        books={venue: book for venue in recent.venues if (book := seen[venue].book)},
        simulated=any(each.simulated for each in observations),
    )


def on_line(seen: Observation, bars: Bars) -> Candles:
    """Lay a venue's candles onto the line of bars, unknown where there is none."""
    candles = seen.candles.resample(bars.interval_ms, ms_of(seen.observed_at))

    def column(values: F8) -> F8:
        laid = np.full(len(bars), np.nan)
        row = np.searchsorted(bars.opened_ms, candles.opened_ms)
        there = (row < len(bars)) & (candles.opened_ms >= bars.opened_ms[0])
        laid[row[there]] = values[there]
        return floats(laid)

    return Candles(
        interval_ms=bars.interval_ms,
        opened_ms=bars.opened_ms,
        open=column(candles.open),
        high=column(candles.high),
        low=column(candles.low),
        close=column(candles.close),
        volume=column(candles.volume),
        taker_buy_volume=column(candles.taker_buy_volume),
    )


def _summed(bars: Bars) -> OpenInterest:
    """Sum the venues' open interest as last known at the end of each bar."""
    return OpenInterest(
        at_ms=integers(bars.opened_ms + bars.interval_ms),
        quantity=floats((bars.before + bars.change).sum(axis=0)),
    )
