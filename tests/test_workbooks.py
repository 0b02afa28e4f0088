"""Tables in files: hostile and careless ones, every writing of CSV, and what goes out."""

import io
import unicodedata
import zipfile

import openpyxl
import pytest

from rockrobot import workbooks
from rockrobot.workbooks import FileError, read_tables, write_workbook

HEADER = "osanumero;nimi;määrä\r\n"


def code_of(path, **named) -> str:
    with pytest.raises(FileError) as error:
        read_tables(path, **named)
    return error.value.code


def cells(path) -> list[list[str]]:
    return [list(row) for _, row in read_tables(path)[0].rows]


def zipped(path, entries: dict[str, bytes]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_each_writing(tmp_path, encoding, delimiter):
    path = tmp_path / "osat.csv"
    text = HEADER + "A1;Öljyä €5;7\r\n"
    path.write_bytes(text.replace(";", delimiter).encode(encoding))

    assert cells(path) == [["osanumero", "nimi", "määrä"], ["A1", "Öljyä €5", "7"]]


def test_a_line_that_names_the_delimiter_is_no_row(tmp_path):
    path = tmp_path / "osat.csv"
    path.write_text("sep=;\nosanumero;nimi\nA;b,c,d\n", encoding="utf-8")

    assert read_tables(path)[0].rows == [(1, []), (2, ["osanumero", "nimi"]), (3, ["A", "b,c,d"])]


def test_a_zip_may_hold_its_files_in_folders_and_the_names_lead_nowhere(tmp_path):
    path = zipped(
        tmp_path / "r.zip",
        {"../../osat.csv": b"part_no\nA\n", "r/__MACOSX/._osat.csv": b"x", "r\\mallit.csv": b"model_code\nM\n"},
    )

    assert [sheet.name for sheet in read_tables(path)] == ["osat", "mallit"]
    assert not (tmp_path.parent / "osat.csv").exists()


def test_a_zip_whose_names_are_utf_8_without_saying_so_is_read(tmp_path):
    path, decomposed = tmp_path / "mac.zip", unicodedata.normalize("NFD", "omistajanvaihdot käytössä")
    plain = zipped(path, {"x" * len(f"{decomposed}.csv".encode()): b"serial\nA\n"}).read_bytes()
    path.write_bytes(plain.replace(b"x" * len(f"{decomposed}.csv".encode()), f"{decomposed}.csv".encode()))

    assert [sheet.name for sheet in read_tables(path)] == ["omistajanvaihdot käytössä"]


def test_a_zip_bomb_is_not_opened(tmp_path):
    path = zipped(tmp_path / "r.zip", {"osat.csv": b"\0" * (8 * 1024 * 1024)})

    assert code_of(path) == "bomb"


def test_a_zip_that_lies_of_its_size_is_not_read_on(tmp_path):
    path = zipped(tmp_path / "r.zip", {"osat.csv": b"part_no\n" + b"A\n" * 50_000})
    body = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = body.index(mark) + place
        body[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(bytes(body))

    assert code_of(path) in {"bomb", "broken"}


@pytest.mark.parametrize("name", ["r.xlsx", "r.zip", "r.bin", "r.xls"])
@pytest.mark.parametrize("body", [b"", b"nothing of the kind", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 old"])
def test_what_is_no_workbook_is_said_to_be_broken(tmp_path, name, body):
    path = tmp_path / name
    path.write_bytes(body)

    assert code_of(path) == "broken"


@pytest.mark.parametrize("name", ["r.xls", "r.xlsx"])
def test_an_old_or_locked_workbook_is_told_apart_from_a_broken_one(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")

    assert code_of(path) == "old"


def test_a_workbook_with_broken_insides_is_broken(tmp_path):
    path = zipped(tmp_path / "r.xlsx", {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook><sh"})

    assert code_of(path) == "broken"


@pytest.mark.parametrize("place", ["XFD1048576", "C1048576", "XFD400"])
def test_one_far_cell_does_not_take_the_memory(tmp_path, place):
    book = openpyxl.Workbook()
    book.active["A1"] = "part_no"
    book.active[place] = "x"
    book.save(tmp_path / "r.xlsx")

    assert code_of(tmp_path / "r.xlsx") == "far_cells"


def test_a_far_cell_with_a_colour_alone_is_no_harm(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "part_no"
    book.active["XFD1048576"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    book.save(tmp_path / "r.xlsx")

    assert read_tables(tmp_path / "r.xlsx")[0].rows[0] == (1, ["part_no"])


def test_a_missing_file_and_an_empty_folder_are_told_apart(tmp_path):
    assert code_of(tmp_path / "none.xlsx") == "not_a_file"
    assert code_of(tmp_path) == "no_sheets"


def test_a_file_kept_under_another_name_is_read_by_its_own(tmp_path):
    path = tmp_path / "0f3a"
    path.write_text("part_no\nA\n", encoding="utf-8")

    assert read_tables(path, name="Osat.CSV")[0].name == "Osat"
    assert code_of(path, name="osat.txt") == "broken"


def test_a_locked_workbook_says_so(tmp_path):
    path = zipped(tmp_path / "r.zip", {"osat.csv": b"part_no\nA\n"})
    body = bytearray(path.read_bytes())
    body[body.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(body))

    assert code_of(path) == "encrypted"


def test_a_written_workbook_calculates_nothing(tmp_path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(write_workbook([("osat", ["part_no", "määrä"], [["=1+1", 5], ["000100", None]])]))

    sheet = openpyxl.load_workbook(path)["osat"]

    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("=1+1", "s"), (5, "n")]
    assert (sheet["A3"].value, sheet["A3"].number_format) == ("000100", "@")


def test_the_limits_are_checked_before_anything_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_BYTES", 100)
    folder = tmp_path / "r"
    folder.mkdir()
    (folder / "osat.csv").write_bytes(b"x" * 101)

    assert code_of(folder) == "too_big"
    assert code_of(zipped(tmp_path / "r.zip", {"osat.csv": b"x" * 101})) in {"bomb", "too_big"}


def laughs(times: int) -> str:
    """A document type whose last entity is ten to this power times as long as its first."""
    steps = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, times + 1))
    return f'<!DOCTYPE x [<!ENTITY a0 "haha">{steps}]>'


@pytest.mark.parametrize("kind", ["outside", "laughs"])
def test_a_workbook_with_entities_is_refused_whatever_they_say(tmp_path, kind):
    secret, path, plain = tmp_path / "secret.txt", tmp_path / "r.xlsx", io.BytesIO()
    secret.write_text("MARKER")
    doctype = f'<!DOCTYPE x [<!ENTITY a9 SYSTEM "{secret.as_uri()}">]>' if kind == "outside" else laughs(9)
    book = openpyxl.Workbook()
    book.active.append(["part_no", "ENTITY"])
    book.save(plain)
    with zipfile.ZipFile(plain) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"ENTITY", b"&a9;")
    zipped(path, parts | {"xl/worksheets/sheet1.xml": sheet.replace(b"<worksheet", doctype.encode() + b"<worksheet")})

    assert code_of(path) == "broken"


def test_a_zip_of_very_many_entries_is_not_opened(tmp_path):
    path = zipped(tmp_path / "r.zip", {f"{number}.csv": b"" for number in range(2_001)})

    assert code_of(path) == "bomb"
