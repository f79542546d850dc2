"""liqbot liquidation-price: at what price one position would be closed by force."""

from math import floor, log10
from typing import TYPE_CHECKING, Annotated

import typer

from liqbot.cli import options

if TYPE_CHECKING:
    from liqbot.heatmap.liquidation import LiquidationQuote


Side = Annotated[str, typer.Option("--side", metavar="SIDE", help="long or short")]
Whose = Annotated[
    str, typer.Option("--venue", metavar="NAME", help="Whose formula and brackets: binance, okx …")
]
Entry = Annotated[
    float, typer.Option("--entry", metavar="PRICE", help="The price at which it was opened.")
]
Leverage = Annotated[float, typer.Option("--leverage", metavar="X", help="25 for 25x.")]
Quantity = Annotated[
    float | None,
    typer.Option(
        "--quantity", metavar="Q", help="Size in base units.  [default: in the lowest bracket]"
    ),
]
MarginRate = Annotated[
    float | None,
    typer.Option(
        "--margin-rate",
        metavar="M",
        help="Maintenance margin, a fraction.  [default: by the brackets]",
    ),
]


def liquidation_price(
    *,
    venue: Whose,
    side: Side,
    entry: Entry,
    leverage: Leverage,
    quantity: Quantity = None,
    margin_rate: MarginRate = None,
    market: options.Market = "BTC",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say at what price a position would be liquidated."""
    from liqbot.cli import document
    from liqbot.errors import UnknownName
    from liqbot.heatmap.liquidation import liquidation_price as quoted
    from liqbot.market import units
    from liqbot.market.instrument import read_market

    if side.lower() not in list(units.Side):
        raise UnknownName("side", side, units.Side)
    quote = quoted(
        venue.lower(),
        units.Side(side.lower()),
        entry,
        leverage,
        quantity=quantity,
        margin_rate=margin_rate,
        base=read_market(market).base,
    )
    if json:
        document.put(options.STDOUT, document.fields_of(quote))
    else:
        typer.echo(_told(quote))


def _told(quote: "LiquidationQuote") -> str:
    """Say a quote and what it follows from."""
    size = "" if quote.quantity is None else f"{quote.quantity:g} "
    where = f"{quote.distance:+.2%}" if quote.price > 0 else "no price above 0 liquidates it"
    position = f"{size}{quote.side.value} {quote.leverage:g}x from {_price(quote.entry)}"
    margin = f"{quote.maintenance_rate:.4g} of notional less ${quote.maintenance_amount:,.2f}"
    return (
        f"{_price(quote.price)}  ({where})\n"
        f"{position}, isolated, on {quote.venue}\n"
        f"Maintenance margin {margin}, closing fee {quote.fee:g}\n"
        f"Formula: {quote.formula}\n"
        f"Brackets: {quote.source}"
    )


def _price(price: float) -> str:
    """Write a price with at least six digits."""
    digits = 2 if price <= 0 else max(2, 5 - floor(log10(price)))
    return f"{price:,.{digits}f}"
