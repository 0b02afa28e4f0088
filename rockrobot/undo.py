"""Undo of a change set: every row goes back to what it was, except rows changed since, which are listed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, LargeBinary, Table, select
from sqlalchemy.orm import aliased

from rockrobot import ledger
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import Base, Moment, among, db
from rockrobot.told_columns import is_told
from rockrobot.undo_obstacles import erased_since, obstructed, still_needed, with_company
from rockrobot.undoers import may_undo_in, tables_of


class UndoError(RuntimeError):
    """This change set can't be undone; code says why: not_found, undone, never, clash. told: a clash in words."""

    def __init__(self, code: str, told: str = "") -> None:
        super().__init__(code)
        self.told = told


@dataclass
class Net:
    """What a change set did to one row, first value to last."""

    was_there: bool
    is_there: bool
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass
class Undone:
    """What an undo did: how many rows went back, and which (table, row id) it had to leave.

    told_on: the endpoint of the page that lists what was left (it takes change_set_id), where there is one.
    """

    count: int = 0
    left: list[tuple[str, int]] = field(default_factory=list)
    told_on: str = ""


@dataclass(frozen=True)
class Way:
    """How the change sets of one event are undone, where putting whole rows back would say too much or too little."""

    may_undo: Callable[[int], bool]
    undo: Callable[[int], Undone]


_ways: dict[str, Way] = {}


@dataclass(frozen=True)
class Check:
    """What must hold of a table's rows (by id) after an undo has touched them, and what to say when it does not."""

    holds: Callable[[Collection[int]], bool]
    told: Any


_checks: dict[str, Check] = {}


def declare_check(table_name: str, check: Check) -> None:
    """Look after an undo whether rows of a table still agree with each other (rooms call this)."""
    _checks[table_name] = check


def declare(event: str, way: Way) -> None:
    """Undo the change sets of an event in a way of their own (rooms call this when they are imported)."""
    _ways[event] = way


def has_way(event: str) -> bool:
    """True when change sets of this event are undone in a way of their own, however many rows they touched."""
    return event in _ways


def net_of(change_set_id: int) -> dict[tuple[str, int], Net]:
    """What a change set did to each row (table, id), first value to last."""
    statement = (
        select(LedgerEntry.action, LedgerEntry.table_name, LedgerEntry.row_id, LedgerEntry.changes)
        .where(LedgerEntry.change_set_id == change_set_id, LedgerEntry.action != "view")
        .order_by(LedgerEntry.id)
    )
    nets: dict[tuple[str, int], Net] = {}
    for action, table, row_id, changes in db.session.execute(statement):
        net = nets.setdefault((table, row_id), Net(was_there=action != "insert", is_there=True))
        net.is_there = action != "delete"
        for name, (before, after) in (changes or {}).items():
            net.before.setdefault(name, before)
            net.after[name] = after
    return nets


def _touched_since(change_set_id: int) -> set[tuple[str, int]]:
    own, later = aliased(LedgerEntry), aliased(LedgerEntry)
    statement = (
        select(later.table_name, later.row_id)
        .join(own, (own.table_name == later.table_name) & (own.row_id == later.row_id) & (own.id < later.id))
        .where(own.change_set_id == change_set_id, later.change_set_id != change_set_id, later.action != "view")
        .distinct()
    )
    return {(table, row_id) for table, row_id in db.session.execute(statement)}


