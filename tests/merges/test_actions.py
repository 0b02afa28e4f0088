"""Merging loses nothing, and unmerging gives back exactly what was."""

import random
from datetime import date

import pytest
from sqlalchemy import select

from rockrobot import clock, ledger, undo
from rockrobot.attempts.models import Attempt
from rockrobot.comparisons.queries import MODELS, compare, dated_of, party_with
from rockrobot.comparisons.rules import ClashKind, Holds
from rockrobot.contacts import actions as contacts
from rockrobot.contacts import queries as contact_queries
from rockrobot.contacts.models import Affiliation, ContactPoint
from rockrobot.contacts.rules import PointKind
from rockrobot.db import Base, db
from rockrobot.devices.queries import ownerships_of
from rockrobot.merges import actions, queries
from rockrobot.references import OnMerge, moving_with, reference_of
from tests import make
from tests.merges.filling import counts, fill, naming, snapshot

MAKE = {"companies": make.company, "people": make.person}


def merged(kept, other, picked=None, decided=None):
    """Merge the other record into the kept one; the change set's id."""
    with ledger.change_set(queries.EVENT):
        actions.merge(compare(kept, other), picked or {}, decided or {})
        change_set_id = ledger.open_change_set()
        db.session.commit()
    return change_set_id


def unmerged(change_set_id):
    undone = undo.undo(change_set_id)
    db.session.commit()
    return undone


def filled_pair(kind, chance):
    """Two parties with up to three rows in every table that names a party."""
    kept, other = MAKE[kind](), MAKE[kind]()
    for column in moving_with(kept.__table__):
        for party in (kept, other):
            if column.table is not kept.__table__:
                for _ in range(chance.randint(0, 3)):
                    fill(column.table, chance, **{column.name: party.id})
    db.session.commit()
    return kept, other


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("seed", range(4))
def test_a_merge_loses_no_row_and_unmerging_gives_the_same_hash(database, kind, seed):
    chance = random.Random(seed)
    kept, other = filled_pair(kind, chance)
    before, rows = snapshot(), counts(kept.__table__)
    naming_both = {
        str(c): naming(c, kept.id, other.id) for c in moving_with(kept.__table__) if c.name != "merged_into_id"
    }
    found = compare(kept, other)
    decided = {clash.key: chance.choice(clash.choices) for clash in found.clashes}
    stays = sum(clash.kind is ClashKind.UNIQUE for clash in found.clashes)
    picked = {one.name: chance.choice([Holds.KEPT, Holds.OTHER]) for one in found.differing}

    change_set_id = merged(kept, other, picked, decided)
    assert counts(kept.__table__) == rows
    assert {
        str(c): naming(c, kept.id, other.id) for c in moving_with(kept.__table__) if str(c) in naming_both
    } == naming_both
    assert sum(naming(c, other.id) for c in moving_with(kept.__table__)) == stays
    assert snapshot() != before
    undone = unmerged(change_set_id)

    assert undone.left == []
    assert snapshot() == before


def test_every_column_that_asks_has_an_answer_here():
    asking = {
        (kind, c.table.name)
        for kind, model in MODELS.items()
        for c in moving_with(model.__table__)
        if reference_of(c).on_merge is OnMerge.ASK
    }

    assert all(dated_of(kind, table).same for kind, table in asking)


@pytest.mark.parametrize("side", ["kept", "other"])
@pytest.mark.parametrize("kind", MODELS)
def test_an_objection_on_either_side_survives(database, kind, side):
    table = Base.metadata.tables["objections"]
    kept, other = MAKE[kind](), MAKE[kind]()
    key = {"companies": "company_id", "people": "person_id"}[kind]
    objection = fill(table, random.Random(1), **{key: (kept if side == "kept" else other).id})
    db.session.commit()
    before = dict(db.session.execute(select(table).where(table.c.id == objection)).mappings().one())

    change_set_id = merged(kept, other)
    held = dict(db.session.execute(select(table).where(table.c.id == objection)).mappings().one())
    unmerged(change_set_id)

    assert held == before | {key: kept.id}
    assert dict(db.session.execute(select(table).where(table.c.id == objection)).mappings().one()) == before


def test_a_table_that_is_never_undone_is_pointed_there_and_back(database):
    kept, other = make.person(), make.person()
    attempt = fill(Attempt.__table__, random.Random(1), person_id=other.id)
    db.session.commit()

    change_set_id = merged(kept, other)
    there = db.session.get(Attempt, attempt).person_id
    unmerged(change_set_id)

    assert there == kept.id
    assert db.session.get(Attempt, attempt).person_id == other.id


def test_a_merge_after_a_merge_leads_to_the_last_one_and_comes_apart_in_turn(database):
    first, second, third = make.company("A"), make.company("B"), make.company("C")
    make.address(first)
    db.session.commit()
    before = snapshot()
    one = merged(second, first)
    two = merged(third, second)

    assert contact_queries.party_numbered(first.customer_no).id == third.id
    assert not undo.may_undo(one)
    unmerged(two)
    unmerged(one)
    assert snapshot() == before


