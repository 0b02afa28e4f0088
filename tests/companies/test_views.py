import re

import pytest
from sqlalchemy import select

from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Company
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


def test_the_history_of_a_company_shows_old_and_new_and_undoes(office):
    company = make.company("Kivi Oy", customer_no="A1", country="FI")
    office.post(f"/companies/{company.id}/edit", data={"name": "Kallio Oy", "customer_no": "A1", "country": "FI"})

    html = office.get(f"/companies/{company.id}").text
    office.post(re.search(r"/history/\d+/undo", html)[0], data={"back": f"/companies/{company.id}"})

    assert "Kivi Oy → Kallio Oy" in html
    assert [row.name for row in rows(Company)] == ["Kivi Oy"]
