from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select

from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.exports import rules
from rockrobot.exports.queries import taken_by
from rockrobot.exports.rules import Subject
from rockrobot.parts.queries import block_of
from rockrobot.traces import queries
from tests import make
from tests.test_access_table import digest


@pytest.fixture
def batch(database):
    """A batch with one machine of a person, one of a company abroad, and one in our stock."""
    batch = make.batch(batch_no="E003")
    machines = [make.device(serial=serial) for serial in ("000100", "000200", "000300")]
    for machine in machines:
        make.fitting(machine, batch)
    person, company = make.person("Aino", "Aho"), make.company("Sten AB", country="SE")
    make.address(person)
    make.ownership(machines[0], person)
    make.ownership(machines[1], company)
    return batch


def test_the_page_asks_first_and_traces_nothing(office):
    html = office.get("/traces/").text

    assert "Erän numero" in html
    assert "Mitä tämä tarkoittaa" not in html


def test_a_batch_number_shows_what_a_recall_would_mean(office, batch):
    html = office.get("/traces/?by=batch&batch_no=E003").text

    assert "Aino Aho" in html
    assert "Sten AB" in html
    assert "Ruotsi 1" in html
    assert "000300" in html


def test_a_number_link_narrows_the_rows(office, batch):
    html = office.get(f"/traces/?batch_id={batch.id}&reach=stock").text

    assert "000300" in html
    assert "000100" not in html


def test_two_suppliers_with_one_number_are_offered_for_choice(office, batch):
    make.batch(of=batch.part, batch_no="E003", supplier="Packning AB")

    html = office.get("/traces/?by=batch&batch_no=E003").text

    assert "Valitse erä" in html
    assert "Packning AB" in html


def test_an_unknown_batch_names_the_nearest(office, batch):
    html = office.get("/traces/?by=batch&batch_no=E0033").text

    assert "Lähimmät erät" in html
    assert "E003" in html


def test_the_workshop_sees_a_persons_number_and_not_the_name(workshop, batch):
    html = workshop.get("/traces/?by=batch&batch_no=E003").text

    assert "Aino" not in html
    assert "henkilö P" in html
    assert "Sten AB" in html


def test_the_workshops_file_has_no_names_of_people_either(workshop, batch):
    text = workshop.get(f"/traces/rows.csv?batch_id={batch.id}").text

    assert "Aino" not in text
    assert "Sten AB" in text


def test_the_page_leaves_a_row_in_the_ledger_for_each_person_shown(office, batch):
    office.get(f"/traces/?batch_id={batch.id}")

    db.session.rollback()
    viewed = select(LedgerEntry.row_id).where(LedgerEntry.action == "view")
    assert len(db.session.scalars(viewed).all()) == 1


def test_the_file_guards_a_spreadsheet_from_formulas(office, batch):
    evil = make.company("=1+1 Oy", country="FI")
    machine = make.device()
    make.fitting(machine, batch)
    make.ownership(machine, evil)

    text = office.get(f"/traces/rows.csv?batch_id={batch.id}").text

    assert ",'=1+1 Oy," in text


def test_build_dates_of_a_model_are_traced_with_the_undated_as_possible(office):
    model = make.device_model("RR")
    make.device(model, "IN", built_on=date(2024, 5, 1))
    make.device(model, "OUT", built_on=date(2025, 5, 1))
    make.device(model, "UNDATED", year=2024)
    make.device(model, "OTHER-YEAR", year=2022)

    html = office.get(
        f"/traces/?by=build_dates&device_model_id={model.id}&built_from=1.1.2024&built_to=31.12.2024"
    ).text

    assert "IN</" in html
    assert "UNDATED" in html
    assert ">OUT<" not in html
    assert "OTHER-YEAR" not in html


def test_days_in_the_wrong_order_are_refused(office):
    model = make.device_model("RR")

    html = office.get(f"/traces/?by=build_dates&device_model_id={model.id}&built_from=1.2.2024&built_to=1.1.2024").text

    assert "Viimeinen päivä on ennen ensimmäistä." in html


def test_a_stranger_is_sent_to_sign_in(stranger):
    assert stranger.get("/traces/").status_code == 303


