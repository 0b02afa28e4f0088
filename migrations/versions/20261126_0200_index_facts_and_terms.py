"""Index what each line tells of, and terms

The index is emptied: it is filled again from the register when the last migration has run.

Revision ID: searchterms
Revises: thumbnails
Create Date: 2026-11-26 02:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "searchterms"
down_revision = "thumbnails"
branch_labels = None
depends_on = None
ENTRIES = {"info": {"ledger": False, "personal": True}}


def upgrade() -> None:
    op.drop_table("search_entries")
    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        **ENTRIES,
    )


def downgrade() -> None:
    op.drop_table("search_entries")
    op.create_table(
        "search_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("kind", "row_id", name=op.f("uq_search_entries_kind_row_id")),
        **ENTRIES,
    )
