"""Erase rows so that nothing of what they said stays: not in the table, not in the ledger, whose chain stays valid.

The ledger keeps that a row was erased, when and by whom, and which rows it hung on; no values, neither now nor of
earlier. What was erased never comes back by undo.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, Boolean, Column, String, Table, bindparam, or_, select
from sqlalchemy.engine import Connection

from rockrobot import ledger
from rockrobot.chain import BLANKED, EMPTIED, ERASED, ERASURES, LedgerEntry
from rockrobot.db import Word, among, db, is_sqlite
from rockrobot.references import OnErase, reference_of

Rows = Mapping[str, Collection[int]]


@contextmanager
def _writing() -> Iterator[Connection]:
    ledger.open_change_set()
    db.session.flush()
    token = ledger.writing.set(True)
    try:
        yield db.session.connection()
    finally:
        ledger.writing.reset(token)


def ghosts_of(column: Column[Any], ids: Collection[int]) -> set[int]:
    """Ids of rows that named one of these ids in a column once and are gone now, by what the ledger still holds."""
    pairs = [LedgerEntry.changes[(column.name, place)].as_integer() for place in (0, 1)]
    named = or_(*(among(pair, ids) for pair in pairs))
    known = select(LedgerEntry.row_id).where(LedgerEntry.table_name == column.table.name, named)
    found = set(db.session.scalars(known))
    return found - set(db.session.scalars(select(column.table.c.id).where(among(column.table.c.id, found))))


def told_by_ghosts(column: Column[Any], row_ids: Collection[int]) -> set[int]:
    """What a column of rows that are gone named, by what the ledger still holds."""
    entries = select(LedgerEntry.changes).where(
        LedgerEntry.table_name == column.table.name, among(LedgerEntry.__table__.c.row_id, row_ids)
    )
    return {id_ for changes in db.session.scalars(entries) for id_ in (changes or {}).get(column.name, ()) if id_}


def erase(table: Table, ids: Collection[int]) -> None:
    """Delete rows; the ledger keeps which rows they hung on and nothing else of them."""
    keys = [column for column in table.columns if column.foreign_keys]
    chosen = select(table.c.id, *keys).where(among(table.c.id, ids)).order_by(table.c.id)
    found = db.session.execute(chosen).mappings().all()
    with _writing() as connection:
        connection.execute(table.delete().where(among(table.c.id, ids)))
    ledger.pending_of(db.session()).rows.extend(
        (ERASED, table.name, row["id"], {key.name: [row[key.name], None] for key in keys}) for row in found
    )


def blank(table: Table, ids: Collection[int], *, but: Collection[str] = (), **values: Any) -> None:
    """Empty rows that others still need, all but their keys, their kinds and the columns named; values: set beside."""
    rows = [{"row_id_": id_} | blank_values(table, id_, but) | values for id_ in sorted(ids)]
    if not rows:
        return
    names = [name for name in rows[0] if name != "row_id_"]
    statement = table.update().where(table.c.id == bindparam("row_id_"))
    with _writing() as connection:
        connection.execute(
            statement.values({name: bindparam(f"new_{name}") for name in names}),
            [{"row_id_": row["row_id_"]} | {f"new_{name}": row[name] for name in names} for row in rows],
        )
    ledger.pending_of(db.session()).rows.extend(
        (BLANKED, table.name, row["row_id_"], {name: [None, ledger.plain(row[name])] for name in names}) for row in rows
    )


def blank_values(table: Table, id_: int, but: Collection[str] = ()) -> dict[str, Any]:
    """What the columns of a row say once it is blanked: texts nothing, lists nothing, days and numbers unknown.

    Where columns of the table are declared as erased, those alone are blanked. Keys, kinds and claims stay, and what
    can't be unknown. A text that is some row's own becomes "erased-" and the id.
    """
    values: dict[str, Any] = {}
    for column in _told_in(table):
        if column.name in but or isinstance(column.type, Word | Boolean):
            continue
        if isinstance(column.type, String):
            values[column.name] = f"erased-{id_}" if column.unique else None if column.nullable else ""
        elif isinstance(column.type, JSON):
            values[column.name] = []
        elif column.nullable:
            values[column.name] = None
    return values


def _told_in(table: Table) -> list[Column[Any]]:
    plain = [column for column in table.columns if not column.primary_key and not column.foreign_keys]
    declared = [one for one in plain if (rule := reference_of(one)) and rule.on_erase is OnErase.ERASE]
    return declared or plain


def empty_ledger(rows: Rows) -> int:
    """Empty salt and values of all that the ledger holds of these rows (table: ids); how many entries.

    The commitment in the chain stays, so the chain stays valid; without salt nobody can try values out. The running act
    tells of each row that it was emptied, unless it erases or blanks the row anyway.
    """
    ledger.open_change_set()
    entries = LedgerEntry.__table__
    pending = ledger.pending_of(db.session()).rows
    told = {(table_name, row_id) for action, table_name, row_id, _ in pending if action in ERASURES}
    count = 0
    for table_name, ids in rows.items():
        theirs = (entries.c.table_name == table_name, among(entries.c.row_id, ids), entries.c.changes.is_not(None))
        named = set(db.session.scalars(select(entries.c.row_id).where(*theirs).distinct()))
        emptied = entries.update().where(*theirs).values(salt=None, changes=None)
        count += db.session.connection().execute(emptied).rowcount
        pending.extend((EMPTIED, table_name, id_, None) for id_ in sorted(named) if (table_name, id_) not in told)
    return count


def clear_file() -> None:
    """Take what was erased out of the file as well (SQLite): the index of words, and the log beside the file.

    Outside any transaction. Cells are overwritten as they are freed (secure_delete); PostgreSQL sees to it with VACUUM.
    """
    if not is_sqlite():
        return
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        for name in ("search_fts", "search_terms"):
            cursor.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")  # noqa: S608 (our own names)
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
