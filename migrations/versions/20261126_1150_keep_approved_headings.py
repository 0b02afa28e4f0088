"""Keep with an approval the headings that were approved

Revision ID: approved_headings
Revises: proposals
"""

import sqlalchemy as sa
from alembic import op

revision = "approved_headings"
down_revision = "proposals"
branch_labels = None
depends_on = None
TABLE = "approvals"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("headings", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("headings", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_column("headings")
