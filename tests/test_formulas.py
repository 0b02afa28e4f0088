"""No written cell is a formula, whatever it says, and what was marked on the way out comes back as it was."""

import csv
import io
import re
import unicodedata
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rockrobot.formulas import harmless, unmarked
from rockrobot.sheet_writer import csv_for_spreadsheets, write_sheet
from rockrobot.workbooks import read_tables, write_csv

HOSTILE = [
    "=1+1", "+cmd", "-2+3", "@SUM(1)", " =1", "\t=1", "\r=1", "\n=1", "\0=1", "\u00a0=1", "\ufeff=1", "\u200b=1", "＝1",
    "＋1", "－1", "＠1", "'=1", "''=1", " '=1", "﹦1", "=HYPERLINK(\"http://x\")", "\v=1", "\u2028=1", "'\u00a0＝1",
    "-5", "+358 40 588 2755", "\u202e=1", "\x1b=1",
]  # fmt: skip
TAME = ["", "Kivi Oy", "a=1", "'Kivi'", "';=1", '";=1', "a\n=1", "%0A=1", "a;=1", "a,=1", "5 - 3", "–ajatusviiva"]
TEXTS = st.one_of(
    st.sampled_from([*HOSTILE, *TAME]),
    st.text(alphabet=st.sampled_from(list("=+-@＝＋－＠' \t\r\n\0\u00a0\ufeff\u200b;,\"a1")), max_size=8),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


def is_formula(cell: str) -> bool:
    """True where a spreadsheet might calculate: the first sign that is seen is one of its own, in any width."""
    seen = "".join(s for s in cell if not s.isspace() and unicodedata.category(s) not in {"Cc", "Cf", "Zl", "Zp", "Zs"})
    return unicodedata.normalize("NFKC", seen)[:1] in set("=+-@")


def one_line(text: str) -> str:
    """A text as a file for spreadsheets has it."""
    return re.sub(r"[\r\n]+", " ", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_known_bypass_is_marked(text):
    assert not is_formula(harmless(text))
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", TAME)
def test_what_is_no_formula_stays_as_it_is(text):
    assert harmless(text) == text == unmarked(text)


@given(TEXTS)
def test_a_mark_is_taken_off_and_nothing_else(text):
    assert not is_formula(harmless(text))
    assert unmarked(harmless(text)) == text


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_no_cell_of_a_csv_is_a_formula_by_any_separator(rows):
    body = b"".join(csv_for_spreadsheets(["=nimi", "@vaihde"], rows)).decode()

    assert body.startswith("\ufeff")
    cells = [
        cell for row in csv.reader(io.StringIO(body.removeprefix("\ufeff"), newline=""), delimiter=";") for cell in row
    ]
    assert [cell for cell in cells if is_formula(cell)] == []
    assert [unmarked(cell) for cell in cells[2:]] == [one_line(cell) for row in rows for cell in row]
    for other in ",\t":
        split = csv.reader(io.StringIO(body.removeprefix("\ufeff"), newline=""), delimiter=other)
        assert not any(is_formula(cell) for row in split for cell in row[:1])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=4))
def test_no_cell_of_a_workbook_is_a_formula_and_each_is_text(rows):
    stream = io.BytesIO()

    write_sheet(stream, "henkilöt", ["=nimi", "puhelin"], rows, numbers=[1])

    for row in openpyxl.load_workbook(stream)["henkilöt"].iter_rows():
        for place, cell in enumerate(row):
            assert cell.value is None or (cell.data_type, cell.number_format) in {("s", "@"), ("inlineStr", "@")}
            is_number = place == 1 and str(cell.value).lstrip("+").replace(" ", "").isdigit()
            assert cell.value is None or is_number or not is_formula(cell.value)


def test_a_phone_number_stands_in_a_workbook_as_it_was_typed():
    stream = io.BytesIO()

    write_sheet(
        stream,
        "henkilöt",
        ["nimi", "puhelin"],
        [["+358", "+358 40 588 2755"], ["x", "+1+cmd|' /C calc'!A0"]],
        numbers=[1],
    )

    rows = list(openpyxl.load_workbook(stream)["henkilöt"].iter_rows(min_row=2, values_only=True))
    assert rows == [("'+358", "+358 40 588 2755"), ("x", "'+1+cmd|' /C calc'!A0")]


@pytest.mark.parametrize("written", ["register", "spreadsheet"])
def test_a_list_reads_back_as_it_was_written(tmp_path: Path, written):
    rows = [[text, "x"] for text in [*HOSTILE, *TAME]]
    header = ["nimi", "laji"]

    body = write_csv(header, rows) if written == "register" else b"".join(csv_for_spreadsheets(header, rows))

    (tmp_path / "osat.csv").write_bytes(body)
    read = [list(cells) for _, cells in read_tables(tmp_path / "osat.csv")[0].rows]
    assert read == [header, *(rows if written == "register" else [[one_line(text), x] for text, x in rows])]
