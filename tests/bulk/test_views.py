"""One act on many rows: told, previewed, confirmed, one change set, one undo."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from rockrobot import clock, jobs, ledger
from rockrobot.access import Role
from rockrobot.bulk.actions import carry_out
from rockrobot.bulk.queries import event_of, undoable_of
from rockrobot.bulk.rules import IN_A_JOB_ABOVE, ROWS_AT_ONCE, Act
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company, Person, Worksite
from rockrobot.db import Base, db
from rockrobot.events.models import Event, EventCompany
from rockrobot.objections.actions import record_objection
from rockrobot.objections.rules import Channel, Told
from rockrobot.purposes.rules import PurposeCode
from rockrobot.tags.actions import put_tags, tags_for
from rockrobot.tags.models import Tag, Tagging
from rockrobot.tags.rules import Register
from rockrobot.worksites.actions import move_devices
from tests import make


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).unique().all()


def told(html: str, name: str) -> str:
    """What a hidden field of the preview says."""
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def preview(office, register: str, act: str, **data):
    """The preview of an act; data: the chosen rows and what the act is told."""
    return office.post(f"/bulk/{register}", data={"act": act, "step": "told"} | data)


def confirm(office, register: str, act: str, **data):
    """Preview an act and confirm it as a person would."""
    html = preview(office, register, act, **data).text
    sent = {"act": act, "step": "confirm", "seen": told(html, "seen")} | data
    return office.post(f"/bulk/{register}", data=sent, follow_redirects=True)


def undo_told_in(office, html: str) -> None:
    office.post(re.search(r"/history/\d+/undo", html)[0])


def add_companies(count: int, **values) -> None:
    names = [f"Kivi {number:04}" for number in range(count)]
    db.session.add_all(Company(customer_no=f"B{number:05}", name=name, **values) for number, name in enumerate(names))
    db.session.commit()


# ---------- from the list to the preview ----------


def test_a_list_offers_its_acts_and_a_box_on_each_row(office):
    company = make.company("Louhinta Oy")

    html = office.get("/companies/").text

    assert f'name="ids" value="{company.id}" form="bulk" aria-label="Valitse Louhinta Oy"' in html
    assert '<option value="delete">Poista</option>' in html


def test_the_workshop_and_data_protection_are_offered_nothing(workshop, protection):
    make.company()

    for visitor in (workshop, protection):
        assert 'form="bulk"' not in visitor.get("/companies/").text
        assert visitor.post("/bulk/companies", data={"act": "tag", "ids": 1}).status_code == 403


def test_nothing_chosen_leads_back_to_the_list_that_was_shown(office):
    answer = office.post("/bulk/companies", data={"act": "tag", "type": "asiakas", "sort": "-name"})

    assert answer.status_code == 303
    assert answer.location == "/companies/?type=asiakas&sort=-name"


def test_ids_that_name_no_row_and_merged_ones_are_passed_over(office):
    kept, tombstone = make.company(), make.company()
    tombstone.merged_into_id = kept.id
    db.session.commit()

    html = preview(office, "companies", "tag", ids=[kept.id, kept.id, tombstone.id, 999999, "x"], names="VIP").text

    assert told(html, "seen") == "1/1"


@pytest.mark.parametrize("act", ["assign", "type", "letter", "export", "nonsense", ""])
def test_a_list_takes_only_its_own_acts(office, act):
    device = make.device()

    assert office.post("/bulk/devices", data={"act": act, "ids": device.id}).status_code == 404


def test_a_preview_tells_counts_and_first_rows_and_changes_nothing(office):
    aino, eero = make.person("Aino", "Aho"), make.person("Eero", "Erkki")
    put_tags(Register.PEOPLE, [aino.id], tags_for(["VIP"]))
    db.session.commit()

    html = preview(office, "people", "tag", ids=[aino.id, eero.id], names="VIP").text

    assert "Toimi koskee: 1 henkilö" in html
    assert "1: avainsana on jo" in html
    assert "Eero Erkki" in html
    assert "Aino Aho" not in html
    assert len(rows(Tagging)) == 1
    seen = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    assert eero.id in db.session.scalars(seen).all()


def test_what_an_act_is_told_wrongly_stays_in_its_field(office):
    company = make.company()

    answer = preview(office, "companies", "letter", ids=company.id, purpose="", text="Kutsu", on="38.1.")

    assert answer.status_code == 422
    assert 'value="Kutsu"' in answer.text
    assert 'value="38.1."' in answer.text
    assert 'id="purpose-error"' in answer.text


# ---------- each act, and its undo ----------


@pytest.mark.parametrize("register", Register)
def test_a_tag_is_put_on_many_rows_in_one_change_set_and_undone_at_once(office, register):
    makers = {"people": make.person, "companies": make.company, "devices": make.device, "worksites": make.worksite}
    ids = [makers[register]().id for _ in range(3)]

    html = confirm(office, register, "tag", ids=ids, names="VIP, messut").text
    put = len(rows(Tagging))
    sets = db.session.scalars(select(ChangeSet).where(ChangeSet.event == "bulk.tag")).all()
    undo_told_in(office, html)

    assert "Avainsana lisätty 3 riville." in html
    assert put == 6
    assert len(sets) == 1
    assert rows(Tagging) == []


def test_a_tag_is_taken_off_many_rows_and_those_without_it_are_left(office):
    tagged, plain = make.company(), make.company()
    put_tags(Register.COMPANIES, [tagged.id], tags_for(["VIP"]))
    db.session.commit()
    tag = rows(Tag)[0]

    page = preview(office, "companies", "untag", ids=[tagged.id, plain.id], tag_id=tag.id).text
    html = confirm(office, "companies", "untag", ids=[tagged.id, plain.id], tag_id=tag.id).text

    assert "1: ei avainsanaa" in page
    assert "Avainsana otettu pois 1 riviltä." in html
    assert rows(Tagging) == []


def test_many_people_are_given_to_somebody_and_go_back_with_undo(office):
    esa = make.staff_member(Role.CUSTOMER_CARE, "Esa Esimies")
    one, other = make.person(), make.person(responsible_id=office.member_id)
    ids = [one.id, other.id]

    html = confirm(office, "people", "assign", ids=ids, responsible_id=esa.id).text
    given = [row.responsible_id for row in rows(Person)]
    undo_told_in(office, html)

    assert given == [esa.id, esa.id]
    assert [row.responsible_id for row in rows(Person)] == [None, office.member_id]


@pytest.mark.parametrize("register", [Register.PEOPLE, Register.COMPANIES])
def test_many_get_another_contact_type_that_an_import_leaves_and_undo_takes_back(office, register):
    maker, model = {"people": (make.person, Person), "companies": (make.company, Company)}[register]
    made = [maker(contact_type=kind) for kind in ("potentiaalinen", "asiakas", "")]
    for row in made:
        row.hand_changed = []
    ids = [row.id for row in made]
    db.session.commit()

    page = preview(office, register, "type", ids=ids, contact_type="asiakas").text
    html = confirm(office, register, "type", ids=ids, contact_type="asiakas").text
    given = [(row.contact_type, "contact_type" in row.hand_changed) for row in rows(model)]
    undo_told_in(office, html)

    assert "1: kontaktityyppi on jo tämä" in page
    assert "Kontaktityyppi vaihdettu 2 riville." in html
    assert given == [("asiakas", True), ("asiakas", False), ("asiakas", True)]
    assert [row.contact_type for row in rows(model)] == ["potentiaalinen", "asiakas", ""]


def test_a_letter_is_written_on_each_timeline_but_for_those_who_object(office):
    writes, objects = make.company("Kivi Oy"), make.company("Louhinta Oy")
    values = {"purpose": PurposeCode.MARKETING, "channel": Channel.ALL, "told_on": date(2026, 5, 1), "told": Told.PHONE}
    record_objection(objects, **values)
    db.session.commit()
    sent = {"ids": [writes.id, objects.id], "purpose": "marketing", "text": "Kutsu messuille", "on": "2.11.2026"}

    page = preview(office, "companies", "letter", **sent).text
    html = confirm(office, "companies", "letter", **sent).text

    assert "1: kieltänyt" in page
    assert "Kirje kirjattu 1 riville." in html
    assert [row.company_id for row in rows(EventCompany)] == [writes.id]
    assert rows(Event)[0].text == "Kutsu messuille"
    undo_told_in(office, html)
    assert rows(Event) == []


def test_many_are_deleted_and_what_can_not_be_is_listed_with_why_and_stays_whole(office):
    free, owner = make.company("Kivi Oy", switchboard="03 1234567"), make.company("Louhinta Oy", email="a@b.fi")
    make.ownership(make.device(), owner)
    before = {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in kept_tables()}

    page = preview(office, "companies", "delete", ids=[free.id, owner.id]).text
    html = confirm(office, "companies", "delete", ids=[free.id, owner.id]).text
    left = [(row.name, len(row.points)) for row in with_points()]
    undo_told_in(office, html)

    assert re.search(r"Louhinta Oy.*omistus \(1\)", page, re.DOTALL)
    assert "1 rivi poistettu." in html
    assert left == [("Louhinta Oy", 1)]
    db.session.rollback()
    assert {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in kept_tables()} == before


def kept_tables():
    return [Base.metadata.tables[name] for name in ("companies", "contact_points", "ownerships", "addresses")]


def with_points() -> list[Company]:
    db.session.rollback()
    return list(db.session.scalars(select(Company).options(selectinload(Company.points))))


def test_worksites_are_deleted_with_their_addresses(office):
    site, busy = make.worksite(name="Satama"), make.worksite(name="Kaivos")
    move_devices([make.device()], busy, on=date(2026, 5, 1))
    db.session.commit()

    page = preview(office, "worksites", "delete", ids=[site.id, busy.id]).text
    confirm(office, "worksites", "delete", ids=[site.id, busy.id])

    assert re.search(r"Kaivos.*\(1\)", page, re.DOTALL)
    assert [row.name for row in rows(Worksite)] == ["Kaivos"]


# ---------- all of a filter ----------


def test_all_of_a_filter_is_read_anew_and_refused_politely_when_it_has_changed(office):
    make.company(contact_type="asiakas"), make.company(contact_type="toimittaja")
    choice = {"everything": "1", "type": "asiakas", "names": "VIP"}
    html = preview(office, "companies", "tag", **choice).text
    make.company(contact_type="asiakas")

    sent = {"act": "tag", "step": "confirm", "seen": told(html, "seen")} | choice
    answer = office.post("/bulk/companies", data=sent)
    refused = len(rows(Tagging))
    again = office.post("/bulk/companies", data=sent | {"seen": told(answer.text, "seen")}, follow_redirects=True)

    assert answer.status_code == 422
    assert "Valinta on muuttunut esikatselun jälkeen." in answer.text
    assert refused == 0
    assert "Avainsana lisätty 2 riville." in again.text


def test_above_a_hundred_rows_the_number_has_to_be_typed(office):
    add_companies(101)
    choice = {"everything": "1", "names": "VIP"}
    html = preview(office, "companies", "tag", **choice).text
    sent = {"act": "tag", "step": "confirm", "seen": told(html, "seen")} | choice

    without, wrong = (office.post("/bulk/companies", data=sent | typed) for typed in ({}, {"typed_number": "11"}))
    refused = len(rows(Tagging))
    typed = office.post("/bulk/companies", data=sent | {"typed_number": "101"}, follow_redirects=True).text

    for answer in (without, wrong):
        assert answer.status_code == 422
        assert re.search(r'id="typed_number-error">[^§]*Kirjoita rivien määrä 101\.</p>', answer.text)
        assert 'name="names" value="VIP"' in answer.text
    assert re.search(r'<input[^>]* name="typed_number"[^>]* value="11"', wrong.text)
    assert refused == 0
    assert "Avainsana lisätty 101 riville." in typed
    assert len(rows(Tagging)) == 101


def test_a_filter_that_is_dead_chooses_nobody(office):
    make.company()

    answer = office.post("/bulk/companies", data={"act": "delete", "everything": "1", "tag": "999"})

    assert answer.status_code == 303
    assert len(rows(Company)) == 1


def test_very_many_rows_are_done_in_a_job_with_an_undo_of_its_own(office):
    count = IN_A_JOB_ABOVE + 1
    add_companies(count)
    choice = {"everything": "1", "names": "VIP"}
    html = preview(office, "companies", "tag", **choice).text
    sent = {"act": "tag", "step": "confirm", "seen": told(html, "seen"), "typed_number": count} | choice

    answer = office.post("/bulk/companies", data=sent)
    waiting = office.get(answer.location).text
    db.session.rollback()
    jobs.run_waiting()
    done = office.get(answer.location).text
    put = len(rows(Tagging))
    undo_told_in(office, done)

    assert "Jonossa" in waiting
    assert f"{count} riviä muuttui." in done
    assert put == count
    assert rows(Tagging) == []


def test_an_act_that_was_cut_off_goes_on_in_its_change_set_and_counts_on(office):
    add_companies(ROWS_AT_ONCE + 10)
    ids, values = [row.id for row in rows(Company)], {"names": ["VIP"]}
    payload = {"act": Act.TAG, "register": Register.COMPANIES, "ids": ids, "values": values}
    job = jobs.enqueue("bulk.do", payload, key="cut-off")
    with ledger.change_set(event_of(Act.TAG)) as act:
        carry_out(Act.TAG, Register.COMPANIES, ids[:ROWS_AT_ONCE], values)
        job.result = {"done": ROWS_AT_ONCE, "count": ROWS_AT_ONCE, "change_set_id": act.change_set_id}
        db.session.commit()

    jobs.run_waiting()
    done = rows(jobs.Job)[0]
    put = len(rows(Tagging))
    office.post(f"/history/{act.change_set_id}/undo")

    assert (done.done_count, done.result["count"], done.result["left_out"]) == (len(ids), len(ids), 0)
    assert (put, rows(Tagging)) == (len(ids), [])


# ---------- files ----------


def test_ticked_people_go_out_in_a_file_and_stand_in_no_address(office):
    aino, eero = make.person("Aino", "Aho"), make.person("Eero", "Erkki")

    first = office.post("/bulk/people", data={"act": "export", "ids": [aino.id]})
    page = office.post(first.location, data={"ids": [aino.id], "purpose": "relations"}).text
    chosen = {"purpose": "relations", "channel": "all", "file": "csv", "ids": [aino.id]}
    file = office.post("/exports/people/file", data=chosen)

    assert first.status_code == 307
    assert str(aino.id) not in first.location
    assert "Lataa 1 rivi" in page
    assert "Aho" in file.data.decode("utf-8-sig")
    assert "Erkki" not in file.data.decode("utf-8-sig")
    entries = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    assert aino.id in db.session.scalars(entries).all()
    assert eero.id not in db.session.scalars(entries).all()


def test_all_of_a_filter_goes_to_the_export_by_its_address(office):
    answer = office.post("/bulk/companies", data={"act": "stickers", "everything": "1", "type": "asiakas"})

    assert answer.location == "/exports/companies?type=asiakas&channel=letter&file=tarrat.pdf"


def test_a_bulk_act_of_the_last_day_is_undone_from_the_page_of_the_day(office, monkeypatch):
    company = make.company()
    confirm(office, "companies", "tag", ids=company.id, names="VIP")

    today = office.get("/").text
    office.post(re.search(r"/history/\d+/undo", today)[0])
    later = clock.now() + timedelta(hours=25)
    confirm(office, "companies", "tag", ids=company.id, names="VIP")
    assert len(undoable_of(f"staff:{office.member_id}")) == 1
    monkeypatch.setattr(clock, "now", lambda: later)

    assert "Joukkotoimesi vuorokauden ajalta" in today
    assert undoable_of(f"staff:{office.member_id}") == []
