"""Keep tags and what they stand on

Revision ID: tags
Revises: searchterms
"""

import sqlalchemy as sa
from alembic import op

revision = "tags"
down_revision = "searchterms"
branch_labels = None
depends_on = None
OWNERS = {"person_id": "people", "company_id": "companies", "device_id": "devices", "worksite_id": "worksites"}


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=180), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tags_name_key")),
        sqlite_autoincrement=True,
    )
    one_owner = " + ".join(f"CASE WHEN {key} IS NULL THEN 0 ELSE 1 END" for key in OWNERS)
    op.create_table(
        "taggings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        *(sa.Column(key, sa.Integer()) for key in OWNERS),
        sa.CheckConstraint(f"{one_owner} = 1", name=op.f("ck_taggings_one_owner")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_taggings_tag_id")),
        *(
            sa.ForeignKeyConstraint([key], [f"{table}.id"], name=op.f(f"fk_taggings_{key}"))
            for key, table in OWNERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taggings")),
        *(sa.UniqueConstraint("tag_id", key, name=op.f(f"uq_taggings_tag_id_{key}")) for key in OWNERS),
        sqlite_autoincrement=True,
    )
    for key in OWNERS:
        op.create_index(op.f(f"ix_taggings_{key}"), "taggings", [key])


def downgrade() -> None:
    op.drop_table("taggings")
    op.drop_table("tags")
