"""Keep what came of alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of outcomes."""
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Text, nullable=False, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("due_ms", sa.BigInteger, nullable=True),
        sa.Column("text", sa.Text, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("id", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_at_ms", "outcomes", ["at_ms"])
    op.create_index("ix_outcomes_due_ms", "outcomes", ["due_ms"])


def downgrade() -> None:
    """Drop it, with all that was kept."""
    op.drop_table("outcomes")
