"""Add which machine stood at which worksite

Revision ID: stays
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "stays"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worksite_stays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("worksite_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_worksite_stays_ends_after_beginning")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_worksite_stays_device_id")),
        sa.ForeignKeyConstraint(["worksite_id"], ["worksites.id"], name=op.f("fk_worksite_stays_worksite_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worksite_stays")),
    )
    for column in ("device_id", "worksite_id"):
        name = op.f(f"ix_worksite_stays_{column}_worksite_stays_from_on")
        op.create_index(name, "worksite_stays", [column, "from_on"])


def downgrade() -> None:
    op.drop_table("worksite_stays")
