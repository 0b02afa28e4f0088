"""The pages of merging: choosing the other record, side by side, redirects of the merged one, and apart again."""

import re

import pytest
from sqlalchemy import select

from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.merges.queries import EVENT
from tests import make


def merge_through_the_page(office, kind, kept, other):
    """Open the page, take what it proposes, merge; the answer."""
    address = f"/merges/{kind}/{kept.id}/{other.id}"
    html = office.get(address).text
    proposed = dict(re.findall(r'type="radio" name="([^"]+)"[^>]* value="([^"]+)" checked', html))
    return office.post(address, data=proposed)


def undo_of(answer, office):
    """The address behind the Undo button of the notice on the page that an answer leads to."""
    return re.search(r'action="(/history/\d+/undo)"', office.get(answer.location).text)[1]


def test_the_page_shows_every_differing_field_and_what_moves(office):
    kept = make.company("Kivi Oy", business_id="1234567-1", language="fi")
    other = make.company("Kivi Oy Ab", language="fi")
    make.address(other)

    html = office.get(f"/merges/companies/{kept.id}/{other.id}").text

    assert set(re.findall(r'name="field-(\w+)"', html)) == {"name", "business_id"}
    assert "Osoite 1" in html
    assert "kieli suomi" in html


def test_merging_and_undo_from_the_notice(office):
    kept, other = make.person("Aino", "Aho"), make.person("Aino", "Aaho")

    answer = merge_through_the_page(office, "people", kept, other)
    address = undo_of(answer, office)
    merged_into = db.session.get(Person, other.id).merged_into_id
    undone = office.post(address, data={"back": "/"})

    assert merged_into == kept.id
    assert db.session.get(Person, other.id, populate_existing=True).merged_into_id is None
    assert undone.location.startswith("/merges/")
    assert "Purettu" in office.get(undone.location).text


@pytest.mark.parametrize("path", ["", "/edit", "/contact-points/new", "/addresses/new"])
def test_the_old_address_of_a_merged_company_leads_to_the_kept_one(office, path):
    kept, other = make.company(), make.company()
    merge_through_the_page(office, "companies", kept, other)

    answer = office.get(f"/companies/{other.id}{path}")

    assert (answer.status_code, answer.location) == (303, f"/companies/{kept.id}{path}")


def test_a_form_of_the_merged_record_saves_nothing_and_leads_to_the_kept_one(office):
    kept, other = make.person("Aino", "Aho"), make.person("Aino", "Aaho")
    merge_through_the_page(office, "people", kept, other)

    answer = office.post(f"/people/{other.id}/edit", data={"first_name": "Eino", "last_name": "Aaho"})

    assert answer.location == f"/people/{kept.id}"
    assert {row.first_name for row in db.session.scalars(select(Person))} == {"Aino"}


def test_a_redirect_never_leaves_the_house(office):
    kept, other = make.company(), make.company()
    merge_through_the_page(office, "companies", kept, other)

    answer = office.get(f"/companies/{other.id}?_external=1&_scheme=https&page=2")

    assert answer.location == f"/companies/{kept.id}?page=2"


def test_a_merged_record_is_in_no_list_and_its_number_finds_the_kept_one(office):
    kept, other = make.company("Kivi Oy"), make.company("Kiwi Oy", customer_no="VANHA-77")
    merge_through_the_page(office, "companies", kept, other)

    listed = office.get("/companies/").text
    found = office.get("/search?q=VANHA-77&go=1")
    machines = office.get(f"/devices/?company={other.id}")

    assert "Kiwi Oy" not in listed
    assert found.location == f"/companies/{kept.id}"
    assert machines.location == f"/devices/?company={kept.id}"


def test_the_card_names_the_numbers_that_were_merged_and_keeps_both_histories(office):
    kept, other = make.person("Aino", "Aho"), make.person("Aino", "Aaho")
    office.post(f"/people/{other.id}/edit", data={"first_name": "Aina", "last_name": "Aaho"})
    merge_through_the_page(office, "people", kept, other)

    html = office.get(f"/people/{kept.id}").text

    assert other.person_no in html
    assert "Aino → Aina" in html
    assert "Tiedot yhdistetty" in html


def test_the_other_record_is_chosen_by_its_number_or_name(office):
    kept, other = make.person("Aino", "Aho"), make.person("Aino", "Aaho")

    answer = office.post(f"/merges/people/{kept.id}", data={"other": "Aino Aaho"})

    assert answer.location == f"/merges/people/{kept.id}/{other.id}"


def test_a_company_is_not_merged_with_a_person(office):
    person, company = make.person(), make.company("Kivi Oy")

    answer = office.post(f"/merges/people/{person.id}", data={"other": "Kivi Oy"})

    assert answer.status_code == 422
    assert "Yritystä ja henkilöä ei voi yhdistää" in answer.text
    assert office.get(f"/merges/people/{person.id}/{company.id + 1000}").status_code == 404


def test_what_changed_after_the_page_was_opened_must_be_looked_at(office):
    kept, other = make.company("Kivi Oy"), make.company("Kivi Oy", language="sv")

    answer = office.post(f"/merges/companies/{kept.id}/{other.id}", data={})

    assert answer.status_code == 422
    assert "Tiedot muuttuivat" in answer.text
    assert db.session.get(Company, other.id).merged_into_id is None


def test_a_pair_that_was_merged_already_leads_to_the_kept_card(office):
    kept, other, third = make.company("A"), make.company("B"), make.company("C")
    merge_through_the_page(office, "companies", kept, other)

    again = office.get(f"/merges/companies/{kept.id}/{other.id}")
    with_third = office.get(f"/merges/companies/{other.id}/{third.id}")

    assert again.location == f"/companies/{kept.id}"
    assert with_third.location == f"/merges/companies/{kept.id}/{third.id}"


def test_the_page_of_merges_lists_them_with_their_state(office):
    kept, other = make.company("Kivi Oy"), make.company("Kiwi Oy")
    merge_through_the_page(office, "companies", kept, other)
    aino = make.person("Aino", "Aho")
    merge_through_the_page(office, "people", aino, make.person("Aino", "Aaho"))

    html = office.get("/merges/").text

    assert "Kiwi Oy" in html
    assert "Aino Aaho" in html
    assert "Aino Aho" in office.get(f"/merges/people/{aino.id}").text
    assert "Voimassa" in html


def test_a_merge_of_many_rows_is_undone_from_the_history_of_the_record(office):
    kept, other = make.company("Kivi Oy"), make.company("Kivi Oy")
    for _ in range(25):
        make.address(other)
    merge_through_the_page(office, "companies", kept, other)
    merge_id = db.session.scalar(select(ChangeSet.id).where(ChangeSet.event == EVENT))

    html = office.get(f"/companies/{kept.id}").text

    assert f'action="/history/{merge_id}/undo"' in html


def test_only_customer_care_merges(workshop, protection, administrator):
    kept, other = make.company(), make.company()
    address = f"/merges/companies/{kept.id}/{other.id}"

    answers = {
        (one.get(address).status_code, one.post(address).status_code) for one in (workshop, protection, administrator)
    }

    assert answers == {(403, 403)}
