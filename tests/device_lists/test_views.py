"""The list of machines as a workbook: what the filter finds, no person's name, unchanged when it comes in again."""

import io
import json
from datetime import date, timedelta

import openpyxl
from sqlalchemy import select

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db
from rockrobot.devices.actions import record_fate
from rockrobot.devices.rules import Fate
from rockrobot.exports import queries as exports
from rockrobot.exports import rules
from rockrobot.tags.actions import put_tags, tags_for
from rockrobot.tags.rules import Register
from rockrobot.worksites.actions import move_devices
from tests import make
from tests.statements import Count
from tests.test_access_table import digest


def sheet_of(answer) -> list[dict[str, str | None]]:
    header, *rows = openpyxl.load_workbook(io.BytesIO(answer.data))["laitteet"].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_filter_of_the_list_is_that_of_the_file_with_owner_worksite_fate_and_tags(office):
    model, company = make.device_model("RR-200", "Kivirobotti"), make.company("Louhinta Oy", customer_no="A1")
    device = make.device(model, "=1+1", year=2022, built_on=date(2022, 1, 20))
    make.ownership(device, company)
    make.device(make.device_model("PY-90"), "PY-1")
    move_devices([device], make.worksite(name="Satama"), on=date(2026, 5, 1))
    record_fate(device, Fate.STOLEN, on=date(2026, 6, 1))
    put_tags(Register.DEVICES, [device.id], tags_for(["VIP"]))
    db.session.commit()

    rows = sheet_of(office.get(f"/devices/list.xlsx?model={model.id}"))

    assert rows == [
        {
            "mallikoodi": "RR-200", "sarjanumero": "'=1+1", "valmistusvuosi": "2022", "valmistettu": "2022-01-20",
            "malli": "Kivirobotti", "omistajan numero": "A1", "omistaja": "Louhinta Oy", "työmaa": "Satama",
            "kohtalo": "Varastettu", "avainsanat": "VIP",
        }
    ]  # fmt: skip
    assert f"/devices/list.xlsx?model={model.id}" in office.get(f"/devices/?model={model.id}").text


def test_of_people_only_their_number_goes_out_and_whose_it_is_is_written_down(office, workshop):
    device, aino = make.device(), make.person("Aino", "Aho", person_no="H1")
    make.ownership(device, aino)
    db.session.commit()

    closed = workshop.get("/devices/list.xlsx")
    rows = sheet_of(office.get("/devices/list.xlsx?fate=none"))

    assert (rows[0]["omistajan numero"], rows[0]["omistaja"]) == ("H1", "henkilö")
    acts = select(ChangeSet.purpose, LedgerEntry.table_name, LedgerEntry.row_id).join(LedgerEntry)
    told = db.session.execute(acts.where(ChangeSet.event == "device_lists.download").order_by(LedgerEntry.id)).all()
    assert told[0][1:] == ("people", aino.id)
    assert told[1][0].startswith("xlsx; rows 1; filter ")
    assert told[1][1:] == ("devices", device.id)
    assert closed.status_code == 403


def test_a_long_list_asks_no_more_often_than_a_short_one_and_an_empty_one_is_none(office):
    assert office.get("/devices/list.xlsx").status_code == 404
    make.device()
    make.ownership(make.device(), make.company())
    with Count() as short:
        office.get("/devices/list.xlsx?fate=none")
    for _ in range(5):
        make.ownership(make.device(), make.company())
    with Count() as long:
        assert office.get("/devices/list.xlsx?fate=none").status_code == 200

    assert long.statements <= short.statements + 3


def test_what_went_out_imports_into_the_register_without_change(app, office, tmp_path):
    for year in (2022, None):
        make.device(year=year, built_on=date(2022, 1, 20) if year else None)
    path = tmp_path / "laitteet.xlsx"
    path.write_bytes(office.get("/devices/list.xlsx").data)

    result = app.test_cli_runner().invoke(args=["import", "register", str(path)])

    counts = json.loads(result.output.strip().splitlines()[-1])
    assert counts == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}, result.output


def test_the_whole_list_with_whose_machines_are_needs_a_second_person(office):
    make.ownership(make.device(), make.company("Louhinta Oy"))
    db.session.commit()
    before = digest()

    answer = office.get("/devices/list.xlsx")

    assert answer.status_code == 409
    assert 'href="/full-exports/devices/new"' in answer.text
    assert "Louhinta" not in answer.text
    assert digest() == before


def test_whose_machines_went_out_counts_with_the_exports_of_the_day(office, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 1)
    for name, model in (("Aino", "A"), ("Eero", "E")):
        make.ownership(make.device(make.device_model(model)), make.person(name, "Aho"))
        make.ownership(make.device(make.device_model(f"{model}-company")), make.company(f"{name} Oy"))
    db.session.commit()
    chosen = "purpose=marketing&channel=letter&file=csv"

    def taken(path: str) -> int:
        return office.get(path).status_code

    people = [taken(f"/exports/people/file?q=aino&{chosen}"), taken("/devices/list.xlsx?model=1")]
    people += [taken("/devices/list.xlsx?model=3"), taken("/devices/list.xlsx?model=1")]
    companies = [taken("/devices/list.xlsx?model=2"), taken("/devices/list.xlsx?model=4")]
    companies += [taken(f"/exports/companies/file?q=eero&{chosen}"), taken(f"/exports/companies/file?q=aino&{chosen}")]
    monkeypatch.setattr(exports, "COUNTED_FOR", timedelta(0))
    next_day = [taken("/devices/list.xlsx?model=3"), taken("/devices/list.xlsx?model=4")]

    assert people == [200, 200, 409, 200]
    assert companies == [200, 409, 409, 200]
    assert next_day == [200, 200]


def test_who_lives_at_a_worksite_counts_too(office, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 0)
    machine = make.device()
    move_devices([machine], make.worksite(make.person("Aino", "Aho")), on=date(2026, 5, 1))
    db.session.commit()

    assert office.get("/devices/list.xlsx?fate=none").status_code == 409


def test_a_list_of_machines_that_are_nobodys_needs_no_second_person(office, monkeypatch):
    monkeypatch.setattr(rules, "NEEDS_SECOND_ABOVE", 0)
    make.device()
    db.session.commit()

    assert office.get("/devices/list.xlsx").status_code == 200


def test_the_whole_list_leads_to_where_a_second_person_is_asked_and_a_narrowed_one_to_its_file(office):
    model = make.device().device_model_id
    db.session.commit()

    whole, narrowed = office.get("/devices/").text, office.get(f"/devices/?model={model}").text

    assert 'href="/full-exports/devices/new"' in whole
    assert "/devices/list.xlsx" not in whole
    assert f'href="/devices/list.xlsx?model={model}"' in narrowed
