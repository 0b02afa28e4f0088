"""Counts what the database is asked."""

from types import TracebackType
from typing import Self

from sqlalchemy import event

from rockrobot.db import db


class Count:
    """How many statements the database was sent while this is open."""

    def __enter__(self) -> Self:
        self.statements = 0
        event.listen(db.engine, "before_cursor_execute", self._one)
        return self

    def _one(self, *_: object) -> None:
        self.statements += 1

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _at: TracebackType | None
    ) -> None:
        event.remove(db.engine, "before_cursor_execute", self._one)