def test_pasted_serials_are_traced_and_the_unknown_are_named(office, batch):
    html = office.get("/traces/?by=serials&expression=000100,+000200+and+999999&device_model_id=").text

    assert "Aino Aho" in html
    assert "999999" in html
    assert "000300" not in html


def test_a_piece_that_cannot_be_read_stops_the_trace(office, batch):
    html = office.get("/traces/?by=serials&expression=000100,+SP-*&device_model_id=").text

    assert "SP-*" in html
    assert "jokerimerkkiä ei voi tulkita" in html
    assert "Aino Aho" not in html


def test_a_batch_that_went_nowhere_can_be_recalled_too_and_is_blocked(office):
    batch = make.batch(batch_no="E009")

    page = office.get("/traces/?by=batch&batch_no=E009").text
    office.post("/recalls/", data={"origin": "batch", "batch_id": batch.id, "title": "Väärä teräs"})

    assert "Avaa takaisinvetotapaus" in page
    assert block_of(batch.id).reason == "Väärä teräs"


# ---------- the file counts as an export ----------

EXPORTED = "purpose=marketing&channel=letter&file=csv"


def owned_by(name: str, serial: str) -> None:
    """A machine of a person."""
    make.ownership(make.device(serial=serial), make.person(name, "Aho"))
    db.session.commit()


def serials(*wanted: str) -> str:
    return f"/traces/rows.csv?by=serials&expression={'+'.join(wanted)}&device_model_id="


@pytest.mark.parametrize("owner", [make.person, make.company])
def test_the_owners_of_a_whole_model_do_not_go_out_without_a_second_person(office, monkeypatch, owner):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 1)
    model = make.device_model("RR")
    for serial in ("000100", "000200"):
        make.ownership(make.device(model, serial), owner())
    db.session.commit()
    before = digest()

    answers = [office.get(f"/traces/rows.csv?by=build_dates&device_model_id={model.id}")]
    answers += [office.get(serials("000100-000300"))]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("Jäljitystä ei voi sellaisenaan hyväksyttää." in answer.text for answer in answers)
    assert f'href="/full-exports/devices/new?model={model.id}"' in answers[0].text
    assert 'href="/full-exports/devices/new"' in answers[1].text
    assert not any("owner_name" in answer.text for answer in answers)
    assert digest() == before


def test_traces_and_exports_of_a_day_are_counted_together(office, protection, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 1)
    owned_by("Aino", "000100")
    owned_by("Eero", "000200")

    first = [office.get(serials("000100")), office.get(serials("000100")), office.get(serials("000200"))]
    exported = [office.get(f"/exports/people/file?q={name}&{EXPORTED}") for name in ("eero", "aino")]
    listed = office.get("/devices/list.xlsx?person=2")
    anothers = protection.get(serials("000200"))

    assert [answer.status_code for answer in first] == [200, 200, 409]
    assert [answer.status_code for answer in exported] == [409, 200]
    assert (listed.status_code, anothers.status_code) == (409, 200)


def test_traces_taken_at_once_are_counted_together(app, office, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 1)
    owned_by("Aino", "000100")
    owned_by("Eero", "000200")
    gate, trace_serials = Barrier(2, timeout=20), queries.trace_serials

    def traced_when_both_are_let_in(*asked):
        gate.wait()
        return trace_serials(*asked)

    def take(serial: str) -> int:
        with app.app_context():
            return office.get(serials(serial)).status_code

    monkeypatch.setattr(queries, "trace_serials", traced_when_both_are_let_in)
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(take, ("000100", "000200")))

    assert sorted(statuses) == [200, 409]
    assert len(taken_by(f"staff:{office.member_id}", Subject.PEOPLE)) == 1


def test_the_companies_that_the_workshops_file_names_are_counted_and_its_people_left_out(workshop, batch, monkeypatch):
    before = workshop.get(f"/traces/rows.csv?batch_id={batch.id}").status_code
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 0)

    refused = workshop.get(f"/traces/rows.csv?batch_id={batch.id}")

    db.session.rollback()
    taken = [taken_by(f"staff:{workshop.member_id}", subject) for subject in (Subject.COMPANIES, Subject.PEOPLE)]
    assert (before, refused.status_code) == (200, 409)
    assert list(map(len, taken)) == [1, 0]
    assert "Pyydä tiedosto asiakaspalvelusta." in refused.text
    assert "/full-exports/" not in refused.text
