"""What becomes of the rows of a file: rows as stored, rows as planned, their counts, and how old numbers are read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PARTY_SHEETS = {"customer_no": "companies", "person_no": "people"}
Key = tuple[Any, ...]


class Status(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class StoredRow:
    """A row as it is stored, in the format's columns.

    by_hand names the columns a person changed; twins are rows with the same key, made by hand. kept_as: the number of
    the party that was kept, where the row is found by another one. is_merged: that of a record merged into it.
    """

    id: int
    values: Mapping[str, Any]
    by_hand: frozenset[str] = frozenset()
    twins: tuple["StoredRow", ...] = ()
    kept_as: str = ""
    is_merged: bool = False

    def says(self, values: Mapping[str, Any]) -> bool:
        """True when the row says all that these values say."""
        return all(self.values.get(column) == value for column, value in values.items())


@dataclass
class PlannedRow:
    """What becomes of one row of the file.

    changes: the columns that will be written; kept: those where a value changed by hand wins; agreed: those where the
    file now says what a person wrote.
    """

    number: int
    key: Key
    values: dict[str, Any]
    status: Status
    changes: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    agreed: frozenset[str] = frozenset()
    stored: StoredRow | None = None
    fault: Any = None
    cells: Any = ()


@dataclass
class SheetPlan:
    """What becomes of the rows of one sheet; sheet is what was read (title, labels, fault())."""

    read: Any
    rows: list[PlannedRow] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The sheet's English name."""
        return str(self.read.sheet.name)

    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged and refused."""
        counted = dict.fromkeys(Status, 0)
        for row in self.rows:
            counted[row.status] += 1
        return {status.value: count for status, count in counted.items()}

    def refuse(self, row: PlannedRow, column: str, code: str, detail: str = "") -> None:
        """Refuse a row, once."""
        if row.fault is None:
            row.fault = self.read.fault(row.number, column, code, detail)
        row.status = Status.REFUSED


def merged_values(row: PlannedRow) -> dict[str, Any]:
    """What the row will say once taken: the stored values with the changes over them."""
    return {**(row.stored.values if row.stored else {}), **row.changes}


def totals(plans: Iterable[SheetPlan]) -> dict[str, int]:
    """Counts over all sheets: new, changed, unchanged, refused; a row of the file counts once."""
    total = dict.fromkeys((status.value for status in Status), 0)
    for plan in plans:
        for status, count in plan.counts().items():
            total[status] += count
    return total


def named_as_kept(values: dict[str, Any], sheet: str, stored: Mapping[str, Mapping[Key, StoredRow]]) -> dict[str, Any]:
    """A row's values, naming the kept party where they name one by the number of a record merged into it.

    sheet: whose row it is; the row of the merged record itself keeps its number.
    """
    renamed = {}
    for column, target in PARTY_SHEETS.items():
        row = stored.get(target, {}).get((values.get(column),)) if target != sheet else None
        if row is not None and row.kept_as:
            renamed[column] = row.kept_as
    return values | renamed if renamed else values


def merged_record(kept: StoredRow, column: str, old: str) -> StoredRow:
    """How the row of a record that was merged is compared: with the kept record, whose values all stay.

    column: customer_no or person_no; old: the merged record's number. People decided the values when they merged, so
    an older file never brings the others back. Source: our choice, after "a value changed by hand wins".
    """
    values = {**kept.values, column: old}
    return StoredRow(kept.id, values, frozenset(values), kept_as=str(kept.values[column]), is_merged=True)
