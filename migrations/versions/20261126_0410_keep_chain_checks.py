"""Keep what the checks of the ledger's chain found

Revision ID: chain_checks
Revises: second_factors
"""

import sqlalchemy as sa
from alembic import op

revision = "chain_checks"
down_revision = "second_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("last_entry_id", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_checks")),
    )
    op.create_index(op.f("ix_chain_checks_made_at"), "chain_checks", ["made_at"])


def downgrade() -> None:
    op.drop_table("chain_checks")
