"""Whatever shows positions: by number, as told, and no error but those of a source."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from liqbot.errors import SourceDelayed, SourceError
from liqbot.market.source import PositionSource
from tests.exchanges.venues import asked
from tests.fakes.faults import Fault
from tests.fakes.positions import FakePositions, a_position


@dataclass
class Shown:
    """Somebody who holds two positions, and somebody who holds none."""

    source: PositionSource
    fail: Callable[[], object]
    venue: str


@pytest.fixture(params=["hyperliquid", "fake"])
async def shown(request: pytest.FixtureRequest) -> AsyncIterator[Shown]:
    addresses = ("0x" + "1" * 40, "0x" + "0" * 40)
    async with asked("hyperliquid", addresses=addresses, leaderboard=3) as it:
        if request.param == "fake":
            fake = FakePositions(it.clock, [[a_position(), a_position(120.0)], []], largest=3)

            def late() -> None:
                fake.fault = fake.unranked = SourceDelayed("late", kind="timeout")

            yield Shown(fake, late, "okx")
            return
        assert it.positions is not None
        fault = Fault(kind="500", venue="hyperliquid")
        yield Shown(it.positions, lambda: it.server.faults.add(fault), "hyperliquid")
        assert it.server.violations == []


async def test_holders_go_by_number_and_tell_what_they_have(shown: Shown) -> None:
    assert shown.source.listed == 2
    held = await shown.source.positions(0)
    assert len(held) == 2
    assert {each.instrument.venue for each in held} == {shown.venue}
    assert all(each.quantity > 0 and each.entry > 0 and each.mark > 0 for each in held)
    assert await shown.source.positions(1) == ()


async def test_the_largest_have_numbers_of_their_own_and_can_be_asked(shown: Shown) -> None:
    assert shown.source.sought == 3
    found = await shown.source.leaders()
    assert len(set(found.holders)) == 3
    assert min(found.holders) >= shown.source.listed
    assert found.doubted == 0
    held = await shown.source.positions(found.holders[0])
    assert [each.instrument.venue for each in held] == [shown.venue] * 2


async def test_a_failure_is_a_source_error(shown: Shown) -> None:
    await shown.source.positions(0)
    shown.fail()
    with pytest.raises(SourceError):
        await shown.source.positions(0)
    with pytest.raises(SourceError):
        await shown.source.leaders()
