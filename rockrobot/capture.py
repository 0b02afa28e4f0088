"""Captures what the session writes for the ledger, refuses what passes it by, and notices reads of personal data.

Importing this module switches it on; create_app does.
"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, event, inspect, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from rockrobot import chain, ledger, shown
from rockrobot.db import Base, is_sqlite

_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
_READ = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)"?', re.IGNORECASE)


def _columns(instance: Any) -> Iterator[tuple[str, str]]:
    """(attribute, column) names of what the ledger keeps of a row."""
    for attribute in inspect(instance).mapper.column_attrs:
        column = attribute.columns[0]
        if column.name != "id" and not column.info.get("secret"):
            yield attribute.key, column.name


def _changes(instance: Any, action: str, before: dict[str, Any]) -> dict[str, list[Any]]:
    state = inspect(instance)
    changes: dict[str, list[Any]] = {}
    for key, name in _columns(instance):
        current = ledger.plain(state.dict.get(key))
        history = state.attrs[key].history
        if action == "insert":
            changes[name] = [None, current]
        elif action == "delete":
            changes[name] = [current, None]
        elif history.has_changes():
            changes[name] = [ledger.plain(history.deleted[0] if history.deleted else before.get(name)), current]
    return changes


def _mark_hand_changed(instance: Any) -> None:
    """Keep which fields a person set, so that a later import does not overwrite them (our choice)."""
    state = inspect(instance)
    keys = [key for key, _ in _columns(instance) if key not in {"hand_changed", "ordinal"}]
    touched = {k for k in keys if state.attrs[k].history.has_changes() and (state.persistent or state.dict.get(k))}
    if touched:
        instance.hand_changed = sorted(touched.union(instance.hand_changed or []))


def _keep_before(session: Session, instance: Any) -> None:
    """Read the stored row when an attribute was set without having been loaded."""
    state = inspect(instance)
    unknown = [
        k for k, _ in _columns(instance) if state.attrs[k].history.has_changes() and not state.attrs[k].history.deleted
    ]
    if unknown and state.persistent:
        table = instance.__table__
        row = session.connection().execute(select(table).where(table.c.id == state.identity[0])).mappings().first()
        ledger.pending_of(session).before[(table.name, state.identity[0])] = dict(row or {})


def _give_ids(session: Session) -> None:
    """On SQLite a new row gets an id that no row ever had; PostgreSQL's sequences see to that themselves."""
    if not is_sqlite(session.connection()):
        return
    newest: dict[str, int] = {}
    for instance in session.new:
        table = instance.__table__
        if ledger.is_covered(table) and "id" in table.c and instance.id is None:
            last = newest.get(table.name) or ledger.newest_id(session, table)
            instance.id = newest[table.name] = last + 1


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    announced = ledger.announced_act.get()
    dirty = [i for i in session.dirty if session.is_modified(i)]
    for instance in [*session.new, *dirty]:
        if isinstance(instance, ledger.HandChanged) and announced and not announced.is_import:
            _mark_hand_changed(instance)
    for instance in dirty:
        _keep_before(session, instance)
    for instance in session.deleted:
        for key, _ in _columns(instance):
            getattr(instance, key)
    if any(ledger.is_covered(i.__table__) for i in (*session.new, *dirty, *session.deleted)):
        ledger.open_change_set(session)
        _give_ids(session)
    session.info["writing"] = ledger.writing.set(True)


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: Any) -> None:
    _stop_writing(session)
    pending = ledger.pending_of(session)
    for action, instances in (("insert", session.new), ("update", session.dirty), ("delete", session.deleted)):
        for instance in instances:
            table = instance.__table__
            if ledger.is_covered(table):
                changes = _changes(instance, action, pending.before.get((table.name, instance.id), {}))
                if changes:
                    pending.rows.append((action, table.name, instance.id, changes))


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    session.flush()
    pending = ledger.pending_of(session)
    if pending.rows and pending.change_set_id:
        chain.append(session.connection(), pending.change_set_id, pending.rows)
    session.info.setdefault("carried", set()).update(row for row in pending.rows if row[0] == "view")
    session.info["ledger"] = ledger.Pending()


@event.listens_for(Session, "after_commit")
def _after_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # what a savepoint carried is lost with the whole yet
        shown.settle(session.info.pop("carried", set()))


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, _previous: Any) -> None:
    session.info.pop("carried", None)
    pending: ledger.Pending | None = session.info.pop("ledger", None)
    if pending and pending.opened:
        pending.opened.change_set_id = None
    _stop_writing(session)


def _stop_writing(session: Session) -> None:
    token = session.info.pop("writing", None)
    if token is not None:
        ledger.writing.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def _watch(_connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
    """Refuse a write to a covered table that no change set announced; remember a read of personal data."""
    write = _WRITE.match(statement)
    if write is None:
        if not shown.was_read() and _touches_personal(statement):
            shown.note_read()
        return
    table = Base.metadata.tables.get(write.group(1))
    if table is not None and ledger.is_covered(table) and not ledger.writing.get():
        raise ledger.LedgerError(f"a write to {table.name} passed the ledger by")


def _touches_personal(statement: str) -> bool:
    tables: list[Table] = [Base.metadata.tables[n] for n in _READ.findall(statement) if n in Base.metadata.tables]
    return any(table.info.get("personal") for table in tables)


def init_app(_app: object) -> None:
    """Switch capturing on; the listeners stand since import."""
