"""Count tries to sign in

Revision ID: throttles
Revises: follow_sign_ins
"""

import sqlalchemy as sa
from alembic import op

revision = "throttles"
down_revision = "follow_sign_ins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "throttles",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_throttles")),
    )
    op.create_index(op.f("ix_throttles_last_at"), "throttles", ["last_at"])


def downgrade() -> None:
    op.drop_table("throttles")
