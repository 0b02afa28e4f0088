"""Tables in files: reads workbooks, CSV files, folders and ZIPs of CSV within limits; writes them without formulas.

Knows nothing of what the tables mean. Every file is treated as hostile.
"""

import contextlib
import csv
import io
import pickle
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import openpyxl
from charset_normalizer import from_bytes

from rockrobot.formulas import MARK, kept, unmarked
from rockrobot.sheet_reader import CELLS_OF_A_ROW, MAX_CELLS
from rockrobot.sheet_writer import plain_cell, text_of

MAX_ENTRIES = 2_000
MAX_BYTES = 400 * 1024 * 1024
MAX_CSV_BYTES = 100 * 1024 * 1024
MAX_RATIO = 250
RATIO_FREE_BYTES = 4 * 1024 * 1024
RARE_ENCODINGS = ["utf_16_le", "utf_16_be", "cp1252", "cp1250", "mac_roman"]
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ENTRY = b"PK\x01\x02"  # how each line of a ZIP's list of contents begins
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How XLS begins, and an XLSX with a password."""
DELIMITERS = (",", ";", "\t")
_QUOTED = re.compile(r'"[^"]*"')
READER = Path(__file__).with_name("sheet_reader.py")
READ_SECONDS = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = Any


class FileError(ValueError):
    """The file as a whole can't be read; code says why.

    not_a_file, not_readable, too_big, bomb, far_cells, too_many_cells, encrypted, old, broken, no_sheets.
    """

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{code}: {name}" if name else code)
        self.code = code
        self.name = name


@dataclass
class RawSheet:
    """One table as it stands in the file: its name and rows (number as the file shows it, cells)."""

    name: str
    rows: list[tuple[int, Sequence[Cell]]]
    formats: "NumberFormats | None" = None


@dataclass
class NumberFormats:
    """The number formats of one sheet of a workbook, read only when a number stands where text is meant."""

    body: bytes
    sheet: str
    _cells: dict[tuple[int, int], tuple[Any, str]] = field(default_factory=dict)

    @cached_property
    def cells(self) -> dict[tuple[int, int], tuple[Any, str]]:
        """(row, column from 1) -> (value, number format) of the cells that hold numbers; none where unreadable."""
        found: dict[tuple[int, int], tuple[Any, str]] = {}
        try:
            book = openpyxl.load_workbook(io.BytesIO(self.body), read_only=True, data_only=True)
            sheet = book[self.sheet]
            sheet.reset_dimensions()
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                        found[cell.row, cell.column] = (cell.value, cell.number_format or "General")
        except Exception:  # a workbook that only the other reader opens: its numbers are refused, not guessed
            return {}
        return found


# ---------- in ----------


@dataclass
class _Room:
    """How many cells the tables of one file may still have."""

    left: int = MAX_CELLS

    def take(self, rows: Iterable[Sequence[Cell]], name: str) -> Iterator[Sequence[Cell]]:
        for row in rows:
            self.left -= len(row) + CELLS_OF_A_ROW
            if self.left < 0:
                raise FileError("too_many_cells", name)
            yield row


def read_tables(path: Path, *, name: str = "") -> list[RawSheet]:
    """Every table of a workbook, a folder of CSV files, a ZIP of them, or one CSV file. Raises FileError.

    name: the file's name in its owner's words, where it is kept under another.
    """
    name = name or path.name
    try:
        if path.is_dir():
            return _some(_read_folder(path, name), name)
        if not path.is_file():
            raise FileError("not_a_file", name)
        if path.stat().st_size > MAX_BYTES:
            raise FileError("too_big", name)
        body = path.read_bytes()
    except OSError as error:
        raise FileError("not_readable", name) from error
    if body[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _some(_read_archive(body, name), name)
    if name.lower().endswith(".csv"):
        return [_read_csv(PurePosixPath(name).stem, body, _Room())]
    raise FileError("old" if body.startswith(OLD_OFFICE) else "broken", name)


def _read_folder(path: Path, name: str) -> list[RawSheet]:
    files = sorted(p for p in path.iterdir() if _is_csv(p) and p.is_file())
    if sum(p.stat().st_size for p in files) > MAX_BYTES:
        raise FileError("too_big", name)
    room = _Room()
    return [_read_csv(p.stem, p.read_bytes(), room) for p in files]


def _is_csv(path: PurePath) -> bool:
    """False for the shadow files that macOS leaves beside the real ones."""
    return path.suffix.lower() == ".csv" and not path.name.startswith("._") and "__MACOSX" not in path.parts


def _some(sheets: list[RawSheet], name: str) -> list[RawSheet]:
    if not sheets:
        raise FileError("no_sheets", name)
    return sheets


def _read_archive(body: bytes, name: str) -> list[RawSheet]:
    if body.count(ENTRY) > MAX_ENTRIES:  # zipfile would make a million objects before it can be asked
        raise FileError("bomb", name)
    room = _Room()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            _check_limits(entries, name)
            if any(entry.filename == "[Content_Types].xml" for entry in entries):
                return _read_workbook(body, name)
            return [_read_csv(stem, _take(archive, entry), room) for stem, entry in _csv_entries(entries)]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        # zipfile raises NotImplementedError for a way of packing that it does not know
        raise FileError("broken", name) from error


def _check_limits(entries: list[zipfile.ZipInfo], name: str) -> None:
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise FileError("bomb", name)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise FileError("encrypted", name)
        if entry.file_size > RATIO_FREE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise FileError("bomb", name)


def _csv_entries(entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    for entry in entries:
        path = PurePosixPath(_entry_name(entry).replace("\\", "/"))
        if _is_csv(path) and not entry.is_dir():
            yield path.stem, entry


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name in composed letters; macOS writes UTF-8 without the flag that says so (APPNOTE 4.4.4, bit 11)."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > MAX_CSV_BYTES:
        raise FileError("bomb", entry.filename)
    with archive.open(entry) as stream:
        body = stream.read(entry.file_size + 1)
    if len(body) > entry.file_size:
        raise FileError("bomb", entry.filename)
    return body


def _read_workbook(body: bytes, name: str) -> list[RawSheet]:
    try:
        read = subprocess.run(
            [sys.executable, "-I", str(READER)], input=body, capture_output=True, timeout=READ_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileError("too_big", name) from error
    if read.returncode:
        raise FileError("far_cells" if read.returncode < 0 or b"MemoryError" in read.stderr else "broken", name)
    stream, sheets = io.BytesIO(read.stdout), []
    while stream.tell() < len(read.stdout):
        title, rows = pickle.load(stream)  # noqa: S301 (written by our own process)
        sheets.append(RawSheet(title, _rows(rows), NumberFormats(body, title)))
    return sheets


def _read_csv(stem: str, body: bytes, room: _Room) -> RawSheet:
    text = decoded(body, stem)
    first, _, rest = text.partition("\n")
    said = first.strip().lower()
    if said.startswith("sep=") and said[4:] in DELIMITERS:
        delimiter, text = said[4:], "\n" + rest
    else:
        delimiter = max(DELIMITERS, key=_QUOTED.sub("", first).count)
    try:
        rows = list(room.take(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), stem))
    except csv.Error as error:
        raise FileError("broken", stem) from error
    return RawSheet(stem, _rows(rows))


def _rows(rows: Iterable[Sequence[Cell]]) -> list[tuple[int, Sequence[Cell]]]:
    """Rows with their numbers; an apostrophe that was put before a risky cell is taken off."""
    found: list[tuple[int, Sequence[Cell]]] = list(enumerate(rows, start=1))
    for place, (number, row) in enumerate(found):
        if any(type(cell) is str and cell[:1] == MARK for cell in row):
            found[place] = (number, [unmarked(cell) for cell in row])
    return found


def decoded(body: bytes, name: str) -> str:
    """A text file's text: UTF-8 with or without its mark, UTF-16 with it, else the Windows code page of the Nordics.

    Raises FileError("broken").
    """
    encodings = ["utf-16"] if body.startswith(UTF_16_MARKS) else ["utf-8-sig"]
    if b"\0" not in body:
        encodings.append("cp1252")
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(body, cp_isolation=RARE_ENCODINGS).best()
    if best is None:
        raise FileError("broken", name)
    return str(best)


# ---------- out ----------


def write_workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """An XLSX of (name, header, rows); every cell is text or a whole number, never a formula."""
    book = openpyxl.Workbook(write_only=True)
    for name, header, rows in sheets:
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        sheet.append([plain_cell(sheet, column) for column in header])
        for row in rows:
            sheet.append([plain_cell(sheet, kept(value)) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV in UTF-8 without BOM, commas, lines ending in LF."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    quoting = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for row in rows:
        texts = [text_of(kept(value)) for value in row]
        # the csv module leaves a lone carriage return bare, and reads it as the end of the row
        (quoting if any("\r" in text for text in texts) else writer).writerow(texts)
    return stream.getvalue().encode()


def write_zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A ZIP of (name, body)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return stream.getvalue()
