"""The change ledger: every write and every view of a person's data passes here, each inside one announced act.

Covered is every table whose info does not say ``ledger: False``. A write outside an announced change set is refused.
Tables say how they may be undone: ``undo: free`` (the default), ``compensating`` or ``never``; by whom: undoers.py.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Table, bindparam, func, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session, mapped_column

from rockrobot import chain, clock, shown
from rockrobot.chain import Change, ChangeSet, LedgerEntry
from rockrobot.db import db, is_sqlite, writing_allowed, writing_now

SYSTEM = "system"
BULK_CHUNK = 5_000


class LedgerError(RuntimeError):
    """A write that no change set announced."""


class PurposeMissingError(RuntimeError):
    """A person's data is about to be shown to somebody who has not said what for."""


@dataclass
class Announcement:
    """The act that the writes of this request or command belong to."""

    actor: str
    event: str
    purpose: str = ""
    undoes_id: int | None = None
    is_import: bool = False
    is_purpose_due: bool = False
    change_set_id: int | None = None


@dataclass
class Pending:
    """What the running transaction has changed so far."""

    rows: list[Change] = field(default_factory=list)
    before: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    opened: Announcement | None = None
    change_set_id: int | None = None


announced_act: ContextVar[Announcement | None] = ContextVar("announced", default=None)
writing: ContextVar[bool] = ContextVar("writing", default=False)


class HandChanged:
    """Rows that the importer may write: remembers which fields a person changed by hand, so that those win."""

    hand_changed: Mapped[list[str]] = mapped_column(JSON, default=list)


def announce(actor: str, event_name: str, purpose: str | None = "") -> None:
    """Say to which act the writes of this request belong; purpose: None where it has still to be said."""
    announced_act.set(Announcement(actor, event_name, purpose or "", is_purpose_due=purpose is None))
    shown.forget()


@contextmanager
def change_set(
    event_name: str,
    *,
    actor: str | None = None,
    purpose: str = "",
    undoes_id: int | None = None,
    is_import: bool = False,
) -> Iterator[Announcement]:
    """Announce one act for the writes inside; the actor stays who is acting already, else the system user."""
    outer = announced_act.get()
    who = actor or (outer.actor if outer else SYSTEM)
    token = announced_act.set(Announcement(who, event_name, purpose, undoes_id, is_import))
    try:
        yield announced_act.get()  # type: ignore[misc]
    finally:
        announced_act.reset(token)


def actor() -> str:
    """Who is acting: "staff:7", "cli:…" or the system user."""
    announced = announced_act.get()
    return announced.actor if announced else SYSTEM


def is_covered(table: Table) -> bool:
    """True when writes to this table must pass the ledger."""
    return bool(table.info.get("ledger", True))


_PLAIN = frozenset({str, int, bool, float, type(None)})


def plain(value: Any) -> Any:
    """A column value as JSON keeps it: days and moments as ISO text, bytes as their digest."""
    if value.__class__ in _PLAIN:
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    return value


def pending_of(session: Session) -> Pending:
    pending: Pending = session.info.setdefault("ledger", Pending())
    return pending


def open_change_set(session: Session | None = None) -> int:
    """The id of the running act's change set, made now when it has none. Raises LedgerError outside an act."""
    session = session or db.session()
    pending, announced = pending_of(session), announced_act.get()
    if announced is None:
        raise LedgerError("a write outside a change set")
    if announced.change_set_id is None:
        announced.change_set_id = _insert_change_set(session.connection(), announced)
        pending.opened = announced
    pending.change_set_id = announced.change_set_id
    return announced.change_set_id


def has_changed() -> bool:
    """True when the running act changed something, in this transaction or in one before; a view is no change."""
    db.session.flush()
    rows, announced = pending_of(db.session()).rows, announced_act.get()
    if rows:
        return any(row[0] != "view" for row in rows)
    return announced is not None and announced.change_set_id is not None


def changed_tables() -> set[str]:
    """The tables that the running transaction has changed so far."""
    db.session.flush()
    return {table for action, table, _, _ in pending_of(db.session()).rows if action != "view"}


def _insert_change_set(connection: Connection, announced: Announcement) -> int:
    values = {
        "at": clock.now(),
        "actor": announced.actor,
        "event": announced.event,
        "purpose": announced.purpose,
        "undoes_id": announced.undoes_id,
    }
    result = connection.execute(ChangeSet.__table__.insert().values(values))
    return int((result.inserted_primary_key or (0,))[0])


# ---------- bulk: Core statements at bulk speed, one entry a row ----------


@contextmanager
def _bulk() -> Iterator[Connection]:
    open_change_set()
    db.session.flush()
    token = writing.set(True)
    try:
        yield db.session.connection()
    finally:
        writing.reset(token)


