"""Note with a fact of signing in what was denied

Revision ID: note_denials
Revises: approved_digests
"""

import sqlalchemy as sa
from alembic import op

revision = "note_denials"
down_revision = "approved_digests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in_facts") as table:
        table.add_column(sa.Column("door", sa.String(120), server_default="", nullable=False))
    with op.batch_alter_table("sign_in_facts") as table:
        table.alter_column("door", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_facts") as table:
        table.drop_column("door")
