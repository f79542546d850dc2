"""Keep who wants to hear of what, what was told, and what has to be told yet."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Kind = type[sa.types.TypeEngine[Any]]

# Those that others refer to come first.
_TABLES = ("subscriptions", "recipients", "lives", "trails", "deliveries", "tracks")
_INDEXED = ("message", "alert_id", "subscription", "ended_us")
_WAITING = sa.text("state IN ('owed', 'claimed')")


def upgrade() -> None:
    """Make every table of the ledger."""
    _make_chats()
    _make_memory()
    _make_deliveries()


def downgrade() -> None:
    """Drop every table of the ledger, with all that was kept."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _make_chats() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer, nullable=False),
        *_given(sa.Text, "platform", "address", "owner"),
        *_given(sa.JSON, "wish"),
        *_given(sa.BigInteger, "created_us", "expires_us"),
        *_given(sa.Boolean, "reminded"),
        *_given(sa.Text, "paused", "role"),
        sa.Column("followed_us", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recipients",
        *_given(sa.Text, "platform", "address", "zone", "locale", "quiet"),
        *_given(sa.JSON, "mutes"),
        *_given(sa.Integer, "failures"),
        *_given(sa.Text, "disabled"),
        *_given(sa.Integer, "cap"),
        sa.PrimaryKeyConstraint("platform", "address", name="pk_recipients"),
    )


def _make_memory() -> None:
    op.create_table(
        "lives",
        *_given(sa.Integer, "subscription"),
        *_given(sa.Text, "rule", "base", "about"),
        *_given(sa.BigInteger, "over_us"),
        *_given(sa.Text, "life"),
        sa.PrimaryKeyConstraint("subscription", "rule", "base", "about", name="pk_lives"),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["subscriptions.id"],
            name="fk_lives_subscription",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trails",
        *_given(sa.Text, "name"),
        *_given(sa.JSON, "moments"),
        sa.PrimaryKeyConstraint("name", name="pk_trails"),
    )
    op.create_table(
        "tracks",
        *_given(sa.Text, "base"),
        *_given(sa.BigInteger, "at_us"),
        *_given(sa.Text, "text"),
        sa.PrimaryKeyConstraint("base", name="pk_tracks"),
    )


def _make_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer, nullable=False),
        *_given(sa.Text, "id", "message", "platform", "address"),
        *_given(sa.Integer, "subscription"),
        *_given(sa.Text, "news"),
        *_given(sa.BigInteger, "made_us", "due_us"),
        *_given(sa.Text, "alert_id", "rule", "base", "about"),
        *_given(sa.BigInteger, "episode"),
        *_given(sa.Text, "alert", "words"),
        *_given(sa.Boolean, "silent", "held"),
        *_given(sa.Text, "role", "state"),
        *_given(sa.Integer, "attempts"),
        sa.Column("ended_us", sa.BigInteger, nullable=True),
        *_given(sa.Text, "sent"),
        sa.PrimaryKeyConstraint("number", name="pk_deliveries"),
        sa.UniqueConstraint("id", name="uq_deliveries_id"),
    )
    for name in _INDEXED:
        op.create_index(f"ix_deliveries_{name}", "deliveries", [name])
    op.create_index(
        "ix_deliveries_due_us",
        "deliveries",
        ["due_us"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def _given(kind: Kind, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False, autoincrement=False) for name in names]
