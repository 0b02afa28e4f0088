"""Keep forms that were sent after the sign-in had ended

Revision ID: drafts
Revises: chain_checks
"""

import sqlalchemy as sa
from alembic import op

revision = "drafts"
down_revision = "chain_checks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("had_files", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_member_id"], ["staff_members.id"], name=op.f("fk_drafts_staff_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_staff_member_id"), "drafts", ["staff_member_id"])
    op.create_index(op.f("ix_drafts_made_at"), "drafts", ["made_at"])


def downgrade() -> None:
    op.drop_table("drafts")
