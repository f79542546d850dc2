"""Observations into a folder."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import tomli_w
from numpy.typing import ArrayLike

from liqbot.errors import RecordingError
from liqbot.market.book import OrderBook
from liqbot.market.instrument import PREFERRED_QUOTES
from liqbot.market.observation import Observation
from liqbot.market.recording import layout
from liqbot.market.recording.layout import Layout
from liqbot.market.recording.reader import read_marker
from liqbot.market.recording.table import write_table
from liqbot.market.series import Candles
from liqbot.market.tape import LiquidationTotals

Columns = dict[str, ArrayLike]


def write_recording(
    folder: Path,
    observations: Iterable[Observation],
    *,
    totals: Mapping[str, LiquidationTotals] | None = None,
    simulated: bool,
    label: str = "",
) -> None:
    """Write observations, and liquidation sums by base ("BTC"), as a recording.

    Each file appears whole or not at all. A simulated recording replaces another one in the same
    folder; raise RecordingError if the folder holds any other, ValueError for candles that are
    neither 1 m nor 5 m long.
    """
    _make_room(folder, simulated=simulated)
    _write_marker(folder / layout.MARKER, simulated=simulated, label=label)
    for seen in observations:
        market = folder / seen.instrument.venue / seen.instrument.folder
        for kind, columns in _tables(seen):
            if np.size(columns[kind.stamps[0]]):
                write_table(market / kind.file, columns)
    for base, sums in (totals or {}).items():
        market = folder / layout.EVERY_VENUE / f"{base}-{PREFERRED_QUOTES[0]}"
        long_usd, short_usd = sums.usd
        columns = {"from_ms": sums.from_ms, "to_ms": sums.to_ms}
        write_table(
            market / layout.TOTALS.file, columns | {"long_usd": long_usd, "short_usd": short_usd}
        )


def _make_room(folder: Path, *, simulated: bool) -> None:
    kinds = (*layout.MARKET, layout.TOTALS)
    present = [path for kind in kinds for path in folder.glob(f"*/*/{kind.file}")]
    if present and not (simulated and read_marker(folder)[0]):
        raise RecordingError(f"{folder}: already holds a recording; name another folder")
    for path in present:
        path.unlink()


def _write_marker(path: Path, *, simulated: bool, label: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(tomli_w.dumps({"simulated": simulated, "label": label}), "utf-8")
        part.replace(path)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written: {error.strerror or error}") from error


def _tables(seen: Observation) -> Iterator[tuple[Layout, Columns]]:
    yield layout.candles(_length(seen.candles)), _candle_columns(seen.candles, volumes=True)
    if seen.mark_candles is not None:
        kind = layout.mark(_length(seen.mark_candles))
        yield kind, _candle_columns(seen.mark_candles, volumes=False)
    yield layout.OPEN_INTEREST, _open_interest_columns(seen)
    yield layout.FUNDING, {"at_ms": seen.funding.at_ms, "rate": seen.funding.rate}
    tape = seen.tape
    sides = np.array(["long", "short"])[tape.side]
    yield (
        layout.LIQUIDATIONS,
        {"at_ms": tape.at_ms, "side": sides, "price": tape.price, "quantity": tape.quantity},
    )
    if seen.book is not None:
        yield layout.BOOK, _book_columns(seen.book)


def _length(candles: Candles) -> int:
    if candles.interval_ms not in layout.INTERVALS_MS:
        raise ValueError(f"candles of {candles.interval_ms} ms have no place in a recording")
    return candles.interval_ms


def _candle_columns(candles: Candles, *, volumes: bool) -> Columns:
    columns: Columns = {
        "opened_ms": candles.opened_ms,
        "open": candles.open,
        "high": candles.high,
        "low": candles.low,
        "close": candles.close,
    }
    if volumes:
        columns |= {"volume": candles.volume, "taker_buy_volume": candles.taker_buy_volume}
    return columns


def _open_interest_columns(seen: Observation) -> Columns:
    series = seen.open_interest
    columns: Columns = {"at_ms": series.at_ms, "open_interest": series.quantity}
    closed_ms = seen.candles.closed_ms[-1:]
    # The mark is written beside the newest sample only: beside an older one it would be foresight.
    if series.at_ms.size and np.all(closed_ms <= series.at_ms[-1]):
        mark = np.full(series.at_ms.size, np.nan)
        mark[-1] = seen.mark
        columns |= {"mark": mark}
    return columns


def _book_columns(book: OrderBook) -> Columns:
    bids, asks = book.bid_price.size, book.ask_price.size
    return {
        "at_ms": np.full(bids + asks, book.at_ms),
        "side": np.repeat(["bid", "ask"], [bids, asks]),
        "price": np.concatenate((book.bid_price, book.ask_price)),
        "quantity": np.concatenate((book.bid_quantity, book.ask_quantity)),
    }
