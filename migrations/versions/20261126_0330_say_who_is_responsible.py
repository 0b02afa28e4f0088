"""Say who is responsible for a person or company, and index what lists are narrowed and sorted by

Revision ID: responsible
Revises: one_time_links
"""

import sqlalchemy as sa
from alembic import op

revision = "responsible"
down_revision = "one_time_links"
branch_labels = None
depends_on = None

PARTIES = ("companies", "people")


def upgrade() -> None:
    for name in PARTIES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("responsible_id", sa.Integer(), nullable=True))
            table.create_foreign_key(op.f(f"fk_{name}_responsible_id"), "staff_members", ["responsible_id"], ["id"])
            table.create_index(op.f(f"ix_{name}_responsible_id"), ["responsible_id"])
            table.create_index(op.f(f"ix_{name}_contact_type"), ["contact_type"])
    op.drop_index(op.f("ix_people_last_name"), "people")
    op.create_index("ix_people_name", "people", ["last_name", "first_name", "id"])


def downgrade() -> None:
    op.drop_index("ix_people_name", "people")
    op.create_index(op.f("ix_people_last_name"), "people", ["last_name"])
    for name in PARTIES:
        with op.batch_alter_table(name) as table:
            table.drop_index(op.f(f"ix_{name}_contact_type"))
            table.drop_index(op.f(f"ix_{name}_responsible_id"))
            table.drop_constraint(op.f(f"fk_{name}_responsible_id"), type_="foreignkey")
            table.drop_column("responsible_id")
