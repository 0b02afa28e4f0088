"""The screens: upload, sheet, columns, dry run, taking, error file, undo."""

import io
import re
import zipfile

import openpyxl
import pytest
from sqlalchemy import func, select, update

from rockrobot import jobs, ledger, undo
from rockrobot.chain import LedgerEntry
from rockrobot.contact_files import actions, queries
from rockrobot.contacts.models import Person
from rockrobot.db import db
from rockrobot.uploads.models import ImportRun, ImportState
from tests import make
from tests.contact_files.lists import FREE_FI, OUTLOOK, table, workbook
from tests.register import upload_of


def upload(office, name: str, body: bytes) -> str:
    response = office.post("/contact-files/", data={"file": (io.BytesIO(body), name)})
    assert response.status_code == 303, response.text
    work()
    return response.location


def work() -> None:
    db.session.rollback()
    jobs.run_waiting()
    db.session.rollback()


def columns_in(html: str) -> dict[str, str]:
    """What the form sends when nobody changes it: the chosen option of each column, the name of the mapping."""
    found = {}
    for name, body in re.findall(r'<select[^>]* name="(columns-\d+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    return found


def plan(office, page: str, **more: str) -> str:
    """Look at the columns and ask what taking would do."""
    office.post(f"{page}/plan", data=columns_in(office.get(f"{page}?columns=1").text) | more)
    work()
    return office.get(page).text


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Person))


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


OWN = table(*FREE_FI, delimiter=";").encode("cp1252")


def test_a_list_is_read_its_columns_told_tried_taken_and_undone(office):
    page = upload(office, "oma.csv", OWN)
    columns = office.get(page).text
    assert columns_in(columns) == {
        "columns-0": "full_name",
        "columns-1": "company",
        "columns-2": "other_phone",
        "columns-3": "email",
        "columns-4": "",
        "columns-5": "notes",
    }
    assert "kielto tai suostumus kirjataan henkilön kortille" in columns

    tried = plan(office, page)
    assert people() == 0
    assert "Tuo kaikki rivit" in tried
    assert "Sähköposti: jaana@jarvi.example" in text_of(tried)
    office.post(upload_of(page) + "/apply")
    work()

    taken = office.get(page).text
    assert "Tuotu: 3 uutta" in taken
    assert "Yhteystiedot tuotu tiedostosta" in office.get("/history").text
    assert people() == 2
    office.post(re.search(r'action="(/history/\d+/undo)"', taken)[1])
    assert people() == 0


def test_old_and_new_stand_beside_a_changed_row(office):
    header, rows = OUTLOOK
    page = upload(office, "a.csv", table(header, rows).encode())
    plan(office, page)
    office.post(upload_of(page) + "/apply")
    work()
    changed = [[cell.replace("040 588 2755", "050 111 2222") for cell in row] for row in rows]

    html = plan(office, upload(office, "b.csv", table(header, changed).encode()))

    assert "<del>040 588 2755</del> → <ins>050 111 2222</ins>" in html
    assert ">1</strong>" in html or ">1<" in html


def test_who_was_shown_is_written_down(office):
    known = make.person("Jaana", "Järvi", email="jaana@jarvi.example")
    known_id = known.id

    plan(office, upload(office, "oma.csv", OWN))

    db.session.rollback()
    views = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    assert known_id in db.session.scalars(views).all()


def test_a_sheet_is_chosen_where_a_workbook_has_several(office, tmp_path):
    header, rows = FREE_FI
    sheets = {"Ohje": [["Lue tämä"], ["ensin"]], "Asiakkaat": [header, *rows], "Muut": [["Nimi"], ["X Y"]]}
    page = upload(office, "kirja.xlsx", workbook(tmp_path / "k.xlsx", sheets).read_bytes())
    first = office.get(page).text

    office.post(f"{page}/sheet", data={"sheet": "Muut"})
    work()

    assert re.search(r'<option value="Asiakkaat" selected', first)
    assert columns_in(office.get(page).text) == {"columns-0": "full_name"}


def test_columns_kept_by_name_are_offered_for_the_same_header(office):
    page = upload(office, "oma.csv", OWN)
    plan(office, page, **{"columns-2": "mobile", "mapping": "Messulista"})

    again = office.get(upload(office, "toinen.csv", OWN)).text

    assert columns_in(again)["columns-2"] == "mobile"
    assert "kuten viimeksi: Messulista" in again


def test_refused_rows_come_back_to_be_mended_and_touch_only_themselves(office, tmp_path):
    make.person("Kaj", "von Knorring", email="kaj@knorring.example")
    header, rows = FREE_FI
    body = table(header, [*rows, ["", "", "0401112222", "", "", ""]], ";").encode()
    page = upload(office, "oma.csv", body)
    plan(office, page)
    office.post(upload_of(page) + "/apply-good")
    work()
    book = openpyxl.load_workbook(io.BytesIO(office.get(upload_of(page) + "/refused.xlsx").data))
    cells = list(book.active.values)

    assert cells[0][-2:] == ("henkilönumero", "virhe")
    assert [row[0] for row in cells[1:]] == ["von Knorring, Kaj", None]
    assert "ehkä jo rekisterissä" in cells[1][-1]
    book.active.cell(2, len(header) + 1).value = "uusi"
    book.active.cell(3, 1).value = "Nimi Löytyi"
    book.save(tmp_path / "korjattu.xlsx")
    mended = upload(office, "korjattu.xlsx", (tmp_path / "korjattu.xlsx").read_bytes())
    plan(office, mended)

    db.session.rollback()
    run = db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert run.report["totals"] == {"new": 2, "changed": 0, "unchanged": 0, "duplicate": 0, "refused": 0}


