"""Order books ⇄ rows: thinned to what moves prices, one a quarter of an hour."""

import zlib

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.errors import StorageError
from liqbot.market.book import OrderBook
from liqbot.market.units import F8, MINUTE_MS, floats
from liqbot.storage import tables
from liqbot.storage.upserts import Row

SLOT_MS = 15 * MINUTE_MS
_STEP = 0.001  # levels within so much more distance from the best price become one …
_STEPS = 100  # … up to 10 % away; what rests beyond is left out


def thinned(book: OrderBook) -> OrderBook:
    """Return a book with the best level of each side, and one for every further 0.1 % up to 10 %.

    A level's price is the mean of what it holds, so that dollars stay the same.
    """
    bid_price, bid_quantity = _merged(book.bid_price, book.bid_quantity)
    ask_price, ask_quantity = _merged(book.ask_price, book.ask_quantity)
    return OrderBook(
        at_ms=book.at_ms,
        bid_price=bid_price,
        bid_quantity=bid_quantity,
        ask_price=ask_price,
        ask_quantity=ask_quantity,
    )


def row_of(instrument_id: int, book: OrderBook) -> Row:
    """Return a book's row, thinned."""
    thin = thinned(book)
    sides = (_packed(thin.bid_price, thin.bid_quantity), _packed(thin.ask_price, thin.ask_quantity))
    return (instrument_id, book.at_ms // SLOT_MS * SLOT_MS, book.at_ms, *sides)


async def newest_between(
    connection: AsyncConnection, instrument_id: int, from_ms: int, to_ms: int
) -> OrderBook | None:
    """Return the newest book of a span (Unix ms, inclusive); raise StorageError if damaged."""
    books = tables.books.c
    found = await connection.execute(
        select(books.at_ms, books.bids, books.asks)
        .where(books.instrument_id == instrument_id, books.at_ms.between(from_ms, to_ms))
        .where(books.slot_ms.between(from_ms - SLOT_MS, to_ms))
        .order_by(books.slot_ms.desc())
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    try:
        bids, asks = _unpacked(row.bids), _unpacked(row.asks)
        return OrderBook(
            at_ms=row.at_ms,
            bid_price=floats(bids[0]),
            bid_quantity=floats(bids[1]),
            ask_price=floats(asks[0]),
            ask_quantity=floats(asks[1]),
        )
    except (zlib.error, ValueError) as error:
        raise StorageError(f"the book kept for {row.at_ms} is damaged: {error}") from error


def _merged(price: F8, quantity: F8) -> tuple[F8, F8]:
    if not price.size:
        return price, quantity
    step = np.ceil(np.abs(price / price[0] - 1) / _STEP)
    price, quantity, step = (column[step <= _STEPS] for column in (price, quantity, step))
    first = np.flatnonzero(np.diff(step, prepend=-1))
    total = np.add.reduceat(quantity, first)
    mean = np.add.reduceat(price * quantity, first) / total
    low, high = np.minimum.reduceat(price, first), np.maximum.reduceat(price, first)
    return floats(np.clip(mean, low, high)), floats(total)


def _packed(price: F8, quantity: F8) -> bytes:
    return zlib.compress(np.array([price, quantity], dtype="<f8").tobytes())


def _unpacked(packed: bytes) -> F8:
    table: F8 = np.frombuffer(zlib.decompress(packed), dtype="<f8").reshape(2, -1)
    return table.astype(np.float64)
