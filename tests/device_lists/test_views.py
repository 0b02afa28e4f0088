"""The list of machines as a workbook: what the filter finds, no person's name, unchanged when it comes in again."""

import io
import json
from datetime import date

import openpyxl
from sqlalchemy import select

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db
from rockrobot.devices.actions import record_fate
from rockrobot.devices.rules import Fate
from rockrobot.tags.actions import put_tags, tags_for
from rockrobot.tags.rules import Register
from rockrobot.worksites.actions import move_devices
from tests import make
from tests.statements import Count


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
    rows = sheet_of(office.get("/devices/list.xlsx"))

    assert (rows[0]["omistajan numero"], rows[0]["omistaja"]) == ("H1", "henkilö")
    acts = select(ChangeSet.purpose, LedgerEntry.table_name, LedgerEntry.row_id).join(LedgerEntry)
    told = db.session.execute(acts.where(ChangeSet.event == "device_lists.download").order_by(LedgerEntry.id)).all()
    assert told[0][1:] == ("people", aino.id)
    assert told[1] == ("xlsx; rows 1; filter -", "devices", device.id)
    assert closed.status_code == 403


def test_a_long_list_asks_no_more_often_than_a_short_one_and_an_empty_one_is_none(office):
    assert office.get("/devices/list.xlsx").status_code == 404
    make.device()
    with Count() as short:
        office.get("/devices/list.xlsx")
    for _ in range(5):
        make.ownership(make.device(), make.company())
    with Count() as long:
        office.get("/devices/list.xlsx")

    assert long.statements <= short.statements + 3


def test_what_went_out_imports_into_the_register_without_change(app, office, tmp_path):
    for year in (2022, None):
        make.device(year=year, built_on=date(2022, 1, 20) if year else None)
    path = tmp_path / "laitteet.xlsx"
    path.write_bytes(office.get("/devices/list.xlsx").data)

    result = app.test_cli_runner().invoke(args=["import", "register", str(path)])

    counts = json.loads(result.output.strip().splitlines()[-1])
    assert counts == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}, result.output
