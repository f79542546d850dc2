"""How ccxt hears of forced orders."""

from collections.abc import Sequence
from dataclasses import replace

from liqbot.exchanges._ccxt import faults
from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.venue import Market, Wire
from liqbot.exchanges._stream import Connect, Ear
from liqbot.market.instrument import Instrument
from liqbot.market.tape import Liquidation
from liqbot.market.units import Quantity


def streamed(line: Line, wire: Wire) -> Connect:
    """Return a connection that reads whole what ccxt is told.

    ccxt keeps the first order of a burst (on OKX the first of a message) and loses the others,
    so its handler is replaced; its own future is only awaited for the news that the line is lost.
    """

    async def connect(instruments: Sequence[Instrument], ear: Ear) -> None:
        name, api = line.venue.name, line.api
        known = {market["id"]: (each, market) for each, market in await _listed(line, instruments)}

        def on_message(_: object, message: object) -> None:
            # Raising here would end ccxt's reading of this socket without a word.
            try:
                told = wire.read(message)
                ear.heard([_in_base_units(*known[id_], each) for id_, each in told if id_ in known])
            except faults.MISREAD as error:
                ear.failed(faults.from_raised(name, error))

        def on_connected(*_: object) -> None:
            ear.connected()

        api.handle_liquidation, api.on_connected = on_message, on_connected
        try:
            await wire.subscribe(api, [each.symbol for each, _ in known.values()])
        except faults.RAISED as error:
            raise faults.from_raised(name, error) from error
        finally:
            await api.close_ws_clients()

    return connect


async def _listed(line: Line, instruments: Sequence[Instrument]) -> list[tuple[Instrument, Market]]:
    markets = await line.markets()
    return [(each, markets[each.symbol]) for each in instruments if each.symbol in markets]


def _in_base_units(
    instrument: Instrument, market: Market, order: Liquidation
) -> tuple[Instrument, Liquidation]:
    quantity = Quantity(order.quantity * float(market["contractSize"]))
    return instrument, replace(order, quantity=quantity)
