"""List the phones and computers of the staff, their checks and the sign-ins made on them

Revision ID: staff_devices
Revises: passkeys
"""

import sqlalchemy as sa
from alembic import op

revision = "staff_devices"
down_revision = "passkeys"
branch_labels = None
depends_on = None

FINDINGS = ("screen_lock", "firewall", "security_software", "disk_encryption")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "staff_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("serial", sa.String(80), nullable=False),
        sa.Column("link_digest", sa.String(64), nullable=True),
        sa.Column("link_ends_at", sa.DateTime(), nullable=True),
        sa.Column("key_digest", sa.String(64), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(), nullable=True),
        sa.Column("lost_on", sa.Date(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        _key("staff_devices", "owner_id", "staff_members"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_devices")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_staff_devices_link_digest")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_staff_devices_key_digest")),
    )
    op.create_index(op.f("ix_staff_devices_owner_id"), "staff_devices", ["owner_id"])
    op.create_table(
        "device_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(40), nullable=False) for name in FINDINGS),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("checked_by", sa.String(80), nullable=False),
        _key("device_checks", "device_id", "staff_devices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_checks")),
    )
    op.create_index(
        op.f("ix_device_checks_device_id_device_checks_checked_on"), "device_checks", ["device_id", "checked_on"]
    )
    op.create_table(
        "device_sign_ins",
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        _key("device_sign_ins", "sign_in_id", "sign_ins"),
        _key("device_sign_ins", "device_id", "staff_devices"),
        sa.PrimaryKeyConstraint("sign_in_id", name=op.f("pk_device_sign_ins")),
    )
    op.create_index(op.f("ix_device_sign_ins_device_id"), "device_sign_ins", ["device_id"])


def downgrade() -> None:
    op.drop_table("device_sign_ins")
    op.drop_table("device_checks")
    op.drop_table("staff_devices")
