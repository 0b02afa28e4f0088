"""Let an e-mail go that carries no letter

Revision ID: plain_mail
Revises: calendar_readings
"""

import sqlalchemy as sa
from alembic import op

from rockrobot import ledger

revision = "plain_mail"
down_revision = "calendar_readings"
branch_labels = None
depends_on = None
TABLE = "outbox_messages"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("letter_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    token = ledger.writing.set(True)  # the schema before knows no mail without a letter
    op.execute("DELETE FROM outbox_messages WHERE letter_id IS NULL")
    ledger.writing.reset(token)
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("letter_id", existing_type=sa.Integer(), nullable=False)
