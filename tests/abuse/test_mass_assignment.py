"""A form changes the fields that it shows, whatever else is sent with it."""

import re

import pytest
from sqlalchemy import select

from rockrobot.contacts.models import Company, Person
from rockrobot.db import Base, db
from rockrobot.parts.models import Part
from rockrobot.staff.models import StaffMember
from tests.abuse.fuzz import newest_write
from tests.conftest import ON_ONE_DATABASE
from tests.test_access_table import digest
from tests.test_edits import edit_pages, opened
from tests.walk import ok

pytestmark = ON_ONE_DATABASE  # no matter of the database
MORE = {"is_admin", "is_demo", "roles", "actor", "approved", "state", "created_by", "password"}
ODD = "9"


def with_everything(form: dict[str, str], shown: set[str]) -> dict[str, str]:
    """A form with a value for the name of every column there is, save those that it asks for itself."""
    columns = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    return dict.fromkeys((columns | MORE) - shown, ODD) | form


def names_on(page: str) -> set[str]:
    """The names of the fields of a page; a list of fields counts by its first word."""
    return {name.partition("-")[0] for name in re.findall(r'name="([^"]+)"', page)}


def test_the_name_of_any_column_beside_a_form_changes_nothing(office):
    """I6: each form of a stored row, sent as it came but for a value for every column of every table."""
    pages = [path for path, _name, _value in edit_pages()]
    forms = [(path, opened(office, path), names_on(office.get(path).text)) for path in pages]
    before, newest = digest(), newest_write()

    answers = [office.post(path, data=with_everything(form, shown)) for path, form, shown in forms]

    assert [answer.status_code for answer in answers] == [303] * len(forms)
    assert {name for name, rows in digest().items() if rows != before[name]} <= {"change_sets", "ledger_entries"}
    assert newest_write() == newest  # that the forms were looked at is written down


@pytest.mark.parametrize(
    ("path", "model", "form"),
    [
        ("/people/new", Person, {"last_name": "Aho"}),
        ("/companies/new", Company, {"name": "Kivi Oy", "country": "FI"}),
        ("/parts/new", Part, {"part_no": "PT-9", "name": "Tiiviste"}),
    ],
)
def test_a_new_row_takes_what_its_form_shows_and_nothing_else(office, path, model, form):
    """I6: the number, who made it and what it was merged into are the house's, not the sender's."""
    shown = names_on(office.get(path).text)

    ok(office.post(path, data=with_everything(form, shown)))

    row = db.session.scalars(select(model)).one()
    taken = {column.name for column in model.__table__.columns if str(getattr(row, column.name)) == ODD}
    assert taken == set()


def test_nobody_is_made_an_administrator_by_a_field_of_their_own_form(workshop):
    """I6: the forms of one's own account know no role."""
    for path, form in (
        ("/theme", {"theme": "dark"}),
        ("/purpose", {"purpose": "contact"}),
    ):
        workshop.post(path, data=form | {"role": "administrator", "is_active": "", "email": "x@evil.example"})

    member = db.session.get_one(StaffMember, workshop.member_id)
    assert (member.role, member.is_active) == ("workshop", True)
    assert "evil" not in member.email
