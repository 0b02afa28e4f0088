"""Every door as the table says, and behind every closed one nothing happens."""

import hashlib
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, Table, select

from rockrobot import clock
from rockrobot.access import Permission, Role
from rockrobot.chain import ChangeSet, LedgerEntry, verify
from rockrobot.db import Base, db
from rockrobot.staff.models import SignIn, SignInFact, StaffMember
from rockrobot.staff.rules import Outcome
from tests import make
from tests.access_table import MARKS, NO, OPEN, YES, Line, addresses, kept_lines, lines_of
from tests.conftest import Visitor

VIEWS, FEWEST_WEIGHTY = {"change_sets", "ledger_entries"}, 5
MAY_CHANGE = {"sign_ins": {"seen_at"}}
"""What a closed door may write anew, by table: whoever knocks was seen."""


def test_every_door_stands_in_the_table_as_it_is(app):
    doors, kept = lines_of(app), kept_lines()

    missing = [line for line in doors if line not in kept]
    extra = [line for line in kept if line not in doors]

    assert (missing, extra) == ([], []), "read the doors over, then: python -m tests.access_table"


@pytest.mark.parametrize("mark", MARKS)
def test_a_changed_mark_is_not_as_the_table_says(app, monkeypatch, mark):
    view = app.view_functions["people.show"]
    changed = replace(view.permission, **{mark: not getattr(view.permission, mark)})
    monkeypatch.setattr(view, "permission", changed)

    odd = [line for line in lines_of(app) if line not in kept_lines()]

    assert [(line["endpoint"], line[mark]) for line in odd] == [("people.show", YES if getattr(changed, mark) else NO)]


def test_the_table_has_a_column_for_every_mark():
    assert {field.name for field in fields(Permission)} == {"roles", "event", *MARKS}


def _but_denials(table: Table) -> Select[Any]:
    """The rows of a table, save those that tell of a denial: it is what a closed door writes, and all of it."""
    denials = select(ChangeSet.id).where(ChangeSet.event == "access.denied")
    told = {"change_sets": "id", "ledger_entries": "change_set_id"}.get(table.name)
    if table.name == "sign_in_facts":
        return table.select().where(table.c.outcome.not_in([Outcome.DENIED, Outcome.WITHHELD]))
    rows = select(*(column for column in table.c if column.name not in MAY_CHANGE.get(table.name, ())))
    return rows.where(table.c[told].not_in(denials)) if told else rows


