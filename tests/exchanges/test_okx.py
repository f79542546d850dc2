import pytest

from liqbot.exchanges.okx import _read
from liqbot.market.units import Side
from tests.exchanges.venues import CLOSED_MS, NOW_MS, asked


def message(*details: dict[str, str]) -> dict[str, object]:
    data = [{"instId": "BTC-USDT-SWAP", "instType": "SWAP", "details": list(details)}]
    return {"arg": {"channel": "liquidation-orders", "instType": "SWAP"}, "data": data}


def detail(**told: str) -> dict[str, str]:
    plain = {"bkPx": "90000.5", "sz": "13", "ts": "1692266434010", "side": "sell"}
    return {"bkLoss": "0", "ccy": "", "posSide": "long", **plain, **told}


def test_all_details_of_a_message_are_read_in_contracts() -> None:
    read = _read(message(detail(), detail(sz="2"), detail(sz="0.1")))
    assert [id_ for id_, _ in read] == ["BTC-USDT-SWAP"] * 3
    assert [order.quantity for _, order in read] == [13, 2, 0.1]
    assert {order.price for _, order in read} == {90_000.5}
    assert {order.at_ms for _, order in read} == {1_692_266_434_010}


@pytest.mark.parametrize(
    ("position", "order", "side"),
    [
        ("long", "sell", Side.LONG),
        ("short", "buy", Side.SHORT),
        ("net", "sell", Side.LONG),
        ("net", "buy", Side.SHORT),
    ],
)
def test_in_net_mode_the_order_tells_whose_position_was_closed(
    position: str, order: str, side: Side
) -> None:
    ((_, read),) = _read(message(detail(posSide=position, side=order)))
    assert read.side is side


async def test_candles_of_long_ago_are_asked_for_where_they_are_kept() -> None:
    async with asked("okx") as it:
        await it.source.recall(it.instrument(), NOW_MS - 3_600_000, CLOSED_MS)
        assert not any("history-candles" in each.path for each in it.server.requests)


async def test_open_interest_is_told_for_five_days_only_and_not_asked_for_before() -> None:
    async with asked("okx") as it:
        await it.source.recall(it.instrument(), CLOSED_MS - 20 * 86_400_000, CLOSED_MS)
        asked_ms = [
            int(each.words["begin"])
            for each in it.server.requests
            if each.endpoint == "open_interest_history"
        ]
        assert min(asked_ms) >= NOW_MS - 5 * 86_400_000 - 1
