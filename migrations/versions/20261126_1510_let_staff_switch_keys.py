"""Let members of staff switch single keys off

Revision ID: staff_keys
Revises: note_denials
"""

import sqlalchemy as sa
from alembic import op

revision = "staff_keys"
down_revision = "note_denials"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff_members") as table:
        table.add_column(sa.Column("has_keys", sa.Boolean, server_default=sa.true(), nullable=False))
    with op.batch_alter_table("staff_members") as table:
        table.alter_column("has_keys", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("staff_members") as table:
        table.drop_column("has_keys")
