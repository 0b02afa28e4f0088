"""Give calendars a secret address

Revision ID: calendar_feeds
Revises: staff_keys
"""

import sqlalchemy as sa
from alembic import op

from rockrobot.db import Moment

revision = "calendar_feeds"
down_revision = "staff_keys"
branch_labels = None
depends_on = None
TABLE = "calendar_feeds"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_members.id"], name=op.f("fk_calendar_feeds_staff_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("staff_member_id", name=op.f("uq_calendar_feeds_staff_member_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_calendar_feeds_token_digest")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
