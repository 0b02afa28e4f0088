"""Ask for a second factor after the password

Revision ID: second_factors
Revises: saved_filters
"""

import sqlalchemy as sa
from alembic import op

revision = "second_factors"
down_revision = "saved_filters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_ins") as table:
        table.add_column(sa.Column("waits_for", sa.String(40), nullable=False, server_default="nothing"))
    op.create_table(
        "app_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_member_id"], ["staff_members.id"], name=op.f("fk_app_keys_staff_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_keys")),
    )
    op.create_index(op.f("ix_app_keys_staff_member_id"), "app_keys", ["staff_member_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("code_digest", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_members.id"], name=op.f("fk_recovery_codes_staff_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_recovery_codes_code_digest")),
    )
    op.create_index(op.f("ix_recovery_codes_staff_member_id"), "recovery_codes", ["staff_member_id"])


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("app_keys")
    with op.batch_alter_table("sign_ins") as table:
        table.drop_column("waits_for")
