import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.chain import LedgerEntry
from rockrobot.contacts import actions as contacts
from rockrobot.contacts.queries import worksites_of
from rockrobot.contacts.rules import AddressKind
from rockrobot.db import db
from rockrobot.devices.actions import change_owner
from rockrobot.devices.rules import OwnershipKind
from rockrobot.events import actions, queries
from rockrobot.events.models import Event, EventCompany, EventDevice, EventPerson, EventTask
from rockrobot.events.rules import Channel, Direction, Result
from rockrobot.staff.models import StaffMember
from tests import make
from tests.statements import Count
from tests.ticks import ticked

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=clock.UTC)


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def happened(text: str = "Kysyi terää.", *, at: datetime = NOW, channel: Channel = Channel.PHONE, **links) -> Event:
    event = actions.add_event(
        {name: [row.id for row in found] for name, found in links.items()}, channel=channel, happened_at=at, text=text
    )
    db.session.commit()
    return event


def form(**rest) -> dict:
    return {
        "channel": "phone",
        "direction": "out",
        "on": "tänään",
        "at": "0.00",
        "text": "Kysyi terää.",
        "due": "",
        "result": "",
        "assigned_to": "1",
    } | rest


def texts(subject, **rest) -> list[str]:
    return [event.text for event in queries.timeline_of(subject, **rest).found.rows]


def views() -> set[int]:
    return {entry.row_id for entry in rows(LedgerEntry) if entry.action == "view"}


# ---------- logging a call ----------


def test_a_call_is_logged_from_a_persons_card_with_its_follow_up(office):
    company = make.company("Kivi Oy")
    person = make.person("Aino", "Aho", company=company)
    card = office.get(f"/people/{person.id}").text
    link = re.search(r'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?Kirjaa puhelu', card)[1]
    blank = office.get(link).text

    sent = form(people=[person.id], companies=[company.id], due="week", assigned_to=office.member_id)
    answer = office.post(link, data=sent)

    assert ticked(blank, "people") == [str(person.id)]
    assert ticked(blank, "companies") == [str(company.id)]
    assert re.search(r'<option selected value="phone">', blank)
    assert answer.location == f"/people/{person.id}"
    kept = rows(Event)[0]
    assert (kept.channel, kept.direction, kept.text) == (Channel.PHONE, Direction.OUT, "Kysyi terää.")
    assert (kept.written_by, kept.source.value) == (f"staff:{office.member_id}", "phone")
    assert [row.person_id for row in rows(EventPerson)] == [person.id]
    assert [row.company_id for row in rows(EventCompany)] == [company.id]
    task = rows(EventTask)[0]
    assert (task.what, task.due_on) == ("Kysyi terää.", clock.today() + timedelta(days=7))
    assert task.assigned_to_id == office.member_id


def test_undoing_a_logged_call_takes_its_links_and_follow_up_with_it(office):
    person = make.person()
    sent = form(people=[person.id], due="tomorrow", assigned_to=office.member_id)

    html = office.post(f"/people/{person.id}/events/new", data=sent, follow_redirects=True).text
    office.post(re.search(r"/history/\d+/undo", html)[0], data={"back": f"/people/{person.id}"})

    assert "Tapahtuma tallennettu." in html
    assert rows(Event) == rows(EventPerson) == rows(EventTask) == []


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("text", " ", "Kirjoita, mistä oli kyse."),
        ("on", "1.1.2999", "on tulevaisuudessa"),
        ("at", "25.00", "ei ymmärretty"),
        ("at", "", "Kirjoita kellonaika"),
        ("at", " ", "Kirjoita kellonaika"),
        ("on", " ", "Kirjoita päivä"),
        ("people", [], "Valitse, ketä tai mitä tapahtuma koskee."),
        ("people", [77], "aria-invalid"),
        ("others", "Ei Ole Oy", "«Ei Ole Oy» ei löydy."),
        ("due_on", "joskus", "ei ymmärretty"),
        ("due", "joskus", "Valitse jokin vaihtoehdoista."),
        ("channel", "fax", "aria-invalid"),
    ],
)
def test_a_wrong_field_says_so_and_keeps_the_rest(office, field, typed, error):
    person = make.person()
    sent = form(people=[person.id], what="Soita takaisin", assigned_to=office.member_id) | {field: typed}

    answer = office.post(f"/people/{person.id}/events/new", data=sent)

    assert answer.status_code == 422
    assert error in answer.text
    assert 'value="Soita takaisin"' in answer.text
    assert rows(Event) == []


