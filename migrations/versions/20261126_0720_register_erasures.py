"""Register erasures, and say of a person that they were erased

Revision ID: erasures
Revises: privacy_answers
"""

import sqlalchemy as sa
from alembic import op

revision = "erasures"
down_revision = "privacy_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("erased_on", sa.Date(), nullable=True))
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("person_digest", sa.String(length=64), nullable=False),
        sa.Column("has_residue", sa.Boolean(), nullable=False),
        sa.Column("stays_until", sa.Date(), nullable=True),
        sa.Column("erased_rows", sa.Integer(), nullable=False),
        sa.Column("kept_rows", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(), nullable=False),
        sa.Column("erased_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasures_person_id")),
        sa.ForeignKeyConstraint(["request_id"], ["privacy_requests.id"], name=op.f("fk_erasures_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("request_id", name=op.f("uq_erasures_request_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_erasures_person_id"), "erasures", ["person_id"])


def downgrade() -> None:
    op.drop_table("erasures")
    op.drop_column("people", "erased_on")
