"""Say which importer serves which country or part of it

Revision ID: territories
Revises: enquiries
"""

import sqlalchemy as sa
from alembic import op

revision = "territories"
down_revision = "enquiries"
branch_labels = None
depends_on = None
TABLE = "territories"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode_from", sa.String(length=5), nullable=False),
        sa.Column("postcode_to", sa.String(length=5), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.CheckConstraint("country IN ('NO', 'SE', 'DK')", name=op.f("ck_territories_may_be_referred")),
        sa.CheckConstraint("(postcode_from = '') = (postcode_to = '')", name=op.f("ck_territories_whole_or_range")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_territories_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territories")),
    )
    op.create_index(op.f("ix_territories_company_id"), TABLE, ["company_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
