"""A whole list or the whole register goes out once one person asked and another approved, and to the asker alone."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company
from rockrobot.contacts.queries import person_with
from rockrobot.db import db
from rockrobot.devices.models import Ownership
from rockrobot.devices.rules import OwnershipKind
from rockrobot.dual_control.models import RequestedAct
from rockrobot.erasures.actions import erase_person
from rockrobot.exports import queries, rules
from rockrobot.exports.rules import Subject, needs_second_person
from rockrobot.full_exports import queries as full_exports
from rockrobot.full_exports.models import FullExport
from rockrobot.full_exports.rules import covers
from rockrobot.jobs import Job
from rockrobot.organisation.actions import ensure_organisation
from rockrobot.staff.models import SignIn
from tests import make
from tests.approving import approve
from tests.exports.test_views import objection, table
from tests.test_access_table import digest, withheld_doors
from tests.walk import ok, work

ALL_PEOPLE = "/full-exports/people/new?purpose=marketing&channel=letter&file=csv"
REASON = {"reason": "kevään kampanja"}


def asked(visitor, address=ALL_PEOPLE, **rest) -> str:
    """Ask; the address of the request."""
    return ok(visitor.post(address, data=REASON | rest)).location


def act_id(request: str) -> int:
    return int(request.rpartition("/")[2])


def approved(visitor, supervisor, address=ALL_PEOPLE, **rest) -> str:
    """Ask, and have it approved; the address of the export."""
    request = asked(visitor, address, **rest)
    ok(approve(supervisor, request))
    return f"/full-exports/{act_id(request)}"


def made(visitor, supervisor, address=ALL_PEOPLE, **rest) -> str:
    export = approved(visitor, supervisor, address, **rest)
    ok(visitor.post(f"{export}/make"))
    work()
    return export


def followed_by(question: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
    """The same question; once it is answered another acts, before the asker goes on."""

    def asked_while_another_acts(*words: Any) -> Any:
        answer = question(*words)
        with ThreadPoolExecutor(1) as meanwhile:
            meanwhile.submit(act).result()
        return answer

    return asked_while_another_acts


def jobs_made() -> list[Job]:
    return list(db.session.scalars(select(Job).where(Job.kind == "full_exports.make")))


def test_who_needs_a_second_person():
    assert needs_second_person(is_whole=True, ids=[1])
    assert not needs_second_person(is_whole=False, ids=range(500))
    assert needs_second_person(is_whole=False, ids=range(501))
    assert not needs_second_person(is_whole=False, ids=range(100, 500), taken=range(500))
    assert needs_second_person(is_whole=False, ids=[500], taken=range(500))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_whole_list_or_register_does_not_go_out_without_approval(office, method):
    make.person("Aino", "Aho")
    before = digest()

    answers = [office.open("/exports/people/file?purpose=marketing&channel=letter&file=csv", method=method)]
    answers += [office.get("/exports/companies/file?purpose=marketing&channel=letter&file=csv")]

    assert [answer.status_code for answer in answers] == [409] * 2
    assert all("Pyydä hyväksyntä" in answer.text and "Aho" not in answer.text for answer in answers)
    assert digest() == before


def test_many_rows_need_approval_whatever_the_filter(office, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 1)
    for name in ("Aino", "Eero"):
        make.person(name, "Aho")
    chosen = "purpose=marketing&channel=letter&file=csv"

    page = office.get(f"/exports/people?q=aho&{chosen}").text
    answers = [office.get(f"/exports/people/file?q={text}&{chosen}").status_code for text in ("aho", "aino")]

    assert "/full-exports/people/new?purpose=marketing&amp;channel=letter&amp;file=csv&amp;q=aho" in page
    assert "Lataa 2" not in page
    assert answers == [409, 200]


def test_a_list_does_not_go_out_in_parts_in_one_day(office, protection, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 1)
    make.person("Aino", "Aho")
    eero = make.person("Eero", "Erkki")
    chosen = "purpose=marketing&channel=letter&file"

    def taken(visitor, text: str, kind: str = "csv") -> int:
        return visitor.get(f"/exports/people/file?q={text}&{chosen}={kind}").status_code

    first = [taken(office, "aino"), taken(office, "aino", "vcf"), taken(office, "eero"), taken(protection, "eero")]
    page = office.get(f"/exports/people?q=eero&{chosen}=csv").text
    ticked = office.post("/exports/people/file", data={"ids": eero.id, "purpose": "marketing", "channel": "letter"})
    monkeypatch.setattr(queries, "COUNTED_FOR", timedelta(0))
    next_day = taken(office, "eero")

    assert first == [200, 200, 409, 200]
    assert "Olet vienyt vuorokauden aikana jo 1 rivin." in page
    assert ticked.status_code == 409
    assert "lisää niille avainsana" in ticked.text
    assert "/full-exports/" not in ticked.text
    assert next_day == 200


def test_parts_taken_at_once_are_counted_together(app, office, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 1)
    gate, file_of = Barrier(2, timeout=20), queries.file_of
    for name in ("Aino", "Eero"):
        make.person(name, "Aho")

    def written_when_both_are_let_in(*whose):
        gate.wait()
        return file_of(*whose)

    def take(text: str) -> int:
        with app.app_context():
            path = f"/exports/people/file?q={text}&purpose=marketing&channel=letter&file=csv"
            return office.get(path).status_code

    monkeypatch.setattr(queries, "file_of", written_when_both_are_let_in)
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(take, ("aino", "eero")))

    assert sorted(statuses) == [200, 409]
    assert len(queries.taken_by(f"staff:{office.member_id}", Subject.PEOPLE)) == 1


def test_a_list_goes_out_when_a_second_person_approved_it(office, supervisor):
    aino, eero = make.person("Aino", "Aho"), make.person("Eero", "Erkki")
    objection(eero)
    export = approved(office, supervisor)
    page = office.get(export).text
    ok(office.post(f"{export}/make"))
    busy = office.get(export).text
    work()
    done = office.get(export).text

    file = office.get(f"{export}/file")

    assert "Tee tiedosto" in page
    assert "Tehdään tiedostoa" in busy
    assert "Lataa tiedosto" in done
    assert [row["Sukunimi"] for row in table(file)] == ["Aho"]
    db.session.rollback()
    act = db.session.scalars(select(ChangeSet).where(ChangeSet.event == "full_exports.download")).one()
    seen = select(LedgerEntry.row_id).where(LedgerEntry.change_set_id == act.id, LedgerEntry.table_name == "people")
    assert act.purpose == "marketing; letter; csv; rows 1; left out 1; filter -"
    assert db.session.scalars(seen).all() == [aino.id]


def whose_was_fetched() -> set[tuple[str, int]]:
    """Of whom the ledger says that a file that was fetched tells: tables and ids."""
    db.session.rollback()
    seen = select(LedgerEntry.table_name, LedgerEntry.row_id).join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
    return {tuple(row) for row in db.session.execute(seen.where(ChangeSet.event == "full_exports.download"))}


def test_more_rows_than_are_read_at_a_time_come_whole(office, supervisor):
    for n in range(1203):
        db.session.add(Company(customer_no=f"B{n:05}", name=f"Yritys {n:05}"))
    db.session.commit()

    export = made(office, supervisor, ALL_PEOPLE.replace("people", "companies"))

    assert len(table(office.get(f"{export}/file"))) == 1203
    assert (jobs_made()[0].done_count, jobs_made()[0].total_count) == (1000, 1203)


def test_the_whole_register_goes_out_in_its_format(office, protection):
    make.device(make.device_model("SP-1"), "000100")
    aino, company = make.person("Aino", "Aho"), make.company("Louhinta Oy")
    export = made(office, protection, "/full-exports/register/new", purpose="rights")

    file = office.get(f"{export}/file")

    book = openpyxl.load_workbook(io.BytesIO(file.data))
    assert file.headers["Content-Disposition"] == "attachment; filename=rekisteri.xlsx"
    assert book["laitteet"]["B2"].value == "000100"
    assert book["henkilöt"].max_row == 2
    assert whose_was_fetched() == {("people", aino.id), ("companies", company.id)}


def test_a_list_of_machines_with_whose_they_are_goes_out_once_approved(office, supervisor):
    model, aino = make.device_model("SP-1"), make.person("Aino", "Aho", person_no="H1")
    make.ownership(make.device(model, "000100"), aino)
    company = make.company("Louhinta Oy")
    make.ownership(make.device(model, "000200"), company)
    make.device(make.device_model("SP-2"), "000300")
    db.session.commit()
    address = f"/full-exports/devices/new?model={model.id}&file=vcf&channel=phone"
    page = office.get(address).text
    request = asked(office, address, purpose="rights")
    told = supervisor.get(request).text
    ok(approve(supervisor, request))
    export = f"/full-exports/{act_id(request)}"
    ok(office.post(f"{export}/make"))
    work()

    file = office.get(f"{export}/file")

    rows = list(openpyxl.load_workbook(io.BytesIO(file.data))["laitteet"].iter_rows(min_row=2, values_only=True))
    assert "Malli: SP-1" in page
    assert all(words in told for words in ("Laitteiden luettelo", "Malli: SP-1", "Laitteita", "Yrityksiä"))
    assert file.headers["Content-Disposition"] == "attachment; filename=laitteet.xlsx"
    assert [row[1] for row in rows] == ["000100", "000200"]
    assert [row[6] for row in rows] == ["henkilö", "Louhinta Oy"]
    assert whose_was_fetched() == {("people", aino.id), ("companies", company.id)}
    act = db.session.scalars(select(ChangeSet).where(ChangeSet.event == "full_exports.download")).one()
    assert act.purpose.startswith("rights; all; xlsx; rows 2; left out 0; filter ")


def test_whose_machines_go_out_and_of_whom_it_is_told_stand_at_one_moment(app, office, supervisor, monkeypatch):
    aino, device = make.person("Aino", "Aho"), make.device()
    make.ownership(device, aino, from_on=date(2024, 1, 1))
    company = make.company("Louhinta Oy")
    export = approved(office, supervisor, "/full-exports/devices/new", purpose="rights")
    ok(office.post(f"{export}/make"))
    plan, ids = full_exports.plan_of, (device.id, company.id)

    def sell() -> None:
        with app.app_context(), ledger.change_set("test", actor="test"):
            db.session.scalars(select(Ownership)).one().to_on = clock.today()
            values = {"device_id": ids[0], "company_id": ids[1], "from_on": clock.today()}
            db.session.add(Ownership(**values, kind=OwnershipKind.SOLD))
            db.session.commit()

    monkeypatch.setattr(full_exports, "plan_of", followed_by(plan, sell))
    work()
    monkeypatch.undo()
    file = office.get(f"{export}/file")

    rows = list(openpyxl.load_workbook(io.BytesIO(file.data))["laitteet"].iter_rows(min_row=2, values_only=True))
    assert [row[6] for row in rows] == ["henkilö"]
    assert whose_was_fetched() == {("people", aino.id)}


def test_a_list_of_machines_of_companies_alone_is_written_down_when_it_is_fetched(office, supervisor):
    company = make.company("Louhinta Oy")
    make.ownership(make.device(), company)
    export = made(office, supervisor, "/full-exports/devices/new", purpose="rights")

    file = office.get(f"{export}/file")

    assert file.status_code == 200
    assert whose_was_fetched() == {("companies", company.id)}


def test_an_erasure_leaves_a_list_of_companies_whose_number_is_a_persons(office, supervisor):
    person, company = make.person("Aino", "Aho"), make.company("Louhinta Oy")
    export = made(office, supervisor, ALL_PEOPLE.replace("people", "companies"))
    assert person.id == company.id
    erase_person(person)
    db.session.commit()

    answer = office.get(f"{export}/file")

    assert [row["Yritys"] for row in table(answer)] == ["Louhinta Oy"]


def test_an_erasure_takes_a_list_of_machines_too(office, supervisor):
    person = make.person("Aino", "Aho")
    make.ownership(make.device(), person)
    db.session.commit()
    export = made(office, supervisor, "/full-exports/devices/new", purpose="rights")
    erase_person(person)
    db.session.commit()

    answer = office.get(f"{export}/file")

    assert answer.location == export
    assert db.session.scalars(select(FullExport)).one().sealed_file is None


def test_the_second_person_sees_what_how_many_for_what_and_why(office, supervisor):
    for name in ("Aino", "Eero"):
        make.person(name, "Aho", contact_type="asiakas")
    request = asked(office, ALL_PEOPLE + "&q=aho&type=asiakas")
    make.person("Ilmari", "Aho", contact_type="asiakas")
    listed = supervisor.get("/requested-acts/").text

    page = supervisor.get(request).text

    assert request in listed
    for told in ("Henkilöiden luettelo", "aho, Tyyppi: asiakas", "Suoramarkkinointi", "CSV", "kevään kampanja"):
        assert told in page
    assert "3 (pyydettäessä 2)" in page


def test_the_file_holds_what_the_approved_filter_finds(office, supervisor):
    make.person("Aino", "Aho")
    make.person("Eero", "Erkki")

    export = made(office, supervisor, ALL_PEOPLE + "&q=aho")

    assert [row["Etunimi"] for row in table(office.get(f"{export}/file"))] == ["Aino"]


def test_what_was_searched_for_stands_nowhere_in_plain_words(office, supervisor):
    make.person("Aino", "Salaperäinen")

    made(office, supervisor, ALL_PEOPLE + "&q=salaperäinen")

    db.session.rollback()
    kept = [db.session.scalars(select(RequestedAct.details)).one(), *db.session.scalars(select(Job.payload))]
    kept += db.session.scalars(select(LedgerEntry.changes).where(LedgerEntry.table_name == "requested_acts")).all()
    row = db.session.scalars(select(FullExport)).one()
    assert "salaperäinen" not in repr(kept)
    assert "salaperäinen".encode() not in row.sealed_text
    assert b"Salaper" not in row.sealed_file


def test_nobody_but_the_asker_makes_or_fetches_the_file(office, supervisor, protection):
    make.person()
    export = made(office, supervisor)

    answers = [visitor.get(export + rest) for visitor in (supervisor, protection) for rest in ("", "/file")]
    answers += [supervisor.post(f"{export}/make")]

    assert {answer.status_code for answer in answers} == {404}
    doors = ["full_exports.download", "full_exports.show"]
    assert withheld_doors() == sorted([*doors, *doors, "full_exports.make"])
    assert office.get(f"{export}/file").status_code == 200


@pytest.mark.parametrize("decision", [None, "declined"])
def test_what_nobody_approved_is_not_made(office, supervisor, decision):
    make.person()
    request = asked(office)
    if decision:
        ok(supervisor.post(f"{request}/decide", data={"decision": decision, "reason": "ei tarvetta"}))
    before, export = digest(), f"/full-exports/{act_id(request)}"

    answers = [office.post(f"{export}/make"), office.get(f"{export}/file")]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Mitään ei tehty." in answers[0].text
    assert digest() == before


def test_an_approval_makes_one_file(office, supervisor):
    make.person()
    export = made(office, supervisor)

    again = office.post(f"{export}/make")

    assert again.status_code == 409
    db.session.rollback()
    assert len(jobs_made()) == 1


def test_an_approval_runs_out_after_seven_days(office, supervisor):
    export = approved(office, supervisor)
    db.session.rollback()
    act = db.session.scalars(select(RequestedAct)).one()
    act.expires_at = clock.now()
    db.session.commit()

    answer = office.post(f"{export}/make")

    assert answer.status_code == 409
    assert "vanhentunut" in answer.text


def test_a_file_is_gone_after_a_day(office, supervisor):
    make.person()
    export = made(office, supervisor)
    row = db.session.scalars(select(FullExport)).one()
    row.made_at = clock.now() - timedelta(hours=24)
    db.session.commit()

    late = office.get(f"{export}/file")
    work()

    assert late.location == export
    assert "Tiedosto on poistettu" in office.get(export).text
    assert db.session.scalars(select(FullExport)).all() == []


def test_an_erasure_takes_the_file_and_its_page_says_so(office, supervisor):
    person = make.person("Aino", "Aho")
    export = made(office, supervisor, ALL_PEOPLE + "&q=aho")
    erase_person(person)
    db.session.commit()

    answer, page = office.get(f"{export}/file"), office.get(export).text

    row = db.session.scalars(select(FullExport)).one()
    assert answer.location == export
    assert "henkilön tiedot on poistettu rekisteristä" in page
    assert (row.sealed_file, row.sealed_text, row.parties, row.told) == (None, None, {}, "")


def test_a_person_erased_while_the_file_is_made_is_in_no_file(app, office, supervisor, monkeypatch):
    person = make.person("Aino", "Aho")
    make.person("Eero", "Erkki")
    export = approved(office, supervisor)
    ok(office.post(f"{export}/make"))
    read, id_ = full_exports.content_of, person.id

    def erase() -> None:
        with app.app_context(), ledger.change_set("test", actor="test"):
            erase_person(person_with(id_))
            db.session.commit()

    monkeypatch.setattr(full_exports, "content_of", followed_by(read, erase))
    work()
    page, none = office.get(export).text, office.get(f"{export}/file")
    monkeypatch.undo()
    ok(office.post(f"{export}/make"))
    work()

    assert "Yritä uudelleen" in page
    assert none.location == export
    assert [row["Sukunimi"] for row in table(office.get(f"{export}/file"))] == ["Erkki"]


def test_weighty_steps_ask_for_a_fresh_sign_in(office, supervisor):
    make.person()
    request = asked(office)
    for row in db.session.scalars(select(SignIn)):
        row.confirmed_at = clock.now() - timedelta(minutes=6)
    db.session.commit()
    export = f"/full-exports/{act_id(request)}"

    answers = [supervisor.post(f"{request}/decide", data={"decision": "approved"}), office.post(f"{export}/make")]
    answers += [office.get(f"{export}/file")]

    assert all("/sign-in/confirm" in answer.location for answer in answers)
    db.session.rollback()
    assert db.session.scalars(select(RequestedAct.decision)).one() is None


def test_a_request_needs_its_reason_and_the_list_its_purpose(office):
    wordless = office.post(ALL_PEOPLE, data={"reason": " "})
    aimless = office.post("/full-exports/register/new", data=REASON)
    unseen = office.get("/full-exports/people/new?subject=x&q=aho")

    assert (wordless.status_code, aimless.status_code) == (422, 422)
    assert "Kirjoita, miksi kaikki tarvitaan." in wordless.text
    assert "Valitse, mihin tietoja käytetään." in aimless.text
    assert unseen.location.startswith("/exports/people")


def test_a_firm_of_one_approves_its_own_export_with_a_reason(office):
    make.person()
    ensure_organisation().may_approve_own_cases = True
    db.session.commit()
    request = asked(office)

    refused = approve(office, request)
    ok(approve(office, request, reason="olen talon ainoa"))

    assert refused.status_code == 422
    assert "Hyväksyi itse" in office.get(request).text
    assert "olen talon ainoa" in office.get(request).text


def test_the_setting_of_a_firm_of_one_counts_no_more_while_somebody_else_may_decide(office, protection):
    make.person()
    ensure_organisation().may_approve_own_cases = True
    db.session.commit()
    request = asked(office)

    refused = approve(office, request, reason="olen talon ainoa")

    assert refused.status_code == 409
    assert "Päättäjän on oltava toinen henkilö" in refused.text
    assert "Pyydä jotakuta näistä päättämään:" in office.get(request).text
    assert "Mikään ei odota päätöstäsi." in office.get("/requested-acts/").text


@pytest.mark.parametrize("has_failed", [False, True])
def test_what_can_be_read_no_more_is_not_offered_to_be_made(office, supervisor, has_failed):
    make.person("Aino", "Aho")
    export = approved(office, supervisor, ALL_PEOPLE + "&q=aho")
    if has_failed:
        ok(office.post(f"{export}/make"))
        jobs_made()[0].state = "failed"
    db.session.scalars(select(FullExport)).one().sealed_text = b"sealed with a key that is gone"
    db.session.commit()

    page = office.get(export).text

    assert "Pyydä uusi vienti." in page
    assert f"{export}/make" not in page


def test_a_job_that_failed_is_asked_for_again_under_the_same_approval(office, supervisor):
    make.person()
    export = approved(office, supervisor)
    ok(office.post(f"{export}/make"))
    jobs_made()[0].state = "failed"
    db.session.commit()
    page = office.get(export).text

    ok(office.post(f"{export}/make"))
    work()

    assert "Yritä uudelleen" in page
    assert office.get(f"{export}/file").status_code == 200


# ---------- no more goes out than was approved ----------

GROWN = "enemmän kuin hyväksyttiin"
CUSTOMERS = ALL_PEOPLE + "&type=asiakas"
DEVICES = "/full-exports/devices/new?model="


def is_made(visitor, export) -> bool:
    """True where the file can be fetched."""
    return "Content-Disposition" in visitor.get(f"{export}/file").headers


def test_a_list_that_grew_since_the_approval_is_not_made(office, supervisor):
    make.person("Aino", "Aho", contact_type="asiakas")
    other = make.person("Eero", "Erkki")
    export = approved(office, supervisor, CUSTOMERS)
    other.contact_type = "asiakas"
    db.session.commit()

    page, answer = office.get(export).text, office.post(f"{export}/make")
    work()

    assert (GROWN in page, f"{export}/make" in page) == (True, False)
    assert "2 (pyydettäessä 1)" in page
    assert answer.status_code == 409
    assert "Tiedot muuttuivat hyväksynnän jälkeen." in answer.text
    assert jobs_made() == []
    assert db.session.scalars(select(RequestedAct.used_at)).one() is None


@pytest.mark.parametrize("address", [CUSTOMERS, "/full-exports/register/new"])
def test_what_grew_since_it_was_begun_is_not_made_nor_begun_again(office, supervisor, address):
    make.person("Aino", "Aho", contact_type="asiakas")
    export = approved(office, supervisor, address, purpose="rights")
    ok(office.post(f"{export}/make"))
    make.person("Eero", "Erkki", contact_type="asiakas")
    db.session.commit()
    work()

    page, again, job = office.get(export).text, office.post(f"{export}/make"), jobs_made()[0]

    assert (GROWN in page, f"{export}/make" in page) == (True, False)
    assert GROWN in job.fault
    assert again.status_code == 409
    assert len(jobs_made()) == 1
    assert not is_made(office, export)


def test_what_grew_and_shrank_again_is_made(office, supervisor):
    make.person("Aino", "Aho", contact_type="asiakas")
    export = approved(office, supervisor, CUSTOMERS)
    ok(office.post(f"{export}/make"))
    other = make.person("Eero", "Erkki", contact_type="asiakas")
    db.session.commit()
    work()
    other.contact_type = ""
    db.session.commit()

    ok(office.post(f"{export}/make"))
    work()

    assert [row["Sukunimi"] for row in table(office.get(f"{export}/file"))] == ["Aho"]


def test_who_objects_or_is_erased_since_the_approval_drops_out(office, supervisor):
    people = [make.person(name, "Aho") for name in ("Aino", "Eero", "Ilmari")]
    export = approved(office, supervisor)
    objection(people[0])
    ok(office.post(f"{export}/make"))
    erase_person(people[1])
    db.session.commit()
    work()

    file = office.get(f"{export}/file")

    assert [row["Etunimi"] for row in table(file)] == ["Ilmari"]


def test_the_counts_that_hold_are_those_that_were_read_at_the_approval(office, supervisor):
    make.person("Aino", "Aho", contact_type="asiakas")
    request = asked(office, CUSTOMERS)
    make.person("Eero", "Erkki", contact_type="asiakas")
    db.session.commit()
    ok(approve(supervisor, request))
    export = f"/full-exports/{act_id(request)}"

    ok(office.post(f"{export}/make"))
    work()

    assert len(table(office.get(f"{export}/file"))) == 2
    assert "2 (pyydettäessä 1)" in office.get(export).text


@pytest.mark.parametrize("grows", ["machines", "people"])
@pytest.mark.parametrize("is_begun", [False, True])
def test_a_list_of_machines_that_grew_since_the_approval_is_not_made(office, supervisor, grows, is_begun):
    model = make.device_model("SP-1")
    make.ownership(make.device(model, "000100"), make.person("Aino", "Aho"))
    unowned = make.device(model, "000200")
    db.session.commit()
    export = approved(office, supervisor, f"{DEVICES}{model.id}", purpose="rights")
    if is_begun:
        ok(office.post(f"{export}/make"))
    if grows == "machines":
        make.device(model, "000300")
    else:
        make.ownership(unowned, make.person("Eero", "Erkki"))
    db.session.commit()

    answer = office.post(f"{export}/make")
    work()

    assert answer.status_code == 409
    assert GROWN in office.get(export).text
    assert not is_made(office, export)


def test_fewer_machines_than_were_approved_go_out(office, supervisor):
    model = make.device_model("SP-1")
    make.device(model, "000100")
    other = make.device(model, "000200")
    db.session.commit()
    export = approved(office, supervisor, f"{DEVICES}{model.id}", purpose="rights")
    other.device_model_id = make.device_model("SP-2").id
    db.session.commit()

    ok(office.post(f"{export}/make"))
    work()

    rows = openpyxl.load_workbook(io.BytesIO(office.get(f"{export}/file").data))["laitteet"]
    assert [row[1] for row in rows.iter_rows(min_row=2, values_only=True)] == ["000100"]


def test_no_kind_may_grow_and_every_kind_may_shrink():
    approved_counts = {"people": 12, "companies": 3}

    assert covers(approved_counts, {"people": 12, "companies": 3})
    assert covers(approved_counts, {"people": 11, "companies": 0})
    assert not covers(approved_counts, {"people": 1, "companies": 4})
    assert not covers({}, {"people": 1})
