"""Write down what was disclosed to an importer

Revision ID: disclosures
Revises: plain_mail
"""

import sqlalchemy as sa
from alembic import op

revision = "disclosures"
down_revision = "plain_mail"
branch_labels = None
depends_on = None
TABLE = "disclosures"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enquiry_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("outbox_message_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("sent_fields", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("country IN ('NO', 'SE', 'DK')", name=op.f("ck_disclosures_may_be_referred")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiries.id"], name=op.f("fk_disclosures_enquiry_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_disclosures_company_id")),
        sa.ForeignKeyConstraint(
            ["outbox_message_id"], ["outbox_messages.id"], name=op.f("fk_disclosures_outbox_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        sa.UniqueConstraint("enquiry_id", name=op.f("uq_disclosures_enquiry_id")),
        sa.UniqueConstraint("outbox_message_id", name=op.f("uq_disclosures_outbox_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_disclosures_company_id"), TABLE, ["company_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
