"""Reads a workbook in a process of its own: the workbook comes on standard input, its sheets go out pickled.

A few kilobytes can ask for terabytes (one cell in the last row of the last column); then this process ends, not the
one that asked. Run by path, so that it loads nothing else of the app.
"""

import io
import pickle
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import python_calamine

MAX_MEMORY_BYTES = 3 * 1024**3
MAX_PROCESSOR_SECONDS = 240
MAX_CELLS = 5_000_000
"""Of all tables of a file together: 300,000 rows of 13 columns take half a gigabyte."""
CELLS_OF_A_ROW = 3
"""How many cells a row takes beside its own."""

NO_RESULT = "#FORMULA!"
_FAULTY = re.compile(rb"""\bt=["']e["']|<(\w+:)?f[\s/>]""")


def has_faults(body: bytes) -> bool:
    """True when a workbook has error cells or formulas, so that its cells need a second look."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
            return any(_FAULTY.search(archive.read(name)) for name in sheets)
    except (zipfile.BadZipFile, OSError):
        return False


def faults_of(body: bytes) -> dict[str, list[tuple[int, int, str]]]:
    """By sheet: row and column (from 1) of error cells with their words (#N/A), of formulas without a stored result.

    Read as nothing they would say "unknown", and a faulty part's batch would be lost without a word.
    """
    if not has_faults(body):
        return {}
    shown, typed = (openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=only) for only in (True, False))
    return {title: list(_faults(shown[title], typed[title])) for title in shown.sheetnames}


def _faults(shown: Any, typed: Any) -> Iterator[tuple[int, int, str]]:
    for sheet in (shown, typed):
        sheet.reset_dimensions()
    for shown_row, typed_row in zip(shown.iter_rows(), typed.iter_rows(), strict=False):
        for cell, formula in zip(shown_row, typed_row, strict=False):
            if cell.data_type == "e":
                yield cell.row, cell.column, str(cell.value)
            elif formula.data_type == "f" and cell.value is None:
                yield formula.row, formula.column, NO_RESULT


def put(rows: list[list[Any]], row: int, column: int, words: str) -> None:
    """Write words into a cell, as far away as it may be."""
    rows.extend([] for _ in range(row - len(rows)))
    rows[row - 1].extend([""] * (column - len(rows[row - 1])))
    rows[row - 1][column - 1] = words


def main() -> None:
    """Write (title, rows) of each sheet to standard output, one pickle a sheet."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_SECONDS, MAX_PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    body = sys.stdin.buffer.read()
    book, faults = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body)), faults_of(body)
    left = MAX_CELLS
    for title in book.sheet_names:
        sheet = book.get_sheet_by_name(title)
        left -= sheet.total_height * (sheet.total_width + CELLS_OF_A_ROW)
        if left < 0:
            raise MemoryError
        rows = sheet.to_python(skip_empty_area=False)
        for place in faults.get(title, ()):
            put(rows, *place)
        pickle.dump((title, rows), sys.stdout.buffer)


if __name__ == "__main__":
    main()
