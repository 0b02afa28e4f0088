import re

import pytest
from sqlalchemy import select

from rockrobot import jobs, ledger
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.organisation.actions import ensure_organisation
from tests import make


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def newest() -> int:
    return rows(ChangeSet)[-1].id


@pytest.fixture
def register(database):
    person = make.person("Aino", "Aho", direct_phone="040 588 2755")
    return {
        "device": make.device(make.device_model("RR-9", "Kivirobotti"), "SP5-0147"),
        "batch": make.batch(make.part("PT-7", "Painetiiviste"), "E003", supplier_batch_no="TI/17611"),
        "company": make.company("Louhinta Oy", customer_no="A00042"),
        "person": person,
    }


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("sp5-0147", "/devices/"), ("e003", "/batches/"), ("TI/17611", "/batches/"), ("louhinta", "/companies/"),
        ("A00042", "/companies/"), ("aho aino", "/people/"),
        ("+358 40 588 2755", "/people/"), ("PT-7", "/parts/"), ("kivirobotti", "/models/"),
    ],
)  # fmt: skip
def test_one_box_finds_everything(office, register, typed, path):
    html = office.get("/search", query_string={"q": typed}).text

    main = html[html.index('id="search_hits"') :]
    assert re.search(rf'href="{path}\d+"', main)


def test_people_found_are_logged_and_hidden_from_the_workshop(office, workshop, register):
    shown = office.get("/search?q=aho").text
    hidden = workshop.get("/search?q=aho").text

    assert "Aino Aho" in shown
    assert "Aino Aho" not in hidden
    assert [e.row_id for e in rows(LedgerEntry) if e.action == "view"] == [register["person"].id]


def test_the_administrator_does_not_search(administrator):
    assert administrator.get("/search?q=aho").status_code == 403


def test_nothing_found_offers_what_is_near_or_new(office, register):
    near = office.get("/search?q=louhintta").text
    none = office.get("/search?q=qqqqqqqq").text

    assert "Lähimmät:" in near
    assert "Louhinta Oy" in near
    assert "Ei osumia haulla «qqqqqqqq»." in none
    assert "/companies/new" in none


def test_typing_gets_the_hits_alone(office, register):
    html = office.get("/search?q=e003", headers={"HX-Request": "true", "HX-Target": "div#search_hits"}).text

    assert html.strip().startswith('<div class="stack" id="search_hits">')


@pytest.mark.parametrize("typed", ['"', "<script>alert(1)</script>", "' OR 1=1 --", "%", "\x00", "å" * 500])
def test_any_text_may_be_searched(office, typed):
    answer = office.get("/search", query_string={"q": typed})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_today_says_that_nothing_waits(office, workshop, administrator, protection):
    for person in (office, workshop, protection, administrator):
        html = person.get("/").text
        assert "Ei avoimia tehtäviä." in html
        assert "Mikään työ ei ole kesken." in html


def test_a_failed_job_is_told_on_today_and_on_the_jobs_page(office):
    job = jobs.enqueue("letters.print", {}, key="print-1")
    job.state, job.fault = jobs.FAILED, "Osoite puuttuu kirjeestä 7."
    db.session.commit()

    assert "Osoite puuttuu kirjeestä 7." in office.get("/").text
    assert "Osoite puuttuu kirjeestä 7." in office.get("/jobs").text


def test_a_running_job_asks_again_by_itself(office):
    job = jobs.enqueue("letters.print", {}, key="print-1")
    job.state, job.done_count, job.total_count = jobs.RUNNING, 3, 10
    db.session.commit()

    html = office.get("/jobs").text

    assert 'data-hx-trigger="every 2s"' in html
    assert '<progress value="3" max="10"' in html


def test_a_change_set_shows_rows_before_and_after(office):
    company = make.company("Kivi Oy")
    with ledger.change_set("companies.edit"):
        company.name = "Kallio Oy"
        db.session.commit()

    html = office.get(f"/history/{newest()}").text

    assert "Yrityksen tiedot muutettu" in html
    assert ">Kivi Oy</td>" in html
    assert ">Kallio Oy</td>" in html


def test_personal_values_are_hidden_from_the_administrator_and_logged_for_others(administrator, protection):
    with ledger.change_set("people.new"):
        person = make.person("Aino", "Aho")
    act = newest()

    hidden = administrator.get(f"/history/{act}").text
    shown = protection.get(f"/history/{act}").text

    assert "Aino" not in hidden
    assert "henkilötieto, piilotettu" in hidden
    assert "Aino" in shown
    assert [e.row_id for e in rows(LedgerEntry) if e.action == "view"] == [person.id]


def test_views_stand_in_the_history_only_when_asked_for(protection):
    person = make.person()
    protection.get(f"/people/{person.id}")

    changes, everything = protection.get("/history").text, protection.get("/history?views=1").text

    assert "Henkilö katsottu" not in changes
    assert "Henkilö katsottu" in everything


def test_an_undone_change_says_so_and_cannot_be_undone_twice(office):
    with ledger.change_set("companies.new"):
        make.company("Kivi Oy")
    act = newest()

    first = office.post(f"/history/{act}/undo")
    second = office.post(f"/history/{act}/undo", follow_redirects=True)

    assert first.status_code == 303
    assert rows(Company) == []
    assert "Tätä ei voi enää kumota." in second.text
    assert "Tämä muutos on kumottu." in office.get(f"/history/{act}").text


def test_only_customer_care_undoes_what_others_did(workshop, protection, administrator, office):
    with ledger.change_set("companies.new", actor="staff:999"):
        make.company("Kivi Oy")
    act = newest()

    refused = [browser.post(f"/history/{act}/undo").status_code for browser in (workshop, protection, administrator)]
    offered = [f"/{act}/undo" in browser.get(f"/history/{act}").text for browser in (protection, administrator, office)]

    assert refused == [404, 404, 404]
    assert offered == [False, False, True]
    assert office.post(f"/history/{act}/undo").status_code == 303


def test_everybody_is_offered_the_undo_of_their_own_act(protection, administrator):
    with ledger.change_set("organisation.edit", actor=f"staff:{administrator.member_id}"):
        ensure_organisation()
        db.session.commit()
    act = newest()

    offered = [f"/{act}/undo" in browser.get(f"/history/{act}").text for browser in (protection, administrator)]

    assert offered == [False, True]
    assert administrator.post(f"/history/{act}/undo").status_code == 303


def test_a_card_offers_no_undo_to_whom_it_would_be_refused(workshop, office):
    with ledger.change_set("devices.edit", actor="staff:999"):
        machine = make.device()
        db.session.flush()
        machine.year = 1999
    act = newest()

    shown = [f"/{act}/undo" in browser.get(f"/devices/{machine.id}").text for browser in (workshop, office)]

    assert shown == [False, True]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_undo_leads_to_no_other_place(office, back):
    with ledger.change_set("parts.count_stock"):
        make.address(make.company())

    answer = office.post(f"/history/{newest()}/undo", data={"back": back})

    assert answer.location.startswith("/")
    assert "evil" not in answer.location
