"""The whole history of a record: every act, deleted rows too, page by page, with undo and old values back."""

import re

import pytest
from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Company, ContactPoint
from rockrobot.db import db
from rockrobot.enquiries.actions import add_enquiry
from rockrobot.events.actions import add_event
from rockrobot.events.rules import JOBS, Channel
from rockrobot.histories.queries import RECORDS
from rockrobot.lists import ROWS
from rockrobot.staff.models import SignInFact
from rockrobot.staff.rules import Outcome
from tests import make
from tests.referrals.cases import confirmed, enquiry, importer


def rename(company: Company, times: int) -> None:
    for number in range(times):
        with ledger.change_set("companies.edit"):
            company.name = f"Kivi {number}"
            db.session.commit()


def test_a_card_shows_the_last_acts_and_leads_to_all_of_them_page_by_page(office):
    company = make.company("Kivi Oy")
    rename(company, ROWS + 5)

    card = office.get(f"/companies/{company.id}").text
    first = office.get(f"/companies/{company.id}/history").text
    second = office.get(f"/companies/{company.id}/history?page=2").text

    assert f'href="/companies/{company.id}/history"' in card
    assert "Kivi 0" not in card
    assert f"Kivi {ROWS + 4}" in first
    assert "Kivi Oy → Kivi 0" in second


def test_what_was_deleted_from_a_record_stands_in_its_history(office):
    company = make.company("Kivi Oy", switchboard="03 123 4567")
    office.get(f"/companies/{company.id}")
    point = db.session.scalar(select(ContactPoint.id))
    office.post(f"/contact-points/{point}/delete")
    office.post(f"/tags/companies/{company.id}/new", data={"names": "VIP"})
    tagging = db.session.scalars(select(LedgerEntry).where(LedgerEntry.table_name == "tags")).first().row_id
    office.post(f"/tags/companies/{company.id}/take", data={"tag_id": tagging})

    html = office.get(f"/companies/{company.id}/history").text

    assert "Yhteystieto poistettu" in html
    assert "03 123 4567" in html
    assert "Avainsana otettu pois" in html


def test_an_act_is_undone_and_an_old_value_put_back_from_the_history(office):
    company = make.company("Kivi Oy")
    rename(company, 2)
    html = office.get(f"/companies/{company.id}/history").text

    office.post(re.search(r"/history/\d+/undo", html)[0])
    undone = name_of(company.id)
    entries = select(LedgerEntry.id).where(LedgerEntry.table_name == "companies", LedgerEntry.action == "update")
    first = db.session.scalars(entries.order_by(LedgerEntry.id)).first()
    answer = office.post(f"/history/entries/{first}/put-back", data={"field": "name"})

    assert undone == "Kivi 0"
    assert answer.status_code == 303
    assert name_of(company.id) == "Kivi Oy"


def test_a_value_that_the_history_does_not_tell_is_not_put_back(office):
    with ledger.change_set("imports.apply", is_import=True):
        company = make.company("Kivi Oy")
    rename(company, 1)
    renamed = select(LedgerEntry).where(LedgerEntry.table_name == "companies", LedgerEntry.action == "update")
    entry = db.session.scalars(renamed).one()
    there, untold = f"/history/entries/{entry.id}/put-back", set(entry.changes) - {"name"}
    before = dict(db.session.execute(select(Company.__table__)).mappings().one())

    for name in untold:
        office.post(there, data={"field": name})

    db.session.rollback()
    assert "hand_changed" in untold
    assert dict(db.session.execute(select(Company.__table__)).mappings().one()) == before


def name_of(company_id: int) -> str:
    db.session.rollback()
    return db.session.scalar(select(Company.name).where(Company.id == company_id))


def test_a_person_whose_history_is_read_is_written_down_as_seen(office):
    person = make.person("Aino", "Aho")

    html = office.get(f"/people/{person.id}/history").text

    db.session.rollback()
    views = select(LedgerEntry).where(LedgerEntry.action == "view", LedgerEntry.row_id == person.id)
    assert "Aho" in html
    assert len(db.session.scalars(views).all()) == 1