def _stored(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def stored_values(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Values as the ledger keeps them, as the table keeps them."""
    return {name: _stored(table, name, value) for name, value in values.items()}


def _policy(table_name: str) -> str:
    policy: str = Base.metadata.tables[table_name].info.get("undo", "free")
    return policy


def may_undo(change_set_id: int) -> bool:
    """True when the change set exists, was not undone yet, and the person signed in may undo what it touched."""
    return change_set_id in undoable([change_set_id])


def undoable(change_set_ids: Collection[int], *, in_part: bool = False) -> set[int]:
    """Those of these change sets that may be undone, by the person signed in; asked once for a whole list.

    in_part: also those of which some rows were erased since, the others may go back by undo_rows.
    """
    acts = select(ChangeSet.id, ChangeSet.event, ChangeSet.actor).where(among(ChangeSet.__table__.c.id, change_set_ids))
    undone = select(ChangeSet.undoes_id).where(among(ChangeSet.__table__.c.undoes_id, change_set_ids))
    tables = tables_of(change_set_ids)
    gone = set(db.session.scalars(undone)) | (set() if in_part else _emptied(change_set_ids))
    waiting = [act for act in db.session.execute(acts) if act.id not in gone]
    mine = [act for act in waiting if may_undo_in(tables.get(act.id, set()), act.actor)]
    return {act.id for act in mine if _is_free(act.id, act.event, tables.get(act.id, set()))}


def _emptied(change_set_ids: Collection[int]) -> set[int]:
    """Those that deleted or merged what was erased since; rows that were erased later than changed are passed over."""
    entries = LedgerEntry.__table__.c
    told = entries.salt.is_(None) & ((entries.action == "delete") | ChangeSet.event.in_(list(_ways)))
    emptied = select(entries.change_set_id).join(ChangeSet, ChangeSet.id == entries.change_set_id)
    return set(db.session.scalars(emptied.where(among(entries.change_set_id, change_set_ids), told)))


def _is_free(change_set_id: int, event: str, tables: Collection[str]) -> bool:
    if event in _ways:
        return _ways[event].may_undo(change_set_id)
    return bool(tables) and all(_policy(name) == "free" for name in tables)


def undoable_tables() -> dict[str, list[str]]:
    """The covered tables by their rule of undo: free, compensating, never."""
    by_policy: dict[str, list[str]] = {"free": [], "compensating": [], "never": []}
    for table in Base.metadata.sorted_tables:
        if ledger.is_covered(table):
            by_policy[_policy(table.name)].append(table.name)
    return by_policy


def may_put_back(entry: LedgerEntry, name: str) -> bool:
    """True for a changed value that the history tells and that may go back alone, by the person signed in.

    Its table's info names what goes back with the row only (with_row_only). An entry does not say whose act it was:
    where everybody undoes their own alone, nothing goes back one by one.
    """
    if entry.action != "update" or name not in (entry.changes or {}) or not is_told(name):
        return False
    info = Base.metadata.tables[entry.table_name].info
    is_free = _policy(entry.table_name) == "free" and name not in info.get("with_row_only", ())
    return is_free and may_undo_in([entry.table_name], "")


def put_back(entry_id: int, name: str) -> None:
    """Give one field, and those that are told with it, the value it had before this entry, in an act of its own.

    Raises UndoError: not_found when there is no such change or the row is gone, never when it may not be undone, clash
    as undo does.
    """
    entry = db.session.get(LedgerEntry, entry_id)
    if entry is None or name not in (entry.changes or {}):
        raise UndoError("not_found")
    if not may_put_back(entry, name):
        raise UndoError("never")
    table = Base.metadata.tables[entry.table_name]
    stored = db.session.execute(select(table).where(table.c.id == entry.row_id)).mappings().first()
    if stored is None:
        raise UndoError("not_found")
    together = next((names for names in table.info.get("told_together", ()) if name in names), (name,))
    old = {one: pair[0] for one, pair in (entry.changes or {}).items() if one in together}
    before = {one: stored[one] for one in old}
    with ledger.change_set("desk.put_back", undoes_id=None):
        ledger.bulk_update(table, [(entry.row_id, before, stored_values(table, old))])
    _check(table.name, [entry.row_id])


def undo(change_set_id: int) -> Undone:
    """Undo a change set inside a new one that names it.

    Raises UndoError when it is unknown, undone already, touched what may never be undone, or when what would be left
    disagrees with itself (clash): then nothing is undone, and the caller rolls back. Rows edited since, rows that later
    rows hang on, and rows whose place is taken or whose owner is gone, stay as they are and are listed.
    """
    act = db.session.get(ChangeSet, change_set_id)
    if act is None:
        raise UndoError("not_found")
    if not may_undo(change_set_id):
        raise UndoError("never")
    if act.event in _ways:
        return _ways[act.event].undo(change_set_id)
    with ledger.change_set("desk.undo", undoes_id=change_set_id, is_import=True):
        undone = _go_back(net_of(change_set_id), _touched_since(change_set_id))
        ledger.open_change_set()
    return undone


def undo_rows(change_set_id: int, rows: Collection[tuple[str, int]]) -> Undone:
    """Undo what a change set did to some rows (table, id), in the running act; the others may follow later.

    Raises UndoError as undo does, but where others alone were erased since; what undo leaves, this leaves.
    """
    if not undoable([change_set_id], in_part=True) or not erased_since(change_set_id).isdisjoint(rows):
        raise UndoError("never")
    nets, since = net_of(change_set_id), _touched_since(change_set_id)
    return _go_back({row: nets[row] for row in rows if row in nets}, since.intersection(rows))


def _go_back(nets: dict[tuple[str, int], Net], since: Collection[tuple[str, int]]) -> Undone:
    """Undo what was done to rows but for those edited since; all of it or, by the error, nothing."""
    undone = Undone(left=sorted(since))
    by_table: dict[str, dict[int, Net]] = {}
    for (table_name, row_id), net in nets.items():
        if (table_name, row_id) not in since:
            by_table.setdefault(table_name, {})[row_id] = net
    tables = [table for table in Base.metadata.sorted_tables if table.name in by_table]
    for table in tables:
        _put_back(table, by_table[table.name], undone)
    for table in reversed(tables):
        _take_away(table, by_table[table.name], undone)
    for name, rows in by_table.items():
        _check(name, list(rows))
    return undone


def _check(table_name: str, rows: Collection[int]) -> None:
    check = _checks.get(table_name)
    if check and not check.holds(rows):
        raise UndoError("clash", str(check.told))


def _put_back(table: Table, nets: dict[int, Net], undone: Undone) -> None:
    changed = {id_: stored_values(table, n.before) for id_, n in nets.items() if n.was_there and n.is_there}
    gone = {id_: stored_values(table, n.before) for id_, n in nets.items() if n.was_there and not n.is_there}
    refused = obstructed(table, with_company(table, changed)) | obstructed(table, gone)
    undone.left += ((table.name, id_) for id_ in sorted(refused))
    updates = [
        (id_, stored_values(table, {name: nets[id_].after[name] for name in values}), values)
        for id_, values in changed.items()
        if id_ not in refused
    ]
    returning = _owners_first(table, [{"id": id_} | values for id_, values in gone.items() if id_ not in refused])
    if updates:
        ledger.bulk_update(table, updates)
    if returning:
        ledger.bulk_insert(table, returning)
    undone.count += len(updates) + len(returning)


def _owners_first(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table that points to itself stand behind those that they name."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    return sorted(rows, key=lambda row: any(row.get(name) is not None for name in own))


def _take_away(table: Table, nets: dict[int, Net], undone: Undone) -> None:
    if any(isinstance(column.type, LargeBinary) for column in table.columns):
        return  # the ledger keeps of bytes their digest only: taken away, they could not come back
    made = {row_id: net for row_id, net in nets.items() if net.is_there and not net.was_there}
    for row_id in still_needed(table, list(made)):
        made.pop(row_id)
        undone.left.append((table.name, row_id))
    if made:
        ledger.bulk_delete(table, [{"id": row_id} | stored_values(table, net.after) for row_id, net in made.items()])
    undone.count += len(made)
