"""Keep the positions of one's own that are watched."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SUBSCRIPTIONS = sa.table("subscriptions", sa.column("id"), sa.column("holding"))
_LEFT = ("lives", "deliveries")  # what is known of them by their number


def upgrade() -> None:
    """Add a place for a position."""
    op.add_column("subscriptions", sa.Column("holding", sa.JSON, nullable=True))


def downgrade() -> None:
    """Forget all positions, and what was told of them: nothing else could read them."""
    numbers = sa.select(_SUBSCRIPTIONS.c.id).where(_SUBSCRIPTIONS.c.holding.is_not(None))
    for name in _LEFT:
        kept = sa.table(name, sa.column("subscription"))
        op.execute(sa.delete(kept).where(kept.c.subscription.in_(numbers)))
    op.execute(sa.delete(_SUBSCRIPTIONS).where(_SUBSCRIPTIONS.c.holding.is_not(None)))
    op.drop_column("subscriptions", "holding")
