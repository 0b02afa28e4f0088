"""Facts over time: what ends stays, what follows takes its place, one undo takes an act back."""

from datetime import date

import pytest
from sqlalchemy import func, select

from rockrobot import ledger, undo
from rockrobot.chain import ChangeSet
from rockrobot.contacts import actions, queries
from rockrobot.contacts.models import Affiliation, ContactPoint, Worksite
from rockrobot.contacts.rules import PointKind
from rockrobot.db import db
from tests import make

DAY = date(2026, 5, 1)


def points(kind: PointKind) -> list[tuple[str, bool, date | None]]:
    rows = db.session.scalars(select(ContactPoint).where(ContactPoint.kind == kind).order_by(ContactPoint.id))
    return [(row.raw, row.is_primary, row.valid_to) for row in rows]


def newest_act() -> int:
    return db.session.scalar(select(func.max(ChangeSet.id)))


def test_the_first_of_a_kind_is_primary_and_ending_it_makes_the_newest_so(database):
    person = make.person(direct_phone="09 1")
    second = actions.add_point(person, PointKind.DIRECT, "09 2")
    actions.add_point(person, PointKind.DIRECT, "09 3")
    first = queries.point_with(second.id - 1)

    actions.end_point(first, on=DAY)

    assert points(PointKind.DIRECT) == [("09 1", False, DAY), ("09 2", False, None), ("09 3", True, None)]


def test_a_point_can_be_made_the_one_to_use(database):
    person = make.person(direct_phone="09 1", email="a@b.fi")
    second = actions.add_point(person, PointKind.DIRECT, "09 2")

    actions.make_primary(queries.point_with(second.id))

    assert points(PointKind.DIRECT) == [("09 1", False, None), ("09 2", True, None)]
    assert points(PointKind.EMAIL) == [("a@b.fi", True, None)]


def test_a_number_changed_for_one_person_is_no_other_persons_business(database):
    one, other = (make.person(name, "Aho", direct_phone="040 588 2755") for name in ("Aino", "Eero"))
    before = [(p.raw, p.normal) for p in queries.points_of(other)]

    actions.change_point(queries.point_with(queries.points_of(one)[0].id), raw="050 123 4567")
    db.session.commit()

    assert [(p.raw, p.normal) for p in queries.points_of(other)] == before
    assert [p.normal for p in queries.points_of(one)] == ["+358501234567"]


def test_a_point_cannot_end_before_it_begins(database):
    point = actions.add_point(make.person(), PointKind.MOBILE, "040 588 2755", valid_from=date(2026, 6, 1))

    with pytest.raises(ValueError, match="before"):
        actions.end_point(queries.point_with(point.id), on=DAY)


def test_changing_employer_is_one_act_that_one_undo_takes_back(database):
    old, new = make.company("Louhinta Oy"), make.company("Kivi Oy")
    person = make.person("Aino", "Aho", company=old, title="Louhija", email="aino@louhinta.fi")
    with ledger.change_set("affiliations.change_employer"):
        mail = queries.points_of(person)
        ended = [queries.point_with(mail[0].id)]
        actions.change_employer(queries.person_with(person.id), new, on=DAY, ended_points=ended, title="Työnjohtaja")
        db.session.commit()
        act = newest_act()
    in_order = db.session.scalars(select(Affiliation).order_by(Affiliation.id))
    changed = [(row.company_id, row.to_on, row.is_primary) for row in in_order]

    undone = undo.undo(act)
    db.session.commit()

    assert changed == [(old.id, DAY, False), (new.id, None, True)]
    assert undone.left == []
    db.session.expire_all()
    assert [(row.company_id, row.to_on, row.is_primary) for row in db.session.scalars(select(Affiliation))] == [
        (old.id, None, True)
    ]
    assert points(PointKind.EMAIL) == [("aino@louhinta.fi", True, None)]


def test_former_people_stay_with_their_company(database):
    company = make.company("Louhinta Oy")
    person = make.person("Aino", "Aho", company=company)
    actions.end_affiliation(queries.person_with(person.id).affiliations[0], on=DAY)
    db.session.commit()

    rows = queries.affiliations_of(company.id)

    assert [(row.person.name, row.to_on) for row in rows] == [("Aino Aho", DAY)]
    assert queries.person_with(person.id).company is None


def test_an_address_of_a_worksite_makes_the_worksite_once(database):
    company = make.company()
    address = actions.add_address(company, kind="worksite", street="Louhos 3", city="Kokemäki")
    actions.change_address(address, street="Louhos 4")

    rows = db.session.scalars(select(Worksite)).unique().all()

    assert [(row.address_id, row.name) for row in rows] == [(address.id, "Louhos 3")]
    assert [row.id for row in queries.worksites_of(company)] == [rows[0].id]
