"""What the watcher remembers, in a database."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.alerting.delivery import OPERATOR
from liqbot.alerting.ledger import Memory
from liqbot.alerting.roster import Changes
from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.ledger import deliveries, lives, subscriptions
from liqbot.storage.ledger.reading import moment_at, readable, us_of
from liqbot.storage.ledger.turns import turn
from liqbot.storage.upserts import put


class SqlWatch:
    """Implements Watch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Memory:
        """Return all that was settled."""
        async with self._database.reading() as connection:
            return Memory(lives=await lives.load(connection), trails=await _trails(connection))

    async def settle(self, changes: Changes) -> None:
        """Keep one tick's changes in one transaction, all or none."""
        concerned = {name.subscription for name in changes.lives}
        concerned |= {each.subscription for each in changes.deliveries}
        async with turn(self._database) as connection:
            known = await subscriptions.known(connection, concerned)
            kept = {name: life for name, life in changes.lives.items() if name[0] in known}
            await lives.keep(connection, kept)
            wanted = known | {OPERATOR}
            new = [each for each in changes.deliveries if each.subscription in wanted]
            await deliveries.add(connection, new)
            await deliveries.amend(connection, changes.amendments.values())
            await _keep_trails(connection, changes.trails)
            await subscriptions.change(connection, changes.subscriptions.values())
            await subscriptions.end(connection, changes.ended)

    async def forget(self, before: datetime) -> int:
        """Forget deliveries that ended, and lives that were over, before a moment; count them."""
        ended, over = tables.deliveries.c.ended_us, tables.lives.c.over_us
        async with turn(self._database) as connection:
            sent = await connection.execute(delete(tables.deliveries).where(ended < us_of(before)))
            lived = await connection.execute(
                delete(tables.lives).where(over > 0, over < us_of(before))
            )
            return sent.rowcount + lived.rowcount


async def _keep_trails(
    connection: AsyncConnection, trails: Mapping[str, tuple[datetime, ...]]
) -> None:
    rows = [(name, json.dumps([us_of(at) for at in trail])) for name, trail in trails.items()]
    await put(connection, tables.trails, rows)


async def _trails(connection: AsyncConnection) -> dict[str, tuple[datetime, ...]]:
    with readable("trail"):
        return {
            name: tuple(moment_at(at_us) for at_us in moments)
            for name, moments in await connection.execute(select(tables.trails))
        }
