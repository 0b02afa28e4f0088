"""Reads a register file: which sheets and columns it has, and what its cells say."""

import functools
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from babel import Locale

from rockrobot.exchange.rules import (
    SHEETS,
    CellError,
    Column,
    Kind,
    Sheet,
    english_name,
    is_empty,
    read_cell,
    shown_number,
)
from rockrobot.workbooks import RawSheet, read_tables

Value = str | int | date


@dataclass(frozen=True)
class Fault:
    """Why a row is refused: the sheet and column in the file's own words, the row as the file shows it."""

    sheet: str
    row: int
    column: str
    code: str
    detail: str = ""


@dataclass
class ReadRow:
    """One row of a sheet: what its filled cells say, and the first fault."""

    number: int
    values: dict[str, Value]
    fault: Fault | None = None
    cells: Sequence[Any] = ()


@dataclass
class ReadSheet:
    """A sheet that was understood: its format, its name and columns in the file's own words, its rows."""

    sheet: Sheet
    title: str
    labels: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    header: Sequence[Any] = ()
    rows: list[ReadRow] = field(default_factory=list)

    def fault(self, row: int, column: str, code: str, detail: str = "") -> Fault:
        """A fault in this sheet; column is an English name, the file's own word is used where it has one."""
        return Fault(self.title, row, self.labels.get(column, column), code, detail)


@dataclass
class ReadRegister:
    """What a file says: the sheets understood, in the order of the format, and the names that were not."""

    sheets: list[ReadSheet]
    ignored: list[str]


@functools.cache
def country_names() -> dict[str, str]:
    """Lower-case country names in the languages of letters, and ISO codes -> ISO 3166 code."""
    names: dict[str, str] = {}
    for language in ("en", "fi", "sv", "nb", "da"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"ZZ", "EU", "EZ", "UN", "XA", "XB"}:
                names.setdefault(name.lower(), code)
                names[code.lower()] = code
    return names | {"uk": "GB", "usa": "US", "united states of america": "US", "deutschland": "DE"}


def read_register(path: Path, *, name: str = "") -> ReadRegister:
    """Read a workbook, a folder or ZIP of CSV files, or one CSV. Raises FileError when it can't be read as a whole.

    name: the file's name in its owner's words, where it is kept under another.
    """
    found: dict[str, list[ReadSheet]] = {}
    ignored: list[str] = []
    for raw in read_tables(path, name=name):
        known = english_name(raw.name)
        if known not in SHEETS:
            ignored.append(raw.name)
            continue
        read = _read_sheet(raw, SHEETS[known])
        for first in found.setdefault(known, [])[:1]:
            for row in read.rows:
                row.fault = read.fault(row.number, read.sheet.key[0], "sheet_twice", first.title)
        found[known].append(read)
    return ReadRegister([read for known in SHEETS for read in found.get(known, [])], ignored)


def _read_sheet(raw: RawSheet, sheet: Sheet) -> ReadSheet:
    read = ReadSheet(sheet, raw.name)
    rows = iter(raw.rows)
    places: list[tuple[int, Column]] = []
    broken: tuple[str, str] | None = None
    for _, cells in rows:
        if any(not is_empty(cell) for cell in cells):
            read.header = cells
            places, broken = _places(cells, read)
            break
    for number, cells in rows:
        if any(not is_empty(cell) for cell in cells):
            row = ReadRow(number, {}, cells=cells)
            if broken:
                row.fault = read.fault(number, broken[1], broken[0])
            else:
                _read_row(row, places, read, raw)
            read.rows.append(row)
    return read


def _places(header: Sequence[Any], read: ReadSheet) -> tuple[list[tuple[int, Column]], tuple[str, str] | None]:
    """Where each column stands, and what is wrong with the header as a whole (code, column)."""
    known = {column.name: column for column in read.sheet.columns}
    places: list[tuple[int, Column]] = []
    twice = ""
    for index, label in enumerate(header):
        name = english_name(label)
        if name not in known:
            if not is_empty(label):
                read.ignored.append(str(label))
        elif name in read.labels:
            twice = name
        else:
            read.labels[name] = str(label).strip()
            places.append((index, known[name]))
    missing = [name for name in read.sheet.required_in_key() if name not in read.labels]
    if twice:
        return places, ("column_twice", twice)
    return places, ("column_missing", missing[0]) if missing else None


def _read_row(row: ReadRow, places: list[tuple[int, Column]], read: ReadSheet, raw: RawSheet) -> None:
    countries = country_names()
    for index, column in places:
        cell = row.cells[index] if index < len(row.cells) else None
        if cell is None or cell == "":
            continue
        try:
            value = read_cell(_shown(row, index, column, raw), column, countries)
        except CellError as error:
            row.fault = row.fault or read.fault(row.number, column.name, error.code, error.value)
        else:
            if value is not None:
                row.values[column.name] = value
    if row.fault is None:
        empty = [name for name in read.sheet.required_in_key() if name not in row.values]
        if empty:
            row.fault = read.fault(row.number, empty[0], "required")


