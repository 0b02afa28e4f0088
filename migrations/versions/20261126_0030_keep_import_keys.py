"""Keep import keys and column mappings

Revision ID: importkeys
Revises: events
"""

import sqlalchemy as sa
from alembic import op

revision = "importkeys"
down_revision = "events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mappings")),
        sa.UniqueConstraint("name", name=op.f("uq_column_mappings_name")),
    )
    op.create_table(
        "import_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.CheckConstraint("(company_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_import_keys_one_owner")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_import_keys_company_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_import_keys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_keys")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_import_keys_source_key")),
    )
    op.create_index(op.f("ix_import_keys_company_id"), "import_keys", ["company_id"])
    op.create_index(op.f("ix_import_keys_person_id"), "import_keys", ["person_id"])
    with op.batch_alter_table("import_runs") as table:
        table.add_column(sa.Column("room", sa.String(length=40), server_default="imports", nullable=False))
        table.add_column(sa.Column("choice", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("import_runs") as table:
        table.alter_column("room", server_default=None)
        table.alter_column("choice", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("import_runs") as table:
        table.drop_column("choice")
        table.drop_column("room")
    op.drop_table("import_keys")
    op.drop_table("column_mappings")
