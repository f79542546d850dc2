"""/venues: what each holds, in words beside the picture."""

import numpy as np

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.heatmap.history import History
from liqbot.market.units import Side
from tests.charts.histories import a_history, an_empty_history
from tests.fakes.desk import CALLER, a_desk

NUMBERS = Numbers("en", "UTC")
EIGHT = ("binance", "bybit", "okx", "hyperliquid", "bitget", "gate", "dydx", "deribit")


async def said(history: History) -> list[str]:
    found = await COMMANDS["venues"].invoke(a_desk(history)[0], CALLER, "btc")
    return plain(found.text).splitlines()


async def test_each_venue_has_a_line_the_largest_first() -> None:
    history = a_history(venues=EIGHT)
    told = [each for each in await said(history) if " · ▼ $" in each]
    assert len(told) == len(EIGHT)
    held = history.snapshot.by_venue.sum(axis=2)
    assert [each.split()[0] for each in told[:2]] == ["Binance", "Bybit"]
    share = NUMBERS.share(held[0].sum() / held.sum())
    long, short = (NUMBERS.usd(held[0, side.index]) for side in Side)
    assert told[0] == f"Binance {share} · ▼ {long} · ▲ {short}"
    assert np.argsort(-held.sum(axis=1), kind="stable").tolist() == list(range(8))


async def test_the_zones_follow() -> None:
    told = await said(a_history())
    assert [each[:3] for each in told[7:11]] == ["C ▲", "A ▲", "B ▼", "C ▼"]
    assert told[11] == "Longs heavier below: 2.4 to 1 within 5%."


async def test_where_nothing_stands_no_venue_has_a_share() -> None:
    told = await said(an_empty_history())
    assert not any("▼" in each for each in told)
    assert "No cluster stands out." in told
