"""Index tags

The index is emptied: it is filled again from the register when the last migration has run.

Revision ID: index_tags
Revises: duplicates
"""

from alembic import op

revision = "index_tags"
down_revision = "duplicates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM search_entries")


def downgrade() -> None:
    op.execute("DELETE FROM search_entries")