def test_the_workshop_reads_histories_of_machines_and_not_of_people(workshop):
    person, device, company = make.person("Aino", "Aho"), make.device(serial="SP5-0147"), make.company()
    site = make.worksite(person)

    machine = workshop.get(f"/devices/{device.id}/history")
    place = workshop.get(f"/worksites/{site.id}/history")

    assert machine.status_code == 200
    assert "SP5-0147" in machine.text
    assert workshop.get(f"/people/{person.id}/history").status_code == 403
    assert workshop.get(f"/companies/{company.id}").status_code == 200
    assert workshop.get(f"/companies/{company.id}/history").status_code == 403
    assert "Kivitie 1" not in place.text
    noted = db.session.execute(select(SignInFact.staff_member_id, SignInFact.outcome, SignInFact.door)).all()
    assert noted == [(workshop.member_id, Outcome.DENIED, "histories.show")]


def one_of_each(channel: Channel) -> dict[str, int]:
    """A record of every kind that has a history, by its word in addresses; the event came by this channel."""
    person, device, batch = make.person(), make.device(), make.batch()
    event = add_event({"devices": [device.id]}, channel=channel, happened_at=clock.now(), text="Letku vuotaa")
    enquiry = add_enquiry(channel=channel, question="Mitä maksaa?", came_on=clock.today())
    kinds = {"people": person, "companies": make.company(), "devices": device, "worksites": make.worksite(person)}
    kinds |= {"events": event, "parts": batch.part, "batches": batch, "enquiries": enquiry}
    db.session.commit()
    return {kind: row.id for kind, row in (kinds | {"models": device.device_model}).items()}


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.VISIT])
def test_no_history_is_told_of_what_its_reader_may_not_open(office, workshop, protection, channel):
    rows = one_of_each(channel)

    opened = {}
    for reader in (office, workshop, protection):
        for kind, id_ in rows.items():
            opened[reader.member_id, kind] = [reader.get(f"/{kind}/{id_}{end}").status_code for end in ("", "/history")]

    assert set(rows) == set(RECORDS)
    assert all(card == 200 for card, history in opened.values() if history == 200)
    assert opened[workshop.member_id, "events"] == ([200, 200] if channel in JOBS else [404, 404])
    assert opened[office.member_id, "events"] == [200, 200]


@pytest.mark.parametrize("place", ["people", "companies", "devices", "worksites", "events", "parts", "batches"])
def test_what_is_not_there_has_no_history(office, place):
    assert office.get(f"/{place}/999999/history").status_code == 404
    assert office.get(f"/{place}/99999999999999999999/history").status_code == 404


def looks_at_enquiries() -> list[int]:
    looks = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "enquiries")
    return list(db.session.scalars(looks))


def test_who_reads_what_somebody_unknown_asked_is_written_down_on_every_page_of_its_history(office):
    importer()
    row = enquiry()
    confirmed(office, row)
    acts = {
        table: db.session.scalar(select(LedgerEntry.change_set_id).where(LedgerEntry.table_name == table))
        for table in ("enquiries", "disclosures")
    }
    db.session.rollback()
    pages = [f"/enquiries/{row.id}/history", *(f"/history/{act}" for act in acts.values())]

    looks = []
    for page in pages:
        before = len(looks_at_enquiries())
        office.get(page)
        looks.append(looks_at_enquiries()[before:])

    assert looks == [[row.id]] * 3


def test_who_reads_a_deleted_enquiry_in_the_trash_is_written_down(office):
    row_id = enquiry().id
    office.post(f"/enquiries/{row_id}/delete")
    deleted = LedgerEntry.action == "delete"
    act = db.session.scalar(select(LedgerEntry.change_set_id).where(LedgerEntry.table_name == "enquiries", deleted))
    before = len(looks_at_enquiries())

    office.get("/trash")
    office.get(f"/trash/{act}")

    assert looks_at_enquiries()[before:] == [row_id, row_id]
