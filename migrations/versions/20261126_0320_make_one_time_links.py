"""Make one-time links for choosing a password

Revision ID: one_time_links
Revises: throttles
"""

import sqlalchemy as sa
from alembic import op

revision = "one_time_links"
down_revision = "throttles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff_members") as table:
        table.add_column(sa.Column("password_set_at", sa.DateTime(), nullable=True))
    op.create_table(
        "one_time_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_members.id"], name=op.f("fk_one_time_links_staff_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_one_time_links_token_digest")),
    )
    op.create_index(op.f("ix_one_time_links_staff_member_id"), "one_time_links", ["staff_member_id"])


def downgrade() -> None:
    op.drop_table("one_time_links")
    with op.batch_alter_table("staff_members") as table:
        table.drop_column("password_set_at")