def newest_id(session: Session, table: Table) -> int:
    """The highest id that a row of a covered table has or ever had (SQLite, which would give it out again).

    An id names one row for good: its history, who saw it, and where undo brings it back.
    """
    connection = session.connection()
    entries = LedgerEntry.__table__.c
    ever = connection.scalar(select(func.max(entries.row_id)).where(entries.table_name == table.name))
    now = connection.scalar(select(func.max(table.c.id)))
    pending = (row_id for _, name, row_id, _ in pending_of(session).rows if name == table.name)
    return max(now or 0, ever or 0, *pending, 0)


def _reserve_ids(connection: Connection, table: Table, count: int) -> list[int]:
    if is_sqlite(connection):
        newest = newest_id(db.session(), table)
        return list(range(newest + 1, newest + 1 + count))
    sequence = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return list(connection.scalars(sequence, {"table": table.name, "count": count}))


def _filled(table: Table, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows with every column of the table: what they say, else its default."""
    defaults: dict[str, Any] = {column.name: column.default for column in table.columns}
    made = {name: default.arg for name, default in defaults.items() if default is not None and default.is_callable}
    fixed = {name: None if default is None else default.arg for name, default in defaults.items() if name not in made}
    for row in rows:
        yield {**fixed, **{name: make(None) for name, make in made.items() if name not in row}, **row}


def bulk_insert(table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert many rows in the running act (a row that was undone brings its own id back); their ids, in order."""
    if not rows:
        return []
    with _bulk() as connection:
        ids = _reserve_ids(connection, table, len(rows))
        full = [{**row, "id": row["id"] or id_} for id_, row in zip(ids, _filled(table, rows), strict=True)]
        ids = [row["id"] for row in full]
        connection.execute(table.insert(), full)
        entries = [
            ("insert", table.name, r["id"], {k: [None, plain(v)] for k, v in r.items() if k != "id"}) for r in full
        ]
    pending_of(db.session()).rows.extend(entries)
    return ids


def bulk_update(table: Table, rows: Sequence[tuple[int, dict[str, Any], dict[str, Any]]]) -> None:
    """Update many rows (id, old values, new values) in the running act."""
    groups: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = {}
    for id_, _, new in rows:
        groups.setdefault(tuple(sorted(new)), []).append((id_, new))
    with _bulk() as connection:
        for names, group in groups.items():
            statement = table.update().where(table.c.id == bindparam("row_id_"))
            statement = statement.values({name: bindparam(f"new_{name}") for name in names})
            values = [{"row_id_": id_} | {f"new_{k}": v for k, v in new.items()} for id_, new in group]
            connection.execute(statement, values)
    pending_of(db.session()).rows.extend(
        ("update", table.name, id_, {k: [plain(old.get(k)), plain(v)] for k, v in new.items()})
        for id_, old, new in rows
    )


def bulk_delete(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Delete many rows, each given with all its stored values, in the running act."""
    with _bulk() as connection:
        for start in range(0, len(rows), BULK_CHUNK):
            ids = [row["id"] for row in rows[start : start + BULK_CHUNK]]
            connection.execute(table.delete().where(table.c.id.in_(ids)))
    pending_of(db.session()).rows.extend(
        ("delete", table.name, row["id"], {k: [plain(v), None] for k, v in row.items() if k != "id"}) for row in rows
    )


# ---------- views of a person's data ----------


def need_purpose() -> None:
    """Raises PurposeMissingError where somebody signed in has not said yet what they look at people's data for."""
    announced = announced_act.get()
    if announced and announced.is_purpose_due:
        raise PurposeMissingError


def log_view(ids: Iterable[int], *, table: str = "people") -> None:
    """Write down that these people's data (or companies', by table) is about to be shown, as log_views does."""
    log_views({table: ids})


def log_views(seen: Mapping[str, Iterable[int]]) -> None:
    """Write down in one act whose data is about to be shown, as ids by table; before the page is rendered.

    A page that only looks writes in a short transaction of its own; one that changes writes in its own change, or where
    nothing is changed (a form with errors) before it is sent. If the row can't be written, the error stops the page
    (GDPR Art. 5(2), 32: our choice of means). Raises PurposeMissingError where somebody signed in has not said yet what
    they look for.
    """
    shown.say_whose()
    rows: list[Change] = [("view", table, id_, None) for table, ids in seen.items() for id_ in dict.fromkeys(ids)]
    if not rows:
        return
    need_purpose()
    if writing_allowed():
        open_change_set()
        pending_of(db.session()).rows.extend(rows)
        shown.add_due(rows)
        return
    _write_views(rows)


def _write_views(rows: Sequence[Change]) -> None:
    announced = announced_act.get() or Announcement(SYSTEM, "view")
    with writing_now(), db.engine.begin() as connection:
        chain.append(connection, _insert_change_set(connection, announced), rows)


def write_due_views() -> None:
    """Write the views of a page whose change was not carried out, if any; what it had begun is rolled back."""
    rows = shown.take_due()
    if rows:
        db.session.rollback()
        _write_views(rows)
