"""Long lists: 50 rows a page, counted and cut in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from rockrobot.db import db

ROWS = 50
Row = TypeVar("Row")


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list: its rows, how many there are in all, which page this is."""

    rows: Sequence[Row]
    total: int
    page: int = 1
    size: int = ROWS

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(-(-self.total // self.size), 1)

    @property
    def first(self) -> int:
        """Number of the first row shown, counted from 1."""
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.first + len(self.rows) - 1


def listing(statement: Select[Any], page: int, *, size: int = ROWS) -> Listing[Any]:
    """One page of a select of entities; a page past the end is the last one."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    page = max(1, min(page, -(-total // size) or 1))
    rows = db.session.scalars(statement.limit(size).offset((page - 1) * size)).unique().all()
    return Listing(rows, total, page, size)
