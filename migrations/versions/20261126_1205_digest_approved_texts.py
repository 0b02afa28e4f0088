"""Keep with an approval a digest of each language's heading and text, instead of the headings

Revision ID: approved_digests
Revises: approved_headings
"""

import sqlalchemy as sa
from alembic import op

revision = "approved_digests"
down_revision = "approved_headings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _change("headings", "digests")


def downgrade() -> None:
    _change("digests", "headings")


def _change(old: str, new: str) -> None:
    with op.batch_alter_table("approvals") as table:
        table.drop_column(old)
        table.add_column(sa.Column(new, sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("approvals") as table:
        table.alter_column(new, server_default=None)
