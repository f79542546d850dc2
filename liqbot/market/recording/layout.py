"""What the files of a recording and their columns are called."""

from dataclasses import dataclass

from liqbot.market.units import MINUTE_MS

MARKER = "recording.toml"
EVERY_VENUE = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One kind of table. Stamps are whole milliseconds; the other columns are floats or words."""

    name: str
    stamps: tuple[str, ...]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()  # columns of words, and those they know

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.parquet"


_PRICES = ("open", "high", "low", "close")
_SIDES = (("side", ("long", "short")),)


def candles(interval_ms: int) -> Layout:
    """Return the layout of candles of a length."""
    return Layout(
        name=f"candles_{interval_ms // MINUTE_MS}m",
        stamps=("opened_ms",),
        required=_PRICES,
        optional=("volume", "taker_buy_volume"),
    )


def mark(interval_ms: int) -> Layout:
    """Return the layout of mark candles of a length."""
    return Layout(name=f"mark_{interval_ms // MINUTE_MS}m", stamps=("opened_ms",), required=_PRICES)


OPEN_INTEREST = Layout(
    name="open_interest", stamps=("at_ms",), required=("open_interest",), optional=("mark",)
)
FUNDING = Layout(name="funding", stamps=("at_ms",), required=("rate",))
LIQUIDATIONS = Layout(
    name="liquidations", stamps=("at_ms",), required=("price", "quantity"), words=_SIDES
)
BOOK = Layout(
    name="book",
    stamps=("at_ms",),
    required=("price", "quantity"),
    words=(("side", ("bid", "ask")),),
)
TOTALS = Layout(
    name="liquidation_totals", stamps=("from_ms", "to_ms"), required=("long_usd", "short_usd")
)
INTERVALS_MS = (MINUTE_MS, 5 * MINUTE_MS)  # finest first
MARKET = (
    *(candles(each) for each in INTERVALS_MS),
    *(mark(each) for each in INTERVALS_MS),
    OPEN_INTEREST,
    FUNDING,
    LIQUIDATIONS,
    BOOK,
)
