"""Imports as jobs: no lock while reading, cut off and taken up again, files kept no longer than needed."""

import io
import os
import re
import time

import pytest
from sqlalchemy import func, select, update

from rockrobot import clock, jobs, ledger, undo
from rockrobot.chain import ChangeSet, verify
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.devices.models import Device
from rockrobot.imports import actions, views
from rockrobot.parts.models import Part
from rockrobot.uploads import actions as uploaded
from rockrobot.uploads.models import ImportRun, ImportState
from tests.imports.test_views import machines, upload, work
from tests.register import rows_beside, small_register, upload_of, write_folder, write_xlsx, write_zip


def uploads(app) -> list[str]:
    folder = app.config["DATA_DIR"] / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture(autouse=True)
def no_uploads(app):
    yield
    for name in uploads(app):
        (app.config["DATA_DIR"] / "uploads" / name).unlink()


def the_run() -> ImportRun:
    db.session.rollback()
    return db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()


def failing_once(monkeypatch, name: str, after: int) -> None:
    """Make an action fail in its call number after + 1, once."""
    real, calls = getattr(actions, name), []

    def act(*args, **kwargs):
        calls.append(1)
        if len(calls) == after + 1:
            raise RuntimeError("cut off")
        return real(*args, **kwargs)

    monkeypatch.setattr(actions, name, act)


def test_nobody_waits_while_a_file_is_read(app, office, tmp_path, monkeypatch):
    upload(office, write_zip(tmp_path / "r.zip"))
    real, wrote = views.plan_import, []

    def plan(sheets, stored):
        with db.engine.connect() as other:
            other.exec_driver_sql("UPDATE import_runs SET file_name = 'toinen.zip'")
            other.commit()
        wrote.append(True)
        return real(sheets, stored)

    monkeypatch.setattr(views, "plan_import", plan)
    work()

    assert wrote == [True]
    assert (the_run().state, the_run().file_name) == (ImportState.READ, "toinen.zip")


def test_an_import_that_was_cut_off_goes_on_in_its_change_set(app, office, tmp_path, monkeypatch):
    page = upload(office, write_zip(tmp_path / "r.zip"))
    work()
    office.post(upload_of(page) + "/apply")
    failing_once(monkeypatch, "_apply_chunk", after=9)
    with pytest.raises(RuntimeError):
        work()
    db.session.rollback()
    with ledger.change_set("test"):
        db.session.execute(update(jobs.Job).values(state=jobs.QUEUED))
        db.session.commit()

    work()

    run = the_run()
    rows = sum(len(rows) for rows in small_register().values()) + rows_beside(small_register())
    assert run.state is ImportState.APPLIED
    assert undo.undo(run.change_set_id).count == rows
    db.session.commit()
    assert machines() == 0
    assert verify(db.session.connection()).fault is None


def test_a_job_that_failed_is_told_and_can_be_started_again(app, office, tmp_path, monkeypatch):
    page = upload(office, write_zip(tmp_path / "r.zip"))
    work()
    office.post(upload_of(page) + "/apply")
    failing_once(monkeypatch, "_apply_chunk", after=2)
    with pytest.raises(RuntimeError):
        work()
    told = office.get(page).text
    assert "Työ keskeytyi virheeseen" in told
    assert "RuntimeError" not in told

    office.post(upload_of(page) + "/try-again")
    work()
    office.post(upload_of(page) + "/apply")
    work()

    assert "Tuotu" in office.get(page).text
    assert db.session.scalar(select(func.count()).select_from(ChangeSet).where(ChangeSet.event == "imports.apply")) == 1


def test_a_file_that_no_longer_fits_is_shown_again_and_not_taken(app, office, tmp_path):
    sheets = {"fittings": small_register()["fittings"][:1]}
    for name in ("models", "devices", "parts", "batches"):
        sheets[name] = small_register()[name]
    rest = {name: rows for name, rows in sheets.items() if name != "fittings"}
    upload(office, write_zip(tmp_path / "rest.zip", rest))
    work()
    office.post(f"/uploads/{the_run().id}/apply")
    work()
    page = upload(office, write_zip(tmp_path / "r.zip", {"fittings": sheets["fittings"]}))
    work()
    undo.undo(db.session.scalar(select(ImportRun.change_set_id).where(ImportRun.change_set_id.is_not(None))))
    db.session.commit()

    office.post(upload_of(page) + "/apply")
    work()

    html = office.get(page).text
    assert the_run().state is ImportState.READ
    assert "osa riveistä ei enää kelpaa" in html
    assert "ei löydy tiedostosta eikä rekisteristä" in html


def test_rows_that_somebody_else_adds_meanwhile_stop_the_import(app, office, tmp_path, monkeypatch):
    page = upload(office, write_zip(tmp_path / "r.zip", {"parts": [{"part_no": "A"}]}))
    work()
    office.post(upload_of(page) + "/apply")
    real = views._apply

    def late(*args):
        with ledger.change_set("other"):
            db.session.add(Part(part_no="A"))
            db.session.commit()
        return real(*args)

    monkeypatch.setattr(views, "_apply", late)
    work()

    assert "Joku lisäsi samoja rivejä" in office.get(page).text
    assert the_run().state is ImportState.READ


