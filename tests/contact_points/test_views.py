"""Phones and mail on the cards: added, corrected, ended, and shown where they belong."""

import html
import re

from sqlalchemy import select

from rockrobot.contacts.models import ContactPoint, Person
from rockrobot.db import db
from tests import make


def stored() -> list[tuple[str, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(ContactPoint).order_by(ContactPoint.id))
    return [(row.kind.value, row.raw, row.normal) for row in rows]


def test_a_phone_is_added_with_where_it_came_from_and_called_from_the_card(office):
    person = make.person("Aino", "Aho")

    office.post(
        f"/people/{person.id}/contact-points/new",
        data={"kind": "mobile", "raw": "040 588 2755", "source": "meeting", "note": "iltaisin"},
    )

    html = office.get(f"/people/{person.id}").text
    assert stored() == [("mobile", "040 588 2755", "+358405882755")]
    assert 'href="tel:+358405882755"' in html
    assert re.search(r"Matkapuhelin, iltaisin, lähde: tapaaminen", html)


def test_a_number_that_looks_like_none_is_kept_and_mail_without_its_sign_is_not(office):
    person = make.person()
    url = f"/people/{person.id}/contact-points/new"

    short = office.post(url, data={"kind": "phone", "raw": "040 12", "source": "other"})
    mail = office.post(url, data={"kind": "email", "raw": "aino.kivi.fi", "source": "other"})

    assert (short.status_code, mail.status_code) == (303, 422)
    assert "Sähköpostiosoite on muotoa nimi@yritys.fi." in mail.text
    assert "aino.kivi.fi" in mail.text
    assert "Tarkista numero" in office.get(f"/people/{person.id}").text
    assert stored() == [("phone", "040 12", "04012")]


def test_a_corrected_number_can_be_put_back_from_the_history(office):
    person = make.person(direct_phone="09 123 456")
    point = db.session.scalar(select(ContactPoint.id))

    office.post(f"/contact-points/{point}/edit", data={"kind": "direct", "raw": "09 123 457", "source": "other"})
    html = office.get(f"/people/{person.id}").text
    office.post(re.search(r"/history/\d+/undo", html)[0])

    assert "09 123 456 → 09 123 457" in html
    assert stored() == [("direct", "09 123 456", "+3589123456")]


def test_of_two_numbers_of_a_kind_one_is_the_first_to_call(office):
    person = make.person()
    for raw in ("040 588 2755", "040 588 2756"):
        office.post(f"/people/{person.id}/contact-points/new", data={"kind": "mobile", "raw": raw, "source": "other"})
    second = db.session.scalar(select(ContactPoint.id).order_by(ContactPoint.id.desc()))

    office.post(f"/contact-points/{second}/primary")

    db.session.rollback()
    assert db.session.scalars(select(ContactPoint.id).where(ContactPoint.is_primary)).all() == [second]


def test_an_ended_number_stays_on_the_card_but_is_not_called(office):
    person = make.person(direct_phone="09 123 456")
    point = db.session.scalar(select(ContactPoint.id))

    office.post(f"/contact-points/{point}/end", data={"on": "1.5.2026"})

    html = office.get(f"/people/{person.id}").text
    assert "Päättynyt" in html
    assert "Soita" not in html


def test_the_switchboard_is_the_companys_and_only_shown_on_its_people(office):
    company = make.company("Kivi Oy", switchboard="03 123 4567")
    person = make.person("Aino", "Aho", company=company)

    html = office.get(f"/people/{person.id}").text

    assert re.search(r"03 123 4567.*?Yrityksen vaihde", html, re.DOTALL)
    assert stored() == [("switchboard", "03 123 4567", "+35831234567")]


def test_two_numbers_typed_into_one_field_become_two(office):
    office.post("/people/new", data={"last_name": "Aho", "mobile": "040 588 2755 / 050 123 4567"})

    assert stored() == [
        ("mobile", "040 588 2755", "+358405882755"),
        ("mobile", "050 123 4567", "+358501234567"),
    ]


def test_the_workshop_and_data_protection_change_no_contact_points(workshop, protection):
    make.person(direct_phone="09 123 456")
    point = db.session.scalar(select(ContactPoint.id))

    answers = [client.get(f"/contact-points/{point}/edit").status_code for client in (workshop, protection)]

    assert answers == [403, 403]


def test_a_number_is_corrected_in_place_and_all_else_about_it_stays(office):
    company = make.company("Kivi Oy")
    values = {"note": "iltaisin", "source": "meeting", "valid_from": "1.1.2024", "extension": "12"}
    office.post(f"/companies/{company.id}/contact-points/new", data={"kind": "phone", "raw": "09 123 456"} | values)
    card = office.get(f"/companies/{company.id}").text
    url = re.search(r'data-hx-get="(/contact-points/\d+/edit)" data-hx-target="closest li"', card)[1]

    opened = office.get(url, headers={"HX-Request": "true", "HX-Target": "li"}).text
    sent = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', opened)) | {"raw": "09 123 457"}
    sent["seen_values"] = html.unescape(sent["seen_values"])
    before = stored_point()
    office.post(url, data=sent, follow_redirects=True)
    after = stored_point()

    assert opened.lstrip().startswith("<li")
    assert after == before | {"raw": "09 123 457", "normal": "+3589123457"}
    assert (after["note"], after["extension"], after["source"]) == ("iltaisin", "12", "meeting")


def test_a_number_saved_as_it_was_is_not_called_corrected_and_writes_nothing(office):
    person = make.person(direct_phone="09 123 456 alanro 12")
    person.hand_changed = []
    db.session.commit()
    before = stored_point()
    sent = {"kind": "direct", "raw": "09 123 456 alanro 12", "source": before["source"].value}

    answer = office.post(f"/contact-points/{before['id']}/edit", data=sent, follow_redirects=True).text

    assert "Mitään ei muutettu." in answer
    assert "Yhteystieto korjattu." not in answer
    assert stored_point() == before
    assert db.session.scalar(select(Person.hand_changed)) == []


def stored_point() -> dict[str, object]:
    db.session.rollback()
    return dict(db.session.execute(select(ContactPoint.__table__)).mappings().one())


def test_a_number_of_a_worksite_leads_back_to_it(office):
    site = make.worksite()
    point = ContactPoint(worksite_id=site.id, kind="direct", raw="09 765 432", normal="+3589765432")
    db.session.add(point)
    db.session.commit()
    here, card = f"/contact-points/{point.id}", f"/worksites/{site.id}"
    corrected = {"kind": "direct", "raw": "09 765 433", "source": "other"}

    answers = [
        office.post(f"{here}/edit", data=corrected),
        office.post(f"{here}/primary"),
        office.post(f"{here}/end", data={"on": "tänään"}),
        office.post(f"{here}/delete"),
    ]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, card)] * 4
    assert stored() == []
