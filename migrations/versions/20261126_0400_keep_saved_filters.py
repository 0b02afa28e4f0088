"""Keep filters of lists by name

Revision ID: saved_filters
Revises: responsible
"""

import sqlalchemy as sa
from alembic import op

revision = "saved_filters"
down_revision = "responsible"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["staff_members.id"], name=op.f("fk_saved_filters_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_saved_filters_register"), "saved_filters", ["register"])


def downgrade() -> None:
    op.drop_table("saved_filters")
