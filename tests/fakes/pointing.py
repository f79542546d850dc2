"""Plain ccxt, pointed at the loopback server as a mirror's address would be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import ccxt.pro

from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.faults import Json

CCXT_NAMES = {"binance": "binanceusdm"}  # where ccxt calls a venue otherwise
_LINEAR = {"types": ["linear"]}
_SWAP = {"types": ["swap"]}
_TYPES = {"binance": _LINEAR, "bybit": _LINEAR, "okx": _SWAP, "bitget": _SWAP, "gate": _SWAP}


@asynccontextmanager
async def ccxt_at(
    server: ExchangeServer, venue: str, *, trimmed: bool = True
) -> AsyncIterator[Json]:
    """Open an exchange of ccxt that asks the server; `trimmed`: only for linear perpetuals."""
    options = {"fetchMarkets": _TYPES[venue]} if trimmed and venue in _TYPES else {}
    exchange = getattr(ccxt.pro, CCXT_NAMES.get(venue, venue))({"options": options})
    exchange.enableRateLimit = False
    if trimmed:
        exchange.has["fetchCurrencies"] = False
    exchange.urls["api"] = _pointed(exchange.urls["api"], server)
    exchange.milliseconds = lambda: server.world.now_ms
    try:
        yield exchange
    finally:
        await exchange.close()


def _pointed(address: Json, server: ExchangeServer) -> Json:
    if isinstance(address, dict):
        return {name: _pointed(each, server) for name, each in address.items()}
    if not isinstance(address, str):
        return address
    return address.replace("https:/", server.url).replace("wss:/", server.ws_url)