def test_others_are_named_by_number_name_or_serial(office):
    person, company = make.person(), make.company("Louhinta Oy", customer_no="A77")
    device = make.device(serial="SP5-0147")

    sent = form(people=person.id, others="a77x, sp5-0147", assigned_to=office.member_id)
    wrong = office.post(f"/people/{person.id}/events/new", data=sent)
    office.post(f"/people/{person.id}/events/new", data=sent | {"others": "Louhinta Oy, sp5-0147"})

    assert wrong.status_code == 422
    assert [row.company_id for row in rows(EventCompany)] == [company.id]
    assert [row.device_id for row in rows(EventDevice)] == [device.id]


def test_an_hour_typed_in_finland_is_kept_in_utc(office, monkeypatch):
    person = make.person()
    sent = form(people=person.id, on="1.7.2026", at="14.05", assigned_to=office.member_id)

    office.post(f"/people/{person.id}/events/new", data=sent)
    office.post(f"/people/{person.id}/events/new", data=sent | {"on": "1.11.2025", "at": "klo 1405"})

    assert [f"{row.happened_at:%H.%M}" for row in rows(Event)] == ["11.05", "12.05"]


# ---------- timelines ----------


def test_a_timeline_is_newest_first_and_narrowed_by_channel(office):
    person = make.person()
    happened("eka", at=NOW - timedelta(days=2), people=[person])
    happened("toka", at=NOW - timedelta(days=1), channel=Channel.EMAIL, people=[person])

    html = office.get(f"/people/{person.id}").text
    mails = office.get(
        f"/people/{person.id}/events?channel=email", headers={"HX-Request": "true", "HX-Target": "timeline"}
    )

    assert html.index("toka") < html.index("eka")
    assert "toka" in mails.text
    assert "eka" not in mails.text
    assert "<html" not in mails.text


def test_a_company_has_what_its_people_and_machines_did_while_they_were_its(database):
    company, device = make.company("Kivi Oy"), make.device()
    person = make.person("Aino", "Aho")
    contacts.add_affiliation(person, company, from_on=date(2025, 1, 1), to_on=date(2026, 1, 1))
    make.ownership(device, company, from_on=date(2025, 6, 1), to_on=date(2026, 6, 1))
    for year, months in ((2024, (6,)), (2025, (3, 7)), (2026, (2, 7))):
        for month in months:
            moment = datetime(year, month, 2, tzinfo=clock.UTC)
            happened(f"hlö {year}-{month}", at=moment, people=[person])
            happened(f"laite {year}-{month}", at=moment, channel=Channel.SERVICE, devices=[device])
    happened(
        "yritys", at=datetime(2020, 1, 1, tzinfo=clock.UTC), companies=[company], people=[person], devices=[device]
    )

    assert sorted(texts(company)) == ["hlö 2025-3", "hlö 2025-7", "laite 2025-7", "laite 2026-2", "yritys"]
    assert len(texts(person)) == 6
    assert len(texts(device)) == 6


def test_a_worksite_has_a_timeline_of_its_own(office):
    company = make.company()
    contacts.add_address(company, kind=AddressKind.WORKSITE, street="Louhos 1", city="Kokemäki", country="FI")
    db.session.commit()
    worksite = worksites_of(company)[0]
    happened("Käytiin louhoksella.", channel=Channel.VISIT, worksites=[worksite])

    html = office.get(f"/worksites/{worksite.id}/events").text

    assert "Käytiin louhoksella." in html
    assert texts(company) == []


