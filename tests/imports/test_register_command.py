"""The import and export commands, on the project's own register and on the shared one."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from rockrobot import chain, jobs, ledger, undo
from rockrobot.chain import ChangeSet
from rockrobot.contacts.actions import change_point
from rockrobot.contacts.models import Address, Company, ContactPoint
from rockrobot.contacts.rules import PointKind
from rockrobot.db import Base, db
from rockrobot.devices.models import Device, Fitting, Ownership
from tests.conftest import SHARED
from tests.register import rows_beside, small_register, upload_of, write_folder, write_xlsx, write_zip

ROWS = sum(len(rows) for rows in small_register().values())


def run(app, *arguments: str):
    """Run an import command; (exit code, counts, all output)."""
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["import", "register", *map(str, arguments)])
    db.session.rollback()
    return result.exit_code, json.loads(result.output.strip().splitlines()[-1]), result.output


def counts(new=0, changed=0, unchanged=0, refused=0) -> dict[str, int]:
    return {"new": new, "changed": changed, "unchanged": unchanged, "refused": refused}


def take(app, folder: Path, sheets) -> None:
    code, _, output = run(app, write_folder(folder, sheets))
    assert code == 0, output


def count_of(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def snapshot() -> dict[str, list]:
    tables = [t for t in Base.metadata.sorted_tables if t.name not in {"change_sets", "ledger_entries"}]
    return {t.name: sorted(map(str, db.session.execute(select(t)))) for t in tables}


@pytest.mark.parametrize("write", [write_folder, write_zip, write_xlsx])
def test_the_whole_register_comes_in_from_every_kind_of_file(app, database, tmp_path, write):
    path = write(tmp_path / ("r.xlsx" if write is write_xlsx else "r.zip" if write is write_zip else "r"))

    first, again = run(app, path), run(app, path)

    assert first[:2] == (0, counts(new=ROWS))
    assert again[:2] == (0, counts(unchanged=ROWS))
    assert chain.verify(db.session.connection()).fault is None


def test_a_dry_run_tells_the_same_and_changes_nothing(app, database, tmp_path):
    path = write_folder(tmp_path / "r")

    code, told, _ = run(app, path, "--dry-run")

    assert (code, told) == (0, counts(new=ROWS))
    assert count_of(Device) == 0


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
@pytest.mark.parametrize("name", ["out.xlsx", "out.zip", "out"])
def test_what_is_exported_imports_without_change(app, database, tmp_path, language, name):
    take(app, tmp_path / "r", small_register())

    result = app.test_cli_runner().invoke(args=["export", "register", str(tmp_path / name), "--language", language])

    assert result.exit_code == 0, result.output
    assert run(app, tmp_path / name)[:2] == (0, counts(unchanged=ROWS))


def test_an_empty_template_imports_as_nothing(app, database, tmp_path):
    app.test_cli_runner().invoke(args=["export", "template", str(tmp_path / "t.xlsx"), "--language", "fi"])

    assert run(app, tmp_path / "t.xlsx")[:2] == (0, counts())


def test_undo_takes_the_whole_import_back(app, database, tmp_path):
    before = snapshot()
    take(app, tmp_path / "r", small_register())

    undone = undo.undo(db.session.scalar(select(func.max(ChangeSet.id))))
    db.session.commit()

    assert (undone.count, undone.left) == (ROWS + rows_beside(small_register()), [])
    assert snapshot() == before


def test_undo_keeps_and_lists_rows_edited_since(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    imported = db.session.scalar(select(func.max(ChangeSet.id)))
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    company.name = "Muutettu Oy"
    db.session.commit()

    undone = undo.undo(imported)
    db.session.commit()

    assert ("companies", company.id) in undone.left
    assert [c.customer_no for c in db.session.scalars(select(Company))] == ["A001"]


def test_an_empty_cell_never_erases_and_a_missing_row_is_kept(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())

    rows = [{"customer_no": "A001", "name": "", "email": ""}]
    code, told, _ = run(app, write_folder(tmp_path / "s", {"companies": rows}))

    assert (code, told) == (0, counts(unchanged=1))
    assert count_of(Company) == 8


def test_a_value_changed_by_hand_wins_and_is_listed(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    company.name = "Käsin Oy"
    db.session.commit()

    rows = [{"customer_no": "A001", "name": "Tiedosto Oy", "language": "sv"}]
    code, told, output = run(app, write_folder(tmp_path / "s", {"companies": rows}))

    db.session.refresh(company)
    assert (code, told) == (0, counts(changed=1))
    assert (company.name, company.language) == ("Käsin Oy", "sv")
    assert "käsin muutettu arvo pidettiin: name" in output


def test_what_a_later_file_agrees_with_is_by_hand_no_longer(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    company.name, company.language = "Käsin Oy", "sv"
    email = db.session.scalar(select(ContactPoint).filter_by(company_id=company.id, kind=PointKind.EMAIL))
    change_point(email, raw="kasin@example.fi")
    db.session.commit()
    said = {"customer_no": "A001", "name": "Käsin Oy", "email": "kasin@example.fi"}

    agreeing = run(app, write_folder(tmp_path / "s", {"companies": [said | {"language": "fi"}]}))
    db.session.refresh(company)
    marks = company.hand_changed
    later = {"name": "Uusi Oy", "language": "en", "email": "uusi@example.fi"}
    code, told, output = run(app, write_folder(tmp_path / "t", {"companies": [said | later]}))

    db.session.refresh(company)
    db.session.refresh(email)
    assert agreeing[1] == counts(unchanged=1)
    assert marks == ["language"]
    assert (code, told) == (0, counts(changed=1))
    assert (company.name, company.language, email.raw) == ("Uusi Oy", "sv", "uusi@example.fi")
    assert "käsin muutettu arvo pidettiin: language" in output


def test_a_file_that_agrees_on_a_key_corrected_by_hand_still_finds_the_row_by_the_old_one(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    company.customer_no = "A901"
    db.session.commit()

    run(app, write_folder(tmp_path / "s", {"companies": [{"customer_no": "A901", "name": company.name}]}))
    code, told, _ = run(app, write_folder(tmp_path / "t", {"companies": [{"customer_no": "A001", "name": "Uusi Oy"}]}))

    db.session.refresh(company)
    assert (code, told) == (0, counts(changed=1))
    assert (company.customer_no, company.name) == ("A901", "Uusi Oy")


def refused(app, tmp_path, sheets):
    code, told, output = run(app, write_folder(tmp_path / "bad", sheets))
    assert code == 1
    return told["refused"], output


def test_nothing_lands_while_a_row_is_refused_unless_the_good_are_taken(app, database, tmp_path):
    sheets = {"parts": [{"part_no": "A", "name": "x"}, {"part_no": "", "name": "y"}]}
    path = write_folder(tmp_path / "bad", sheets)

    first = run(app, path)
    second = run(app, path, "--take-good")
    third = run(app, path)

    assert first[:2] == second[:2] == (1, counts(new=1, refused=1))
    assert third[:2] == (1, counts(unchanged=1, refused=1))


def test_an_unknown_part_is_refused_with_sheet_row_and_column(app, database, tmp_path):
    sheets = {"erät": [{"osanumero": "EI", "toimittaja": "X Oy", "eränumero": "1"}]}

    number, output = refused(app, tmp_path, sheets)

    assert number == 1
    assert "erät, rivi 2, sarake osanumero: ei löydy tiedostosta eikä rekisteristä: EI" in output


def test_removed_before_fitted_is_refused_and_the_same_day_is_not(app, database, tmp_path):
    sheets = small_register()
    sheets["fittings"][0]["removed_on"] = "2023-01-31"
    sheets["fittings"][1]["removed_on"] = sheets["fittings"][1]["fitted_on"]

    number, output = refused(app, tmp_path, sheets)

    assert number == 1
    assert "fittings, rivi 2, sarake removed_on" in output


def test_a_removal_is_checked_against_what_is_stored(app, database, tmp_path):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)

    row = sheets["fittings"][0] | {"removed_on": "2022-01-01"}

    assert refused(app, tmp_path, {"fittings": [row]})[0] == 1


def test_two_owners_at_once_are_refused_both(app, database, tmp_path):
    sheets = small_register()
    owners = [{**sheets["ownerships"][0], "customer_no": "A002", "from": "2024-01-01", "kind": "resold"}]
    sheets["ownerships"] += owners

    number, output = refused(app, tmp_path, sheets)

    assert number == 2
    assert "kaksi omistajaa yhtä aikaa" in output


def test_a_new_owner_that_overlaps_a_stored_one_is_refused_alone(app, database, tmp_path):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)
    sheets["ownerships"].append({**sheets["ownerships"][0], "customer_no": "A002", "from": "2024-01-01"})

    assert refused(app, tmp_path, sheets)[0] == 1


def test_closing_the_old_owner_in_the_same_file_makes_room(app, database, tmp_path):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)
    first = sheets["ownerships"][0]
    first["to"] = "2024-01-01"
    sheets["ownerships"].append({**first, "customer_no": "A002", "from": "2024-01-01", "to": "", "kind": "resold"})

    code, told, output = run(app, write_folder(tmp_path / "s", sheets))

    assert (code, told) == (0, counts(new=1, changed=1, unchanged=ROWS - 1)), output


def test_a_cycle_of_batches_names_its_rows_also_through_stored_ones(app, database, tmp_path):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)
    first = sheets["batch_contents"][0]
    circle = {
        "part_no": first["contains_part_no"], "supplier": first["contains_supplier"],
        "batch_no": first["contains_batch_no"],
        "contains_part_no": "MV-3", "contains_supplier": "Lohko Oy", "contains_batch_no": "B001", "pieces": "",
    }  # fmt: skip

    number, output = refused(app, tmp_path, {"batch_contents": [circle]})

    assert number == 1
    assert "ympyrässä: rivit 2" in output


def test_equal_fittings_are_told_apart_by_their_order(app, database, tmp_path):
    sheets = small_register()
    sheets["fittings"].append(dict(sheets["fittings"][0]))

    first = run(app, write_folder(tmp_path / "s", sheets))
    again = run(app, write_folder(tmp_path / "s", sheets))

    assert first[1] == counts(new=ROWS + 1)
    assert again[1] == counts(unchanged=ROWS + 1)


def test_a_fitting_outside_its_batchs_days_is_taken_and_marked(app, database, tmp_path):
    sheets = small_register()
    sheets["fittings"][0]["fitted_on"] = "2025-05-05"

    take(app, tmp_path / "s", sheets)

    marked = db.session.scalars(select(Fitting).where(Fitting.is_outside_batch_days)).all()
    assert [f.fitted_on for f in marked] == [date(2025, 5, 5)]


def test_rows_that_refer_to_a_refused_row_are_refused_too(app, database, tmp_path):
    sheets = {
        "models": [{"model_code": "M1"}],
        "devices": [{"model_code": "M1", "serial": "1", "year": "kaksi"}],
        "ownerships": [{"model_code": "M1", "serial": "1", "customer_no": "", "from": "", "kind": "returned"}],
    }

    number, output = refused(app, tmp_path, sheets)

    assert number == 2
    assert "viittaa riviin, jota ei oteta" in output


def workbook(path: Path, rows: list[list], formats: dict[str, str]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "osat"
    for row in rows:
        sheet.append(row)
    for cell, number_format in formats.items():
        sheet[cell].number_format = number_format
    book.save(path)
    return path


def test_a_number_in_a_text_column_is_read_as_it_is_shown(app, database, tmp_path):
    path = workbook(tmp_path / "n.xlsx", [["osanumero", "nimi"], [100, "x"], [7, "y"]], {"A2": "000000"})

    code, told, output = run(app, path)

    assert (code, told) == (0, counts(new=2)), output
    result = app.test_cli_runner().invoke(args=["export", "register", str(tmp_path / "out")])
    assert result.exit_code == 0
    numbers = [row["part_no"] for row in csv.DictReader((tmp_path / "out" / "parts.csv").open())]
    assert numbers == ["000100", "7"]


@pytest.mark.parametrize(
    ("value", "number_format"),
    [(1.5, "General"), (4.05e11, "General"), (123456789012345678, "0"), (5, "0.00"), (date(2026, 1, 2), "yyyy-mm-dd")],
)
def test_a_number_that_is_not_shown_for_certain_is_refused(app, database, tmp_path, value, number_format):
    path = workbook(tmp_path / "n.xlsx", [["osanumero"], [value]], {"A2": number_format})

    code, told, output = run(app, path)

    assert (code, told) == (1, counts(refused=1))
    assert "muotoile tekstiksi" in output


@pytest.mark.parametrize("value", ["4,05E+11", "4.05E+11", "405000000000000000"])
def test_a_value_that_the_file_has_spoiled_is_refused(app, database, tmp_path, value):
    number, output = refused(app, tmp_path, {"parts": [{"part_no": value}]})

    assert number == 1
    assert "muotoile tekstiksi" in output


@pytest.mark.parametrize("text", ["2023-02-01", "1.2.2023", "01.02.2023"])
def test_days_are_read_as_people_write_them(app, database, tmp_path, text):
    sheets = {"models": [{"model_code": "M"}], "devices": [{"model_code": "M", "serial": "1", "built_on": text}]}

    take(app, tmp_path / "s", sheets)

    assert db.session.scalar(select(Device.built_on)) == date(2023, 2, 1)


def test_a_semicolon_csv_in_the_old_encoding_is_read(app, database, tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "yritykset.csv").write_bytes("asiakasnumero;nimi;maa\nA1;Äijälän Sora Öy;Suomi\n".encode("cp1252"))

    assert run(app, folder)[:2] == (0, counts(new=1))
    assert db.session.execute(select(Company.name, Company.country)).all() == [("Äijälän Sora Öy", "FI")]


@pytest.mark.parametrize("body", [b"", b"not a workbook", b"PK\x03\x04broken", b"\x00" * 100])
def test_a_broken_file_gives_a_plain_message_and_the_counts(app, database, tmp_path, body):
    path = tmp_path / "r.xlsx"
    path.write_bytes(body)

    code, told, output = run(app, path)

    assert (code, told) == (1, counts())
    assert "r.xlsx" in output


def test_a_zip_bomb_is_not_opened(app, database, tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("devices.csv", b"0" * 60_000_000)

    code, told, output = run(app, path)

    assert (code, told) == (1, counts())
    assert "kohtuuttoman" in output


def test_a_formula_comes_out_as_text(app, database, tmp_path):
    take(app, tmp_path / "s", {"parts": [{"part_no": "=1+1", "name": "+x"}]})

    app.test_cli_runner().invoke(args=["export", "register", str(tmp_path / "o.xlsx")])

    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["parts"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_a_party_must_be_named_once(app, database, tmp_path):
    sheets = small_register()
    sheets["addresses"][0]["person_no"] = "P001"
    sheets["ownerships"][0]["customer_no"] = ""

    assert refused(app, tmp_path, sheets)[0] == 2


def test_a_new_row_needs_what_an_old_one_may_leave_out(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    fates = [{"model_code": "LV-9", "serial": "SN-0302"}, {"model_code": "LV-9", "serial": "SN-0301"}]

    code, told, output = run(app, write_folder(tmp_path / "s", {"device_fates": fates}))

    assert (code, told) == (1, counts(unchanged=1, refused=1))
    assert "device_fates, rivi 3, sarake fate: pakollinen tieto puuttuu" in output


def test_the_shared_register_comes_in_whole(app, database):
    folder = SHARED / "data" / "register"
    if not folder.exists():
        pytest.skip("the shared register is not here")

    first, workbook_after = run(app, folder), run(app, folder / "register.xlsx")

    assert first[:2] == (0, counts(new=2514))
    assert workbook_after[:2] == (0, counts(unchanged=2514))
    assert count_of(Ownership) == 376


def test_a_repeated_row_counts_once_and_a_contradicting_one_is_refused(app, database, tmp_path):
    rows = [{"part_no": "A", "name": "x"}, {"part_no": "A", "name": "x"}, {"part_no": "A", "name": "z"}]

    code, told, output = run(app, write_folder(tmp_path / "s", {"parts": rows}))

    assert (code, told) == (1, counts(new=1, unchanged=1, refused=1))
    assert "sama avain kuin rivillä 2" in output


def test_errors_go_nowhere_near_a_locked_database(app, database, tmp_path):
    """A dry run reads beside a writer and waits for nobody."""
    path = write_folder(tmp_path / "r")
    with db.engine.connect() as writer:
        writer.begin()
        code, told, _ = run(app, path, "--dry-run")
        writer.rollback()

    assert (code, told) == (0, counts(new=ROWS))


def test_output_names_the_ignored(app, database, tmp_path):
    sheets = {"parts": [{"part_no": "A", "väri": "punainen"}], "kukat": [{"x": "1"}]}

    _, _, output = run(app, write_folder(tmp_path / "s", sheets))

    assert "Ohitettu taulukko: kukat" in output
    assert "ohitettu sarake: väri" in output


def test_csv_text_is_utf8_without_bom(app, database, tmp_path):
    take(app, tmp_path / "s", {"parts": [{"part_no": "Ä", "name": 'a "b", c'}]})

    app.test_cli_runner().invoke(args=["export", "register", str(tmp_path / "o")])

    assert (tmp_path / "o" / "parts.csv").read_bytes() == 'part_no,name\nÄ,"a ""b"", c"\n'.encode()


def spoiled_workbook(path: Path, cell: str, value: object) -> Path:
    """The register as a workbook with one cell of its fittings changed."""
    write_xlsx(path)
    book = openpyxl.load_workbook(path)
    book["fittings"][cell] = value
    if str(value).startswith("#"):
        book["fittings"][cell].data_type = "e"
    book.save(path)
    return path


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "=A2&B2"])
@pytest.mark.parametrize("column", ["batch_no", "removed_on"])
def test_error_cells_and_formulas_without_a_result_are_refused(app, database, tmp_path, value, column):
    header = list(small_register()["fittings"][0])
    cell = f"{'ABCDEFGHIJ'[header.index(column)]}2"

    code, told, output = run(app, spoiled_workbook(tmp_path / "r.xlsx", cell, value))

    assert (code, told["refused"]) == (1, 1)
    assert f"fittings, rivi 2, sarake {column}" in output


def with_prefixed_tags(path: Path) -> Path:
    """The same workbook as some programs write it: every tag of a sheet with a prefix, its size said to be one cell."""
    other = path.with_name("prefixed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name.startswith("xl/worksheets/"):
                body = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", body).replace(b" xmlns=", b" xmlns:x=")
                body = re.sub(rb'(dimension ref=")[^"]*', rb"\1A1", body)
            new.writestr(name, body)
    return other


def test_a_formula_without_a_result_is_found_behind_prefixed_tags(app, database, tmp_path):
    header = list(small_register()["fittings"][0])
    cell = f"{'ABCDEFGHIJ'[header.index('batch_no')]}2"

    code, told, output = run(app, with_prefixed_tags(spoiled_workbook(tmp_path / "r.xlsx", cell, "=A2&B2")))

    assert (code, told["refused"]) == (1, 1)
    assert "fittings, rivi 2, sarake batch_no" in output


def test_a_file_of_refused_rows_sent_back_untouched_is_refused_again(app, office, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "companies"
    sheet.append(["customer_no", "name"])
    for number, shape in ((123456789012345678, "0"), (405000000000, "0.00E+00"), (12.5, "General"), (True, "General")):
        sheet.append([number, "Kivi Oy"])
        sheet.cell(sheet.max_row, 1).number_format = shape
    sheet.append([date(2025, 12, 9), "Kivi Oy"])
    book.save(tmp_path / "a.xlsx")
    upload = {"file": (io.BytesIO((tmp_path / "a.xlsx").read_bytes()), "a.xlsx")}
    page = office.post("/imports/", data=upload).location
    db.session.rollback()
    jobs.run_waiting()
    db.session.rollback()
    (tmp_path / "refused.xlsx").write_bytes(office.get(upload_of(page) + "/refused.xlsx").data)

    _, told, _ = run(app, tmp_path / "refused.xlsx")

    assert told == counts(refused=5)


def test_a_key_corrected_by_hand_is_not_brought_back_by_the_old_file(app, database, tmp_path):
    company = {"customer_no": "3000", "name": "Kivi Oy"}
    address = {"customer_no": "3000", "kind": "postal", "street": "Kivitie 4", "postcode": "32800", "city": "Kokemäki"}
    person = {"person_no": "H1", "last_name": "Aho", "customer_no": "3000"}
    sheets = {"companies": [company], "people": [person], "addresses": [address | {"valid_from": "2024-01-01"}]}
    take(app, tmp_path / "a", sheets)
    stored = db.session.scalar(select(Company))
    street = db.session.scalar(select(Address))
    with ledger.change_set("addresses.edit"):
        stored.customer_no, street.street = "3999", "Oikea katu 9"
        db.session.commit()
    before = snapshot()

    code, told, _ = run(app, write_folder(tmp_path / "b", sheets))

    assert (code, told) == (0, counts(unchanged=3))
    assert snapshot() == before
    assert "Oikea katu 9" in str(before["addresses"])
