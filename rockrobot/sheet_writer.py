"""Cells and lists for spreadsheets: every cell a text, none a formula."""

import csv
import io
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import openpyxl

from rockrobot.formulas import harmless

_LINE_BREAKS = re.compile(r"[\r\n]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")


def text_of(value: Any) -> str:
    """A cell as text: days and moments in ISO form, nothing as the empty text."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def plain_cell(sheet: Any, value: Any) -> Any:
    """A cell of a sheet that is being written: a whole number as it is, all else as text that is never calculated."""
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return value
    cell = openpyxl.cell.WriteOnlyCell(sheet, value="")
    cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text_of(value))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def csv_for_spreadsheets(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV that a Finnish spreadsheet opens by itself and calculates nothing of, line by line.

    UTF-8 with its mark, semicolons, every cell in quotes and on one line (so that no other separator makes a cell of a
    part of one), nothing risky bare.
    """
    yield "\ufeff".encode()
    for row in itertools.chain((header,), rows):
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL).writerow(
            [harmless(_LINE_BREAKS.sub(" ", text)) for text in row]
        )
        yield stream.getvalue().encode()


def write_sheet(
    target: IO[bytes], name: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Collection[int] = ()
) -> None:
    """An XLSX of one sheet of texts into a file; nothing in it is risky, also when it is saved as CSV later.

    numbers: places of columns of phone numbers; what is nothing but a phone number stands there as it is, as text.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    sheet.append([plain_cell(sheet, harmless(column)) for column in header])
    for row in rows:
        shown = (t if n in numbers and _PHONE.fullmatch(t) else harmless(t) for n, t in enumerate(row))
        sheet.append([plain_cell(sheet, text) for text in shown])
    book.save(target)
