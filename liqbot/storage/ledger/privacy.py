"""What people may ask to be forgotten, in a database."""

from sqlalchemy import and_, delete, or_, select

from liqbot.alerting.ledger import is_trail_of
from liqbot.chat.message import ChatId
from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.ledger import subscriptions
from liqbot.storage.ledger.reading import portions
from liqbot.storage.ledger.turns import turn


class SqlPrivacy:
    """Implements Privacy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(self, platform: str, user: str, chat: ChatId | None = None) -> tuple[int, ...]:
        """Forget all that is kept of a user, and of a chat that is theirs alone."""
        every, chats = tables.subscriptions.c, tables.recipients.c
        sent, trails = tables.deliveries.c, tables.trails.c
        theirs = and_(every.platform == platform, every.owner == user)
        if chat is not None:
            here = and_(every.platform == chat.platform, every.address == chat.address)
            theirs = or_(theirs, here)
        async with turn(self._database) as connection:
            found = await connection.scalars(select(every.id).where(theirs).order_by(every.id))
            numbers = tuple(found)
            names = await connection.scalars(select(trails.name))
            gone = [name for name in names if is_trail_of(name, numbers, chat)]
            await subscriptions.end(connection, numbers)
            for each in portions(numbers):
                await connection.execute(
                    delete(tables.deliveries).where(sent.subscription.in_(each))
                )
            for some in portions(gone):
                await connection.execute(delete(tables.trails).where(trails.name.in_(some)))
            if chat is not None:
                for table, kept in ((tables.recipients, chats), (tables.deliveries, sent)):
                    await connection.execute(
                        delete(table).where(
                            kept.platform == chat.platform, kept.address == chat.address
                        )
                    )
        return numbers
