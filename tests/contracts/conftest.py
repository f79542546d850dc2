"""Every implementation of every port."""

from collections.abc import AsyncIterator

import pytest

from liqbot.alerting.ledger import Ledger
from liqbot.market.archive import Archive
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import open_database
from liqbot.storage.ledger.stores import sql_ledger
from liqbot.storage.migration import migrate
from tests.databases import KINDS
from tests.fakes.archive import FakeArchive
from tests.fakes.ledger import a_ledger


@pytest.fixture(params=["fake", *KINDS])
async def archive(request: pytest.FixtureRequest) -> AsyncIterator[Archive]:
    if request.param == "fake":
        yield FakeArchive()
        return
    async with open_database(request.getfixturevalue(f"{request.param}_url")) as database:
        await migrate(database)
        yield SqlArchive(database)


@pytest.fixture(params=["fake", *KINDS])
async def ledger(request: pytest.FixtureRequest) -> AsyncIterator[Ledger]:
    if request.param == "fake":
        yield a_ledger()
        return
    async with open_database(request.getfixturevalue(f"{request.param}_url")) as database:
        await migrate(database)
        yield sql_ledger(database)
