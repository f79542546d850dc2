"""Every table; `migrations/` is how a database gets there.

Stamps `_ms` are Unix milliseconds, of markets; `_us` are microseconds, of what liqbot itself did
and when; what is unknown is NULL. Rows of a series are small, so on SQLite they live in their
primary key's tree; rows with a packed column do not.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


def _instrument() -> Column[int]:
    return _key("instrument_id", Integer, ForeignKey("instruments.id"))


def _key(name: str, kind: Any, *rest: Any) -> Column[Any]:  # noqa: ANN401  # as Column takes them
    return Column(name, kind, *rest, primary_key=True, autoincrement=False)


def _given(kind: Any, *names: str) -> list[Column[Any]]:  # noqa: ANN401  # as Column takes it
    return [Column(name, kind, nullable=False) for name in names]


def _values(*names: str) -> list[Column[Any]]:
    return [Column(name, Double) for name in names]


instruments = Table(
    "instruments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("venue", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    UniqueConstraint("venue", "base", "quote"),
)
bars = Table(  # candles of 5 minutes
    "bars",
    METADATA,
    _instrument(),
    _key("opened_ms", BigInteger),
    *_values("open", "high", "low", "close", "volume", "taker_buy_volume"),
    sqlite_with_rowid=False,
)
marks = Table(  # mark candles of 5 minutes
    "marks",
    METADATA,
    _instrument(),
    _key("opened_ms", BigInteger),
    *_values("open", "high", "low", "close"),
    sqlite_with_rowid=False,
)
open_interest = Table(
    "open_interest",
    METADATA,
    _instrument(),
    _key("at_ms", BigInteger),
    *_values("quantity"),
    sqlite_with_rowid=False,
)
funding = Table(
    "funding",
    METADATA,
    _instrument(),
    _key("at_ms", BigInteger),
    *_values("rate"),
    sqlite_with_rowid=False,
)
tape = Table(
    "tape",
    METADATA,
    _instrument(),
    _key("at_ms", BigInteger),
    _key("side", SmallInteger),  # Side.index
    _key("price", Double),
    _key("quantity", Double),
    _key("nth", SmallInteger),  # among equal orders, from 0
    sqlite_with_rowid=False,
)
books = Table(  # the newest of each slot, thinned
    "books",
    METADATA,
    _instrument(),
    _key("slot_ms", BigInteger),
    Column("at_ms", BigInteger, nullable=False),
    Column("bids", LargeBinary, nullable=False),
    Column("asks", LargeBinary, nullable=False),
)
brackets = Table(  # a row for each change
    "brackets",
    METADATA,
    _key("venue", Text),
    _key("base", Text),
    _key("quote", Text),
    _key("from_ms", BigInteger),
    Column("source", Text, nullable=False),
    Column("tiers", JSON, nullable=False),
)
snapshots = Table(  # a column of a market's map over all venues and tiers for each hour
    "snapshots",
    METADATA,
    _key("base", Text),
    _key("opened_ms", BigInteger),
    Column("first_bin", Integer, nullable=False),
    Column("width", Double, nullable=False),
    Column("bins", Integer, nullable=False),
    Column("usd", LargeBinary, nullable=False),
    Column("swept_long_usd", Double, nullable=False),
    Column("swept_short_usd", Double, nullable=False),
)
models = Table(
    "models",
    METADATA,
    _key("base", Text),
    _key("kept_ms", BigInteger),
    Column("toml", Text, nullable=False),
)
subscriptions = Table(
    "subscriptions",
    METADATA,
    Column("id", Integer, primary_key=True),
    *_given(Text, "platform", "address", "owner"),
    *_given(JSON, "wish"),
    *_given(BigInteger, "created_us", "expires_us"),
    *_given(Boolean, "reminded"),
    *_given(Text, "paused", "role"),
    Column("followed_us", BigInteger),
    Column("holding", JSON(none_as_null=True)),  # a position of one's own that is watched
    sqlite_autoincrement=True,  # no number twice: messages that stand in chats name them
)
recipients = Table(
    "recipients",
    METADATA,
    _key("platform", Text),
    _key("address", Text),
    *_given(Text, "zone", "locale", "quiet"),  # in words, "" = never
    *_given(JSON, "mutes"),
    *_given(Integer, "failures"),
    *_given(Text, "disabled"),
    *_given(Integer, "cap"),
    *_given(Text, "theme", "colours", "range", "size"),  # "" = as the operator has it
)
lives = Table(
    "lives",
    METADATA,
    _key("subscription", Integer, ForeignKey("subscriptions.id", ondelete="CASCADE")),
    _key("rule", Text),
    _key("base", Text),
    _key("about", Text),
    *_given(BigInteger, "over_us"),  # since when there is nothing left to tell; 0 = there is
    *_given(Text, "life"),
    sqlite_with_rowid=False,
)
trails = Table(
    "trails",
    METADATA,
    _key("name", Text),
    *_given(JSON, "moments"),
)
deliveries = Table(
    "deliveries",
    METADATA,
    Column("number", Integer, primary_key=True),  # in the order made
    Column("id", Text, nullable=False, unique=True),
    *_given(Text, "message", "platform", "address"),
    *_given(Integer, "subscription"),
    *_given(Text, "news"),
    *_given(BigInteger, "made_us", "due_us"),
    *_given(Text, "alert_id", "rule", "base", "about"),  # "" = about no alert
    *_given(BigInteger, "episode"),
    *_given(Text, "alert", "words"),
    *_given(Boolean, "silent", "held"),
    *_given(Text, "role", "state"),
    *_given(Integer, "attempts"),
    Column("ended_us", BigInteger),
    *_given(Text, "sent"),
)
Index("ix_deliveries_message", deliveries.c.message)
Index("ix_deliveries_alert_id", deliveries.c.alert_id)
Index("ix_deliveries_subscription", deliveries.c.subscription)
Index("ix_deliveries_ended_us", deliveries.c.ended_us)
_WAITING = deliveries.c.state.in_(["owed", "claimed"])
Index("ix_deliveries_due_us", deliveries.c.due_us, sqlite_where=_WAITING, postgresql_where=_WAITING)
tracks = Table(  # the clusters of a market's map as they were followed
    "tracks",
    METADATA,
    _key("base", Text),
    *_given(BigInteger, "at_us"),
    *_given(Text, "text"),
)
outcomes = Table(  # what came of alerts, or is to be found out
    "outcomes",
    METADATA,
    _key("id", Text),
    *_given(BigInteger, "at_ms"),
    Column("due_ms", BigInteger),  # NULL once it is graded
    *_given(Text, "text"),
)
Index("ix_outcomes_at_ms", outcomes.c.at_ms)
Index("ix_outcomes_due_ms", outcomes.c.due_ms)
