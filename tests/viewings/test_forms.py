"""A form that is sent and not stored shows people too: each time it does, the ledger says so."""

import pytest
from sqlalchemy import func, select

from rockrobot import ledger, shown
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


def test_a_view_is_due_until_a_commit_has_carried_it(two):
    shown.forget()

    ledger.log_view([1])
    db.session.rollback()
    make.company("Louhinta Oy")
    db.session.commit()
    ledger.log_view([2])
    with db.session.begin_nested():
        db.session.get(Person, 2).first_name = "Eetu"
    db.session.rollback()
    ledger.log_view([2])
    db.session.commit()

    assert shown.take_due() == (("view", "people", 1, None),)
    assert {(person_id, count) for _, person_id, count in views()} == {(2, 1)}


def test_a_view_that_a_savepoint_carried_is_due_when_the_whole_is_taken_back(two):
    shown.forget()

    ledger.log_view([2])
    with db.session.begin_nested():
        db.session.get(Person, 2).first_name = "Eetu"
    db.session.rollback()

    assert shown.take_due() == (("view", "people", 2, None),)
