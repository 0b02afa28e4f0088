"""Note what importers were told later of what they had been given

Revision ID: disclosure_notices
Revises: disclosures
"""

import sqlalchemy as sa
from alembic import op

revision = "disclosure_notices"
down_revision = "disclosures"
branch_labels = None
depends_on = None
TABLE = "disclosure_notices"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("disclosure_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("told_fields", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosures.id"], name=op.f("fk_disclosure_notices_disclosure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_notices")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_disclosure_notices_disclosure_id"), TABLE, ["disclosure_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
