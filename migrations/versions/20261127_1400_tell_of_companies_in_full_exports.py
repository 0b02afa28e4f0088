"""Keep of which people and which companies a full export tells

Revision ID: parties_of_full_exports
Revises: staff_language
"""

import sqlalchemy as sa
from alembic import op

revision = "parties_of_full_exports"
down_revision = "staff_language"
branch_labels = None
depends_on = None

acts = sa.table("requested_acts", sa.column("id"), sa.column("details", sa.JSON))
exports = sa.table(
    "full_exports",
    sa.column("id"),
    sa.column("requested_act_id"),
    sa.column("ids", sa.JSON),
    sa.column("parties", sa.JSON),
)


def upgrade() -> None:
    with op.batch_alter_table("full_exports") as table:
        table.add_column(sa.Column("parties", sa.JSON(), server_default="{}", nullable=False))
    both = sa.select(exports.c.id, exports.c.ids, acts.c.details).join(acts, acts.c.id == exports.c.requested_act_id)
    for id_, ids, details in op.get_bind().execute(both).all():
        subject = "companies" if details["subject"] == "companies" else "people"
        told = exports.update().where(exports.c.id == id_).values(parties={subject: ids} if ids else {})
        op.get_bind().execute(told)
    with op.batch_alter_table("full_exports") as table:
        table.alter_column("parties", server_default=None)
        table.drop_column("ids")


def downgrade() -> None:
    with op.batch_alter_table("full_exports") as table:
        table.add_column(sa.Column("ids", sa.JSON(), server_default="[]", nullable=False))
    for id_, parties in op.get_bind().execute(sa.select(exports.c.id, exports.c.parties)).all():
        ids = parties.get("people", parties.get("companies", []))
        op.get_bind().execute(exports.update().where(exports.c.id == id_).values(ids=ids))
    with op.batch_alter_table("full_exports") as table:
        table.alter_column("ids", server_default=None)
        table.drop_column("parties")
