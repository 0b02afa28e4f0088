"""Give phones, e-mail, employers and worksites rows of their own

Revision ID: 0002
Revises: 0001
"""

import json

import phonenumbers
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

POINTS = (
    ("companies", "company_id", "switchboard", "switchboard"),
    ("companies", "company_id", "email", "email"),
    ("people", "person_id", "direct_phone", "direct"),
    ("people", "person_id", "email", "email"),
)


def upgrade() -> None:
    _make_tables()
    _move_facts()
    with op.batch_alter_table("people") as table:
        table.drop_index(op.f("ix_people_company_id"))
        table.drop_constraint(op.f("fk_people_company_id"), type_="foreignkey")
        for name in ("company_id", "title", "direct_phone", "email"):
            table.drop_column(name)
        table.add_column(sa.Column("contact_type", sa.String(length=60), server_default="", nullable=False))
    with op.batch_alter_table("people") as table:
        table.alter_column("contact_type", server_default=None)
    with op.batch_alter_table("companies") as table:
        for name in ("switchboard", "email"):
            table.drop_column(name)


def _make_tables() -> None:
    op.create_table(
        "affiliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_affiliations_company_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_affiliations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliations")),
    )
    op.create_index(
        op.f("ix_affiliations_person_id_affiliations_is_primary"), "affiliations", ["person_id", "is_primary"]
    )
    op.create_index(op.f("ix_affiliations_company_id"), "affiliations", ["company_id"])
    op.create_table(
        "worksites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("access_note", sa.Text(), nullable=False),
        sa.Column("latitude_microdegrees", sa.Integer(), nullable=True),
        sa.Column("longitude_microdegrees", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_worksites_address_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["people.id"], name=op.f("fk_worksites_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worksites")),
        sa.UniqueConstraint("address_id", name=op.f("uq_worksites_address_id")),
    )
    op.create_index(op.f("ix_worksites_contact_id"), "worksites", ["contact_id"])
    op.create_table(
        "contact_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("worksite_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("raw", sa.String(length=254), nullable=False),
        sa.Column("normal", sa.String(length=254), nullable=False),
        sa.Column("extension", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN company_id IS NULL THEN 0 ELSE 1 END + CASE WHEN person_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN worksite_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_contact_points_one_owner"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_contact_points_company_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contact_points_person_id")),
        sa.ForeignKeyConstraint(["worksite_id"], ["worksites.id"], name=op.f("fk_contact_points_worksite_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
    )
    op.create_index(op.f("ix_contact_points_company_id_contact_points_kind"), "contact_points", ["company_id", "kind"])
    op.create_index(op.f("ix_contact_points_person_id_contact_points_kind"), "contact_points", ["person_id", "kind"])
    op.create_index(op.f("ix_contact_points_worksite_id"), "contact_points", ["worksite_id"])
    op.create_index(op.f("ix_contact_points_normal"), "contact_points", ["normal"])


def _move_facts() -> None:
    connection = op.get_bind()
    inspected = sa.MetaData()
    inspected.reflect(
        connection, only=("companies", "people", "addresses", "contact_points", "affiliations", "worksites")
    )
    tables = inspected.tables
    for source, key, column, kind in POINTS:
        owner = tables[source]
        rows = connection.execute(sa.select(owner.c.id, owner.c[column]).where(owner.c[column] != "")).all()
        values = [
            {
                key: id_,
                "kind": kind,
                "raw": raw,
                "normal": _normal(kind, raw),
                "extension": "",
                "note": "",
                "source": "other",
                "is_primary": True,
            }
            for id_, raw in rows
        ]
        if values:
            connection.execute(tables["contact_points"].insert(), values)
    people = tables["people"]
    told = sa.or_(people.c.company_id.is_not(None), people.c.title != "")
    rows = connection.execute(sa.select(people.c.id, people.c.company_id, people.c.title).where(told)).all()
    values = [{"person_id": i, "company_id": c, "title": t, "role": "", "is_primary": True} for i, c, t in rows]
    if values:
        connection.execute(tables["affiliations"].insert(), values)
    address = tables["addresses"]
    places = connection.execute(sa.select(address.c.id, address.c.street).where(address.c.kind == "worksite")).all()
    if places:
        connection.execute(
            tables["worksites"].insert(), [{"address_id": i, "name": s, "access_note": ""} for i, s in places]
        )
    _name_marks(connection, people, {"company_id": "customer_no"})


def _name_marks(connection: sa.Connection, table: sa.Table, names: dict[str, str]) -> None:
    """What a person changed by hand is told by the format's columns where it stands in rows of its own."""
    for id_, marks in connection.execute(sa.select(table.c.id, table.c.hand_changed)).all():
        old = json.loads(marks) if isinstance(marks, str) else marks or []
        new = sorted({names.get(mark, mark) for mark in old})
        if new != sorted(old):
            stored = json.dumps(new) if isinstance(marks, str) else new
            connection.execute(table.update().where(table.c.id == id_).values(hand_changed=stored))


def _normal(kind: str, raw: str) -> str:
    if kind == "email":
        return raw.strip().lower()
    try:
        number = phonenumbers.parse(raw, "FI")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        return "".join(sign for sign in raw if sign.isdigit())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def downgrade() -> None:
    with op.batch_alter_table("companies") as table:
        table.add_column(sa.Column("switchboard", sa.String(length=60), server_default="", nullable=False))
        table.add_column(sa.Column("email", sa.String(length=254), server_default="", nullable=False))
    with op.batch_alter_table("people") as table:
        table.drop_column("contact_type")
        table.add_column(sa.Column("company_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("title", sa.String(length=120), server_default="", nullable=False))
        table.add_column(sa.Column("direct_phone", sa.String(length=60), server_default="", nullable=False))
        table.add_column(sa.Column("email", sa.String(length=254), server_default="", nullable=False))
        table.create_foreign_key(op.f("fk_people_company_id"), "companies", ["company_id"], ["id"])
        table.create_index(op.f("ix_people_company_id"), ["company_id"])
    _move_back()
    for table_name in ("contact_points", "worksites", "affiliations"):
        op.drop_table(table_name)


def _move_back() -> None:
    connection = op.get_bind()
    inspected = sa.MetaData()
    inspected.reflect(connection, only=("companies", "people", "contact_points", "affiliations"))
    tables = inspected.tables
    points, affiliations = tables["contact_points"], tables["affiliations"]
    for target, key, column, kind in POINTS:
        owner = tables[target]
        chosen = points.select().where(points.c.kind == kind, points.c.is_primary, points.c[key].is_not(None))
        for row in connection.execute(chosen).mappings().all():
            connection.execute(
                owner.update()
                .where(owner.c.id == row[key])
                .values({column: row["raw"][:60] if kind != "email" else row["raw"]})
            )
    people = tables["people"]
    for row in connection.execute(affiliations.select().where(affiliations.c.is_primary)).mappings().all():
        values = {"company_id": row["company_id"], "title": row["title"]}
        connection.execute(people.update().where(people.c.id == row["person_id"]).values(values))
