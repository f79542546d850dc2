"""Keep what was seen of markets, and what was made of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Kinds = dict[str, type[sa.types.TypeEngine[Any]]]

# Those that others refer to come first.
_TABLES = (
    "instruments",
    "bars",
    "marks",
    "open_interest",
    "funding",
    "tape",
    "books",
    "brackets",
    "snapshots",
    "models",
)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "instruments",
        sa.Column("id", sa.Integer, nullable=False),
        *_given({"venue": sa.Text, "base": sa.Text, "quote": sa.Text, "simulated": sa.Boolean}),
        sa.PrimaryKeyConstraint("id", name="pk_instruments"),
        sa.UniqueConstraint("venue", "base", "quote", name="uq_instruments_venue"),
    )
    prices = ("open", "high", "low", "close")
    _series("bars", {"opened_ms": sa.BigInteger}, *prices, "volume", "taker_buy_volume")
    _series("marks", {"opened_ms": sa.BigInteger}, *prices)
    _series("open_interest", {"at_ms": sa.BigInteger}, "quantity")
    _series("funding", {"at_ms": sa.BigInteger}, "rate")
    order: Kinds = {"side": sa.SmallInteger, "price": sa.Double, "quantity": sa.Double}
    _series("tape", {"at_ms": sa.BigInteger, **order, "nth": sa.SmallInteger})
    _keyed(
        "books",
        {"instrument_id": sa.Integer, "slot_ms": sa.BigInteger},
        *_given({"at_ms": sa.BigInteger, "bids": sa.LargeBinary, "asks": sa.LargeBinary}),
        _refers("books"),
    )
    _keyed(
        "brackets",
        {"venue": sa.Text, "base": sa.Text, "quote": sa.Text, "from_ms": sa.BigInteger},
        *_given({"source": sa.Text, "tiers": sa.JSON}),
    )
    swept: Kinds = {"swept_long_usd": sa.Double, "swept_short_usd": sa.Double}
    _keyed(
        "snapshots",
        {"base": sa.Text, "opened_ms": sa.BigInteger},
        *_given({"first_bin": sa.Integer, "width": sa.Double, "bins": sa.Integer}),
        *_given({"usd": sa.LargeBinary, **swept}),
    )
    _keyed("models", {"base": sa.Text, "kept_ms": sa.BigInteger}, *_given({"toml": sa.Text}))


def downgrade() -> None:
    """Drop every table, with all that was kept."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _series(name: str, key: Kinds, *values: str) -> None:
    columns = [sa.Column(each, sa.Double, nullable=True) for each in values]
    whose: Kinds = {"instrument_id": sa.Integer}
    _keyed(name, whose | key, *columns, _refers(name), sqlite_with_rowid=False)


def _refers(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["instrument_id"], ["instruments.id"], name=f"fk_{name}_instrument_id"
    )


def _keyed(
    name: str, key: Kinds, *rest: sa.schema.SchemaItem, sqlite_with_rowid: bool = True
) -> None:
    primary = sa.PrimaryKeyConstraint(*key, name=f"pk_{name}")
    op.create_table(name, *_given(key), *rest, primary, sqlite_with_rowid=sqlite_with_rowid)


def _given(kinds: Kinds) -> list[sa.Column[Any]]:
    return [
        sa.Column(name, kind, nullable=False, autoincrement=False) for name, kind in kinds.items()
    ]
