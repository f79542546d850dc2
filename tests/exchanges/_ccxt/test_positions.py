"""Positions that a venue shows: right, or not told; and nobody's address anywhere."""

import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest

from liqbot.errors import SourceError, SourceUnreadable
from liqbot.exchanges import EXCHANGES
from liqbot.market.position import Position, doubt
from liqbot.market.source import Leaders, PositionSource
from liqbot.market.units import Side
from tests.exchanges.venues import NOW_MS, Asked, asked
from tests.fakes.faults import Fault, Kind
from tests.fakes.wire import hyperliquid
from tests.fakes.wire.hyperliquid import held, leader
from tests.waiting import PATIENCE_S

ADDRESSES = tuple(f"0x{digit * 40}" for digit in "1a0f")
ANN, BOB, NOBODY, EVE = range(4)


def source(it: Asked) -> PositionSource:
    assert it.positions is not None
    return it.positions


def told_truth(it: Asked, address: str) -> Iterator[tuple[Side, float, float, float]]:
    for base in ("BTC", "ETH"):
        row = held(it.truth(base), address, it.server.world.now_ms)
        size = float(row["szi"])
        side = Side.LONG if size > 0 else Side.SHORT
        yield side, abs(size), float(row["entryPx"]), float(row["liquidationPx"])


def believed(it: Asked, told: Position) -> str:
    base, now_ms = told.instrument.base, it.server.world.now_ms
    truth = it.truth(base)
    mark, size = truth.mark(now_ms), truth.open_interest_now(now_ms)
    return doubt(told, mark=mark, open_interest=size, now_ms=NOW_MS)


async def test_what_an_address_holds_is_told_as_it_is() -> None:
    async with asked("hyperliquid", addresses=ADDRESSES) as it:
        assert source(it).listed == 4
        for holder in (ANN, BOB):
            told = await source(it).positions(holder)
            figures = [(p.side, p.quantity, p.entry, p.liquidation) for p in told]
            for one, other in zip(figures, told_truth(it, ADDRESSES[holder]), strict=True):
                assert one == pytest.approx(other) if one[0] is other[0] else False
            assert [each.instrument for each in told] == [it.instrument(), it.instrument("ETH")]
            assert [believed(it, each) for each in told] == ["", ""]
            assert not any(each.is_cross for each in told)
        assert it.server.violations == []


async def test_who_holds_nothing_and_what_is_not_listed_is_no_fault() -> None:
    async with asked("hyperliquid", addresses=ADDRESSES) as it:
        assert await source(it).positions(NOBODY) == ()
        assert len(await source(it).positions(EVE)) == 2
        assert it.source.condition.failing == ""


@pytest.mark.parametrize("name", ["hyperliquid", "bybit"])
async def test_where_nobody_is_listed_nobody_is_asked_about(name: str) -> None:
    async with asked(name) as it:
        assert it.positions is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("timeout", "timeout"),
        ("429", "rate_limit"),
        ("500", "unavailable"),
        ("refused", "network"),
        ("html", "unreadable"),
        ("truncated", "unreadable"),
    ],
)
async def test_a_fault_is_told_apart_and_over_when_it_is_over(fault: Kind, kind: str) -> None:
    timeout_s = 0.4 if fault == "timeout" else PATIENCE_S
    async with asked("hyperliquid", addresses=ADDRESSES, timeout_s=timeout_s) as it:
        await it.source.instruments()
        it.server.faults.add(Fault(kind=fault, venue="hyperliquid", endpoint="positions"))
        with pytest.raises(SourceError) as raised:
            await source(it).positions(ANN)
        assert raised.value.kind == kind
        it.server.faults.clear()
        it.step(90)
        assert len(await source(it).positions(ANN)) == 2
        assert it.source.condition.failing == ""


@pytest.mark.parametrize("fault", ["empty", "nulls", "duplicated", "hundredfold", "skewed"])
async def test_rows_that_are_spoilt_are_not_told_or_not_believed(fault: Kind) -> None:
    async with asked("hyperliquid", addresses=ADDRESSES) as it:
        await it.source.instruments()
        it.server.faults.add(Fault(kind=fault, venue="hyperliquid", endpoint="positions"))
        told: tuple[Position, ...] = ()
        with suppress(SourceUnreadable):
            told = await source(it).positions(ANN)
        truth = {figures[1:] for figures in told_truth(it, ADDRESSES[ANN])}
        for each in told:
            is_true = (each.quantity, each.entry, each.liquidation) in truth
            assert not believed(it, each) if is_true and fault != "skewed" else believed(it, each)