def test_a_card_with_a_thousand_events_asks_no_more_than_one_with_twenty(office):
    company, device = make.company(), make.device()
    person = make.person(company=company)
    make.ownership(device, company)
    few, many = make.company(), company
    for at in range(20):
        happened(f"tapahtuma {at}", at=NOW - timedelta(hours=at), companies=[few], people=[person], devices=[device])
    new = [
        actions.NewEvent(
            {"companies": [many.id], "people": [person.id]},
            Channel.EMAIL,
            NOW - timedelta(hours=at),
            f"viesti {at}",
            "",
        )
        for at in range(1_000)
    ]
    actions.add_events(new)
    db.session.commit()

    office.get(f"/companies/{few.id}/events")
    with Count() as of_few:
        office.get(f"/companies/{few.id}/events")
    with Count() as of_many:
        html = office.get(f"/companies/{many.id}/events").text

    assert of_many.statements == of_few.statements
    assert html.count('class="mark"') == queries.ROWS
    assert f"/ {len(new) + 20}".replace(",", "") in re.sub(r"[\s\xa0\u202f]+(?=\d{3}\b)", "", html)
    assert "viesti 999" in office.get(f"/companies/{many.id}/events?page=102").text


# ---------- who may see and write ----------


def test_customer_care_sees_who_was_there_when_something_happened_to_a_machine(office):
    device, person = make.device(), make.person("Aino", "Aho")
    happened("Aino soitti.", devices=[device], people=[person])

    assert "Aino Aho" in office.get(f"/devices/{device.id}/events").text
    assert views() == {person.id}


def test_the_workshop_sees_visits_of_a_machine_without_names(workshop):
    device, person = make.device(), make.person("Aino", "Aho")
    make.ownership(device, person)
    service = happened("Terä vaihdettu.", channel=Channel.SERVICE, devices=[device], people=[person])
    call = happened("Aino soitti.", devices=[device], people=[person])

    card = workshop.get(f"/devices/{device.id}").text
    line = workshop.get(f"/devices/{device.id}/events").text
    one = workshop.get(f"/events/{service.id}").text

    for html in (card, line, one):
        assert "Terä vaihdettu." in html
        assert "Aino" not in html
    assert workshop.get(f"/events/{call.id}").status_code == 404
    assert workshop.post(f"/events/{call.id}/delete").status_code == 404
    assert workshop.get(f"/people/{person.id}/events").status_code == 403
    assert views() == set()


def test_the_workshop_logs_a_visit_with_its_result_and_leaves_the_rest_alone(workshop, office):
    device, person = make.device(), make.person()

    sent = form(channel="visit", text="", result="inspected_ok", devices=device.id, assigned_to=workshop.member_id)
    call = workshop.post(f"/devices/{device.id}/events/new", data=sent | {"channel": "phone"})
    workshop.post(f"/devices/{device.id}/events/new", data=sent)
    event = rows(Event)[0]
    actions.change_event(event, {"people": [person.id]})
    db.session.commit()
    workshop.post(f"/events/{event.id}/edit", data=sent | {"result": "serviced"})

    assert call.status_code == 422
    kept = rows(Event)[0]
    assert (kept.channel, kept.result) == (Channel.VISIT, Result.SERVICED)
    assert [row.device_id for row in rows(EventDevice)] == [device.id]
    assert [row.person_id for row in rows(EventPerson)] == [person.id]


def test_data_protection_reads_and_the_administrator_sees_nothing(protection, administrator):
    person = make.person()
    event = happened(people=[person])

    paths = [f"/people/{person.id}/events", f"/events/{event.id}"]

    assert [protection.get(path).status_code for path in paths] == [200, 200]
    assert [administrator.get(path).status_code for path in paths] == [403, 403]
    assert protection.post(f"/events/{event.id}/delete").status_code == 403
    assert protection.get(f"/people/{person.id}/events/new").status_code == 403


