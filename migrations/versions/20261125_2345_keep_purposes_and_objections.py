"""Keep purposes, objections and consents

Revision ID: objections
Revises: stays
"""

import sqlalchemy as sa
from alembic import op

revision = "objections"
down_revision = "stays"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purposes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=100), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.String(length=120), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purposes")),
        sa.UniqueConstraint("code", name=op.f("uq_purposes_code")),
    )
    op.create_table(
        "remembered_objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("remembered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_objections")),
    )
    op.create_index(op.f("ix_remembered_objections_digest"), "remembered_objections", ["digest"])
    _make_choices("consents", sa.Column("wording", sa.Text(), nullable=False))
    _make_choices(
        "objections",
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("remembered_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_objections_consent_id")),
        sa.ForeignKeyConstraint(
            ["remembered_id"], ["remembered_objections.id"], name=op.f("fk_objections_remembered_id")
        ),
        sa.UniqueConstraint("consent_id", name=op.f("uq_objections_consent_id")),
    )
    op.create_table(
        "objection_lifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_objection_lifts_consent_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["objections.id"], name=op.f("fk_objection_lifts_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_lifts")),
    )
    op.create_index(op.f("ix_objection_lifts_objection_id"), "objection_lifts", ["objection_id"])
    op.create_index(op.f("ix_objection_lifts_consent_id"), "objection_lifts", ["consent_id"])


def _make_choices(name: str, *rest: sa.schema.SchemaItem) -> None:
    """Objections and consents say the same of who, what, when and how."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("told", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        *rest,
        sa.CheckConstraint("(company_id IS NULL) <> (person_id IS NULL)", name=op.f(f"ck_{name}_one_party")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f(f"fk_{name}_company_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_company_id"), name, ["company_id"])
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def downgrade() -> None:
    for name in ("objection_lifts", "objections", "consents", "remembered_objections", "purposes"):
        op.drop_table(name)
