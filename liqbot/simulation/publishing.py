"""What a venue would tell of what passed: candles, open interest, funding, books, tape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import (
    DAY_MS,
    F8,
    HOUR_MS,
    MINUTE_MS,
    Price,
    Side,
    floats,
    integers,
    moment_of,
)
from liqbot.simulation.chronicle import Chronicle
from liqbot.simulation.price import wander
from liqbot.simulation.settings import STEPS, Settings
from liqbot.simulation.venues import CONTRACTS, DEPTH, VENUES, Venue

BAR_MS = 5 * MINUTE_MS
QUOTE = "USDT"
_BAR = BAR_MS // MINUTE_MS
_CHURN = 1.1  # volume a day that has no part in positions that stay, relative to open interest
_BASIS = 0.0002  # s.d. of a venue's log price around the mark
_NOISE = 0.00004  # s.d. of the log price of one trade around its venue's
_SLIPPAGE = 0.0002  # mean log distance from the mark at which a forced order is filled
_CALM_FUNDING, _CROWDED_FUNDING = 0.00004, 0.002  # without crowding, and by each unit of it
_LEVELS = floats(np.geomspace(0.0001, 0.02, 13))  # edges of a book's levels, from the mid price


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """All that one venue tells of one market."""

    observation: Observation  # with candles of 5 m, and the newest book
    minutes: Candles  # the same at 1 m
    books: Mapping[str, NDArray[Any]]  # at_ms, side, price, quantity: a book every 5 m


def publish(told: Chronicle, settings: Settings, place: int) -> Published:
    """Return what the venue at a place in VENUES tells of one market."""
    venue = VENUES[place]
    chance = settings.generator(told.base, venue.name)
    minutes = _candles(told, place, chance)
    books = _books(told, settings, venue, chance)
    observation = Observation(
        instrument=Instrument(venue.name, told.base, QUOTE),
        observed_at=moment_of(told.end_ms),
        mark=Price(round(float(told.marks[-1, -1]), _decimals(told) + 2)),
        candles=minutes.resample(BAR_MS),
        mark_candles=_mark_candles(told).resample(BAR_MS),
        open_interest=OpenInterest(
            at_ms=integers(np.arange(told.start_ms, told.end_ms + 1, BAR_MS)),
            quantity=floats(told.open_interest[::_BAR, place]),
        ),
        funding=_funding(told, chance),
        tape=_tape(told, place, chance),
        book=_newest(books),
        gaps=(),
        repairs=(),
        simulated=True,
    )
    return Published(observation=observation, minutes=minutes, books=books)


def totals(told: Chronicle) -> LiquidationTotals:
    """Sum all forced orders of a market by full hour, at the mark that triggered them.

    Complete, unlike the tapes.
    """
    rows, marks = told.orders()
    edges = integers(np.arange(told.start_ms, told.end_ms + 1, HOUR_MS))
    # A stamp that ends a step belongs to the bar that ends with it.
    columns = {"at_ms": rows["until_ms"] - 1, "side": rows["side"], "price": marks}
    tape, _ = Tape.mended(columns | {"quantity": rows["quantity"]})
    return LiquidationTotals(from_ms=edges[:-1], to_ms=edges[1:], usd=tape.totals(edges))


def _decimals(told: Chronicle) -> int:
    return CONTRACTS[told.base].decimals


def _ohlc(prices: F8, before: float, decimals: int) -> dict[str, ArrayLike]:
    """Return candles' prices from those of their steps, (minute, STEPS), and the one before."""
    prices = np.round(prices, decimals)
    opening = np.concatenate([[round(before, decimals)], prices[:-1, -1]])
    return {
        "open": opening,
        "high": np.maximum(opening, prices.max(axis=1)),
        "low": np.minimum(opening, prices.min(axis=1)),
        "close": prices[:, -1],
    }


def _mark_candles(told: Chronicle) -> Candles:
    prices = _ohlc(told.marks, told.first_mark, _decimals(told) + 2)
    return Candles.mended(MINUTE_MS, {"opened_ms": told.opened_ms, **prices})[0]


