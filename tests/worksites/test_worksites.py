"""Worksites, and where a machine stood on any day."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from rockrobot.contacts.models import ContactPoint, Worksite
from rockrobot.contacts.queries import worksites_of
from rockrobot.db import db
from rockrobot.worksites import actions, queries
from rockrobot.worksites.models import WorksiteStay
from rockrobot.worksites.rules import position_text, read_position
from tests import make

PLACE = {"street": "Louhos 3", "city": "Kokemäki", "country": "FI"}


def worksite(owner=None, **rest) -> Worksite:
    made = actions.add_worksite(
        owner or make.company("Louhinta Oy"), PLACE | {"street": rest.pop("street", "Louhos 3")}
    )
    db.session.commit()
    return made


def stays() -> list[tuple[int, date | None, date | None]]:
    db.session.rollback()
    rows = db.session.scalars(select(WorksiteStay).order_by(WorksiteStay.id))
    return [(row.worksite_id, row.from_on, row.to_on) for row in rows]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("61.2567, 22.1234", (61_256_700, 22_123_400)),
        ("61,2567; 22,1234", (61_256_700, 22_123_400)),
        ("61.2567 N 22.1234 E", (61_256_700, 22_123_400)),
        ("-33.9 18.4", (-33_900_000, 18_400_000)),
        ("33.9 S, 70.6 W", (-33_900_000, -70_600_000)),
        ("", None),
    ],
)
def test_a_place_is_read_as_people_paste_it(typed, place):
    assert read_position(typed) == place


@pytest.mark.parametrize("typed", ["Kokemäki", "91, 20", "61.2", "61, 181"])
def test_what_is_no_place_on_earth_is_refused(typed):
    with pytest.raises(ValueError, match=re.escape(typed)):
        read_position(typed)


def test_a_place_is_shown_so_that_it_reads_the_same_again():
    assert read_position(position_text(61_256_700, -22_123_400)) == (61_256_700, -22_123_400)
    assert position_text(None, 5) == ""


def test_where_a_machine_stood_is_answerable_for_every_day(database):
    company = make.company()
    first, second, third = (worksite(company, street=street) for street in ("A 1", "B 2", "C 3"))
    device = make.device()
    for site, day in (
        (first, date(2026, 1, 10)),
        (second, date(2026, 3, 1)),
        (None, date(2026, 5, 1)),
        (third, date(2026, 6, 1)),
    ):
        actions.move_devices([device], site, on=day)
    db.session.commit()

    rows = queries.stays_of(device.id)
    days = (date(2026, 1, 9), date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 1), date(2026, 11, 25))
    places = [stay.worksite_id if (stay := queries.stay_on(rows, day)) else None for day in days]

    assert places == [None, first.id, second.id, None, third.id]
    assert [row.device_id for row in queries.devices_at(first.id, date(2026, 2, 1)).rows] == [device.id]
    assert queries.device_counts([first.id, third.id], date(2026, 7, 1)) == {third.id: 1}


def test_the_past_is_not_overwritten_by_a_slip_of_the_day(database):
    device, site = make.device(), worksite()
    actions.move_devices([device], site, on=date(2026, 5, 1))
    db.session.commit()

    with pytest.raises(actions.LaterStayError) as caught:
        actions.move_devices([device], site, on=date(2026, 4, 1))

    assert caught.value.row.from_on == date(2026, 5, 1)


def test_a_worksite_is_made_from_the_owners_card_and_corrected(office):
    company = make.company("Louhinta Oy")
    contact = make.person("Aino", "Aho", direct_phone="040 588 2755")
    form = PLACE | {"name": "Kokemäen louhos", "contact": contact.person_no, "position": "61.2567, 22.1234"}

    office.post(f"/companies/{company.id}/worksites/new", data=form | {"access_note": "Portti 2"})
    site = worksites_of(company)[0]
    card = office.get(f"/worksites/{site.id}").text
    wrong = office.post(f"/worksites/{site.id}/edit", data=form | {"position": "Kokemäki"})
    office.post(f"/worksites/{site.id}/edit", data=form | {"name": "Iso louhos"})

    assert all(text in card for text in ("Kokemäen louhos", "Portti 2", "Aino Aho", "geo:61.256700,22.123400"))
    assert 'href="tel:+358405882755"' in card
    assert "Sijaintia «Kokemäki» ei ymmärretty." in wrong.text
    assert "Iso louhos" in office.get(f"/worksites/{site.id}").text
    assert office.post(f"/companies/{company.id}/worksites/new", data=form).status_code == 303
    assert db.session.scalars(select(ContactPoint.worksite_id)).all() == [None]


def test_a_person_has_a_worksite_without_any_company(office):
    person = make.person("Aino", "Aho")

    answer = office.post(f"/people/{person.id}/worksites/new", data=PLACE | {"name": "Mökkitie"})

    assert answer.location == f"/worksites/{worksites_of(person)[0].id}"
    assert "Aino Aho" in office.get(answer.location).text
    assert "Mökkitie" in office.get("/worksites/").text


def test_machines_come_to_a_worksite_by_a_pasted_list_and_one_undo_takes_them_back(office):
    site = worksite()
    model = make.device_model()
    for serial in ("1200", "1201", "1202", "1400"):
        make.device(model, serial)

    office.post(f"/worksites/{site.id}/devices/new", data={"serials": "1200-1202\n1400", "on": "1.5.2026"})
    moved = stays()
    card = office.get(f"/worksites/{site.id}?on=2.5.2026").text
    undo = re.search(r"/history/\d+/undo", office.get(f"/devices/{site.id}").text)[0]
    office.post(undo)

    assert moved == [(site.id, date(2026, 5, 1), None)] * 4
    assert all(f">{serial}<" in card for serial in ("1200", "1202", "1400"))
    assert stays() == []


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("9999", "Laitetta ei löydy: 9999"),
        ("12*", "Emme ymmärtäneet"),
        ("", "Kirjoita sarjanumero."),
        ("SN-1", "kahdessa mallissa"),
    ],
)
def test_a_list_that_names_no_machine_says_so_and_moves_nothing(office, typed, error):
    site = worksite()
    for _ in range(2):
        make.device(serial="SN-1")

    answer = office.post(f"/worksites/{site.id}/devices/new", data={"serials": typed, "on": "eilen"})

    assert answer.status_code == 422
    assert error in answer.text
    assert stays() == []


def test_a_machine_is_moved_from_its_card_to_a_worksite_of_its_owner(workshop):
    company = make.company("Louhinta Oy")
    site, device = worksite(company), make.device()
    make.ownership(device, company)
    path = f"/devices/{device.id}/worksite"

    form = workshop.get(path).text
    workshop.post(path, data={"place": str(site.id), "on": "1.5.2026"})
    card = workshop.get(f"/devices/{device.id}").text
    workshop.post(path, data={"place": "away", "on": "2.5.2026"})

    assert "Louhos 3, Kokemäki" in form
    assert "Louhos 3" in card
    assert stays() == [(site.id, date(2026, 5, 1), date(2026, 5, 2))]


def test_the_workshop_sees_the_place_and_not_the_people(workshop):
    person = make.person("Aino", "Aho")
    site = worksite(person)
    actions.change_worksite(site, {}, contact_id=person.id, access_note="Portti 2")
    db.session.commit()

    card, listed = workshop.get(f"/worksites/{site.id}").text, workshop.get("/worksites/").text

    assert "Portti 2" in card
    assert "Aho" not in card + listed


def test_worksites_are_found_by_name_and_town(office):
    worksite(street="Louhos 3")
    worksite(street="Kallio 9")

    html = office.get("/worksites/?q=louhos").text

    assert "Louhos 3" in html
    assert "Kallio 9" not in html