async def test_no_address_is_in_what_goes_wrong(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "liqbot")  # ccxt is never heard below warnings
    async with asked("hyperliquid", addresses=("0xDEAD" + "AB" * 18,)) as it:
        with pytest.raises(SourceError) as raised:
            await source(it).positions(ANN)
        assert "0x…" in str(raised.value)
        shown = f"{raised.value!r} {it.source.condition} {source(it)!r} {caplog.text}"
    assert "abab" not in shown.lower()


def test_no_address_is_in_the_settings_as_they_are_shown() -> None:
    settings = EXCHANGES["hyperliquid"].settings(addresses=ADDRESSES)
    assert "1111" not in repr(settings)


async def test_the_largest_who_traded_and_are_not_listed_are_found() -> None:
    listed = (leader(1), leader(4).upper().replace("X", "x"), ADDRESSES[ANN])
    async with asked("hyperliquid", addresses=listed, leaderboard=5) as it:
        shown = source(it)
        assert (shown.listed, shown.sought) == (3, 5)
        found = await shown.leaders()
        assert found == Leaders(holders=(3, 4, 5, 6, 7), doubted=0)
        for holder, number in zip(found.holders, (3, 5, 6, 7, 8), strict=True):  # 2 has not traded
            entries = [each.entry for each in await shown.positions(holder)]
            assert entries == [each[2] for each in told_truth(it, leader(number))]
        assert it.server.violations == []


async def test_who_stays_keeps_a_number_and_nobody_gets_that_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with asked("hyperliquid", leaderboard=3) as it:
        shown = source(it)
        before = await shown.leaders()  # 1, 3, 4
        held = await shown.positions(before.holders[1])
        monkeypatch.setattr(hyperliquid, "IDLE", {1, *hyperliquid.IDLE})
        after = await shown.leaders()  # 3, 4, 5
        assert (before.holders, after.holders) == ((0, 1, 2), (1, 2, 3))
        assert await shown.positions(1) == held
        with pytest.raises(KeyError):
            await shown.positions(0)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("429", "answered HTTP 429"),
        ("503", "answered HTTP 503"),
        ("refused", "cannot be reached"),
        ("html", "told no list of accounts"),
        ("truncated", "was cut short"),
        ("empty", "told 0 rows, of nobody who can be asked"),
    ],
)
async def test_where_no_ranking_is_told_all_else_is_still_asked(
    fault: Kind, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "liqbot")
    timeout_s = 0.4 if fault == "timeout" else PATIENCE_S
    async with asked("hyperliquid", addresses=ADDRESSES, leaderboard=5, timeout_s=timeout_s) as it:
        known = await source(it).leaders()
        first = await source(it).positions(known.holders[0])
        condition = it.source.condition
        it.server.faults.add(Fault(kind=fault, venue="hyperliquid", endpoint="leaderboard"))
        with pytest.raises(SourceError) as raised:
            await source(it).leaders()
        assert str(raised.value) == f"hyperliquid's leaderboard {why}"
        assert "cdcd" not in f"{raised.value!r} {source(it)!r} {caplog.text}"
        assert it.source.condition == condition  # no failure of whoever tells prices
        assert await source(it).positions(known.holders[0]) == first
        it.server.faults.clear()
        assert await source(it).leaders() == known


@pytest.mark.parametrize(("fault", "doubted"), [("nulls", 45), ("duplicated", 0), ("shuffled", 0)])
async def test_rows_that_are_spoilt_are_counted_and_the_others_ranked(
    fault: Kind, doubted: int
) -> None:
    async with asked("hyperliquid", leaderboard=200) as it:
        it.server.faults.add(Fault(kind=fault, venue="hyperliquid", endpoint="leaderboard"))
        found = await source(it).leaders()
        assert found.doubted == doubted
        assert len(found.holders) == len(set(found.holders))
        assert len(found.holders) == 80 if not doubted else 35 <= len(found.holders) <= 45
