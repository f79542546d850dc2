"""A bot that is killed at random moments keeps in the end what one keeps that never was."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.kept import BAR_MS, Kept, Row, compared
from benchmarks.killed import Plan, proven
from liqbot.clock import SteppedClock
from liqbot.storage.database import open_database
from liqbot.storage.migration import migrate
from tests.fakes.world import World

FEW = Plan(
    kills=2,
    days=0.5,
    markets=1,
    venues=("binance", "hyperliquid"),
    chunk="7d",
    births_s=(0.3, 1.0),
    fillings_s=(0.0, 1.0),
    pollings_s=(0.0, 1.0),
    pauses_s=(0.0, 0.2),
    long_pause_h=0.0,
)
NOW = datetime(2026, 2, 1, 12, 3, 20, tzinfo=UTC)


async def test_the_archive_of_a_killed_bot_becomes_that_of_one_left_alone(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with open_database(postgresql_url) as database:
        await migrate(database)
    killed = (f"sqlite:///{tmp_path / 'killed.db'}", postgresql_url)
    found = await proven(FEW, killed, f"sqlite:///{tmp_path / 'steady.db'}", tmp_path)
    for each in found:
        assert each.wrong == ()
        assert each.rows["bars"] >= 2 * 12 * 12
        assert each.rows["open_interest"] >= 12 * 12
        assert each.rows["funding"] >= 12


WORLD = World(SteppedClock(NOW), days=0.5, markets=1)
AT_MS = WORLD.now_ms // BAR_MS * BAR_MS - 6 * BAR_MS
ORDER = WORLD.listing("binance", "BTC").tape(WORLD.begin_ms, WORLD.now_ms)[0]
BINANCE: tuple[Row, ...] = (("binance", "BTC", "USDT", False),)
KEPT: Kept = {
    "instruments": list(BINANCE),
    "bars": [("binance:BTC", AT_MS, 1.0), ("binance:BTC", AT_MS + BAR_MS, 1.0)],
    "open_interest": [("binance:BTC", AT_MS, 1.0), ("binance:BTC", AT_MS + 7, 3.0)],
    "tape": [("binance:BTC", ORDER.at_ms, 0, 1.0, 2.0, 0)],
    "books": [("binance:BTC", AT_MS // (3 * BAR_MS) * 3 * BAR_MS, AT_MS, b"", b"")],
    "brackets": [],
}


@pytest.mark.parametrize(
    ("table", "rows", "wrong"),
    [
        ("bars", KEPT["bars"][:1], "bars.* missing"),
        ("bars", [*KEPT["bars"], ("binance:BTC", AT_MS - BAR_MS, 1.0)], "bars.* too much"),
        ("bars", [*KEPT["bars"], KEPT["bars"][0]], "bars.* twice"),
        ("open_interest", [("binance:BTC", AT_MS, 2.0)], "open_interest.* another"),
        ("tape", [("binance:BTC", 7, 1, 1.0, 2.0, 0)], "tape.* made up"),
        ("books", [("binance:BTC", 7, AT_MS, b"", b"")], "books.* out of its slot"),
        ("brackets", [("binance", "BTC", 1)], "brackets.* too much"),
        ("instruments", [*BINANCE, ("okx", "BTC", "USDT", False)], "instruments.* too much"),
    ],
)
def test_whatever_differs_is_found(table: str, rows: list[Row], wrong: str) -> None:
    until_ms = WORLD.now_ms
    found = compared({**KEPT, table: rows}, KEPT, WORLD, until_ms).wrong
    assert any(re.search(wrong, each) for each in found), found


def test_what_only_the_moment_of_a_poll_makes_may_differ() -> None:
    other = {
        **KEPT,
        "open_interest": [KEPT["open_interest"][0], ("binance:BTC", AT_MS + 99, 5.0)],
        "tape": [],
        "books": [],
    }
    found = compared(other, KEPT, WORLD, WORLD.now_ms)
    assert found.wrong == ()
    assert found.own == {"open_interest": 1}
    assert found.prints == (0, 1)
