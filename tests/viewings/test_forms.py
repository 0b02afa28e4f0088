"""A form that is sent and not stored shows people too: each time it does, the ledger says so."""

import pytest
from sqlalchemy import func, select

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Person
from rockrobot.db import db
from tests import make

FORMS = {
    "/people/1/edit": {"first_name": "", "last_name": ""},
    "/people/1/events/new": {"channel": "phone", "text": ""},
    "/people/1/consents/new": {"told_on": "ei mikään päivä"},
    "/merges/people/1/2": {},
}


@pytest.fixture
def two(office):
    people = [make.person("Aino", "Aho"), make.person("Eero", "Eho")]
    db.session.commit()
    assert [person.id for person in people] == [1, 2]


def views():
    """Event, person and number of the views of people."""
    views = select(ChangeSet.event, LedgerEntry.row_id, func.count()).join(
        LedgerEntry, LedgerEntry.change_set_id == ChangeSet.id
    )
    views = views.where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    return {tuple(row) for row in db.session.execute(views.group_by(ChangeSet.event, LedgerEntry.row_id))}


@pytest.mark.parametrize("address", FORMS)
def test_a_form_with_errors_is_a_view_of_whom_it_shows(office, two, address):
    answer = office.post(address, data=FORMS[address])

    assert answer.status_code == 422
    assert "Aho" in answer.text
    assert 1 in {person_id for _, person_id, _ in views()}


def test_what_a_form_had_begun_to_change_is_not_stored_with_its_view(office, two):
    typed = {"first_name": "", "last_name": "", "idempotency_key": "k" * 20}
    office.post("/people/1/edit", data=typed)

    again = office.post("/people/1/edit", data=typed | {"first_name": "Anni", "last_name": "Aho", "language": "fi"})

    assert again.status_code == 303
    assert db.session.get(Person, 1).first_name == "Anni"


def test_a_change_and_its_view_are_one_act(office, two):
    answer = office.post("/people/1/edit", data={"first_name": "Anni", "last_name": "Aho", "language": "fi"})

    assert answer.status_code == 303
    assert views() == {("people.edit", 1, 1)}
