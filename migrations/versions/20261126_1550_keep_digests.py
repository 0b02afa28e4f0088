"""Keep who wants a mail in the morning, and who had it when

Revision ID: digests
Revises: calendar_feeds
"""

import sqlalchemy as sa
from alembic import op

revision = "digests"
down_revision = "calendar_feeds"
branch_labels = None
depends_on = None
TABLE = "digests"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["staff_member_id"], ["staff_members.id"], name=op.f("fk_digests_staff_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("staff_member_id", name=op.f("uq_digests_staff_member_id")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
