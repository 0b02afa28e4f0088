"""Whom a person represents, over time, on the screens."""

import re

from sqlalchemy import select

from rockrobot.contacts.models import Affiliation, ContactPoint
from rockrobot.db import db
from tests import make


def stored() -> list[tuple[int | None, str, bool]]:
    db.session.rollback()
    rows = db.session.scalars(select(Affiliation).order_by(Affiliation.id))
    return [(row.company_id, row.title, row.is_primary) for row in rows]


def test_a_person_can_represent_two_companies(office):
    first, second = make.company("Kivi Oy", customer_no="A1"), make.company("Louhinta Oy", customer_no="A2")
    person = make.person("Aino", "Aho", company=first, title="Johtaja")

    office.post(f"/people/{person.id}/affiliations/new", data={"company": "A2", "title": "Hallituksen jäsen"})

    html = office.get(f"/people/{person.id}").text
    assert stored() == [(first.id, "Johtaja", True), (second.id, "Hallituksen jäsen", False)]
    assert "Louhinta Oy" in html


def test_changing_employer_ends_what_was_ticked_and_undo_brings_all_back(office):
    old, new = make.company("Kivi Oy"), make.company("Louhinta Oy", customer_no="A2")
    person = make.person("Aino", "Aho", company=old, email="aino@kivi.fi", direct_phone="09 123 456")
    mail = db.session.scalar(select(ContactPoint.id).where(ContactPoint.raw == "aino@kivi.fi"))
    form = {"company": "A2", "title": "Louhija", "on": "1.5.2026", "ended": [str(mail)]}

    office.post(f"/people/{person.id}/employer", data=form)
    card, companys = office.get(f"/people/{person.id}").text, office.get(f"/companies/{old.id}").text
    moved = stored()
    office.post(re.search(r"/history/\d+/undo", card)[0])

    assert moved == [(old.id, "", False), (new.id, "Louhija", True)]
    assert "Entinen" in card
    assert re.search(r"Aino Aho.*?Entinen", companys, re.DOTALL)
    assert stored() == [(old.id, "", True)]


def test_the_new_company_must_be_there_and_what_was_typed_stays(office):
    person = make.person("Aino", "Aho", company=make.company())

    answer = office.post(
        f"/people/{person.id}/employer", data={"company": "Ei Ole Oy", "title": "Louhija", "on": "eilen"}
    )

    assert answer.status_code == 422
    assert "Yritystä «Ei Ole Oy» ei löydy." in answer.text
    assert 'value="Louhija"' in answer.text


def test_an_affiliation_is_corrected_and_ended(office):
    company = make.company("Kivi Oy", customer_no="A1")
    person = make.person("Aino", "Aho", company=company)
    row = db.session.scalar(select(Affiliation.id))

    office.post(f"/affiliations/{row}/edit", data={"company": "A1", "title": "Johtaja", "is_primary": "y"})
    corrected = stored()
    office.post(f"/affiliations/{row}/end", data={"on": "1.5.2026"})

    assert corrected == [(company.id, "Johtaja", True)]
    assert stored() == [(company.id, "Johtaja", False)]
    assert "Entinen" in office.get(f"/people/{person.id}").text


def test_every_form_opens(office):
    person = make.person("Aino", "Aho", company=make.company("Kivi Oy"), direct_phone="09 123 456")
    row, point = db.session.scalar(select(Affiliation.id)), db.session.scalar(select(ContactPoint.id))
    card = f"/people/{person.id}"
    paths = [f"{card}/affiliations/new", f"{card}/employer", f"/affiliations/{row}/edit", f"/affiliations/{row}/end"]
    paths += [f"{card}/contact-points/new", f"/contact-points/{point}/edit", f"/contact-points/{point}/end"]

    opened = [office.get(path).status_code for path in paths]

    assert opened == [200] * len(paths)
