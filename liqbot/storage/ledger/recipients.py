"""Chats as they want to be told, in a database."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, select, tuple_, update
from sqlalchemy import Row as Found

from liqbot.alerting.quiet import Mute, read_quiet
from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import ChatId
from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.gathering import Gathering
from liqbot.storage.ledger.deliveries import waits
from liqbot.storage.ledger.reading import moment_at, portions, readable, us_of
from liqbot.storage.ledger.turns import turn
from liqbot.storage.upserts import Row, put


class SqlRecipients:
    """Implements Recipients."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = Gathering(self._found)

    async def get(self, chat: ChatId) -> Recipient:
        """Return a chat; one that nothing is kept of as all chats begin."""
        row = await self._rows.ask(chat)
        with readable("chat"):
            return Recipient(chat=chat) if row is None else _read(row)

    async def _found(self, chats: Sequence[ChatId]) -> list[Found[Any] | None]:
        found: dict[ChatId, Found[Any]] = {}
        name = tuple_(tables.recipients.c.platform, tables.recipients.c.address)
        async with self._database.reading() as connection:
            for each in portions((chat.platform, chat.address) for chat in chats):
                wanted = select(tables.recipients).where(name.in_(each))
                with readable("chat"):
                    rows = (await connection.execute(wanted)).all()
                found |= {ChatId(row.platform, row.address): row for row in rows}
        return [found.get(each) for each in chats]

    async def listed(self) -> tuple[Recipient, ...]:
        """Return all chats that anything is kept of, by platform and address."""
        async with self._database.reading() as connection:
            with readable("chat"):
                found = [_read(row) for row in await connection.execute(select(tables.recipients))]
        # By code point: PostgreSQL would sort as people of its locale do.
        return tuple(sorted(found, key=lambda each: (each.chat.platform, each.chat.address)))

    async def put(self, recipient: Recipient) -> None:
        """Keep how a chat wants to be told, and how telling it goes."""
        async with turn(self._database) as connection:
            await put(connection, tables.recipients, [_row(recipient)])

    async def move(self, before: ChatId, after: ChatId) -> None:
        """Give a chat another id, wherever it is named and not sent yet."""
        if before == after:
            return
        moved = {"platform": after.platform, "address": after.address}
        chats, deliveries = tables.recipients, tables.deliveries
        async with turn(self._database) as connection:
            if await connection.scalar(select(exists().where(_is(chats, before)))):
                await connection.execute(delete(chats).where(_is(chats, after)))
            for table in (chats, tables.subscriptions):
                await connection.execute(update(table).where(_is(table, before)).values(moved))
            owed = update(deliveries).where(_is(deliveries, before), waits(deliveries))
            await connection.execute(owed.values(moved))


def _is(table: Table, chat: ChatId) -> ColumnElement[bool]:
    return and_(table.c.platform == chat.platform, table.c.address == chat.address)


def _row(recipient: Recipient) -> Row:
    mutes = [[each.base, us_of(each.until)] for each in recipient.mutes]
    return (
        recipient.chat.platform,
        recipient.chat.address,
        recipient.zone,
        recipient.locale,
        recipient.quiet.words if recipient.quiet else "",
        json.dumps(mutes),
        recipient.failures,
        recipient.disabled,
        recipient.cap,
        recipient.theme,
        recipient.colours,
        recipient.range,
        recipient.size,
    )


def _read(row: Found[Any]) -> Recipient:
    return Recipient(
        chat=ChatId(row.platform, row.address),
        zone=row.zone,
        locale=row.locale,
        quiet=read_quiet(row.quiet) if row.quiet else None,
        mutes=tuple(Mute(base, moment_at(until_us)) for base, until_us in row.mutes),
        failures=row.failures,
        disabled=row.disabled,
        cap=row.cap,
        theme=row.theme,
        colours=row.colours,
        range=row.range,
        size=row.size,
    )
