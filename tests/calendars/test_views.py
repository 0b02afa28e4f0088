"""Follow-ups in a calendar: a secret address that names nobody, and one follow-up for who is signed in."""

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.calendars.queries import feed_of
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db
from rockrobot.events.actions import add_event, add_task
from rockrobot.events.models import EventTask
from rockrobot.events.rules import Channel
from rockrobot.staff.actions import sign_in
from rockrobot.staff.queries import member_with
from rockrobot.staff_devices.actions import make_device
from rockrobot.staff_devices.rules import DeviceKind
from tests import make
from tests.conftest import visitor
from tests.events.test_views import NOW
from tests.passwords.test_views import TWICE, path_in


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


def sign_in_anew(browser) -> None:
    key = sign_in(member_with(browser.member_id))
    db.session.commit()
    with browser.session_transaction() as session:
        session["sign_in"] = key


def change_password(browser, _administrator) -> None:
    browser.post("/account/password", data={"password": make.PASSWORD, **TWICE})


def choose_by_link(browser, administrator) -> None:
    browser.post(path_in(administrator.post(f"/staff/{browser.member_id}/link").text), data=TWICE)


def end_others(browser, _administrator) -> None:
    browser.post("/account/sign-ins/end-others")


def administer(*acts: str, **data: str):
    def act(browser, administrator) -> None:
        for name in acts:
            administrator.post(f"/staff/{browser.member_id}/{name}", data={"name": "Olga Office", **data})

    return act


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (change_password, "salasana vaihdettiin"),
        (choose_by_link, "salasana vaihdettiin"),
        (end_others, "muut kirjautumiset lopetettiin"),
        (administer("sign-outs"), "ylläpito lopetti kirjautumiset"),
        (administer("second-factor/remove"), "ylläpito poisti toisen tunnisteen"),
        (administer("deactivate", "activate"), "pääsy lopetettiin"),
        (administer("edit", role="administrator"), "rooli vaihtui"),
    ],
)
def test_an_address_ends_with_what_ends_sign_ins_and_the_page_tells_why(app, office, administrator, act, why):
    path = address_of(office)

    act(office, administrator)

    feed = feed_of(office.member_id)
    member_with(office.member_id).role = Role.CUSTOMER_CARE
    sign_in_anew(office)
    assert app.test_client().get(path).status_code == 404
    assert (feed.token_digest, why in office.get("/account/calendar").text) == (None, True)


def test_an_address_stays_when_another_role_may_read_it_too(app, office, administrator):
    path = address_of(office)

    administer("edit", role="workshop")(office, administrator)

    assert (member_with(office.member_id).role, app.test_client().get(path).status_code) == (Role.WORKSHOP, 200)


def test_it_is_noted_once_an_hour_when_and_from_where_whose_calendar_was_read(
    app, office, administrator, workshop, monkeypatch
):
    path, begun = address_of(office), clock.now()
    address_of(workshop)
    unread = office.get("/account/calendar").text

    for minutes, address in ((0, "192.0.2.7"), (59, "192.0.2.8"), (60, "192.0.2.9"), (61, "192.0.2.7")):
        monkeypatch.setattr(clock, "now", lambda after=timedelta(minutes=minutes): begun + after)
        app.test_client().get(path, environ_base={"REMOTE_ADDR": address})
    monkeypatch.setattr(clock, "now", lambda: begun)

    sets = select(ChangeSet.actor).where(ChangeSet.event == "calendars.feed")
    assert db.session.scalars(sets).all() == [f"calendar:{office.member_id}"] * 2
    assert "ei vielä" in unread
    for page in (office.get("/account/calendar"), administrator.get(f"/staff/{office.member_id}")):
        assert ("192.0.2.9" in page.text, "192.0.2.7" in page.text) == (True, False)
    assert "kalenteri: Olga Office" in administrator.get("/history").text


def test_readings_at_once_are_noted_once(app, office):
    path, gate = address_of(office), threading.Barrier(2)

    def read() -> None:
        gate.wait(timeout=10)
        with app.app_context():
            app.test_client().get(path)

    threads = [threading.Thread(target=read) for _reader in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sets = select(func.count(ChangeSet.id)).where(ChangeSet.event == "calendars.feed")
    assert db.session.scalar(sets) == 1


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
