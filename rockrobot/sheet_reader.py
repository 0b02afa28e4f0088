"""Reads a workbook in a process of its own: the workbook comes on standard input, its sheets go out pickled.

A few kilobytes can ask for terabytes (one cell in the last row of the last column); then this process ends, not the
one that asked. Run by path, so that it loads nothing else of the app.
"""

import io
import pickle
import resource
import sys
import zipfile
from typing import Any

import openpyxl
import python_calamine

MAX_MEMORY_BYTES = 3 * 1024**3
MAX_PROCESSOR_SECONDS = 240


NO_RESULT = "#FORMULA!"


def has_faults(body: bytes) -> bool:
    """True when a workbook has error cells or formulas, so that its cells need a second look."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
            return any(mark in archive.read(name) for name in sheets for mark in (b't="e"', b"<f>", b"<f "))
    except (zipfile.BadZipFile, OSError):
        return False


def with_faults(body: bytes, title: str, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows with error cells as their words (#N/A) and formulas without a stored result as #FORMULA!.

    Read as nothing they would say "unknown", and a faulty part's batch would be lost without a word.
    """
    shown, typed = (
        openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=only)[title] for only in (True, False)
    )
    for sheet in (shown, typed):
        sheet.reset_dimensions()
    for shown_row, typed_row in zip(shown.iter_rows(), typed.iter_rows(), strict=False):
        for cell, formula in zip(shown_row, typed_row, strict=False):
            if cell.data_type == "e":
                _put(rows, cell, str(cell.value))
            elif formula.data_type == "f" and cell.value is None:
                _put(rows, formula, NO_RESULT)
    return rows


def _put(rows: list[list[Any]], cell: Any, words: str) -> None:
    while len(rows) < cell.row:
        rows.append([])
    row = rows[cell.row - 1] = list(rows[cell.row - 1])
    row.extend([""] * (cell.column - len(row)))
    row[cell.column - 1] = words


def main() -> None:
    """Write (title, rows) of each sheet to standard output, one pickle a sheet."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_SECONDS, MAX_PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    body = sys.stdin.buffer.read()
    book, needs_look = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body)), has_faults(body)
    for title in book.sheet_names:
        rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        rows = with_faults(body, title, rows) if needs_look else rows
        pickle.dump((title, rows), sys.stdout.buffer)


if __name__ == "__main__":
    main()
