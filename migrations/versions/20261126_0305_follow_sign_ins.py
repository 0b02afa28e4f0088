"""Tell sign-ins apart, and keep how each try ended

Revision ID: follow_sign_ins
Revises: tags
"""

import sqlalchemy as sa
from alembic import op

revision = "follow_sign_ins"
down_revision = "tags"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_ins") as table:
        table.add_column(sa.Column("confirmed_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("browser", sa.String(60), nullable=False, server_default=""))
        table.add_column(sa.Column("address", sa.String(45), nullable=False, server_default=""))
    op.execute("UPDATE sign_ins SET confirmed_at = begun_at")
    with op.batch_alter_table("sign_ins") as table:
        table.alter_column("confirmed_at", existing_type=sa.DateTime(), nullable=False)
    op.create_table(
        "sign_in_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_members.id"], name=op.f("fk_sign_in_facts_staff_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_facts")),
    )
    op.create_index(
        op.f("ix_sign_in_facts_staff_member_id_sign_in_facts_at"), "sign_in_facts", ["staff_member_id", "at"]
    )


def downgrade() -> None:
    op.drop_table("sign_in_facts")
    with op.batch_alter_table("sign_ins") as table:
        table.drop_column("address")
        table.drop_column("browser")
        table.drop_column("confirmed_at")
