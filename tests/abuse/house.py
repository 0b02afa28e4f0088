"""A house full of people and things, for those who try its doors."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from rockrobot import create_app
from rockrobot.access import Role, allow_anyone
from rockrobot.contacts.rules import ContactType
from rockrobot.db import db
from rockrobot.enquiries.queries import enquiry_with
from rockrobot.recalls.models import CaseTask
from rockrobot.recalls.rules import TaskKind
from tests import make
from tests.conftest import Visitor, settings
from tests.contact_files.lists import FREE_FI, table
from tests.referrals.cases import confirmed
from tests.walk import Walk, ok, under_way, work

House = dict[Role | None, Visitor]
PEOPLE = {
    Role.CUSTOMER_CARE: "office",
    Role.WORKSHOP: "workshop",
    Role.DATA_PROTECTION: "protection",
    Role.ADMINISTRATOR: "administrator",
    None: "stranger",
}
PHONE_CALL = {"channel": "phone", "direction": "in", "on": "eilen", "at": "12.00", "text": "Soitti", "people": 1}
ENQUIRY = {"came_on": "eilen", "channel": "email", "name": "Kari Nordmann", "country": "NO", "question": "Hva koster?"}
TOLD = {"purpose": "marketing", "channel": "all", "told": "phone", "told_on": "eilen"}
NOTED = "Kari Nordmann, 040 999 8877"
"""What stands in every note of an answer, a call and a task: a text about people in a table that is not of people."""


def app_with_door(folder: Path, rule: str, view: Callable[..., Any]) -> Flask:
    """The app as people have it, faults and all, on a database of its own, with one more door that anybody may open."""
    made = settings(folder, f"sqlite:///{folder / 'x.db'}")
    app = create_app(made.__class__(**(vars(made) | {"is_testing": False})))
    app.config["WTF_CSRF_ENABLED"] = False
    door = allow_anyone(event="test.break", from_anywhere=True)(view)
    app.add_url_rule(rule, "breaks", door, methods=["GET", "POST"])
    with app.app_context():
        upgrade()
    return app


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    """A register with a case under way and a row of most kinds, and one person of each role and one of none."""
    people = {role: request.getfixturevalue(name) for role, name in PEOPLE.items()}
    walk = under_way(people[Role.CUSTOMER_CARE], request.getfixturevalue("supervisor"), tmp_path)
    take_notes(walk)
    furnish(people[Role.CUSTOMER_CARE], people[Role.ADMINISTRATOR])
    for role, visitor in people.items():
        visitor.role, visitor.name = role, str(role)
    return people


def take_notes(walk: Walk) -> None:
    """An answer, a call, an outcome and a task that was done, each with a note that names somebody."""
    reference = next(reference for _id, reference, units in walk.letters() if 1 in units)
    walk.reply(reference, "wants_appointment", [1], note=NOTED)
    walk.settle(1, "refused", evidence="owner_statement", note=NOTED)
    call = {"channel": "phone", "on": "tänään", "note": NOTED}
    ok(walk.office.post("/recalls/units/1/contact", data=call))
    task_id = db.session.scalar(select(CaseTask.id).where(CaseTask.kind == TaskKind.PHONE_CALL))
    ok(walk.office.post(f"/recalls/tasks/{task_id}", data={"on": "tänään", "note": NOTED}))


def furnish(office: Visitor, administrator: Visitor) -> None:
    """Rows that a case alone does not make."""
    call = PHONE_CALL | {"due": "week", "assigned_to": office.member_id, "files": (BytesIO(b"%PDF-1.7"), "tarjous.pdf")}
    ok(office.post("/people/1/events/new", data=call))
    ok(office.post("/people/1/contact-points/new", data={"kind": "direct", "raw": "040 1234567", "source": "other"}))
    ok(office.post("/people/1/consents/new", data=TOLD | {"wording": "Haluan."}))
    ok(office.post("/companies/1/objections/new", data=TOLD))
    importer = make.company("Import AS", country="NO", contact_type=ContactType.IMPORTER)
    ok(office.post(f"/companies/{importer.id}/territories/new", data={"country": "NO", "email": "post@import.example"}))
    for _referred_and_waiting in range(2):
        ok(office.post("/enquiries/new", data=ENQUIRY))
    ok(confirmed(office, enquiry_with(1)))
    people = BytesIO(table(*FREE_FI, delimiter=";").encode())
    ok(office.post("/contact-files/", data={"file": (people, "asiakkaat.csv")}))
    work()
    device = {"name": "Puhelin", "kind": "phone", "owner_id": office.member_id, "serial": "356"}
    ok(administrator.post("/staff-devices/new", data=device))
    ok(administrator.post("/networks/new", data={"name": "Toimisto", "cidr": "127.0.0.0/24"}))