def _shown(row: ReadRow, index: int, column: Column, raw: RawSheet) -> Any:
    """A cell; a number in a text column as the workbook shows it."""
    cell = row.cells[index]
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if is_number and not math.isfinite(cell):
        raise CellError("spoiled", cell)
    if column.kind not in {Kind.TEXT, Kind.COUNTRY} or not is_number or raw.formats is None:
        return cell
    shown = shown_number(*raw.formats.cells.get((row.number, index + 1), (cell, "")))
    row.cells = [*row.cells[:index], shown, *row.cells[index + 1 :]]
    return shown


MESSAGES: dict[str, Callable[[str], str]] = {
    "column_missing": lambda _: "sarake puuttuu",
    "column_twice": lambda _: "sarake on kahdesti",
    "sheet_twice": lambda v: f"sama taulukko on jo nimellä {v}: yhdistä ne",
    "required": lambda _: "pakollinen tieto puuttuu",
    "format_as_text": lambda v: f"luku {v} tekstisarakkeessa: muotoile tekstiksi ja kirjoita arvo uudelleen",
    "spoiled": lambda v: f"taulukko-ohjelma on pilannut arvon {v}: muotoile tekstiksi ja kirjoita arvo uudelleen",
    "control_character": lambda _: "näkymätön ohjausmerkki: kirjoita arvo uudelleen",
    "too_long": lambda v: f"liian pitkä, enintään {v} merkkiä",
    "unknown_word": lambda v: f"tuntematon sana {v}",
    "unknown_country": lambda v: f"tuntematon maa {v}: kirjoita kaksikirjaiminen maakoodi",
    "bad_day": lambda v: f"ei ole päivä: {v}; kirjoita muodossa 22.11.2026",
    "bad_count": lambda v: f"ei ole kelpaava kokonaisluku: {v}",
    "unknown": lambda v: f"ei löydy tiedostosta eikä rekisteristä: {v}",
    "refers_to_refused": lambda v: f"viittaa riviin, jota ei oteta: {v}",
    "same_key": lambda v: f"sama avain kuin rivillä {v}, mutta eri tiedot",
    "one_party": lambda _: "anna joko asiakasnumero tai henkilönumero, ei molempia",
    "no_party": lambda _: "asiakasnumero tai henkilönumero puuttuu",
    "party_of_return": lambda _: "palautuksella ei ole osapuolta: tyhjennä asiakas- ja henkilönumero",
    "ends_before_begins": lambda v: f"päättyy ennen kuin alkaa ({v})",
    "overlap": lambda v: f"kaksi omistajaa yhtä aikaa: {v}",
    "cycle": lambda v: f"erät sisältävät toisensa ympyrässä: rivit {v}",
}


def fault_reason(fault: Fault) -> str:
    """What is wrong and what to mend, in words."""
    return MESSAGES[fault.code](fault.detail)


def fault_text(fault: Fault) -> str:
    """A fault in words: sheet, row, column and what to mend."""
    return f"{fault.sheet}, rivi {fault.row}, sarake {fault.column}: {fault_reason(fault)}"


FILE_MESSAGES = {
    "not_a_file": "Tiedostoa ei löydy.",
    "not_readable": "Tiedostoon ei ole lukuoikeutta.",
    "too_big": "Tiedosto on liian suuri.",
    "bomb": "Pakattu tiedosto purkautuisi kohtuuttoman suureksi; sitä ei avata.",
    "far_cells": "Työkirja on liian suuri luettavaksi. Poista tietojen jälkeiset rivit ja sarakkeet.",
    "too_many_cells": "Tiedostossa on liikaa soluja. Poista tyhjät rivit ja sarakkeet, tai jaa se osiin.",
    "encrypted": "Tiedosto on salattu. Poista salasana ja yritä uudelleen.",
    "old": "Tiedosto on vanha XLS tai salattu salasanalla. Tallenna se Excelissä XLSX-muotoon ilman salasanaa.",
    "broken": "Tiedostoa ei voi lukea: se ei ole työkirja (XLSX), CSV eikä ZIP, tai se on rikki.",
    "no_sheets": "Tiedostossa ei ole yhtään taulukkoa, jossa on otsikkorivi ja rivejä sen alla.",
    "too_many_columns": "Taulukossa on yli 500 saraketta. Poista tyhjät ja turhat sarakkeet.",
}


def written_again(cells: Sequence[Any], width: int, text_places: Collection[int] = ()) -> list[str]:
    """The cells of a row as text that reads the same again, filled up to a width: for a file of refused rows.

    text_places: places of text columns; what is no text there was refused, and is marked so that it is refused again.
    """
    texts = []
    for place, cell in enumerate(cells):
        is_refused = place in text_places and not isinstance(cell, str)
        texts.append("" if cell is None else f"#ARVO! {cell}" if is_refused else _as_typed(cell))
    return texts + [""] * (width - len(texts))


def text_places(read: ReadSheet) -> set[int]:
    """Where the text columns of a sheet stand in its header."""
    texts = {column.name for column in read.sheet.columns if column.kind in {Kind.TEXT, Kind.COUNTRY}}
    return {place for place, label in enumerate(read.header) if english_name(label) in texts}


def _as_typed(cell: Any) -> str:
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)