def test_one_csv_is_known_by_its_owners_name_and_several_make_a_register(app, office, tmp_path):
    folder = write_folder(tmp_path / "r")
    page = upload(office, folder / "models.csv")
    work()
    one = office.get(page).text
    files = [(io.BytesIO(path.read_bytes()), path.name) for path in sorted(folder.iterdir())]

    answer = office.post("/imports/", data={"file": files})
    work()

    assert "Ohitetut taulukot" not in one
    assert f"{files[0][1]} + {len(files) - 1}" in office.get(answer.location).text
    office.post(upload_of(answer.location) + "/apply")
    work()
    assert machines() == len(small_register()["devices"])


def test_a_workbook_beside_csv_files_is_refused(office, tmp_path):
    files = [(io.BytesIO(b"x"), "a.xlsx"), (io.BytesIO(b"y"), "b.csv")]

    assert office.post("/imports/", data={"file": files}).status_code == 422


def test_a_name_from_outside_never_becomes_a_path(app, office, tmp_path):
    office.post("/imports/", data={"file": (io.BytesIO(b"part_no\nA\n"), "../../../tmp/parts.csv")})

    assert the_run().file_name == "parts.csv"
    assert [bool(re.fullmatch(r"[0-9a-f]{32}", name)) for name in uploads(app)] == [True]
    mode = (app.config["DATA_DIR"] / "uploads" / uploads(app)[0]).stat().st_mode
    assert mode & 0o077 == 0


@pytest.mark.parametrize("choice", ["apply", "leave"])
def test_the_file_is_deleted_once_it_was_decided_on(app, office, tmp_path, choice):
    page = upload(office, write_zip(tmp_path / "r.zip"))
    work()
    assert len(uploads(app)) == 1

    office.post(f"{upload_of(page)}/{choice}")
    work()

    assert uploads(app) == []


def test_the_refused_rows_stay_for_a_month_and_what_they_said_too(app, office, tmp_path, monkeypatch):
    sheets = small_register()
    sheets["fittings"][0]["removed_on"] = "2020-01-01"
    page = upload(office, write_xlsx(tmp_path / "r.xlsx", sheets))
    work()
    office.post(upload_of(page) + "/apply-good")
    work()
    assert len(uploads(app)) == 1
    assert office.get(upload_of(page) + "/refused.xlsx").status_code == 200

    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + uploaded.KEPT * 1.1)
    with ledger.change_set("test"):
        uploaded.forget_old()
        db.session.commit()

    assert uploads(app) == []
    monkeypatch.setattr(clock, "now", lambda: now)
    assert office.get(upload_of(page) + "/refused.xlsx").status_code == 404
    html = office.get(page).text
    assert "päättyy ennen kuin alkaa" not in html
    assert "Rivien tiedot on poistettu" in html


def test_the_refused_rows_come_in_once_they_are_mended(app, office, tmp_path):
    sheets = small_register()
    sheets["fittings"][0]["removed_on"] = "2020-01-01"
    page = upload(office, write_xlsx(tmp_path / "r.xlsx", sheets))
    work()
    office.post(upload_of(page) + "/apply-good")
    work()
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(office.get(upload_of(page) + "/refused.xlsx").data))
    column = next(cell.column for cell in book["fittings"][1] if cell.value == "removed_on")
    book["fittings"].cell(2, column).value = None
    book.save(tmp_path / "mended.xlsx")

    again = upload(office, tmp_path / "mended.xlsx")
    work()

    assert "ohitettu: virhe" in office.get(again).text
    assert the_run().report["totals"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}


def test_an_undone_import_lists_what_it_had_to_leave(app, office, tmp_path):
    page = upload(office, write_zip(tmp_path / "r.zip"))
    work()
    office.post(upload_of(page) + "/apply")
    work()
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    with ledger.change_set("companies.edit"):
        company.name = "Muutettu Oy"
        db.session.scalars(select(Person)).first().last_name = "Muutettu"
        db.session.commit()

    office.post(re.search(r'action="(/history/\d+/undo)"', office.get(page).text).group(1))

    html = office.get(page).text
    assert "Tuonti on kumottu" in html
    assert f'href="/companies/{company.id}"' in html
    assert "/undo" not in html


def test_long_lists_of_refused_rows_are_paged(app, office, tmp_path):
    rows = [{"part_no": f"P{n}", "supplier": "X", "batch_no": "1"} for n in range(120)]
    page = upload(office, write_zip(tmp_path / "r.zip", {"batches": rows}))
    work()

    first, last = office.get(page).text, office.get(page + "?page=3").text

    assert "P49<" in first
    assert "P50<" not in first
    assert "P119<" in last


def test_an_old_page_of_a_taken_file_changes_nothing(app, office, tmp_path):
    page = upload(office, write_zip(tmp_path / "r.zip"))
    work()
    office.post(upload_of(page) + "/apply")
    office.post(upload_of(page) + "/apply-good")
    office.post(upload_of(page) + "/leave")
    work()
    office.post(upload_of(page) + "/try-again")

    assert the_run().state is ImportState.APPLIED
    assert db.session.scalar(select(func.count()).select_from(Device)) == len(small_register()["devices"])


def test_files_of_the_clock_before_are_not_touched(app, office, tmp_path):
    upload(office, write_zip(tmp_path / "a.zip"))
    path = app.config["DATA_DIR"] / "uploads" / uploads(app)[0]
    os.utime(path, (time.time() - 29 * 86400,) * 2)

    upload(office, write_zip(tmp_path / "b.zip"))

    assert len(uploads(app)) == 2
