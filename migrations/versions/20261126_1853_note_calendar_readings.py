"""Note when a calendar was read, and why its address ended

Revision ID: calendar_readings
Revises: territories
"""

import sqlalchemy as sa
from alembic import op

from rockrobot import ledger
from rockrobot.db import Moment

revision = "calendar_readings"
down_revision = "territories"
branch_labels = None
depends_on = None
TABLE = "calendar_feeds"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("read_at", Moment(), nullable=True))
        table.add_column(sa.Column("read_from", sa.String(length=45), nullable=False, server_default=""))
        table.add_column(sa.Column("ended_at", Moment(), nullable=True))
        table.add_column(sa.Column("ended_for", sa.String(length=40), nullable=True))
        table.alter_column("token_digest", existing_type=sa.String(length=64), nullable=True)
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("read_from", server_default=None)


def downgrade() -> None:
    token = ledger.writing.set(True)  # the schema before knows no ended address
    op.execute("DELETE FROM calendar_feeds WHERE token_digest IS NULL")
    ledger.writing.reset(token)
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("token_digest", existing_type=sa.String(length=64), nullable=False)
        for name in ("ended_for", "ended_at", "read_from", "read_at"):
            table.drop_column(name)
