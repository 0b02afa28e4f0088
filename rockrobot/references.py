"""What merge and erasure do with each column that names a company, a person, an address or a worksite.

Declared once, where the column is, so that merge, erasure, retention and the access answer walk the metadata of the
tables and know no room. A test refuses a column without its declaration.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import MappedColumn, mapped_column

from rockrobot.db import Base

PARTIES: Final = ("companies", "people")
SUBJECTS: Final = (*PARTIES, "addresses", "worksites")
INFO: Final = "reference"


class OnMerge(StrEnum):
    """What becomes of a row when the party it names is merged into another."""

    MOVE = "move"  # names the kept party from now on, whatever the table's rule of undo is
    ASK = "ask"  # moves; where it says what a row of the kept party says, a person decides which of them holds
    FREEZE = "freeze"  # stays as it was written: evidence, or what it names is never merged


class OnErase(StrEnum):
    """What becomes of a row when the party it names is erased."""

    ERASE = "erase"
    ANONYMISE = "anonymise"
    KEEP = "keep"


@dataclass(frozen=True)
class Reference:
    """What merge and erasure do with a column."""

    on_merge: OnMerge
    on_erase: OnErase


def refers_to(
    target: str, *, merge: OnMerge = OnMerge.FREEZE, erase: OnErase, index: bool = False, unique: bool = False
) -> MappedColumn[Any]:
    """A foreign key with its declaration; target: "people.id". An address or a worksite is never merged."""
    declared = {INFO: Reference(merge, erase)}
    return mapped_column(ForeignKey(target), index=index or None, unique=unique or None, info=declared)


def tells_of_party(erase: OnErase) -> dict[str, Reference]:
    """The info of a column that names or describes a party in words or JSON: merge never rewrites it."""
    return {INFO: Reference(OnMerge.FREEZE, erase)}


def reference_of(column: Column[Any]) -> Reference | None:
    """The declaration of a column, or None."""
    declared: Reference | None = column.info.get(INFO)
    return declared


@cache
def pointing_at(target: Table) -> tuple[Column[Any], ...]:
    """Every column that is a foreign key to this table, tables that others refer to first.

    Kept, since walks ask for each table: putting all tables in order takes longer than what is asked of the database.
    """
    keys = (key for table in Base.metadata.sorted_tables for key in table.foreign_keys)
    return tuple(key.parent for key in keys if key.column.table is target)


def moving_with(target: Table) -> list[Column[Any]]:
    """The columns that name the kept party once a party of this table is merged. Raises LookupError without a word."""
    moving = []
    for column in pointing_at(target):
        declared = reference_of(column)
        if declared is None:
            raise LookupError(f"{column} does not say what merge does with it")
        if declared.on_merge is not OnMerge.FREEZE:
            moving.append(column)
    return moving
