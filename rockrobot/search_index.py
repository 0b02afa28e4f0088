"""What can be found: kinds that the rooms declare, and the index of their folded words.

The index is one table of folded words, kept up in the same transaction as the rows it stands for. Words are found by
trigrams: FTS5 on SQLite, pg_trgm on PostgreSQL (without that extension the same searches read the whole table).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    insert,
    select,
    text,
    true,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session, mapped_column

from rockrobot import ledger
from rockrobot.db import Base, is_sqlite

CHUNK = 2_000
_MARKS = re.compile(r"[\u0300-\u036f]+")
_HAS_LETTERS = re.compile(r"[^\W\d_]")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})


class SearchEntry(Base):
    """The words by which one row is found: one term a line, folded, and once more without spaces and hyphens."""

    __tablename__ = "search_entries"
    __table_args__ = (UniqueConstraint("kind", "row_id"), {"info": {"ledger": False, "personal": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Child:
    """Rows of another table that belong to a found row by their key, by whose words it is found too."""

    table: Table
    key: str
    columns: tuple[str, ...]
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """What can be found: a table, its columns, names put together of several columns, phones, columns of other tables.

    through: (own foreign key, other table, its column). children: rows that belong to it. hidden_by: the column that
    says that a row is not to be found any more. No kind's name may contain another's.
    """

    name: str
    table: Table
    columns: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    phones: tuple[str, ...] = ()
    through: tuple[tuple[str, Table, str], ...] = ()
    children: tuple[Child, ...] = ()
    hidden_by: str = ""

    def reads(self) -> set[str]:
        """The own columns that the index depends on."""
        own = {*self.columns, *self.phones, *(name for names in self.phrases for name in names)}
        return own | ({self.hidden_by} if self.hidden_by else set())

    def is_shown(self) -> ColumnElement[bool]:
        """SQL that is true for rows that may be found."""
        return self.table.c[self.hidden_by].is_(None) if self.hidden_by else true()


_kinds: dict[str, Kind] = {}


def declare(kind: Kind) -> None:
    """Let rows of a table be found (rooms call this when they are imported)."""
    _kinds[kind.name] = kind


def kinds() -> Iterable[str]:
    """Names of everything that can be found."""
    return _kinds.keys()


# ---------- words ----------


def fold(words: str) -> str:
    """Text as the index keeps it: small letters without accents, single spaces."""
    if words.isascii():
        return " ".join(words.replace("\0", "").lower().split())
    plain = unicodedata.normalize("NFKD", words.replace("\0", "").casefold().translate(_LETTERS))
    return " ".join(_MARKS.sub("", plain).split())


def squeeze(folded: str) -> str:
    """Folded text without anything but letters and digits."""
    return _NOT_ALPHANUMERIC.sub("", folded)


def phone_terms(number: str) -> list[str]:
    """The digits of a phone number as people type them: with country code, and with the leading zero at home."""
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    if not digits or _HAS_LETTERS.search(number):
        return []
    international = digits.removeprefix("00") if digits.startswith("00") else digits
    if digits.startswith("0") and not digits.startswith("00"):
        return [digits, "358" + digits[1:]]
    home = ["0" + international.removeprefix("358")] if international.startswith("358") else []
    return [international, *home]


def _words_of(kind: Kind, row: Any, of_children: Sequence[tuple[Child, Any]] = ()) -> str:
    terms = [getattr(row, name) or "" for name in kind.columns]
    terms += [" ".join(getattr(row, name) or "" for name in names) for names in kind.phrases]
    terms += [getattr(row, f"through_{place}") or "" for place in range(len(kind.through))]
    terms += [getattr(one, name) or "" for child, one in of_children for name in child.columns]
    folded = [fold(term) for term in terms]
    folded += [squeeze(term) for term in folded]
    folded += [term for name in kind.phones for term in phone_terms(getattr(row, name) or "")]
    folded += [t for child, one in of_children for name in child.phones for t in phone_terms(getattr(one, name) or "")]
    return "\n" + "".join(f"{term}\n" for term in dict.fromkeys(folded) if term)


# ---------- keeping the index ----------


def _index(connection: Connection, kind: Kind, ids: Sequence[int]) -> None:
    own, entries = kind.table, SearchEntry.__table__
    columns: list[Any] = [own.c.id, *(own.c[name] for name in sorted(kind.reads()))]
    source: Any = own
    for place, (key, other, name) in enumerate(kind.through):
        alias = other.alias(f"other_{place}")
        source = source.outerjoin(alias, own.c[key] == alias.c.id)
        columns.append(alias.c[name].label(f"through_{place}"))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        connection.execute(entries.delete().where(entries.c.kind == kind.name, entries.c.row_id.in_(chunk)))
        rows = connection.execute(
            select(*columns).select_from(source).where(own.c.id.in_(chunk), kind.is_shown())
        ).all()
        children = _children_of(connection, kind, chunk)
        values = [
            {"kind": kind.name, "row_id": row.id, "words": _words_of(kind, row, children.get(row.id, ()))}
            for row in rows
        ]
        if values:
            connection.execute(insert(entries), values)


def _children_of(connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, list[tuple[Child, Any]]]:
    found: dict[int, list[tuple[Child, Any]]] = {}
    for child in kind.children:
        columns = [child.table.c[name] for name in (*child.columns, *child.phones)]
        owner = child.table.c[child.key]
        statement = select(owner.label("owner_id"), *columns).where(owner.in_(ids)).order_by(child.table.c.id)
        for row in connection.execute(statement):
            found.setdefault(row.owner_id, []).append((child, row))
    return found


def _owners_touched(session: Session, child: Child) -> set[int]:
    """Ids of the rows whose children this transaction changed: those named in the change, and those they have now."""
    owners: set[int] = set()
    updated: list[int] = []
    for action, table, row_id, changes in ledger.pending_of(session).rows:
        if table == child.table.name and action != "view":
            owners.update(id_ for id_ in (changes or {}).get(child.key, ()) if id_)
            if action == "update":
                updated.append(row_id)
    for start in range(0, len(updated), CHUNK):
        owner, ids = child.table.c[child.key], updated[start : start + CHUNK]
        statement = select(owner).where(child.table.c.id.in_(ids), owner.is_not(None))
        owners.update(session.connection().scalars(statement))
    return owners


def _keep_up(session: Session) -> None:
    """Before a commit: index anew what this transaction changed."""
    session.flush()
    touched: dict[str, set[int]] = {}
    by_table = {kind.table.name: kind for kind in _kinds.values()}
    for action, table, row_id, changes in ledger.pending_of(session).rows:
        kind = by_table.get(table)
        if kind and action != "view" and (action != "update" or kind.reads() & set(changes or ())):
            touched.setdefault(kind.name, set()).add(row_id)
    for kind in _kinds.values():
        for child in kind.children:
            touched.setdefault(kind.name, set()).update(_owners_touched(session, child))
    for name, ids in ((name, ids) for name, ids in touched.items() if ids):
        _index(session.connection(), _kinds[name], sorted(ids))


event.listen(Session, "before_commit", _keep_up, insert=True)


def rebuild(connection: Connection) -> int:
    """Index every row anew; how many there are."""
    count = 0
    for kind in _kinds.values():
        ids = list(connection.scalars(select(kind.table.c.id).order_by(kind.table.c.id)))
        _index(connection, kind, ids)
        count += len(ids)
    return count


_SQLITE_INDEX = (
    "DROP TABLE IF EXISTS search_fts",
    "CREATE VIRTUAL TABLE search_fts USING fts5(kind, words, content='search_entries', content_rowid='id',"
    " tokenize='trigram case_sensitive 1')",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN"
    " INSERT INTO search_fts(rowid, kind, words) VALUES (new.id, new.kind, new.words); END",
    "CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, kind, words) VALUES ('delete', old.id, old.kind, old.words); END",
    "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
)


def make_index(connection: Connection) -> None:
    """Make the trigram index where it is missing (migrations call this)."""
    has_table = connection.dialect.has_table(connection, "search_entries")
    if is_sqlite(connection):
        made = text("SELECT count(*) FROM sqlite_master WHERE name = 'search_entries_added'")
        missing = has_table and not connection.scalar(made)
        for statement in _SQLITE_INDEX if missing else () if has_table else _SQLITE_INDEX[:1]:
            connection.execute(text(statement))
    elif has_table and connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")):
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        connection.execute(
            text("CREATE INDEX IF NOT EXISTS search_words ON search_entries USING gin (words gin_trgm_ops)")
        )