def _candles(told: Chronicle, place: int, chance: np.random.Generator) -> Candles:
    days = np.full(told.volatility.size, MINUTE_MS / DAY_MS)
    basis = _BASIS * wander(chance, days, 0.1)[:, None]
    noise = _NOISE * chance.standard_normal(told.marks.shape)
    prices = _ohlc(told.marks * np.exp(basis + noise), told.first_mark, _decimals(told))
    marks = np.concatenate([[told.first_mark], told.marks[:, -1]])
    usual = CONTRACTS[told.base].volatility * np.sqrt(days) * told.volatility
    move = np.diff(np.log(marks)) / usual  # in units of what is usual at the time
    churn = _CHURN * days * told.open_interest[0, place] * told.volatility
    churn *= chance.lognormal(-0.08, 0.4, days.size) * (0.5 + 0.63 * np.abs(move))
    lean = 0.35 * np.tanh(0.6 * move) + 0.05 * chance.standard_normal(days.size)
    traded, hurried = told.traded[:, place], told.hurried[:, place]
    forced_buying = hurried[:, Side.SHORT.index] - hurried[:, Side.LONG.index]
    bought = churn * np.clip(0.5 + lean, 0.02, 0.98) + (traded + forced_buying) / 2
    volumes = {"volume": churn + traded, "taker_buy_volume": bought}
    return Candles.mended(MINUTE_MS, {"opened_ms": told.opened_ms, **prices, **volumes})[0]


def _funding(told: Chronicle, chance: np.random.Generator) -> Funding:
    crowding = np.array(list(told.crowding.values()))
    noise = 0.00002 * chance.standard_normal(crowding.size)
    rate = np.clip(_CALM_FUNDING + _CROWDED_FUNDING * crowding + noise, -0.003, 0.003)
    return Funding(at_ms=integers(list(told.crowding)), rate=floats(np.round(rate, 8)))


def _tape(told: Chronicle, place: int, chance: np.random.Generator) -> Tape:
    rows, marks = told.orders()
    here = rows["venue"] == place
    rows, marks = rows[here], marks[here]
    step_ms = MINUTE_MS // STEPS
    at_ms = rows["until_ms"] - chance.integers(1, step_ms, rows.size)
    sign = np.array([side.sign for side in Side])[rows["side"]]
    price = marks * np.exp(-sign * chance.exponential(_SLIPPAGE, rows.size))
    if VENUES[place].tape == "bankruptcy price":
        price = rows["bankruptcy"]
    order = np.argsort(at_ms, kind="stable")
    if VENUES[place].tape == "one a second":
        last = np.diff(at_ms[order] // 1000, append=-1) != 0
        order = order[last]
    columns = {"at_ms": at_ms, "side": rows["side"], "quantity": rows["quantity"]}
    columns["price"] = np.round(price, _decimals(told))
    return Tape.mended({name: column[order] for name, column in columns.items()})[0]


def _books(
    told: Chronicle, settings: Settings, venue: Venue, chance: np.random.Generator
) -> Mapping[str, NDArray[Any]]:
    """Return rows of a book at the end of every bar, bids before asks, best first."""
    contract = CONTRACTS[told.base]
    marks, volatility = told.marks[_BAR - 1 :: _BAR, -1], told.volatility[_BAR - 1 :: _BAR]
    at_ms = np.arange(told.start_ms + BAR_MS, told.end_ms + 1, BAR_MS)
    usd = DEPTH * contract.open_interest * venue.share * np.diff(_LEVELS)
    thin = max(settings.cascades, 0.1) * volatility**0.7
    sides = np.array([-1, 1])[:, None]
    away = sides * np.sqrt(_LEVELS[1:] * _LEVELS[:-1])
    price = marks[:, None, None] * np.exp(away)
    noise = chance.lognormal(-0.08, 0.4, price.shape)
    quantity = usd * noise / thin[:, None, None] / price
    return {
        "at_ms": np.repeat(at_ms, away.size),
        "side": np.tile(np.repeat(["bid", "ask"], away.shape[1]), at_ms.size),
        "price": np.round(price, contract.decimals).ravel(),
        "quantity": quantity.ravel(),
    }


def _newest(books: Mapping[str, NDArray[Any]]) -> OrderBook:
    newest = books["at_ms"] == books["at_ms"][-1]
    levels = np.column_stack([books["price"][newest], books["quantity"][newest]])
    half = len(levels) // 2
    bids, asks = map(tuple, levels[:half].tolist()), map(tuple, levels[half:].tolist())
    return OrderBook.of(int(books["at_ms"][-1]), bids, asks)