def test_names_on_a_timeline_are_logged_as_seen(office):
    company = make.company()
    first, second = make.person("Aino", "Aho"), make.person("Eero", "Erkki")
    happened(companies=[company], people=[first, second])

    html = office.get(f"/companies/{company.id}/events").text

    assert "Eero Erkki" in html
    assert views() == {first.id, second.id}


# ---------- correcting and deleting ----------


def test_an_event_is_corrected_and_the_correction_undone(office):
    person, other = make.person(), make.person("Eero", "Erkki", person_no="H77")
    event = happened("Kysyi terää.", people=[person])

    sent = form(people=person.id, others="H77", text="Kysyi laippaa.", assigned_to=office.member_id)
    html = office.post(f"/events/{event.id}/edit", data=sent, follow_redirects=True).text
    corrected = (rows(Event)[0].text, [row.person_id for row in rows(EventPerson)])
    office.post(re.search(r"/history/\d+/undo", html)[0], data={"back": "/"})

    assert corrected == ("Kysyi laippaa.", [person.id, other.id])
    assert rows(Event)[0].text == "Kysyi terää."
    assert [row.person_id for row in rows(EventPerson)] == [person.id]


def test_a_deleted_event_comes_back_whole_even_after_a_newer_one(office):
    person = make.person()
    event = happened("Kysyi terää.", people=[person])
    actions.add_task(event, what="Soita", due_on=clock.today(), assigned_to_id=office.member_id)
    db.session.commit()

    html = office.post(f"/events/{event.id}/delete", follow_redirects=True).text
    gone = len(rows(Event))
    happened("Uudempi.", people=[person])
    office.post(re.search(r"/history/\d+/undo", html)[0], data={"back": f"/people/{person.id}"})

    assert gone == 0
    assert sorted(row.text for row in rows(Event)) == ["Kysyi terää.", "Uudempi."]
    assert [row.what for row in rows(EventTask)] == ["Soita"]
    assert sorted(texts(person)) == ["Kysyi terää.", "Uudempi."]