def test_possible_duplicates_come_in_as_new_only_when_asked(office):
    make.person("Kaj", "von Knorring", email="kaj@knorring.example")
    page = upload(office, "oma.csv", OWN)
    html = plan(office, page)
    assert "Mahdolliset kaksoiskappaleet" in html

    office.post(upload_of(page) + "/apply-good", data={"duplicates": "1"})
    work()

    assert people() == 3


def test_a_file_that_cannot_be_read_is_told_and_forgotten(office):
    page = upload(office, "../../lista.zip", b"PK\x03\x04 broken")

    html = office.get(page).text
    assert "Tiedostoa ei voi lukea" in html
    assert "../" not in html


def test_a_file_of_another_kind_is_refused_beside_the_field(office):
    response = office.post("/contact-files/", data={"file": (io.BytesIO(b"x"), "kuva.png")})

    assert response.status_code == 422
    assert "Valitse CSV, XLSX, ZIP tai vCard" in response.text


def test_a_drawing_called_vcard_is_refused_and_not_kept(office):
    response = office.post("/contact-files/", data={"file": (io.BytesIO(b"<svg/> BEGIN:VCARD"), "aino.vcf")})

    assert response.status_code == 422
    assert "Tiedosto ei ole sitä, mitä sen pääte lupaa" in response.text
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_a_column_that_says_what_nobody_knows_is_refused(office):
    page = upload(office, "oma.csv", OWN)

    response = office.post(f"{page}/plan", data={"columns-0": "password"})

    assert response.status_code == 422


def test_a_file_that_was_left_is_not_taken(office):
    page = upload(office, "oma.csv", OWN)
    plan(office, page)
    office.post(upload_of(page) + "/leave")

    office.post(upload_of(page) + "/apply")
    work()

    assert people() == 0
    assert db.session.scalar(select(ImportRun.state)) is ImportState.LEFT


def test_a_contact_file_is_no_register_file(office):
    page = upload(office, "oma.csv", OWN)

    assert office.get(page.replace("contact-files", "imports")).status_code == 404


def test_the_workshop_and_administrators_may_not_import_contacts(workshop, administrator):
    assert [who.get("/contact-files/").status_code for who in (workshop, administrator)] == [403, 403]


def test_a_page_that_waits_is_led_to_the_columns(office):
    page = upload(office, "oma.csv", OWN)

    answer = office.get(page, headers={"HX-Request": "true", "HX-Target": "div#contact_run"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, page)


def test_nobody_waits_while_a_list_is_tried(office, monkeypatch):
    page = upload(office, "oma.csv", OWN)
    real, wrote = queries.plan_contacts, []

    def plan_while_others_write(*args, **kwargs):
        with db.engine.connect() as other:
            other.exec_driver_sql("UPDATE import_runs SET file_name = 'toinen.csv'")
            other.commit()
        wrote.append(True)
        return real(*args, **kwargs)

    monkeypatch.setattr(queries, "plan_contacts", plan_while_others_write)
    plan(office, page)

    assert wrote == [True]


def test_an_import_that_was_cut_off_goes_on_in_its_change_set(office, monkeypatch):
    rows = [[f"Testi Henkilö{number}", f"t{number}@kivi.example"] for number in range(10)]
    page = upload(office, "a.csv", table(["Nimi", "Email"], rows).encode())
    plan(office, page)
    office.post(upload_of(page) + "/apply")
    monkeypatch.setattr(actions, "CHUNK", 4)
    real, calls = ledger.bulk_insert, []

    def fail_in_the_second_chunk(table, rows):
        calls.append(table.name)
        if calls.count("people") == 2:
            raise RuntimeError("cut off")
        return real(table, rows)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "bulk_insert", fail_in_the_second_chunk)
        with pytest.raises(RuntimeError):
            work()
    assert people() == 4
    with ledger.change_set("test"):
        db.session.execute(update(jobs.Job).values(state=jobs.QUEUED))
        db.session.commit()

    work()

    assert people() == 10
    assert db.session.scalar(select(ImportRun.state)) is ImportState.APPLIED
    undo.undo(db.session.scalar(select(ImportRun.change_set_id)))
    db.session.commit()
    assert people() == 0


def test_a_file_of_refused_rows_holds_no_formulas(office):
    page = upload(office, "a.csv", table(["Nimi", "Puhelin"], [["", "=1+1"], ["", "@SUM(A1)"]]).encode())
    plan(office, page)

    book = openpyxl.load_workbook(io.BytesIO(office.get(upload_of(page) + "/refused.xlsx").data))

    assert [cell.data_type for row in book.active.iter_rows(min_row=2, max_col=2) for cell in row if cell.value] == [
        "s",
        "s",
    ]


def test_packed_files_that_would_fill_the_machine_are_not_opened(office):
    bomb, far = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lista.csv", b"0" * 30_000_000)
    book = openpyxl.Workbook()
    book.active.cell(1, 1).value = "Nimi"
    book.active.cell(1_048_576, 16_384).value = "x"
    book.save(far)

    told = [
        office.get(upload(office, f"p.{end}", body.getvalue())).text for end, body in (("zip", bomb), ("xlsx", far))
    ]

    assert "kohtuuttoman suureksi" in told[0]
    assert "liian suuri luettavaksi" in told[1]


def test_whom_a_row_is_likely_is_a_link_beside_it_and_written_down_as_seen(office):
    known = make.person("Järvi", "Jaana", company=make.company("Järven Kivi Oy"))
    known_id = known.id

    html = plan(office, upload(office, "oma.csv", OWN))

    assert "1 rivi on mahdollinen kaksoiskappale" in html
    assert f'<a href="/people/{known_id}">Järvi Jaana</a>' in html
    assert "nimet toisin päin, sama yritys" in html
    db.session.rollback()
    views = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    assert known_id in db.session.scalars(views).all()
