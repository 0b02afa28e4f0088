"""The import screens: upload, look, take or leave, undo."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import func, select

from rockrobot import jobs
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.devices.models import Device
from rockrobot.uploads.models import ImportRun, ImportState
from tests.register import small_register, upload_of, write_xlsx, write_zip

ROWS = sum(len(rows) for rows in small_register().values())


def upload(office, path):
    response = office.post("/imports/", data={"file": (io.BytesIO(path.read_bytes()), path.name)})
    assert response.status_code == 303, response.text
    return response.location


def work():
    db.session.rollback()
    jobs.run_waiting()
    db.session.rollback()


def machines() -> int:
    return db.session.scalar(select(func.count()).select_from(Device))


@pytest.fixture
def bad_register(tmp_path):
    sheets = small_register()
    sheets["fittings"][0]["removed_on"] = "2020-01-01"
    return write_xlsx(tmp_path / "huono.xlsx", sheets)


def test_a_workbook_is_read_shown_taken_and_undone(office, tmp_path):
    page = upload(office, write_xlsx(tmp_path / "rekisteri.xlsx"))
    assert "Luetaan tiedostoa" in office.get(page).text
    work()

    looked = office.get(page).text
    assert f">{ROWS}<" in looked
    assert machines() == 0
    office.post(upload_of(page) + "/apply")
    work()

    taken = office.get(page).text
    assert "Tuotu" in taken
    assert machines() == len(small_register()["devices"])
    undo = re.search(r'action="(/history/\d+/undo)"', taken).group(1)
    office.post(undo)
    db.session.rollback()
    assert machines() == 0


def test_a_file_that_only_agrees_with_what_was_corrected_by_hand_can_be_taken(office, tmp_path):
    company = Company(customer_no="A001", name="Käsin Oy", country="FI", language="fi")
    db.session.add(company)
    db.session.commit()
    page = upload(
        office, write_xlsx(tmp_path / "sama.xlsx", {"companies": [{"customer_no": "A001", "name": "Käsin Oy"}]})
    )
    work()

    looked = office.get(page).text
    office.post(upload_of(page) + "/apply")
    work()

    assert "1 käsin korjattu arvo on nyt tiedostossakin" in looked
    assert "name" not in db.session.scalar(select(Company.hand_changed))


def test_refused_rows_are_listed_and_come_out_as_a_file(office, bad_register):
    page = upload(office, bad_register)
    work()

    html = office.get(page).text
    file = openpyxl.load_workbook(io.BytesIO(office.get(upload_of(page) + "/refused.xlsx").data))

    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd] [^>]*>(.*?)</t[hd]>", html)]
    assert cells[(at := cells.index("removed_on")) - 2 : at + 1] == ["fittings", "2", "removed_on"]
    assert "päättyy ennen kuin alkaa" in html
    assert "Tuo kelvolliset rivit" in html
    assert file.sheetnames == ["fittings"]
    seen = select(LedgerEntry.row_id).join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
    assert [str(id_) for id_ in db.session.scalars(seen.where(ChangeSet.event == "uploads.refused"))] == [
        upload_of(page).rpartition("/")[2]
    ]
    rows = list(file["fittings"].values)
    assert rows[0][-1] == "virhe"
    assert rows[1][1] == "000100"


def test_the_good_rows_can_be_taken_alone(office, bad_register):
    page = upload(office, bad_register)
    work()

    office.post(upload_of(page) + "/apply-good")
    work()

    assert machines() == len(small_register()["devices"])
    assert db.session.scalar(select(ImportRun.state)) is ImportState.APPLIED


def test_nothing_lands_when_the_file_is_left(office, tmp_path):
    page = upload(office, write_zip(tmp_path / "r.zip"))
    work()

    office.post(upload_of(page) + "/leave")
    again = office.post(upload_of(page) + "/apply")
    work()

    assert again.status_code == 303
    assert machines() == 0
    assert "Mitään ei muutettu" in office.get(page).text


def test_a_broken_file_is_told_plainly(office, tmp_path):
    path = tmp_path / "rikki.xlsx"
    path.write_bytes(b"PK\x03\x04 [Content_Types].xml xl/workbook.xml")

    page = upload(office, path)
    work()

    assert "Tiedostoa ei voi lukea" in office.get(page).text


def test_what_an_undo_had_to_leave_is_named_as_people_know_it(office, tmp_path):
    page = upload(office, write_xlsx(tmp_path / "rekisteri.xlsx"))
    work()
    office.post(upload_of(page) + "/apply")
    work()
    company = db.session.scalars(select(Company).order_by(Company.id)).first()
    office.post(f"/companies/{company.id}/edit", data={"name": "Käsin Oy", "country": "FI"})
    run = db.session.scalars(select(ImportRun)).one()
    change_set_id = run.change_set_id
    db.session.rollback()

    office.post(f"/history/{change_set_id}/undo")
    shown = office.get(page).text

    assert "Tuonti on kumottu" in shown
    assert f'<a href="/companies/{company.id}">Käsin Oy</a>' in shown


def test_a_file_of_another_kind_is_refused_beside_the_field(office):
    response = office.post("/imports/", data={"file": (io.BytesIO(b"x"), "kuva.png")})

    assert response.status_code == 422
    assert "Valitse työkirja" in response.text


def test_a_double_tap_uploads_once(office, tmp_path):
    path = write_zip(tmp_path / "r.zip")
    for _ in range(2):
        office.post("/imports/", data={"file": (io.BytesIO(path.read_bytes()), "r.zip"), "idempotency_key": "same"})

    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 1


def test_the_template_is_a_workbook(office):
    template = openpyxl.load_workbook(io.BytesIO(office.get("/imports/template.xlsx").data))

    assert template.sheetnames[0] == "mallit"


def test_the_workshop_may_not_import(workshop):
    assert workshop.get("/imports/").status_code == 403