def digest() -> dict[str, str]:
    """What every table holds, by table; the last moment somebody was seen apart, and denials."""
    db.session.rollback()
    told = {}
    for table in Base.metadata.sorted_tables:
        rows = sorted(repr(tuple(row)) for row in db.session.execute(_but_denials(table)))
        told[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    db.session.rollback()
    return told


def withheld_doors() -> list[str]:
    """The events of the doors at which rows were withheld, as it was noted; each of these stands in the ledger."""
    db.session.rollback()
    told = select(ChangeSet.event, SignInFact.door, SignInFact.id).where(SignInFact.outcome == Outcome.WITHHELD)
    in_ledger = told.join_from(SignInFact, LedgerEntry, LedgerEntry.row_id == SignInFact.id).join(ChangeSet)
    rows = db.session.execute(in_ledger.where(LedgerEntry.table_name == "sign_in_facts")).all()
    assert {event for event, _door, _id in rows} <= {"access.denied"}
    return sorted(door for _event, door, _id in rows)


@pytest.mark.parametrize(
    ("column", "is_told"), [("ended_at", True), ("confirmed_at", True), ("purpose", True), ("seen_at", False)]
)
def test_a_sign_in_ended_freshened_or_given_a_purpose_is_told_and_one_seen_is_not(office, column, is_told):
    before = digest()

    row = db.session.scalars(select(SignIn)).one()
    setattr(row, column, "marketing" if column == "purpose" else clock.now() + timedelta(minutes=1))
    db.session.commit()

    after = digest()
    assert {name for name in after if after[name] != before[name]} == ({"sign_ins"} if is_told else set())


def register() -> None:
    """A row with the number one of what addresses name."""
    company = make.company("Kivi Oy")
    make.person("Aino", "Aho")
    make.address(company)
    make.worksite(company)
    machine = make.device()
    make.fitting(machine, make.batch())
    make.ownership(machine, company)
    db.session.commit()


def visitor_of(request: pytest.FixtureRequest, role: Role) -> Visitor:
    """Somebody signed in with this role."""
    names = {Role.CUSTOMER_CARE: "office", Role.DATA_PROTECTION: "protection"}
    visitor: Visitor = request.getfixturevalue(names.get(role, role.value))
    return visitor


def answers(app: Flask, visitor: Visitor, closed: list[Line]) -> dict[tuple[str, str], int]:
    """What each of these doors answers."""
    places = addresses(app)
    keys = [(line["rule"], line["method"]) for line in closed]
    return {key: visitor.open(places[key], method=key[1]).status_code for key in keys}


@pytest.mark.parametrize("role", Role)
def test_a_closed_door_answers_403_and_nothing_behind_it_changes(app, request, role):
    visitor = visitor_of(request, role)
    register()
    closed = [line for line in kept_lines() if line[role.value] == NO]
    before = digest()

    told = answers(app, visitor, closed)

    assert len(told) == len(closed) > 10
    assert {key: status for key, status in told.items() if status != 403} == {}
    assert digest() == before
    denied = db.session.scalars(select(SignInFact.door).where(SignInFact.outcome == Outcome.DENIED)).all()
    assert sorted(denied) == sorted({line["event"] for line in closed})
    assert verify(db.session.connection()).fault is None


def by_role(closed: list[Line]) -> dict[Role, list[Line]]:
    """Each door to one of the roles that could open it, in turn: every role walks, and no door is walked twice."""
    walks: dict[Role, list[Line]] = {role: [] for role in Role}
    for number, line in enumerate(closed):
        may = [role for role in Role if line[role.value] == YES]
        walks[may[number % len(may)]].append(line)
    return walks


def test_the_doors_are_shared_among_those_who_could_open_them():
    closed = [line for line in kept_lines() if line["customer_care"] != OPEN]
    walks = by_role(closed)

    assert sum(map(len, walks.values())) == len(closed)
    assert {role: len(lines) > 40 for role, lines in walks.items()} == dict.fromkeys(Role, True)
    assert all(line[role.value] == YES for role, lines in walks.items() for line in lines)


@pytest.mark.parametrize("who", ["stranger", "disabled", "expired"])
def test_who_is_not_signed_in_is_led_to_sign_in_and_nothing_changes(app, request, stranger, who):
    members = {role: visitor_of(request, role) for role in Role}
    register()
    if who == "disabled":
        for member in members.values():
            db.session.get_one(StaffMember, member.member_id).is_active = False
    if who == "expired":
        for row in db.session.query(SignIn):
            row.seen_at = row.begun_at = clock.now() - timedelta(days=400)
    db.session.commit()
    closed = [line for line in kept_lines() if line["customer_care"] != OPEN]
    walks = [(stranger, closed)] if who == "stranger" else [(members[role], w) for role, w in by_role(closed).items()]
    before = digest()

    told = {key: status for visitor, lines in walks for key, status in answers(app, visitor, lines).items()}

    assert len(told) == len(closed) > 300
    assert {key: status for key, status in told.items() if status != 303} == {}
    after = digest()
    assert {name for name in after if after[name] != before[name]} <= {"drafts"}


@pytest.mark.parametrize("role", Role)
def test_a_weighty_door_asks_first_for_proof_and_nothing_changes(app, request, role):
    visitor = visitor_of(request, role)
    register()
    for row in db.session.query(SignIn):
        row.confirmed_at = clock.now() - timedelta(minutes=6)
    db.session.commit()
    weighty = [line for line in kept_lines() if line["fresh"] == line[role.value] == YES]
    before = digest()

    places = addresses(app)
    doors = [(places[line["rule"], line["method"]], line["method"]) for line in weighty]
    led_to = {visitor.open(place, method=method).location.partition("?")[0] for place, method in doors}

    assert len(doors) >= FEWEST_WEIGHTY
    assert led_to == {"/sign-in/confirm"}
    after = digest()
    assert {name for name in after if after[name] != before[name]} <= {"drafts"}


@pytest.mark.parametrize("role", Role)
def test_an_open_door_lets_in_to_look(app, request, role):
    visitor = visitor_of(request, role)
    register()
    looks = [line for line in kept_lines() if line[role.value] in {YES, OPEN} and line["method"] == "GET"]
    before = digest()

    told = answers(app, visitor, looks)

    refused = {key: status for key, status in told.items() if status in {401, 403, 405} or status >= 500}
    after = digest()
    assert refused == {}
    assert {name for name in after if after[name] != before[name]} <= VIEWS
