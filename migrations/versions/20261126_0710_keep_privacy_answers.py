"""Keep the answers to privacy requests byte for byte

Revision ID: privacy_answers
Revises: privacy_requests
"""

import sqlalchemy as sa
from alembic import op

revision = "privacy_answers"
down_revision = "privacy_requests"
branch_labels = None
depends_on = None
TABLE = "privacy_answers"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("address_lines", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_how", sa.String(length=40), nullable=True),
        sa.Column("sent_to", sa.String(length=254), nullable=False),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["privacy_requests.id"], name=op.f("fk_privacy_answers_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_answers")),
        sa.UniqueConstraint("request_id", name=op.f("uq_privacy_answers_request_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
