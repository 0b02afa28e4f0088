"""What can be found: kinds that the rooms declare, and what the index says of a row of theirs."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, Table, Text, and_, true
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base
from rockrobot.search_words import code_lines, lines_of, phone_terms, terms_of

ROWS_OF_A_KIND = 1 << 40
PLACES = 1 << 15


class SearchEntry(Base):
    """The words by which one row is found, one line each with a line break before and after; what each line tells of,
    in the same order; and the terms: whole lines and single words. The id says which row: the kinds' ids lie apart.
    """

    __tablename__ = "search_entries"
    __table_args__ = {"info": {"ledger": False, "personal": True}}

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Through:
    """A column of another table that a row points to with a key of its own, and what it tells of."""

    key: str
    table: Table
    column: str
    fact: str


@dataclass(frozen=True)
class Child:
    """Rows of another table that belong to a found row by their key, by whose words it is found too.

    phones: columns that hold a phone number, the better first; where none does, the last is text.
    """

    table: Table
    key: str
    columns: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    through: tuple[Through, ...] = ()


@dataclass(frozen=True)
class Kind:
    """What can be found: a table, its columns, names put together of several columns, columns of other tables.

    codes: columns that hold a number or code, in which some signs look alike. children: rows that belong to it.
    hidden_by: columns each of which says that a row is not to be found any more. What a line tells of is the name of
    its column, "name" for a phrase, "phone", "email" or "point" for a contact point, or what the kind says.
    """

    name: str
    table: Table
    columns: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    through: tuple[Through, ...] = ()
    children: tuple[Child, ...] = ()
    hidden_by: tuple[str, ...] = ()

    @cached_property
    def reads(self) -> set[str]:
        """The own columns that the index depends on."""
        own = {*self.columns, *self.codes, *(name for names in self.phrases for name in names)}
        return own | {one.key for one in self.through} | set(self.hidden_by)

    @cached_property
    def ids(self) -> tuple[int, int]:
        """The least and the greatest id of the kind's entries."""
        first = zlib.crc32(self.name.encode()) % PLACES * ROWS_OF_A_KIND
        return first, first + ROWS_OF_A_KIND - 1

    @cached_property
    def borrowed(self) -> set[str]:
        """What only things nearby tell of: a row is less meant by these than by what is its own."""
        return {one.fact for one in (*self.through, *(one for child in self.children for one in child.through))}

    def is_shown(self) -> ColumnElement[bool]:
        """SQL that is true for rows that may be found."""
        return and_(true(), *(self.table.c[name].is_(None) for name in self.hidden_by))


_kinds: dict[str, Kind] = {}
_later_children: dict[str, tuple[Child, ...]] = {}


def declare(kind: Kind) -> None:
    """Let rows of a table be found (rooms call this when they are imported). Raises ValueError when ids would clash."""
    if any(other.ids == kind.ids for name, other in _kinds.items() if name != kind.name):
        raise ValueError(f"the ids of {kind.name} clash with another kind's")
    _kinds[kind.name] = replace(kind, children=(*kind.children, *_later_children.get(kind.name, ())))


def find_by_child(name: str, child: Child) -> None:
    """Let rows of a kind be found by rows of a later room that belong to them, in whichever order both are declared."""
    _later_children[name] = (*_later_children.get(name, ()), child)
    if name in _kinds:
        _kinds[name] = replace(_kinds[name], children=(*_kinds[name].children, child))


def kinds() -> dict[str, Kind]:
    """Everything that can be found, by name."""
    return _kinds


# ---------- what an entry says ----------


def _contact_lines(values: Sequence[str]) -> tuple[str, list[str]]:
    """What a contact point is, and its lines: the digits of a phone number, else text."""
    for value in values:
        digits = phone_terms(value)
        if digits:
            return "phone", digits
    return "email" if "@" in values[-1] else "point", lines_of(values[-1])


def _told_by(kind: Kind, row: Any) -> Iterator[tuple[str, list[str]]]:
    """What each value of a row tells of, and the lines by which it is found."""
    for name in kind.columns:
        yield name, lines_of(row[name] or "")
    for name in kind.codes:
        yield name, code_lines(row[name] or "")
    for names in kind.phrases:
        yield "name", lines_of(" ".join(row[name] or "" for name in names))
    for place, one in enumerate(kind.through):
        yield one.fact, lines_of(row[f"through_{place}"] or "")


def _told_by_child(child: Child, row: Any) -> Iterator[tuple[str, list[str]]]:
    for name in child.columns:
        yield name, lines_of(row[name] or "")
    if child.phones:
        yield _contact_lines([row[name] or "" for name in child.phones])
    for place, one in enumerate(child.through):
        yield one.fact, lines_of(row[f"through_{place}"] or "")


def entry_of(kind: Kind, row: Any, of_children: Sequence[tuple[Child, Any]]) -> dict[str, Any]:
    """The entry of a row, whose children are given with their rows; what is only borrowed stands last."""
    lines: dict[str, str] = {}
    told = chain(_told_by(kind, row), *(_told_by_child(child, other) for child, other in of_children))
    for fact, found in sorted(told, key=lambda one: one[0] in kind.borrowed) if kind.borrowed else told:
        for line in found:
            lines.setdefault(line, fact)
    return {
        "id": kind.ids[0] + row["id"],
        "kind": kind.name,
        "row_id": row["id"],
        "words": "\n" + "".join(f"{line}\n" for line in lines),
        "facts": " ".join(lines.values()),
        "terms": "\n".join(terms_of(lines)),
    }
