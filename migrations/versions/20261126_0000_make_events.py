"""Make the timeline: events, whom and what they concern, follow-ups

Revision ID: events
Revises: merged
"""

import sqlalchemy as sa
from alembic import op

revision = "events"
down_revision = "merged"
branch_labels = None
depends_on = None

LINKS = (
    ("event_people", "person_id", "people"),
    ("event_companies", "company_id", "companies"),
    ("event_devices", "device_id", "devices"),
    ("event_worksites", "worksite_id", "worksites"),
)


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_reference"), "events", ["reference"])
    for table, column, target in LINKS:
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("event_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f(f"fk_{table}_event_id")),
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sqlite_autoincrement=True,
        )
        op.create_index(op.f(f"ix_{table}_event_id"), table, ["event_id"])
        op.create_index(op.f(f"ix_{table}_{column}_{table}_event_id"), table, [column, "event_id"])
    op.create_table(
        "event_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assigned_to_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["assigned_to_id"], ["staff_members.id"], name=op.f("fk_event_tasks_assigned_to_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_tasks_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_tasks")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_tasks_event_id"), "event_tasks", ["event_id"])
    op.create_index(op.f("ix_event_tasks_due_on"), "event_tasks", ["due_on"])


def downgrade() -> None:
    op.drop_table("event_tasks")
    for table, _, _ in LINKS:
        op.drop_table(table)
    op.drop_table("events")
