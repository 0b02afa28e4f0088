"""Register what people ask about their own data, and by when it is answered

Revision ID: privacy_requests
Revises: full_exports
"""

import sqlalchemy as sa
from alembic import op

revision = "privacy_requests"
down_revision = "full_exports"
branch_labels = None
depends_on = None
TABLE = "privacy_requests"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("right", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_engine", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("registered_by", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_privacy_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_privacy_requests_closed_on_privacy_requests_due_on"), TABLE, ["closed_on", "due_on"])
    op.create_index(op.f("ix_privacy_requests_person_id"), TABLE, ["person_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
