import ccxt.pro
import pytest
from numpy.random import default_rng

from liqbot.clock import SteppedClock
from liqbot.errors import SourceDelayed
from liqbot.exchanges import EXCHANGES
from liqbot.exchanges._ccxt.settings import CcxtSettings
from liqbot.market.units import moment_of
from tests.exchanges.venues import NOW_MS

BY_CCXT = [name for name in EXCHANGES if EXCHANGES[name].settings is CcxtSettings]


@pytest.mark.parametrize("name", BY_CCXT)
async def test_opening_asks_nothing_and_a_venue_that_cannot_be_reached_is_told_of(
    name: str,
) -> None:
    nowhere = CcxtSettings(base_url="http://127.0.0.1:9", ws_url="ws://127.0.0.1:9")
    exchange = EXCHANGES[name]
    async with exchange.open(nowhere, SteppedClock(moment_of(NOW_MS)), default_rng(1)) as found:
        (opened,) = found
        assert opened.source.venue == exchange.name == name
        assert opened.source.condition.answers == 0
        with pytest.raises(SourceDelayed, match=f"{name} cannot be reached") as raised:
            await opened.source.instruments()
        assert raised.value.kind == "network"
        assert "127.0.0.1" not in str(raised.value)
        if opened.tape is None:
            assert opened.completeness is None
        else:
            assert opened.tape.venue == name


def test_every_venue_that_streams_forced_orders_is_listened_to() -> None:
    public = {"binance": "binanceusdm", "bybit": "bybit", "okx": "okx"}
    for ccxt_id in public.values():
        assert getattr(ccxt.pro, ccxt_id)().has["watchLiquidations"]
    assert public.keys() <= set(BY_CCXT)
