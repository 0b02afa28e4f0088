import pytest
from sqlalchemy import select

from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Affiliation, Person
from rockrobot.db import db
from tests import make

ADDRESS = {"kind": "postal", "street": "Kivitie 2", "postcode": "32800", "city": "Kokemäki", "country": "FI"}


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def views_of(person_id: int) -> int:
    entries = [e for e in rows(LedgerEntry) if e.action == "view" and e.row_id == person_id]
    return len(entries)


def test_looking_at_a_person_or_a_list_of_people_is_logged(protection):
    person = make.person("Aino", "Aho")

    card, listed = protection.get(f"/people/{person.id}"), protection.get("/people/")

    assert "Aino Aho" in card.text
    assert "Aino Aho" in listed.text
    assert views_of(person.id) == 2


@pytest.mark.parametrize("path", ["/people/", "/people/1", "/people/new", "/addresses/1/edit"])
def test_the_workshop_and_the_administrator_see_no_people(workshop, administrator, path):
    assert workshop.get(path).status_code == 403
    assert administrator.get(path).status_code == 403


def test_data_protection_changes_nothing(protection):
    company = make.company()

    answers = [
        protection.post(path, data={"name": "X"})
        for path in (f"/companies/{company.id}/edit", "/companies/new", f"/companies/{company.id}/addresses/new")
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_a_person_is_added_to_a_company_by_its_number(office):
    company = make.company("Kivi Oy", customer_no="A9")

    office.post("/people/new", data={"first_name": "Aino", "last_name": "Aho", "company": "A9"})
    wrong = office.post("/people/new", data={"last_name": "Aho", "company": "Ei Ole Oy"})

    assert [(row.name, row.person_no) for row in rows(Person)] == [("Aino Aho", "H00001")]
    assert [(row.company_id, row.is_primary) for row in rows(Affiliation)] == [(company.id, True)]
    assert "Yritystä «Ei Ole Oy» ei löydy." in wrong.text
