"""Reads a file of contacts: its sheets as tables of text, vCards as such a table too, and each row as a contact."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from rockrobot.contact_cards.queries import HEADER, card_rows
from rockrobot.contact_cells.rules import Remark
from rockrobot.contact_columns.rules import Product, Target, header_row, product_of
from rockrobot.contact_rows.rules import Contact, read_contact
from rockrobot.exchange.queries import country_names
from rockrobot.exchange.rules import CellError, is_empty, shown_number
from rockrobot.sheet_reader import CELLS_OF_A_ROW, MAX_CELLS
from rockrobot.vcards import BEGIN
from rockrobot.workbooks import MAX_BYTES, FileError, RawSheet, decoded, read_tables

MAX_COLUMNS = 500
LINES_ABOVE_HEADER = 10
CARD_NAMES, LIST_NAMES = (".vcf", ".vcard"), (".txt", ".tsv")


@dataclass
class ContactTable:
    """One table of a file as text: its columns' titles, its filled rows (number as the file shows it), broken ones."""

    title: str
    header: list[str]
    product: Product
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)

    def texts(self) -> list[list[str]]:
        """The rows without their numbers."""
        return [cells for _, cells in self.rows]


def read_contact_tables(path: Path, *, name: str = "") -> list[ContactTable]:
    """Every table of a file that is not empty: vCards, a CSV, a ZIP of them, or the sheets of a workbook.

    name: the file's name in its owner's words. Raises FileError, also "too_many_columns" and "no_sheets".
    """
    name = name or path.name
    if name.lower().endswith(CARD_NAMES):
        return [_cards(path, name)]
    if name.lower().endswith(LIST_NAMES):
        name = str(PurePath(name).with_suffix(".csv"))
    tables = [_table(raw) for raw in read_tables(path, name=name) if raw.rows]
    tables = [table for table in tables if table.rows]
    if not tables:
        raise FileError("no_sheets", name)
    return tables


def _cards(path: Path, name: str) -> ContactTable:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileError("too_big", name)
        text = decoded(path.read_bytes(), name)
    except OSError as error:
        raise FileError("not_readable", name) from error
    cards = text.upper().count(BEGIN)
    if not cards:
        raise FileError("broken", name)
    if cards * (len(HEADER) + CELLS_OF_A_ROW) > MAX_CELLS:
        raise FileError("too_many_cells", name)
    table = ContactTable(PurePath(name).stem, list(HEADER), Product.VCARD)
    for line, cells, fault in card_rows(text):
        table.rows.append((line, cells))
        if fault:
            table.faults[line] = fault
    return table


def _table(raw: RawSheet) -> ContactTable:
    rows = [(number, cells) for number, cells in raw.rows if any(not is_empty(cell) for cell in cells)]
    if any(len(cells) > MAX_COLUMNS for _, cells in rows):
        raise FileError("too_many_columns", raw.name)
    texts = [(number, [_text(raw, number, place, cell) for place, cell in enumerate(cells)]) for number, cells in rows]
    if not texts:
        return ContactTable(raw.name, [], Product.LIST)
    start = header_row([cells for _, cells in texts[:LINES_ABOVE_HEADER]])
    header = [" ".join(title.split()) for title in texts[start][1]] if start is not None else []
    texts = texts[start + 1 :] if start is not None else texts
    width = max((len(cells) for _, cells in texts), default=len(header))
    header += [f"{number}." for number in range(len(header) + 1, width + 1)]
    return ContactTable(raw.name, header, product_of(header), texts)


def _text(raw: RawSheet, row: int, place: int, cell: Any) -> str:
    """A cell as text, as its file shows it where that is certain; never a float."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell)
    if isinstance(cell, int | float):
        if raw.formats is not None:
            with suppress(CellError, ValueError, OverflowError):
                return shown_number(*raw.formats.cells.get((row, place + 1), (cell, "General")))
        return str(int(cell)) if cell == cell and abs(cell) < 1e18 and cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def read_contacts(table: ContactTable, fields: Sequence[Target]) -> list[Contact]:
    """The contacts of a table, each column saying what fields name; a broken card is a refused row."""
    countries = country_names()
    contacts = []
    for number, cells in table.rows:
        contact = read_contact(number, cells, fields, table.header, countries)
        if number in table.faults:
            contact.fault = Remark("", table.faults[number])
        contacts.append(contact)
    return contacts
