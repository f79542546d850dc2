"""Keep how each chat wants its pictures; what it never said is as the operator has it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LOOKS = ("theme", "colours", "range", "size")
_BEGAN = {"zone": "UTC", "locale": "en_GB"}  # with these until one could say otherwise
_RECIPIENTS = sa.table("recipients", *map(sa.column, _BEGAN))


def upgrade() -> None:
    """Add the looks, and empty what nobody said."""
    for name in _LOOKS:
        op.add_column("recipients", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name, value in _BEGAN.items():
        said = _RECIPIENTS.c[name]
        op.execute(sa.update(_RECIPIENTS).where(said == value).values({name: ""}))


def downgrade() -> None:
    """Drop the looks, and say what is as the operator has it."""
    for name, value in _BEGAN.items():
        said = _RECIPIENTS.c[name]
        op.execute(sa.update(_RECIPIENTS).where(said == "").values({name: value}))
    for name in _LOOKS:
        op.drop_column("recipients", name)
