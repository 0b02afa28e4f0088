"""Keep acts that one person asks for and a second decides

Revision ID: requested_acts
Revises: index_tags
"""

import sqlalchemy as sa
from alembic import op

revision = "requested_acts"
down_revision = "index_tags"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "requested_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_acts")),
    )
    op.create_index(op.f("ix_requested_acts_kind_requested_acts_about_id"), "requested_acts", ["kind", "about_id"])


def downgrade() -> None:
    op.drop_table("requested_acts")
