"""The past, a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.venue import Market, Past
from liqbot.market.mending import Columns
from liqbot.market.units import DAY_MS, MINUTE_MS

CANDLE_MS = 5 * MINUTE_MS


async def columns(
    past: Past | None, line: Line, market: Market, from_ms: int, to_ms: int
) -> Columns | None:
    """Return all rows stamped from … to (Unix ms, both inclusive), oldest first, page after page.

    None where the venue tells nothing of the kind, or the span is empty. Each page is asked for
    by its own span, so that a venue's hole in the middle is no end.
    """
    if past is None:
        return None
    if past.days is not None:
        from_ms = max(from_ms, line.their_ms - int(past.days * DAY_MS))
    found: list[Columns] = []
    reach_ms = past.rows * past.step_ms
    for start_ms in range(from_ms, to_ms + 1, reach_ms):
        stop_ms = min(start_ms + reach_ms - 1, to_ms)
        page = await line.ask(past.page(line, market, start_ms, stop_ms))
        found.append(_within(page, start_ms, stop_ms))
    if not found:
        return None
    joined = {name: np.concatenate([page[name] for page in found]) for name in found[0]}
    order = np.argsort(next(iter(joined.values())), kind="stable")
    return {name: column[order] for name, column in joined.items()}


def ohlcv(
    rows: Iterable[Sequence[Any]],
    *,
    volume: int | None = None,
    taker: int | None = None,
    size: float = 1.0,
) -> Columns:
    """Return rows of stamp, open, high, low, close … (text or numbers) as candle columns.

    `volume` and `taker` are where all volume and what takers bought stand, if anywhere, each in
    contracts of `size` base units.
    """
    places = {"volume": volume, "taker_buy_volume": taker}
    told = {name: place for name, place in places.items() if place is not None}
    table = [(*row[:5], *(row[place] for place in told.values())) for row in rows]
    found = columns_of(table, ("opened_ms", "open", "high", "low", "close", *told))
    return {name: size * each if name in told else each for name, each in found.items()}


def columns_of(rows: Iterable[Sequence[Any]], names: Sequence[str]) -> dict[str, Any]:
    """Return rows as columns, the first of whole milliseconds, the others of floats.

    What is null or empty is unknown. Raise ValueError or TypeError for what is no number.
    """
    table = list(rows)
    stamps = [int(row[0]) for row in table]
    values = {
        name: np.array([number(row[place]) for row in table], dtype=np.float64)
        for place, name in enumerate(names[1:], 1)
    }
    return {names[0]: np.array(stamps, dtype=np.int64), **values}


def number(value: Any) -> float:  # noqa: ANN401 - what a venue says
    """Return what a venue says as a float, NaN for null or nothing.

    Raise ValueError or TypeError for what is no number.
    """
    return float("nan") if value is None or value == "" else float(value)


def by_id(rows: Iterable[Mapping[str, Any]], key: str) -> dict[str, Mapping[str, Any]]:
    """Return a bulk answer by the market id that each row names under a key."""
    return {row[key]: row for row in rows}


def _within(page: Columns, from_ms: int, to_ms: int) -> dict[str, ArrayLike]:
    arrays = {name: np.asarray(column) for name, column in page.items()}
    stamps = next(iter(arrays.values()))
    inside = (stamps >= from_ms) & (stamps <= to_ms)
    return {name: column[inside] for name, column in arrays.items()}
