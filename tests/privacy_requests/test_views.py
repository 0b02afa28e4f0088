"""A request from its arrival to the list: four things are required, and its clock is seen everywhere."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from rockrobot import clock, undo
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db
from rockrobot.events.models import Event, EventPerson
from rockrobot.events.rules import Channel, Direction
from rockrobot.privacy_requests import actions
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import Right, Stage, Urgency, stage_of, urgency_of
from tests import make

NEW = "/privacy-requests/new"
ASKED = {"received_on": "6.11.2026", "right": "access", "channel": "phone", "who": "Mies soitti 0400 123 456"}


def request_of(person=None, **rest):
    values = {"right": Right.ERASURE, "channel": Channel.LETTER, "received_on": clock.today(), "who": "Aino Aho"}
    row = actions.register(**(values | {"person_id": person.id if person else None} | rest))
    db.session.commit()
    return row


def test_a_request_needs_a_day_a_channel_a_right_and_who_as_far_as_known(office):
    answer = office.post(NEW, data=ASKED)

    card = office.get(answer.location).text
    row = db.session.scalar(select(PrivacyRequest))
    assert answer.status_code == 302 or answer.status_code == 303
    assert row.due_on == date(2026, 12, 7)
    assert row.person_id is None
    assert "Mies soitti 0400 123 456" in card
    assert "7.12.2026" in card


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(office):
    answer = office.post(NEW, data={"received_on": "", "channel": "email", "who": "", "about": "Kaikki viestit"})

    assert answer.status_code == 422
    for told in (
        "Kirjoita päivä, jona pyyntö tuli.",
        "Valitse, mitä pyydetään.",
        "Kirjoita, kuka pyytää",
        "Kaikki viestit",
    ):
        assert told in answer.text


@pytest.mark.parametrize("field", ["who", "about"])
def test_a_personal_identity_code_is_not_kept(office, field):
    answer = office.post(NEW, data=ASKED | {field: "Aino Aho 131052-308T"})

    assert answer.status_code == 422
    assert "henkilötunnus" in answer.text
    assert db.session.scalar(select(PrivacyRequest)) is None


def test_a_request_buried_in_a_message_counts_from_its_arrival(office):
    person = make.person("Aino", "Aho")
    event = Event(
        channel=Channel.EMAIL,
        direction=Direction.IN,
        happened_at=datetime(2026, 11, 5, 23, 30, tzinfo=clock.UTC),
        text="Poistakaa tietoni",
        written_by="test",
        written_at=clock.now(),
    )
    db.session.add(event)
    db.session.flush()
    db.session.add(EventPerson(event_id=event.id, person_id=person.id))
    db.session.commit()

    shown, form = office.get(f"/events/{event.id}").text, office.get(f"{NEW}?event={event.id}").text

    assert f"{NEW}?event={event.id}" in shown
    assert 'value="6.11.2026"' in form
    assert 'value="email" selected' in form or 'selected value="email"' in form
    assert 'value="Aino Aho"' in form


def test_a_persons_card_shows_their_requests_that_wait_and_leads_to_a_new_one(office):
    person, other = make.person("Aino", "Aho"), make.person("Eero", "Erkki")
    row = request_of(person)

    card, others = office.get(f"/people/{person.id}").text, office.get(f"/people/{other.id}").text

    assert f"/privacy-requests/{row.id}" in card
    assert f"{NEW}?person={person.id}" in card
    assert f"/privacy-requests/{row.id}" not in others


def test_an_overdue_request_stands_first_and_on_the_page_of_the_day_and_cannot_be_undone(protection):
    request_of(who="Ajoissa Oleva")
    late = request_of(who="Myöhässä Oleva", received_on=clock.today() - timedelta(days=60))
    act = db.session.scalar(
        select(LedgerEntry.change_set_id).where(
            LedgerEntry.table_name == "privacy_requests", LedgerEntry.row_id == late.id
        )
    )

    listed, today = protection.get("/privacy-requests/").text, protection.get("/").text

    assert listed.index("Myöhässä Oleva") < listed.index("Ajoissa Oleva")
    assert "1 pyyntö on myöhässä" in listed
    assert "Tietosuojapyyntö on myöhässä" in today
    with pytest.raises(undo.UndoError):
        undo.undo(act)


def test_mending_the_day_of_receipt_works_out_the_due_day_anew_and_leaves_its_trace(office):
    row = request_of(received_on=date(2026, 11, 6))

    answer = office.post(
        f"/privacy-requests/{row.id}/edit", data=ASKED | {"received_on": "25.11.2026", "right": "erasure"}
    )

    card = office.get(answer.location).text
    db.session.expire_all()
    assert row.due_on == date(2026, 12, 28)
    assert "6.11.2026 → 25.11.2026" in card


def test_a_view_of_a_request_is_logged_for_its_person(office):
    person = make.person("Aino", "Aho")
    row = request_of(person)

    for path in (str(row.id), "", f"new?person={person.id}"):
        office.get(f"/privacy-requests/{path}")

    views = select(ChangeSet.event).join(LedgerEntry, LedgerEntry.change_set_id == ChangeSet.id)
    seen = db.session.scalars(views.where(LedgerEntry.action == "view", LedgerEntry.row_id == person.id)).all()
    assert sorted(seen) == ["privacy_requests.index", "privacy_requests.new", "privacy_requests.show"]


def test_a_view_of_a_request_of_nobody_in_the_register_is_logged_for_the_request(office):
    row = request_of(None)

    for path in (str(row.id), "", f"{row.id}/edit"):
        assert office.get(f"/privacy-requests/{path}").status_code == 200
    written = select(LedgerEntry.change_set_id).where(
        LedgerEntry.table_name == "privacy_requests", LedgerEntry.action == "insert"
    )
    assert office.get(f"/history/{db.session.scalar(written)}").status_code == 200

    views = select(ChangeSet.event, LedgerEntry.row_id).join(LedgerEntry, LedgerEntry.change_set_id == ChangeSet.id)
    seen = db.session.execute(views.where(LedgerEntry.table_name == "privacy_requests", LedgerEntry.action == "view"))
    events = {event for event, id_ in seen if id_ == row.id}
    assert {"privacy_requests.index", "privacy_requests.show", "privacy_requests.edit"} <= events
    assert "desk.show_change_set" in events


def test_the_workshop_and_the_administrator_see_no_requests(workshop, administrator):
    for visitor in (workshop, administrator):
        assert visitor.get("/privacy-requests/").status_code == 403
        assert "Tietosuojapyynnöt" not in visitor.get("/").text


def test_only_an_answer_on_its_way_stops_the_clock():
    day = date(2026, 12, 7)

    assert [stage_of(None, None), stage_of("done", None), stage_of("done", day)] == list(Stage)
    assert urgency_of(day, day + timedelta(days=1)) is Urgency.OVERDUE
    assert urgency_of(day, day) is Urgency.SOON
    assert urgency_of(day, day - timedelta(days=11)) is Urgency.IN_TIME
