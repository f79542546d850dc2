"""How clusters are followed, written down and read again."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from liqbot.errors import StorageError
from liqbot.heatmap.history import recall
from liqbot.live.following import Following
from liqbot.market.units import DAY_MS, MINUTE_MS, moment_of
from tests.builders import same
from tests.fakes.ledger import a_ledger
from tests.walks import QUICK, a_walk

LOOKBACK = recall("BTC", [a_walk(700)], QUICK, DAY_MS, bin_width=0.01).lookback


@dataclass
class Broken:
    """Tracks that cannot be kept while their database is locked."""

    locked: bool = True
    kept: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    async def put(self, base: str, text: str, at: datetime) -> None:
        if self.locked:
            raise StorageError("locked")
        self.kept[base] = text, at

    async def get(self, base: str) -> tuple[str, datetime] | None:
        if self.locked:
            raise StorageError("locked")
        return self.kept.get(base)


async def test_what_was_written_is_read_by_the_next() -> None:
    tracks = a_ledger().tracks
    assert await Following(tracks).read("BTC") is None
    await Following(tracks).write("BTC", LOOKBACK)
    again = await Following(tracks).read("BTC")
    assert again is not None
    assert same(again.settled, LOOKBACK.settled)
    assert again.settled_ms == LOOKBACK.settled_ms
    assert await Following(tracks).read("ETH") is None


async def test_a_quarter_is_written_once() -> None:
    tracks = Broken(locked=False)
    following = Following(tracks)
    await following.write("BTC", LOOKBACK)
    kept = tracks.kept.pop("BTC")
    assert kept[1] == moment_of(LOOKBACK.settled_ms)
    await following.write("BTC", LOOKBACK)
    assert not tracks.kept
    later = replace(LOOKBACK, settled_ms=LOOKBACK.settled_ms + 15 * MINUTE_MS)
    await following.write("BTC", later)
    assert tracks.kept["BTC"][1] == moment_of(later.settled_ms)


async def test_a_database_that_is_locked_is_told_of_and_tried_with_the_next_quarter(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tracks = Broken()
    following = Following(tracks)
    assert await following.read("BTC") is None
    await following.write("BTC", LOOKBACK)
    assert [each.message for each in caplog.records] == [
        "clusters are named anew",
        "clusters not written",
    ]
    tracks.locked = False
    await following.write("BTC", replace(LOOKBACK, settled_ms=LOOKBACK.settled_ms + 15 * MINUTE_MS))
    assert list(tracks.kept) == ["BTC"]


async def test_what_is_damaged_is_not_gone_on_from(caplog: pytest.LogCaptureFixture) -> None:
    tracks = Broken(locked=False, kept={"BTC": ("nonsense", moment_of(0))})
    assert await Following(tracks).read("BTC") is None
    assert "clusters are named anew" in caplog.text


async def test_without_a_place_to_write_nothing_is_written() -> None:
    following = Following(None)
    await following.write("BTC", LOOKBACK)
    assert await following.read("BTC") is None
