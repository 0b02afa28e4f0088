"""Territories, and the importer that a new enquiry is proposed to."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rockrobot.contacts.rules import ContactType
from rockrobot.db import db
from rockrobot.importers import actions, queries
from rockrobot.importers.models import Territory
from rockrobot.importers.rules import PostcodeError, importer_for, read_postcode
from tests import make


@dataclass
class Area:
    id: int
    country: str
    postcode_from: str = ""
    postcode_to: str = ""


NORWAY, NORTH, TROMSO = Area(1, "NO"), Area(2, "NO", "7500", "9999"), Area(3, "NO", "9000", "9299")
SWEDEN, FINLAND = Area(4, "SE"), Area(5, "FI")
AREAS = (NORWAY, NORTH, TROMSO, SWEDEN, FINLAND)


def importer(name="Import AS", **rest):
    return make.company(name, **({"country": "NO", "contact_type": ContactType.IMPORTER} | rest))


def territory(company=None, **rest) -> Territory:
    made = actions.add_territory(company or importer(), **({"country": "NO", "email": "post@import.example"} | rest))
    db.session.commit()
    return made


@pytest.mark.parametrize(
    ("country", "postcode", "area"),
    [
        ("NO", "9008", TROMSO),
        ("NO", "N-9299", TROMSO),
        ("NO", "7500", NORTH),
        ("NO", "0150", NORWAY),
        ("NO", "", NORWAY),
        ("NO", "ei tiedossa", NORWAY),
        ("SE", "SE-123 45", SWEDEN),
        ("DK", "1000", None),
        ("FI", "00100", None),
        ("DE", "10115", None),
        ("", "9008", None),
        ("no", "9008", None),
    ],
)
def test_the_narrowest_territory_is_proposed_in_three_countries_and_nowhere_else(country, postcode, area):
    assert importer_for(country, postcode, AREAS) is area


def test_nobody_who_is_a_customer_already_is_proposed_to_an_importer():
    assert importer_for("NO", "9008", AREAS, is_customer=True) is None


@pytest.mark.parametrize(
    ("typed", "country", "code"),
    [("SE-123 45", "SE", "12345"), ("s 123 45", "SE", "12345"), ("DK-8000", "DK", "8000"), ("", "NO", "")],
)
def test_a_postcode_is_read_as_people_write_it(typed, country, code):
    assert read_postcode(typed, country) == code


@pytest.mark.parametrize(("typed", "country"), [("12345", "NO"), ("1234", "SE"), ("SE-12345", "NO"), ("٩٠٠٨", "NO")])
def test_what_is_no_postcode_of_the_country_is_refused(typed, country):
    with pytest.raises(PostcodeError):
        read_postcode(typed, country)


def test_only_companies_that_import_still_serve_anything(database):
    mine = territory(importer())
    territory(importer("Entinen AS", contact_type="asiakas"))
    territory(importer("Yhdistetty AS", merged_into_id=mine.company_id))

    assert [row.id for row in queries.territories_in("NO")] == [mine.id]


@pytest.mark.parametrize("values", [{"country": "FI"}, {"country": "DE"}, {"postcode_from": "9000"}])
def test_the_database_refuses_another_country_and_half_a_range(database, values):
    company = importer()

    with pytest.raises(IntegrityError):
        actions.add_territory(company, **({"country": "NO", "email": "post@import.example"} | values))


def test_a_territory_is_added_changed_and_taken_away(office):
    company = importer()
    path = f"/companies/{company.id}/territories/new"
    said = {"country": "SE", "postcode_from": "100 00", "postcode_to": "SE-199 99", "email": "info@import.example"}

    form = office.get(path).text
    office.post(path, data=said)
    added = db.session.scalars(select(Territory)).one()
    told = (added.country, added.postcode_from, added.postcode_to)
    office.post(f"/territories/{added.id}/edit", data=said | {"postcode_from": "", "postcode_to": ""})
    html = office.get("/importers/").text
    office.post(f"/territories/{added.id}/delete")

    assert company.name in form
    assert told == ("SE", "10000", "19999")
    assert "info@import.example" in html
    assert "10000" not in html
    assert db.session.scalar(select(Territory)) is None


def test_what_is_wrong_with_a_territory_is_told_beside_its_field(office):
    said = {"country": "SE", "postcode_from": "10000", "postcode_to": "19999", "email": "info@import.example"}
    faults = {
        'class="error"': {"country": "FI"},
        "Postinumerossa on tässä maassa 5 numeroa.": {"postcode_from": "123"},
        "Kirjoita molemmat postinumerot": {"postcode_to": ""},
        "Viimeinen postinumero on ennen ensimmäistä.": {"postcode_to": "00001"},
        "Kirjoita osoite, johon yhteydenotot ohjataan.": {"email": ""},
        "Sähköpostiosoite on muotoa": {"email": "info"},
        "Tähän osoitteeseen ei voi lähettää": {"email": "post..x@import.example"},
    }
    path = f"/companies/{importer().id}/territories/new"

    answers = {told: office.post(path, data=said | wrong) for told, wrong in faults.items()}

    assert {answer.status_code for answer in answers.values()} == {422}
    assert [told for told, answer in answers.items() if told not in answer.text] == []
    assert db.session.scalar(select(Territory)) is None


def test_a_company_that_imports_nothing_gets_no_territory(office):
    assert office.get(f"/companies/{make.company().id}/territories/new").status_code == 409


def test_the_territories_of_a_company_that_imports_no_more_are_seen_and_proposed_to_nobody(office):
    company = importer()
    actions.add_territory(company, country="NO", email="post@import.example")
    company.contact_type = ContactType.CUSTOMER
    db.session.commit()

    html = office.get("/importers/").text

    assert "Ei enää maahantuoja" in html
    assert "post@import.example" in html
    assert "Lisää alue" not in html
    assert queries.territories_in("NO") == []
