"""A history as tables: the map by the hour, the clusters, and the tape."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liqbot.heatmap.history import History
from liqbot.market.observation import Observation
from liqbot.market.units import F8, HOUR_MS, I8, Side

Columns = Mapping[str, ArrayLike]

_SIDES = np.array([side.value for side in Side])
_AT_ONCE = 24  # hours of the map that are written at once
_CENTS, _DIGITS = 2, 8  # decimals of dollars, significant digits of prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, a part at a time; every column is explained."""

    name: str
    about: str
    columns: Mapping[str, str]  # what each holds, and its unit
    parts: Callable[[Callable[[float], None]], Iterator[Columns]]  # is told how far it is, 0 … 1


def tables(
    history: History, observations: Iterable[Observation], from_ms: int
) -> tuple[Table, ...]:
    """Return what is told of a market since a moment (Unix ms)."""
    seen = tuple(observations)
    venues, tiers = history.snapshot.venues, history.snapshot.tiers
    return (
        Table(
            name="map",
            about="What is estimated to stand, at the end of every hour and of the newest bar.",
            columns=_MAP,
            parts=lambda tell: _map(history, from_ms, tell),
        ),
        Table(
            name="clusters",
            about="Where much stands close together, at the newest bar.",
            columns=_CLUSTERS
            | {_held(each): f"of `modelled_usd`, on {each}; US dollars" for each in venues}
            | {
                _levered(each): f"of `modelled_usd`, opened with {each:g}x; US dollars"
                for each in tiers
            },
            parts=lambda _: iter((_clusters(history),)),
        ),
        Table(
            name="tape",
            about="Forced orders as the venues told them. Most venues tell only some of theirs.",
            columns=_TAPE,
            parts=lambda _: iter((_tape(seen, from_ms),)),
        ),
    )


def hours(history: History, from_ms: int) -> NDArray[np.intp]:
    """Return which columns of the map end an hour after a moment (Unix ms), and the newest."""
    ended_ms = _ended(history)
    is_told = (ended_ms > from_ms) & (ended_ms % HOUR_MS == 0)
    is_told[-1:] = True
    return np.flatnonzero(is_told)


_MAP = {
    "at": "the end of the hour, UTC",
    "side": "whose positions: `long` ones are liquidated by falling prices, `short` by rising",
    "price_low": "lower edge of the band of prices, US dollars; it belongs to the band",
    "price_high": "upper edge, US dollars; it belongs to the next",
    "expected_usd": "what would be force-closed if price went there, US dollars",
}
_CLUSTERS = {
    "at": "the end of the newest bar, UTC",
    "id": "its name, kept for as long as it is followed",
    "side": "as in the map",
    "zone": "`A` the nearest above, `B` the nearest below, `C` the larger beyond; mostly empty",
    "grade": "`A` (best) to `D`: size, persistence, venues, width",
    "price_low": "lower edge, US dollars",
    "price_high": "upper edge, US dollars",
    "price_peak": "middle of its heaviest band, US dollars",
    "distance": "from the mark price to its nearest edge, signed, a fraction of mark",
    "persistence": "share of the last 24 h in which it was there, 0 to 1",
    "expected_usd": "what would be force-closed if price went there, US dollars",
    "modelled_usd": "what the model holds there, before the share that is realised; US dollars",
}
_TAPE = {
    "at": "when the venue says it was, UTC",
    "venue": "who told",
    "side": "whose position was closed",
    "price": "US dollars",
    "quantity": "in the base currency",
    "usd": "price × quantity, US dollars",
}


def _map(history: History, from_ms: int, tell: Callable[[float], None]) -> Iterator[Columns]:
    chosen = hours(history, from_ms)
    for first in range(0, chosen.size, _AT_ONCE):
        yield _map_rows(history, chosen[first : first + _AT_ONCE])
        tell(min(first + _AT_ONCE, chosen.size) / chosen.size)


def _map_rows(history: History, chosen: NDArray[np.intp]) -> Columns:
    """Return the bands of some columns that hold anything: by time, by side, by price."""
    edges = _prices(history.heatmap.grid.edges)
    usd = history.heatmap.usd[:, chosen].transpose(1, 0, 2).astype(np.float64)
    hour, side, band = np.nonzero(usd)
    expected = usd[hour, side, band] * np.array(history.model.realisation)[side]
    return {
        "at": _ended(history)[chosen][hour],
        "side": _SIDES[side],
        "price_low": edges[band],
        "price_high": edges[band + 1],
        "expected_usd": np.round(expected, _CENTS),
    }


def _clusters(history: History) -> Columns:
    found, snapshot = history.clusters, history.snapshot

    def words(name: str) -> ArrayLike:
        return np.array([getattr(each, name) or "" for each in found], dtype=np.str_)

    def numbers(name: str) -> F8:
        return np.array([getattr(each, name) for each in found], dtype=np.float64)

    return {
        "at": np.full(len(found), snapshot.at_ms),
        **{name: words(name) for name in ("id", "side", "zone", "grade")},
        **{f"price_{name}": _prices(numbers(name)) for name in ("low", "high", "peak")},
        **{name: numbers(name) for name in ("distance", "persistence")},
        "expected_usd": np.round(numbers("expected_usd"), _CENTS),
        "modelled_usd": np.round(numbers("usd"), _CENTS),
        **{_held(v): np.round([each.venues[v] for each in found], _CENTS) for v in snapshot.venues},
        **{
            _levered(k): np.round([each.tiers[k] for each in found], _CENTS) for k in snapshot.tiers
        },
    }


def _tape(seen: Iterable[Observation], from_ms: int) -> Columns:
    """Return the forced orders of all venues since a moment (Unix ms), by time."""
    tapes = {each.instrument.venue: each.tape.since(from_ms) for each in seen}
    every = list(tapes.values())
    at_ms = np.concatenate([each.at_ms for each in every])
    order = np.argsort(at_ms, kind="stable")
    venue = np.repeat(np.array(list(tapes), dtype=np.str_), [len(each) for each in every])
    side = np.concatenate([each.side for each in every])
    price, quantity, usd = (
        np.concatenate([getattr(each, name) for each in every])[order]
        for name in ("price", "quantity", "usd")
    )
    return {
        "at": at_ms[order],
        "venue": venue[order],
        "side": _SIDES[side][order],
        "price": price,
        "quantity": quantity,
        "usd": np.round(usd, _CENTS),
    }


def _ended(history: History) -> I8:
    heatmap = history.heatmap
    ended_ms: I8 = heatmap.opened_ms + heatmap.interval_ms
    return ended_ms


def _prices(prices: ArrayLike) -> NDArray[np.float64]:
    """Round prices to what an estimate can tell, so that equal edges stay equal."""
    return np.array([float(f"{price:.{_DIGITS}g}") for price in np.asarray(prices).tolist()])


def _held(venue: str) -> str:
    return f"usd_{venue}"


def _levered(tier: float) -> str:
    return f"usd_{tier:g}x"
