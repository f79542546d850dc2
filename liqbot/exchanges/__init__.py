"""The exchanges that liqbot can ask, in the order in which they are listed. Add yours here."""

from typing import Any

from liqbot.exchanges.exchange import Exchange
from liqbot.registry import Registry

EXCHANGES: Registry[Exchange[Any]] = Registry(
    "liqbot.exchanges",
    "exchange",
    (
        "binance",
        "bybit",
        "okx",
        "bitget",
        "hyperliquid",
        "gate",
        "dydx",
        "deribit",
        "replay",
        "simulated",
    ),
)
