"""Keep what a sign-in looks at people's data for

Revision ID: purposes_of_looking
Revises: known_networks
"""

import sqlalchemy as sa
from alembic import op

revision = "purposes_of_looking"
down_revision = "known_networks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_ins") as table:
        table.add_column(sa.Column("purpose", sa.String(60), nullable=False, server_default=""))
    with op.batch_alter_table("sign_ins") as table:
        table.alter_column("purpose", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_ins") as table:
        table.drop_column("purpose")
