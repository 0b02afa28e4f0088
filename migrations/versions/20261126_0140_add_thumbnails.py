"""Keep a small copy of each photo

Revision ID: thumbnails
Revises: attachments
"""

import sqlalchemy as sa
from alembic import op

revision = "thumbnails"
down_revision = "attachments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attachment_bodies") as table:
        table.add_column(sa.Column("thumbnail", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("attachment_bodies") as table:
        table.drop_column("thumbnail")
