"""Follow-ups in a calendar: a secret address that names nobody, and one follow-up for who is signed in."""

import re
from datetime import date

from sqlalchemy import select

from rockrobot.access import Role
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.events.actions import add_event, add_task
from rockrobot.events.models import EventTask
from rockrobot.events.rules import Channel
from rockrobot.staff.queries import member_with
from rockrobot.staff_devices.actions import make_device
from rockrobot.staff_devices.rules import DeviceKind
from tests import make
from tests.conftest import visitor
from tests.events.test_views import NOW


def follow_up(member_id: int, what: str = "Soita Ainolle", *, channel: Channel = Channel.PHONE, **about) -> EventTask:
    links = {name: [row.id for row in rows] for name, rows in about.items()}
    event = add_event(links, channel=channel, happened_at=NOW, text="Kysyi terää.")
    task = add_task(event, what=what, due_on=date(2026, 12, 1), assigned_to_id=member_id)
    db.session.commit()
    return task


def address_of(visitor) -> str:
    """Make a calendar address; its path."""
    html = visitor.post("/account/calendar").text
    return re.search(r"/calendar/[\w-]+\.ics", html)[0]


def summaries(text: str) -> list[str]:
    return re.findall(r"SUMMARY:(.*)\r", text)


def test_a_calendar_reads_ones_follow_ups_without_signing_in_and_without_people(app, office):
    aino, company, device = make.person("Aino", "Aho"), make.company("Louhinta Oy"), make.device(serial="KR-1")
    follow_up(office.member_id, people=[aino], companies=[company], devices=[device])
    follow_up(office.member_id, people=[aino])
    follow_up(make.staff_member(Role.CUSTOMER_CARE).id, companies=[company])
    path = address_of(office)

    answer = app.test_client().get(path)

    assert answer.mimetype == "text/calendar"
    assert summaries(answer.text) == [r"Seuranta: Louhinta Oy\, KR-1", "Seuranta"]
    assert "DTSTART;VALUE=DATE:20261201" in answer.text
    assert "Aino" not in answer.text
    assert path not in office.get("/account/calendar").text


def test_what_is_done_or_past_ones_role_stands_in_no_calendar(app, office):
    done = follow_up(office.member_id)
    office.post(f"/event-tasks/{done.id}/done")
    workshop = visitor(app, Role.WORKSHOP, "Pekka Paja")
    follow_up(workshop.member_id, channel=Channel.PHONE)
    follow_up(workshop.member_id, channel=Channel.VISIT)

    mine, theirs = (app.test_client().get(address_of(who)).text for who in (office, workshop))

    assert (len(summaries(mine)), len(summaries(theirs))) == (0, 1)


def test_an_address_ends_when_it_is_changed_ended_or_its_owner_leaves(app, office):
    stranger, first = app.test_client(), address_of(office)
    second = address_of(office)
    changed = [stranger.get(path).status_code for path in (first, second)]
    member_with(office.member_id).is_active = False
    db.session.commit()
    left = stranger.get(second).status_code
    member_with(office.member_id).is_active = True
    db.session.commit()
    office.post("/account/calendar/end")

    assert changed == [404, 200]
    assert (left, stranger.get(second).status_code, stranger.get("/calendar/x.ics").status_code) == (404, 404, 404)


def test_a_lost_device_ends_the_address_of_its_owner(app, office, workshop):
    lost, kept = address_of(office), address_of(workshop)
    phone = make_device(owner_id=office.member_id, kind=DeviceKind.PHONE, name="työpuhelin", serial="")
    db.session.commit()

    office.post(f"/staff-devices/{phone.id}/lose")

    assert [app.test_client().get(path).status_code for path in (lost, kept)] == [404, 200]


def test_one_follow_up_goes_to_a_calendar_in_its_own_words_and_is_written_down(office, workshop):
    aino = make.person("Aino", "Aho")
    task = follow_up(office.member_id, people=[aino])

    text = office.get(f"/event-tasks/{task.id}/calendar.ics").text
    refused = workshop.get(f"/event-tasks/{task.id}/calendar.ics").status_code

    seen = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    assert summaries(text) == ["Soita Ainolle"]
    assert refused == 404
    assert aino.id in db.session.scalars(seen).all()
    assert f"/event-tasks/{task.id}/calendar.ics" in office.get(f"/events/{task.event_id}").text
