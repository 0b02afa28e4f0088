from datetime import date

from sqlalchemy import select

from rockrobot import clock
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Address
from rockrobot.db import db
from tests import make

ADDRESS = {"kind": "postal", "street": "Kivitie 2", "postcode": "32800", "city": "Kokemäki", "country": "FI"}


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def views_of(person_id: int) -> int:
    entries = [e for e in rows(LedgerEntry) if e.action == "view" and e.row_id == person_id]
    return len(entries)


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


def test_an_address_leads_to_the_map_of_the_phone_and_to_nobody_outside(office):
    company = make.company()
    make.address(company, street="Kivi & Sora 1")
    make.address(company, street="Vanha tie 1", valid_to=date(2020, 1, 1))

    page = office.get(f"/companies/{company.id}").text

    assert 'href="geo:0,0?q=Kivi%20%26%20Sora%201%2C%2032800%20Kokem%C3%A4ki"' in page
    assert page.count('href="geo:') == 1
    assert 'href="http' not in page
