import re
from datetime import date

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Address, Affiliation, Company, Person
from rockrobot.db import db
from tests import make

ADDRESS = {"kind": "postal", "street": "Kivitie 2", "postcode": "32800", "city": "Kokemäki", "country": "FI"}


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def views_of(person_id: int) -> int:
    entries = [e for e in rows(LedgerEntry) if e.action == "view" and e.row_id == person_id]
    return len(entries)


def test_companies_are_found_by_name_number_and_phone(office):
    make.company("Louhinta Oy", customer_no="A77", switchboard="03 123 4567")
    make.company("Kivi Oy")

    pages = [office.get("/companies/", query_string={"q": typed}).text for typed in ("louhinta", "a77", "031234567")]

    assert all("Louhinta Oy" in html and "Kivi Oy" not in html for html in pages)


def test_a_company_card_shows_machines_people_and_the_letter_address(office):
    company = make.company("Kivi Oy")
    device = make.device(serial="SP5-0147")
    make.ownership(device, company)
    person = make.person("Aino", "Aho", company=company)
    make.address(company, kind="visiting", street="Käyntikuja 1")
    make.address(company, kind="postal", street="Postikuja 2")

    html = office.get(f"/companies/{company.id}").text

    assert "SP5-0147" in html
    assert "Aino Aho" in html
    assert re.search(r"Postikuja 2.*?Kirjeosoite", html, re.DOTALL)
    assert html.count("Kirjeosoite") == 1
    assert views_of(person.id) == 1


def test_the_workshop_sees_no_people_and_no_addresses_of_a_company(workshop):
    company = make.company("Kivi Oy")
    make.person("Aino", "Aho", company=company)
    make.address(company, street="Salakuja 7")

    html = workshop.get(f"/companies/{company.id}").text

    assert "Kivi Oy" in html
    assert "Aino" not in html
    assert "Salakuja" not in html


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


def test_a_new_company_gets_a_number_and_can_be_undone(office):
    html = office.post("/companies/new", data={"name": "Uusi Oy", "country": "FI"}, follow_redirects=True).text
    numbers = [row.customer_no for row in rows(Company)]
    office.post(re.search(r"/history/\d+/undo", html)[0], data={"back": "/companies/1"})

    assert "Yritys lisätty." in html
    assert numbers == ["K00001"]
    assert rows(Company) == []


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("name", " ", "Kirjoita yrityksen nimi."),
        ("customer_no", "A1", "Asiakasnumero A1 on jo toisella yrityksellä."),
        ("business_id", "2583133-1", "Y-tunnuksen tarkistusnumero ei täsmää."),
        ("email", "ei ole", "Sähköpostiosoite on muotoa"),
    ],
)
def test_a_wrong_field_of_a_company_says_so_and_keeps_the_rest(office, field, typed, error):
    make.company(customer_no="A1")
    form = {"name": "Uusi Oy", "customer_no": "A2", "switchboard": "03 123", "country": "FI"} | {field: typed}

    answer = office.post("/companies/new", data=form)

    assert answer.status_code == 422
    assert error in answer.text
    assert 'value="03 123"' in answer.text


def test_an_imported_business_id_that_is_wrong_does_not_stop_an_edit(office):
    company = make.company("Kivi Oy", business_id="8657070-1", country="FI", customer_no="A1")
    form = {"name": "Kallio Oy", "customer_no": "A1", "business_id": "8657070-1", "country": "FI"}

    office.post(f"/companies/{company.id}/edit", data=form)

    assert [row.name for row in rows(Company)] == ["Kallio Oy"]


def test_a_person_is_added_to_a_company_by_its_number(office):
    company = make.company("Kivi Oy", customer_no="A9")

    office.post("/people/new", data={"first_name": "Aino", "last_name": "Aho", "company": "A9"})
    wrong = office.post("/people/new", data={"last_name": "Aho", "company": "Ei Ole Oy"})

    assert [(row.name, row.person_no) for row in rows(Person)] == [("Aino Aho", "H00001")]
    assert [(row.company_id, row.is_primary) for row in rows(Affiliation)] == [(company.id, True)]
    assert "Yritystä «Ei Ole Oy» ei löydy." in wrong.text


def test_an_address_is_added_corrected_and_ended(office):
    company = make.company()

    office.post(f"/companies/{company.id}/addresses/new", data=ADDRESS | {"valid_from": "1.1.2024"})
    address = rows(Address)[0]
    office.post(f"/addresses/{address.id}/edit", data=ADDRESS | {"street": "Kivitie 3", "valid_from": "1.1.2024"})
    early = office.post(f"/addresses/{address.id}/end", data={"on": "1.1.2023"})
    office.post(f"/addresses/{address.id}/end", data={"on": "tänään"})

    assert early.status_code == 422
    assert "Loppu on ennen alkua." in early.text
    kept = rows(Address)[0]
    assert (kept.street, kept.valid_from, kept.valid_to) == ("Kivitie 3", date(2024, 1, 1), clock.today())


def test_a_finnish_postcode_has_five_digits_and_others_what_they_have(office):
    person = make.person()

    wrong = office.post(f"/people/{person.id}/addresses/new", data=ADDRESS | {"postcode": "3280"})
    office.post(f"/people/{person.id}/addresses/new", data=ADDRESS | {"postcode": "9008", "country": "NO"})

    assert "Suomen postinumerossa on viisi numeroa." in wrong.text
    assert [row.postcode for row in rows(Address)] == ["9008"]


def test_the_history_of_a_company_shows_old_and_new_and_undoes(office):
    company = make.company("Kivi Oy", customer_no="A1", country="FI")
    office.post(f"/companies/{company.id}/edit", data={"name": "Kallio Oy", "customer_no": "A1", "country": "FI"})

    html = office.get(f"/companies/{company.id}").text
    office.post(re.search(r"/history/\d+/undo", html)[0], data={"back": f"/companies/{company.id}"})

    assert "Kivi Oy → Kallio Oy" in html
    assert [row.name for row in rows(Company)] == ["Kivi Oy"]
