"""Let members of staff choose the language of their screens

Revision ID: staff_language
Revises: disclosure_notices
"""

import sqlalchemy as sa
from alembic import op

revision = "staff_language"
down_revision = "disclosure_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff_members") as table:
        table.add_column(sa.Column("language", sa.String(2), server_default="", nullable=False))
    with op.batch_alter_table("staff_members") as table:
        table.alter_column("language", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("staff_members") as table:
        table.drop_column("language")