def test_what_the_register_wrote_itself_is_neither_corrected_nor_deleted(office):
    person = make.person()
    actions.add_events([actions.NewEvent({"people": [person.id]}, Channel.LETTER, NOW, "Kirje", "TV-2026-001-0001")])
    db.session.commit()
    id_ = rows(Event)[0].id

    answers = [office.get(f"/events/{id_}/edit"), office.post(f"/events/{id_}/delete")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "/edit" not in office.get(f"/events/{id_}").text
    assert len(rows(Event)) == 1


# ---------- follow-ups ----------


def test_a_follow_up_is_added_put_off_and_done(office):
    person = make.person()
    event = happened(people=[person])
    colleague = make.staff_member(Role.CUSTOMER_CARE, name="Esa")

    office.post(f"/events/{event.id}/tasks/new", data={"what": "Soita", "due": "tomorrow", "assigned_to": colleague.id})
    task = rows(EventTask)[0]
    empty = office.post(f"/event-tasks/{task.id}/edit", data={"what": "", "due_on": "", "assigned_to": colleague.id})
    put_off = {"what": "Soita uudelleen", "due_on": "1.1.2999", "assigned_to": office.member_id}
    office.post(f"/event-tasks/{task.id}/edit", data=put_off)
    html = office.post(f"/event-tasks/{task.id}/done", data={"at": "event"}, follow_redirects=True).text

    assert "Kirjoita, mitä tehdään." in empty.text
    assert "Valitse tai kirjoita päivä." in empty.text
    kept = rows(EventTask)[0]
    assert (kept.what, kept.due_on, kept.done_by) == (
        "Soita uudelleen",
        date(2999, 1, 1),
        f"staff:{office.member_id}",
    )
    assert "Seuranta merkitty tehdyksi." in html

    office.post(max(re.findall(r"/history/\d+/undo", html)), data={"back": "/"})
    assert rows(EventTask)[0].done_at is None


def test_a_follow_up_survives_a_new_employer_and_a_new_owner(database):
    old, new = make.company("Kivi Oy"), make.company("Louhinta Oy")
    person, device = make.person(company=old), make.device()
    make.ownership(device, old)
    member = make.staff_member(Role.CUSTOMER_CARE)
    event = happened(people=[person], devices=[device])
    actions.add_task(event, what="Soita", due_on=clock.today(), assigned_to_id=member.id)

    contacts.change_employer(person, new, on=clock.today(), ended_points=[])
    change_owner(device, new, kind=OwnershipKind.RESOLD, on=clock.today())
    db.session.commit()

    found = queries.open_tasks(clock.today())
    assert [task.what for tasks in found.rows.values() for task in tasks] == ["Soita"]
    assert found.people_ids == [person.id]
    assert db.session.scalar(select(StaffMember.id).where(StaffMember.id == member.id))


# ---------- who may see what they are to do ----------


def test_a_new_event_is_followed_up_by_nobody_who_may_not_see_it(office, workshop):
    person = make.person("Aino", "Aho")
    db.session.commit()
    there = f"/people/{person.id}/events/new"
    sent = form(people=person.id, due="week", what="Soita takaisin", assigned_to=workshop.member_id)

    refused = office.post(there, data=sent)
    saved = [office.post(there, data=sent | rest).status_code for rest in ({"channel": "service"}, {"due": ""})]

    assert refused.status_code == 422
    assert 'id="assigned_to-error"' in refused.text
    assert "Pekka Paja ei näe puheluita. Valitse Huolto tai Käynti, tai toinen tekijä." in refused.text
    assert 'value="Soita takaisin"' in refused.text
    assert f'selected value="{workshop.member_id}"' in refused.text
    assert saved == [303, 303]
    services = [event.id for event in rows(Event) if event.channel is Channel.SERVICE]
    assert [task.event_id for task in rows(EventTask)] == services


def test_a_follow_up_is_given_to_nobody_who_may_not_see_its_event(office, workshop):
    call, visit = happened(), happened(channel=Channel.VISIT)
    task = actions.add_task(call, what="Soita", due_on=clock.today(), assigned_to_id=office.member_id)
    db.session.commit()
    sent = {"what": "Soita uudelleen", "due": "week", "assigned_to": workshop.member_id}

    refused = [
        office.post(path, data=sent) for path in (f"/events/{call.id}/tasks/new", f"/event-tasks/{task.id}/edit")
    ]
    saved = office.post(f"/events/{visit.id}/tasks/new", data=sent)

    for answer in refused:
        assert answer.status_code == 422
        assert "Pekka Paja ei näe puheluita. Valitse toinen tekijä." in answer.text
        assert 'value="Soita uudelleen"' in answer.text
    assert saved.status_code == 303
    assert [task.assigned_to_id for task in rows(EventTask)] == [office.member_id, workshop.member_id]


def test_an_event_that_its_follow_ups_doer_sees_is_made_none_that_they_do_not(office, workshop):
    device = make.device()
    visit = happened(channel=Channel.VISIT, devices=[device])
    task = actions.add_task(visit, what="Vaihda letku", due_on=clock.today(), assigned_to_id=workshop.member_id)
    db.session.commit()
    sent = form(channel="letter", devices=device.id)

    refused = office.post(f"/events/{visit.id}/edit", data=sent)
    office.post(f"/event-tasks/{task.id}/done")
    saved = office.post(f"/events/{visit.id}/edit", data=sent)

    assert refused.status_code == 422
    assert "Pekka Paja ei näe kirjeitä. Vaihda ensin seurannan tekijä." in refused.text
    assert saved.status_code == 303
