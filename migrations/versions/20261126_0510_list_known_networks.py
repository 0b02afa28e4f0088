"""List the networks that the staff work in, and what becomes of whoever comes from elsewhere

Revision ID: known_networks
Revises: staff_devices
"""

import sqlalchemy as sa
from alembic import op

revision = "known_networks"
down_revision = "staff_devices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_networks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("cidr", sa.String(50), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_networks")),
        sa.UniqueConstraint("cidr", name=op.f("uq_known_networks_cidr")),
    )
    op.create_table(
        "entry_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unlisted_network", sa.String(40), nullable=False),
        sa.Column("unlisted_device", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_rules")),
    )


def downgrade() -> None:
    op.drop_table("entry_rules")
    op.drop_table("known_networks")
