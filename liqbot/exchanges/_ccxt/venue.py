"""What differs between venues, as data and a few functions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from liqbot.exchanges._ccxt.settings import CcxtSettings
from liqbot.exchanges._pacing import Budget
from liqbot.exchanges._ranking import Read
from liqbot.exchanges._stream import Heard
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.mending import Columns
from liqbot.market.position import Position
from liqbot.market.tape import Liquidation

if TYPE_CHECKING:
    from liqbot.exchanges._ccxt.line import Line

Market: TypeAlias = Mapping[str, Any]  # as ccxt unifies it: "id", "symbol", "contractSize", "info"
Page: TypeAlias = Callable[["Line", Market, int, int], Awaitable[Columns]]
Poll: TypeAlias = Callable[[Sequence[Instrument]], Awaitable[Heard]]  # of orders not yet told


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How a venue tells what has been, of one kind of thing.

    `page(line, market, from_ms, to_ms)` asks once, for the rows stamped from … to (Unix ms, both
    inclusive, never more than `rows` of them at `step_ms`), and returns columns as `Candles`,
    `OpenInterest` or `Funding` have them, in base units. Rows outside the span are cut off.
    """

    page: Page
    rows: int  # the most that one answer holds
    step_ms: int  # between two rows, at the least
    days: float | None = None  # nothing older is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What holds now; NaN for what the venue does not tell."""

    at_ms: int  # when that was told, our time, Unix ms
    mark: float = float("nan")
    open_interest: float = float("nan")  # base units
    funding_rate: float = float("nan")  # per funding interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How a venue streams forced orders through ccxt.

    ccxt keeps one print of a burst and loses the rest, so its handler is replaced by `read`:
    every message that ccxt would hand to `handle_liquidation` goes through it whole.
    `subscribe(api, symbols)` starts the stream; what it returns need not ever finish.
    """

    subscribe: Callable[[Any, Sequence[str]], Awaitable[object]]
    read: Callable[[Any], Sequence[tuple[str, Liquidation]]]  # (market id, in contracts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """Where a venue ranks its accounts: objects in the list under a key of one long document."""

    url: str
    key: str
    account: Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a venue shows everybody's positions."""

    held: Callable[["Line", str], Awaitable[Sequence[Position]]]  # by an address
    leaderboard: Leaderboard


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """One venue that ccxt speaks to."""

    name: str  # the file's stem
    summary: str
    ccxt_id: str
    budget: Budget
    weigh: Callable[[str], float] | None = None  # a request by its body; None: as ccxt counts
    candles: Past  # closed or not: the forming one is cut off
    present: Callable[["Line", Market], Awaitable[Present]]
    mark_candles: Past | None = None
    open_interest: Past | None = None
    funding: Past | None = None
    brackets: Callable[["Line", Market], Awaitable[MarginSchedule]] | None = None
    book_depth: int | None = None  # levels asked for
    book_params: Mapping[str, object] = field(default_factory=dict)
    book_in_base: bool = False  # amounts in its books are base units, whatever a contract's size
    quotes: tuple[str, ...] = ("USDT", "USDC")
    options: Mapping[str, object] = field(default_factory=dict)  # ccxt's
    listing: Mapping[str, object] = field(default_factory=dict)  # which markets to ask it for
    wire: Wire | None = None
    poll: Callable[["Line"], Poll] | None = None  # for forced orders, where none are streamed
    settings: type[CcxtSettings] = CcxtSettings
    shown: Shown | None = None  # where positions are public; `settings` say whose are asked about
    completeness: float | None = None  # share of forced orders that its tape tells
