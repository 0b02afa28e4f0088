"""What a register file says: cells as they are shown, sheets and columns by any of their names."""

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rockrobot.exchange.queries import fault_text, read_register, written_again
from rockrobot.exchange.rules import LABELS, CellError, Column, Kind, english_name, read_cell, read_day, read_text

MORNING = datetime.combine(date(2026, 11, 22), time(9))
TEXT, DAY, COUNT = Column("batch_no"), Column("received_on", Kind.DAY), Column("quantity", Kind.COUNT)


def book(path: Path, title: str, rows: list[list], formats: dict[str, str] | None = None) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    workbook.save(path)
    return path


@pytest.mark.parametrize("text", ["4,05E+11", "4.05E+11", "4E+11", "4.05e11", "-1,2E-05", "123456789012345000"])
def test_a_text_that_a_spreadsheet_has_spoiled_is_refused(text):
    with pytest.raises(CellError) as error:
        read_text(text, TEXT)

    assert error.value.code == "spoiled"


LOOK_ALIKES = ["12E5", "1E3", "3E-12", "5E12B", "E+11", "1234567890123450", "123456789012345678", "0" * 20]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_a_number_of_a_batch_that_only_looks_like_it_stays(text):
    assert read_text(text, TEXT) == text


@pytest.mark.parametrize("value", ["2026-11-22", "22.11.2026", 46348, 46348.5, date(2026, 11, 22), MORNING])
def test_a_day_is_read_in_each_writing(value):
    assert read_day(value) == date(2026, 11, 22)


@pytest.mark.parametrize("value", [2026, 2026.0, -1, 10**9, True, "22.11.26", "31.2.2026", "2026-13-01", "huomenna"])
def test_what_is_no_day_is_refused(value):
    with pytest.raises(CellError):
        read_day(value)


@pytest.mark.parametrize("value", [-1, 1.5, "-3", "1,5", "yksi", 2**31, True, "٣"])
def test_a_count_is_whole_and_not_negative(value):
    with pytest.raises(CellError):
        read_cell(value, COUNT, {})


@pytest.mark.parametrize(("value", "count"), [("1 200", 1200), (7.0, 7), ("0", 0), ("1\u00a0000", 1000), ("", None)])
def test_a_count_is_read_as_people_write_it(value, count):
    assert read_cell(value, COUNT, {}) == count


@given(st.sampled_from(sorted(LABELS)), st.data())
def test_every_label_stands_for_its_column_in_any_case_and_spacing(language, data):
    name, label = data.draw(st.sampled_from(sorted(LABELS[language].items())))

    assert english_name(f"  {label.upper().replace('_', ' ')} ") == name


@pytest.mark.parametrize(
    ("number_format", "text"),
    [("000000", "000100"), ('"000000"', None), ("0", "100"), ("@", "100"), ("General", "100"), ("#,##0", None)],
)
def test_a_number_in_a_text_column_is_as_the_workbook_shows_it(tmp_path, number_format, text):
    path = book(tmp_path / "r.xlsx", "osat", [["osanumero"], [100]], {"A2": number_format})

    row = read_register(path).sheets[0].rows[0]

    assert row.values.get("part_no") == text
    assert (row.fault is None) == (text is not None)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_number_that_is_none_is_refused(value):
    for column in (DAY, COUNT):
        with pytest.raises((CellError, ValueError, OverflowError)):
            read_cell(value, column, {})


def test_the_same_sheet_under_two_names_is_refused_not_forgotten(tmp_path):
    (tmp_path / "osat.csv").write_text("osanumero\nA\n", encoding="utf-8")
    (tmp_path / "parts.csv").write_text("part_no\nB\n", encoding="utf-8")

    read = read_register(tmp_path)

    assert [(sheet.title, [row.fault is None for row in sheet.rows]) for sheet in read.sheets] == [
        ("osat", [True]),
        ("parts", [False]),
    ]
    assert fault_text(read.sheets[1].rows[0].fault).startswith("parts, rivi 2, sarake part_no: sama taulukko on jo")


def test_a_column_twice_or_without_its_key_refuses_the_rows_in_the_files_own_words(tmp_path):
    (tmp_path / "erät.csv").write_text("osanumero;part_no;eränumero\nA;A;1\n", encoding="utf-8")
    (tmp_path / "maskiner.csv").write_text("serienummer\n1\n", encoding="utf-8")

    told = [fault_text(row.fault) for sheet in read_register(tmp_path).sheets for row in sheet.rows]

    assert told == [
        "erät, rivi 2, sarake osanumero: sarake on kahdesti",
        "maskiner, rivi 2, sarake model_code: sarake puuttuu",
    ]


def test_rows_are_numbered_as_the_file_shows_them(tmp_path):
    path = book(tmp_path / "r.xlsx", "osat", [[], ["osanumero", "nimi"], ["A"], [], [None, "x"]])

    sheet = read_register(path).sheets[0]

    assert [(row.number, row.fault and row.fault.code) for row in sheet.rows] == [(3, None), (5, "required")]


def test_a_refused_row_is_written_again_as_it_would_be_read():
    row = ["000100", 7.0, 1.5, date(2026, 1, 2), datetime.combine(MORNING, time()), MORNING, None, True]

    assert written_again(row, 9) == [
        "000100", "7", "1.5", "2026-01-02", "2026-11-22", "2026-11-22T09:00:00", "", "True", "",
    ]  # fmt: skip
