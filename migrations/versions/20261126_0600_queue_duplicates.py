"""Queue pairs of records that may be one, and keep what people decided of them

Revision ID: duplicates
Revises: purposes_of_looking
"""

import sqlalchemy as sa
from alembic import op

revision = "duplicates"
down_revision = "purposes_of_looking"
branch_labels = None
depends_on = None

PARTIES = {"person": "people", "company": "companies"}


def upgrade() -> None:
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("kind", "first_id", "second_id", name=op.f("uq_duplicate_pairs_kind_first_id_second_id")),
    )
    op.create_index(op.f("ix_duplicate_pairs_kind_duplicate_pairs_second_id"), "duplicate_pairs", ["kind", "second_id"])
    op.create_table(
        "not_same",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(f"{place}_{party}_id", sa.Integer(), nullable=True)
            for party in PARTIES
            for place in ("first", "second")
        ),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN first_person_id < second_person_id AND first_company_id IS NULL AND second_company_id IS NULL"
            " THEN 1 WHEN first_company_id < second_company_id AND first_person_id IS NULL AND second_person_id IS NULL"
            " THEN 1 ELSE 0 END = 1",
            name=op.f("ck_not_same_one_pair"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{place}_{party}_id"], [f"{table}.id"], name=op.f(f"fk_not_same_{place}_{party}_id")
            )
            for party, table in PARTIES.items()
            for place in ("first", "second")
        ),
        *(
            sa.UniqueConstraint(
                f"first_{party}_id", f"second_{party}_id", name=op.f(f"uq_not_same_first_{party}_id_second_{party}_id")
            )
            for party in PARTIES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_same")),
        sqlite_autoincrement=True,
    )
    for party in PARTIES:
        op.create_index(op.f(f"ix_not_same_second_{party}_id"), "not_same", [f"second_{party}_id"])


def downgrade() -> None:
    op.drop_table("not_same")
    op.drop_table("duplicate_pairs")
