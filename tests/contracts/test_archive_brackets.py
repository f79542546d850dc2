"""What any archive keeps of margin brackets."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from liqbot.market.archive import MarginArchive
from liqbot.market.instrument import Instrument
from liqbot.market.margin import schedule_from
from liqbot.market.units import moment_of
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import open_database
from liqbot.storage.migration import migrate
from tests.builders import START_MS
from tests.databases import KINDS
from tests.fakes.margins import FakeMargins

OKX = Instrument("okx", "BTC", "USDT")
FIRST, DAY = moment_of(START_MS), timedelta(days=1)
OLD = schedule_from([(1e5, 0.012, 40.0), (float("inf"), 0.025, 20.0)], "one day")
NEW = schedule_from([(1e5, 0.02, 25.0)], "another day")


@pytest.fixture(params=["fake", *KINDS])
async def archive(request: pytest.FixtureRequest) -> AsyncIterator[MarginArchive]:
    if request.param == "fake":
        yield FakeMargins()
        return
    async with open_database(request.getfixturevalue(f"{request.param}_url")) as database:
        await migrate(database)
        yield SqlArchive(database)


async def test_brackets_are_valid_until_others_are(archive: MarginArchive) -> None:
    await archive.keep_brackets(OKX, OLD, FIRST)
    await archive.keep_brackets(OKX, NEW, FIRST + DAY)
    assert await archive.brackets(OKX, FIRST - DAY) is None
    assert await archive.brackets(OKX, FIRST) == OLD
    assert await archive.brackets(OKX, FIRST + 2 * DAY) == NEW


async def test_brackets_are_one_markets(archive: MarginArchive) -> None:
    await archive.keep_brackets(OKX, OLD, FIRST)
    assert await archive.brackets(Instrument("okx", "ETH", "USDT"), FIRST) is None
