"""Keep merged companies and people as tombstones

Revision ID: merged
Revises: objections
"""

import sqlalchemy as sa
from alembic import op

revision = "merged"
down_revision = "objections"
branch_labels = None
depends_on = None

PARTIES = ("companies", "people")


def upgrade() -> None:
    for name in PARTIES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
            table.create_foreign_key(op.f(f"fk_{name}_merged_into_id"), name, ["merged_into_id"], ["id"])
            table.create_index(op.f(f"ix_{name}_merged_into_id"), ["merged_into_id"])


def downgrade() -> None:
    for name in PARTIES:
        with op.batch_alter_table(name) as table:
            table.drop_index(op.f(f"ix_{name}_merged_into_id"))
            table.drop_constraint(op.f(f"fk_{name}_merged_into_id"), type_="foreignkey")
            table.drop_column("merged_into_id")