def test_the_filled_field_wins_over_the_empty_one_and_a_later_import_lets_it_be(database):
    kept, other = make.company("Kivi Oy"), make.company("Kivi Oy", business_id="1234567-1", country="FI")

    merged(kept, other)

    assert (kept.business_id, kept.country) == ("1234567-1", "FI")
    assert {"business_id", "country"} <= set(kept.hand_changed)


def test_of_two_primary_numbers_the_chosen_one_is_primary_and_both_stay(database):
    kept, other = make.person(direct_phone="040 1234567"), make.person(direct_phone="050 7654321")
    clash = compare(kept, other).clashes[0]

    merged(kept, other, decided={clash.key: Holds.OTHER})

    points = db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == kept.id)).all()
    assert {point.normal: point.is_primary for point in points} == {"+358401234567": False, "+358507654321": True}


def test_the_same_job_twice_is_decided_and_the_other_row_ends(database):
    company = make.company()
    kept, other = make.person(company=company, title="myyjä"), make.person(company=company, title="myyjä")

    merged(kept, other)

    rows = db.session.scalars(
        select(Affiliation).where(Affiliation.person_id == kept.id).order_by(Affiliation.id)
    ).all()
    assert [(row.to_on, row.is_primary) for row in rows] == [(None, True), (clock.today(), False)]


def test_two_titles_at_one_company_both_stay(database):
    company = make.company()
    kept, other = make.person(company=company, title="myyjä"), make.person(company=company, title="johtaja")

    merged(kept, other)

    rows = db.session.scalars(select(Affiliation).where(Affiliation.person_id == kept.id)).all()
    assert [row.to_on for row in rows] == [None, None]
    assert sum(row.is_primary for row in rows) == 1


def test_companies_of_one_person_merge_without_two_primary_jobs(database):
    kept, other = make.company("A"), make.company("B")
    person = make.person(company=other, title="myyjä")
    contacts.add_affiliation(person, kept, title="myyjä")
    db.session.commit()

    merged(kept, other)

    rows = db.session.scalars(
        select(Affiliation).where(Affiliation.person_id == person.id).order_by(Affiliation.id)
    ).all()
    assert [(row.company_id, row.is_primary, row.to_on) for row in rows] == [
        (kept.id, False, clock.today()),
        (kept.id, True, None),
    ]


def test_what_was_edited_or_added_since_stays_and_is_listed(database):
    kept, other = make.person("Matti", "Meri"), make.person("", "Meri", direct_phone="040 1234567", language="sv")
    change_set_id = merged(kept, other, picked={"language": Holds.OTHER})
    with ledger.change_set("people.edit"):
        contacts.change(kept, language="en")
        point = db.session.scalars(select(ContactPoint)).one()
        contacts.change_point(point, raw="040 7654321")
        added = contacts.add_point(kept, PointKind.EMAIL, "matti@meri.fi")
        db.session.commit()

    undone = unmerged(change_set_id)

    merge = queries.merge_of(change_set_id)
    assert undone.left == [("people", kept.id)]
    assert queries.left_as_edited(merge) == [("people", kept.id, "language")]
    assert [(entry.table_name, entry.row_id) for entry in queries.added_since(merge)] == [("contact_points", added.id)]
    assert (point.person_id, point.raw) == (other.id, "040 7654321")
    assert (kept.language, added.person_id, kept.hand_changed) == ("en", kept.id, sorted(kept.hand_changed))
    assert other.merged_into_id is None


def test_a_company_and_a_person_are_never_one(database):
    with pytest.raises(actions.MergeError, match="kinds"):
        actions.check(make.company(), make.person())


def test_a_record_is_not_merged_with_itself_nor_twice(database):
    kept, other = make.company(), make.company()
    with pytest.raises(actions.MergeError, match="same"):
        actions.check(kept, kept)
    merged(kept, other)

    with pytest.raises(actions.MergeError, match="merged"):
        actions.check(kept, other)


def test_a_merge_is_undone_once(database):
    kept, other = make.company(), make.company()
    change_set_id = merged(kept, other)
    unmerged(change_set_id)

    with pytest.raises(undo.UndoError):
        undo.undo(change_set_id)


def test_a_machine_sold_to_both_keeps_both_rows_of_its_chain(database):
    kept, other = make.company("A"), make.company("B")
    machine = make.device()
    make.ownership(machine, other, to_on=date(2025, 1, 1))
    make.ownership(machine, kept, from_on=date(2025, 1, 1))

    merged(kept, other)

    assert party_with("companies", other.id).merged_into_id == kept.id
    assert [row.company_id for row in ownerships_of([machine.id])[machine.id]] == [kept.id, kept.id]
