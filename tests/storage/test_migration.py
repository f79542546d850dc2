"""From no tables to this version's, and back, with rows in every table."""

import asyncio

import pytest
from alembic import command
from sqlalchemy import func, inspect, select, text

from liqbot.alerting.roster import Changes
from liqbot.alerting.subscription import Recipient, Wish
from liqbot.chat.message import ChatId
from liqbot.errors import StorageError
from liqbot.heatmap.model import Model
from liqbot.market.book import OrderBook
from liqbot.market.margin import schedule_from
from liqbot.market.tape import Tape
from liqbot.storage import migration
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database, open_database
from liqbot.storage.ledger.stores import sql_ledger
from liqbot.storage.migration import check_migrated, migrate, newest
from liqbot.storage.outcomes import SqlOutcomes
from liqbot.storage.tables import METADATA
from tests.alerting.levels import a_pending
from tests.alerting.stage import a_subscription
from tests.builders import START_MS, a_liquidation, an_observation, some_candles, some_funding
from tests.ledgers import a_delivery, a_life, a_name
from tests.market.test_holding import LONG
from tests.storage.maps import a_map
from tests.storage.test_tables import LEDGER


async def fill(database: Database) -> None:
    """Put a row into every table."""
    seen = an_observation(
        mark_candles=some_candles(),
        funding=some_funding((0.1,)),
        tape=Tape.of([a_liquidation()]),
        book=OrderBook.of(START_MS, [(99.0, 1.0)], [(101.0, 1.0)]),
    )
    archive = SqlArchive(database)
    await archive.keep(seen)
    brackets = schedule_from([(1e6, 0.01, 50.0)], "a test")
    await archive.keep_brackets(seen.instrument, brackets, seen.observed_at)
    await archive.keep_snapshots("BTC", a_map())
    await archive.keep_model("BTC", Model(), seen.observed_at)
    await fill_ledger(database)


async def fill_ledger(database: Database) -> None:
    """Put a row into every table of the ledger."""
    ledger, lives = sql_ledger(database), {a_name(): a_life()}
    kept = await ledger.subscriptions.add(a_subscription(number=0), lives)
    await ledger.recipients.put(Recipient(chat=kept.chat))
    owed = a_delivery(subscription=kept.id)
    await ledger.watch.settle(Changes(deliveries=[owed], trails={"told": (kept.created_at,)}))
    await ledger.tracks.put("BTC", "{}", kept.created_at)
    await SqlOutcomes(database).add(a_pending())


async def rows(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        return {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
        }


async def downgrade(database: Database, to: str = "base") -> None:
    async with database.writing() as connection:
        await connection.run_sync(lambda inner: command.downgrade(migration.settings(inner), to))


async def names(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.run_sync(lambda inner: inspect(inner).get_table_names()))


async def test_up_down_and_up_again_with_rows_in_every_table(empty_url: str) -> None:
    every = {table.name for table in METADATA.sorted_tables}
    async with open_database(empty_url) as database:
        assert await migrate(database) == (None, newest())
        for _ in range(2):
            assert await names(database) == {*every, "alembic_version"}
            await fill(database)
            assert [name for name, count in (await rows(database)).items() if not count] == []
            await downgrade(database)
            assert await names(database) == {"alembic_version"}
            assert await migrate(database) == (None, newest())


async def test_the_ledger_comes_and_goes_and_what_was_seen_stays(database: Database) -> None:
    await fill(database)
    before = await rows(database)
    await downgrade(database, "0001")
    assert "deliveries" not in await names(database)
    assert await migrate(database) == ("0001", newest())
    ledger = {table for table in before if not (await rows(database))[table]}
    assert ledger == LEDGER
    await fill_ledger(database)
    assert await rows(database) == before


async def test_what_a_chat_said_stays_and_what_it_never_said_is_as_usual(
    database: Database,
) -> None:
    chats = sql_ledger(database).recipients
    said = Recipient(chat=ChatId("telegram", "1"), zone="Europe/Berlin", locale="de", failures=2)
    for each in (said, Recipient(chat=ChatId("telegram", "2"), theme="light", size="wide")):
        await chats.put(each)
    await downgrade(database, "0003")
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT zone, locale FROM recipients ORDER BY zone"))
        assert list(rows) == [("Europe/Berlin", "de"), ("UTC", "en_GB")]
    await migrate(database)
    assert await chats.listed() == (said, Recipient(chat=ChatId("telegram", "2")))


async def test_of_positions_nothing_is_left_where_they_cannot_be_read(database: Database) -> None:
    ledger = sql_ledger(database)
    plain = await ledger.subscriptions.add(a_subscription(number=0), {a_name(): a_life()})
    watched = Wish(rule="own_position", base="BTC", holding=LONG)
    mine = await ledger.subscriptions.add(a_subscription(watched, number=0), {a_name(): a_life()})
    owed = [a_delivery(f"{n}", subscription=n, message=f"{n}") for n in (plain.id, mine.id)]
    await ledger.watch.settle(Changes(deliveries=owed))
    await downgrade(database, "0004")
    await migrate(database)
    assert await ledger.subscriptions.listed() == (plain,)
    assert {each.subscription for each in (await ledger.watch.load()).lives} == {plain.id}
    assert await ledger.deliveries.about(f"{plain.id}")
    assert not await ledger.deliveries.about(f"{mine.id}")


async def test_a_second_time_changes_nothing(database: Database) -> None:
    await fill(database)
    before = await rows(database)
    assert await migrate(database) == (newest(), newest())
    assert await rows(database) == before


async def test_the_tables_are_those_that_the_code_knows(database: Database) -> None:
    async with database.writing() as connection:
        await connection.run_sync(lambda inner: command.check(migration.settings(inner)))


async def test_a_table_that_the_code_does_not_know_is_found(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE funding ADD COLUMN due_ms bigint"))
        with pytest.raises(Exception, match="due_ms"):
            await connection.run_sync(lambda inner: command.check(migration.settings(inner)))


async def test_a_migrated_database_may_be_used(database: Database) -> None:
    assert await check_migrated(database) == newest()


async def test_one_that_is_not_says_what_to_do(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        with pytest.raises(StorageError, match="run: liqbot migrate") as raised:
            await check_migrated(database)
        assert database.shown_url in str(raised.value)


async def test_one_that_a_newer_version_has_migrated_is_left_alone(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for ask in (migrate, check_migrated):
        with pytest.raises(StorageError, match=r"newer liqbot .* 9999, this one knows up to"):
            await ask(database)


async def test_many_may_migrate_at_once(empty_url: str) -> None:
    async with open_database(empty_url) as one, open_database(empty_url) as other:
        came = await asyncio.gather(*(migrate(each) for each in (one, other) * 3))
    assert sorted(before or "" for before, _ in came) == ["", *[newest()] * 5]


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(empty_url) as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE models (x integer)"))
        with pytest.raises(StorageError, match="exists"):
            await migrate(database)
        assert await names(database) == {"models"}
