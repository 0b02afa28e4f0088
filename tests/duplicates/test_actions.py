"""The scan of the register, and decisions that two are two."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from rockrobot import clock, jobs, ledger
from rockrobot.comparisons.queries import compare
from rockrobot.contacts import actions as contacts
from rockrobot.db import db
from rockrobot.duplicates import actions, queries
from rockrobot.duplicates.models import DuplicatePair
from rockrobot.duplicates.rules import Kind
from rockrobot.merges.actions import merge, unmerge
from tests import make

MOBILE = "040 588 2755"


def waiting() -> list[tuple[str, int, int]]:
    return [(pair.kind, *pair.ids) for pair in queries.waiting_pairs().rows]


def twins(name: str = "Virtanen", phone: str = MOBILE) -> tuple[int, int]:
    return tuple(make.person("Matti", name, direct_phone=phone).id for _ in range(2))


def test_a_scan_queues_people_and_companies_best_first(database):
    bare, same = make.person("Aino", "Aho"), twins()
    full = make.person("Aino", "Aho", direct_phone="050 123 4567")
    companies = [
        make.company("Kivi Oy", business_id="2583133-7").id,
        make.company("Oy Y Ab", business_id="25831337").id,
    ]

    told = actions.scan()

    assert (told["people"], told["companies"]) == ({"records": 4, "pairs": 2}, {"records": 2, "pairs": 1})
    assert waiting() == [("companies", *companies), ("people", *same), ("people", bare.id, full.id)]
    assert queries.count_waiting() == 3


def test_a_number_of_a_company_makes_nobody_the_same(database):
    make.company("Päivystys Oy", switchboard=MOBILE)
    for employer in ("Kaivuu Oy", "Sora Oy"):
        make.person("Matti", "Virtanen", direct_phone=MOBILE, company=make.company(employer))

    actions.scan()

    assert waiting() == []


def test_people_who_no_longer_match_leave_the_queue_with_the_next_scan(database):
    _, other_id = twins()
    actions.scan()
    make.person("Aino", "Aho")
    with ledger.change_set("test"):
        other = db.session.get(contacts.Person, other_id)
        contacts.change(other, first_name="Raija", last_name="Salo")
        db.session.commit()

    actions.scan()

    assert waiting() == []


def test_a_pair_that_was_decided_to_be_two_stays_away_and_returns_when_that_is_taken_back(database):
    pair = twins()
    actions.scan()

    decision = actions.say_not_same(Kind.PEOPLE, pair[1], pair[0])
    db.session.commit()
    actions.scan()
    after = waiting()
    assert actions.say_not_same(Kind.PEOPLE, *pair).id == decision.id
    actions.take_back(decision)
    db.session.commit()

    assert after == []
    assert waiting() == [("people", *pair)]


def test_a_merged_pair_leaves_the_queue_and_returns_with_unmerge(database):
    kept_id, other_id = twins()
    actions.scan()

    with ledger.change_set("merges.merge"):
        merge(compare(*[db.session.get(contacts.Person, id_) for id_ in (kept_id, other_id)]), {}, {})
        change_set_id = ledger.open_change_set()
        db.session.commit()
    merged = waiting()
    unmerge(change_set_id)
    db.session.commit()

    assert merged == []
    assert waiting() == [("people", kept_id, other_id)]


def test_a_decision_holds_for_whom_one_of_the_two_was_merged_into(database):
    one, other = twins()
    third = make.person("Matti", "Virtanen", direct_phone=MOBILE).id
    actions.say_not_same(Kind.PEOPLE, one, other)
    db.session.commit()
    with ledger.change_set("merges.merge"):
        merge(compare(*[db.session.get(contacts.Person, id_) for id_ in (third, other)]), {}, {})
        change_set_id = ledger.open_change_set()
        db.session.commit()
    actions.scan()
    merged = waiting()

    unmerge(change_set_id)
    db.session.commit()
    actions.scan()

    assert merged == []
    assert waiting() == [("people", one, third), ("people", other, third)]


def test_one_of_the_two_may_be_merged_into_the_other_after_all(database):
    one, other = twins()
    actions.say_not_same(Kind.PEOPLE, one, other)
    db.session.commit()

    with ledger.change_set("merges.merge"):
        merge(compare(*[db.session.get(contacts.Person, id_) for id_ in (one, other)]), {}, {})
        db.session.commit()
    actions.scan()

    assert waiting() == []


def test_people_of_a_company_are_compared_anew_when_its_name_changes(office):
    stays, renamed = make.company("Kivi Oy"), make.company("Louhos Oy")
    for company in (stays, renamed):
        make.person("Aino", "Aho", company=company)
    actions.scan()
    before = scores()

    office.post(f"/companies/{renamed.id}/edit", data={"name": "Kivi Oy", "customer_no": renamed.customer_no})
    at_once = scores()
    actions.scan()

    assert at_once == scores()
    assert at_once != before


def scores() -> list[tuple[int, int, float]]:
    db.session.rollback()
    pairs = select(DuplicatePair).where(DuplicatePair.kind == Kind.PEOPLE)
    return [(pair.first_id, pair.second_id, pair.score) for pair in db.session.scalars(pairs)]


def test_the_scan_writes_no_history_and_keeps_no_names(database):
    twins()
    entries = len(db.session.scalars(db.select(ledger.LedgerEntry.id)).all())

    actions.scan()

    row = db.session.scalars(db.select(DuplicatePair)).one()
    assert len(db.session.scalars(db.select(ledger.LedgerEntry.id)).all()) == entries
    assert set(row.reasons) <= {"phone", "name"}


@pytest.mark.parametrize(("hour", "scans"), [(23, 1), (0, 2), (1, 2)])
def test_the_worker_scans_at_once_and_then_once_a_night_after_two(database, monkeypatch, hour, scans):
    evening, later = datetime(2026, 1, 15, 20, 30, tzinfo=UTC), datetime(2026, 1, 15 + (hour < 2), hour, tzinfo=UTC)

    for moment in (evening, evening, later, later):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        jobs.run_waiting()

    made = db.session.scalars(db.select(jobs.Job).where(jobs.Job.kind == queries.SCAN)).all()
    assert [job.state for job in made] == [jobs.DONE] * scans


def test_the_command_prints_what_it_found_as_json(app, database):
    twins()
    db.session.rollback()

    result = app.test_cli_runner().invoke(args=["duplicates", "scan"])

    told = json.loads(result.output)
    assert result.exit_code == 0
    assert told["people"] == {"records": 2, "pairs": 1}
