"""Long lists: 50 rows a page, counted and cut in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import lazyload

from rockrobot.db import db

ROWS = 50
Row = TypeVar("Row")


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list: its rows, how many there are in all, which page this is."""

    rows: Sequence[Row]
    total: int
    number: int = 1
    size: int = ROWS

    @property
    def has_previous(self) -> bool:
        """True when there is a page before this one."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """True when there is a page after this one."""
        return self.number * self.size < self.total

    @property
    def first(self) -> int:
        """Number of the first row shown, counted from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.first + len(self.rows) - 1


def part_of(rows: Sequence[Row], number: int) -> Listing[Row]:
    """One page of rows that are at hand already; a page past the end is the last one."""
    number = max(1, min(number, -(-len(rows) // ROWS) or 1))
    return Listing(rows[(number - 1) * ROWS : number * ROWS], len(rows), number)


def listing(statement: Select[Any], number: int, *, size: int = ROWS) -> Listing[Any]:
    """One page of a select of entities; a page past the end is the last one."""
    plain = statement.options(lazyload("*")).order_by(None)
    total = db.session.scalar(select(func.count()).select_from(plain.subquery())) or 0
    number = max(1, min(number, -(-total // size) or 1))
    rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Listing(rows, total, number, size)
