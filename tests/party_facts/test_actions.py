"""An import writes phones, employers and worksites as rows of their own, and lets be what people changed."""

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.contacts import actions, queries
from rockrobot.contacts.models import Affiliation, Company, ContactPoint, Person, Worksite
from rockrobot.db import db
from tests.imports.test_register_command import counts, run
from tests.register import write_folder

PHONES = {"switchboard": "08-123 456 78", "email": "Info@Kivi.se"}
COMPANY = {"customer_no": "A1", "name": "Kivi Oy", "country": "SE"} | PHONES
NUMBER = {"direct_phone": "040 588 2755"}
PERSON = {"person_no": "H1", "last_name": "Aho", "customer_no": "A1", "title": "Louhija"} | NUMBER


def take(app, path, **sheets):
    return run(app, write_folder(path, sheets))[:2]


def points() -> list[tuple[str, str, str]]:
    db.session.expire_all()
    rows = db.session.scalars(select(ContactPoint).order_by(ContactPoint.id))
    return [(row.kind.value, row.normal, row.source.value) for row in rows]


def affiliations() -> list[tuple[str | None, str, bool]]:
    db.session.expire_all()
    rows = db.session.scalars(select(Affiliation).order_by(Affiliation.id))
    return [(row.company.customer_no if row.company else None, row.title, row.is_primary) for row in rows]


def test_phones_are_read_as_their_country_writes_them(app, database, tmp_path):
    take(app, tmp_path / "a", companies=[COMPANY], people=[PERSON])

    assert points() == [
        ("switchboard", "+46812345678", "file"),
        ("email", "info@kivi.se", "file"),
        ("direct", "+358405882755", "file"),
    ]
    assert affiliations() == [("A1", "Louhija", True)]


def test_a_new_employer_in_the_file_ends_the_one_before(app, database, tmp_path):
    other = COMPANY | {"customer_no": "A2", "switchboard": "", "email": ""}
    take(app, tmp_path / "a", companies=[COMPANY, other], people=[PERSON])

    answer = take(app, tmp_path / "b", people=[PERSON | {"customer_no": "A2"}])
    again = take(app, tmp_path / "c", people=[PERSON | {"customer_no": "A2"}])

    assert (answer, again) == ((0, counts(changed=1)), (0, counts(unchanged=1)))
    assert affiliations() == [("A1", "Louhija", False), ("A2", "Louhija", True)]
    assert db.session.scalars(select(Affiliation.to_on).order_by(Affiliation.id)).all()[1] is None


def test_a_new_number_in_the_file_changes_the_primary_one(app, database, tmp_path):
    take(app, tmp_path / "a", companies=[COMPANY], people=[PERSON])

    answer = take(app, tmp_path / "b", people=[{"person_no": "H1", "direct_phone": "050 123 4567", "title": "Johtaja"}])

    assert answer == (0, counts(changed=1))
    assert ("direct", "+358501234567", "file") in points()
    assert affiliations() == [("A1", "Johtaja", True)]


@pytest.mark.parametrize("ended", [True, False])
def test_a_number_that_somebody_changed_or_ended_wins_over_the_file(app, database, tmp_path, ended):
    take(app, tmp_path / "a", companies=[COMPANY], people=[PERSON])
    person = db.session.scalar(select(Person))
    point = queries.point_with(queries.points_of(person)[0].id)
    if ended:
        actions.end_point(point, on=clock.today())
    else:
        actions.change_point(point, raw="050 999 9999")
    db.session.commit()
    before = points()

    code, told = take(app, tmp_path / "b", people=[PERSON])

    assert (code, told) == (0, counts(unchanged=1))
    assert points() == before


def test_an_employer_that_somebody_changed_wins_over_the_file(app, database, tmp_path):
    take(app, tmp_path / "a", companies=[COMPANY], people=[PERSON])
    person = queries.person_with(db.session.scalar(select(Person.id)))
    actions.change_affiliation(person.affiliations[0], is_primary=True, title="Toimitusjohtaja")
    db.session.commit()

    answer = take(app, tmp_path / "b", people=[PERSON | {"title": "Louhija", "first_name": "Aino"}])

    assert answer == (0, counts(changed=1))
    assert affiliations() == [("A1", "Toimitusjohtaja", True)]
    assert db.session.scalar(select(Person.first_name)) == "Aino"


def test_a_title_without_a_company_gets_its_company_later_without_a_second_row(app, database, tmp_path):
    take(app, tmp_path / "a", companies=[COMPANY], people=[PERSON | {"customer_no": ""}])
    alone = affiliations()

    take(app, tmp_path / "b", people=[PERSON])

    assert alone == [(None, "Louhija", True)]
    assert affiliations() == [("A1", "Louhija", True)]


def test_an_address_of_a_worksite_makes_its_worksite(app, database, tmp_path):
    address = {"customer_no": "A1", "kind": "worksite", "street": "Louhos 3", "city": "Kokemäki"}

    take(app, tmp_path / "a", companies=[COMPANY], addresses=[address])
    take(app, tmp_path / "b", addresses=[address])

    company = db.session.scalar(select(Company))
    assert [site.name for site in queries.worksites_of(company)] == ["Louhos 3"]
    assert len(db.session.scalars(select(Worksite.id)).all()) == 1
