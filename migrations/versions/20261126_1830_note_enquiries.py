"""Note enquiries: who asks what, from where, and who sees to it

Revision ID: enquiries
Revises: digests
"""

import sqlalchemy as sa
from alembic import op

revision = "enquiries"
down_revision = "digests"
branch_labels = None
depends_on = None
TABLE = "enquiries"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=False),
        sa.CheckConstraint("person_id IS NULL OR company_id IS NULL", name=op.f("ck_enquiries_at_most_one_party")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enquiries_person_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_enquiries_company_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["staff_members.id"], name=op.f("fk_enquiries_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enquiries_ended_on_enquiries_came_on"), TABLE, ["ended_on", "came_on"])
    op.create_index(op.f("ix_enquiries_person_id"), TABLE, ["person_id"])
    op.create_index(op.f("ix_enquiries_company_id"), TABLE, ["company_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
