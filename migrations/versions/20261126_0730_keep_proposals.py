"""Keep refusals and erasures as they were proposed to the second person

Revision ID: proposals
Revises: erasures
"""

import sqlalchemy as sa
from alembic import op

revision = "proposals"
down_revision = "erasures"
branch_labels = None
depends_on = None
TABLE = "proposals"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requested_act_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("address_lines", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requested_act_id"], ["requested_acts.id"], name=op.f("fk_proposals_requested_act_id")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["privacy_requests.id"], name=op.f("fk_proposals_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("requested_act_id", name=op.f("uq_proposals_requested_act_id")),
    )
    op.create_index(op.f("ix_proposals_request_id"), TABLE, ["request_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
