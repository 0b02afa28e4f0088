"""Keep the sealed file of a full export for a day

Revision ID: full_exports
Revises: requested_acts
"""

import sqlalchemy as sa
from alembic import op

revision = "full_exports"
down_revision = "requested_acts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "full_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requested_act_id", sa.Integer(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=True),
        sa.Column("told", sa.String(length=200), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("sealed_file", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["requested_act_id"], ["requested_acts.id"], name=op.f("fk_full_exports_requested_act_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_full_exports")),
        sa.UniqueConstraint("requested_act_id", name=op.f("uq_full_exports_requested_act_id")),
    )
    op.create_index(op.f("ix_full_exports_made_at"), "full_exports", ["made_at"])


def downgrade() -> None:
    op.drop_table("full_exports")
