"""What would go with a row that is deleted, what stands in the way, and what was deleted lately."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, func, or_, select
from sqlalchemy.orm import aliased, defer

from rockrobot import clock
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import Base, among, db
from rockrobot.lists import Listing, listing
from rockrobot.references import OnErase, pointing_at, reference_of
from rockrobot.trash.rules import offered_since
from rockrobot.undo import net_of

NAMED_BY: dict[str, tuple[str, ...]] = {
    "people": ("first_name", "last_name"),
    "companies": ("name",),
    "worksites": ("name",),
    "addresses": ("street", "city"),
    "contact_points": ("raw",),
    "affiliations": ("title", "role"),
    "events": ("text",),
    "attachments": ("file_name",),
    "tags": ("name",),
    "enquiries": ("name", "company_name"),
}
LONGEST_NAME = 80
IS_DELETED = LedgerEntry.action == "delete"
IS_RECORD = LedgerEntry.changes[("merged_into_id", 0)].as_integer().is_(None)
"""True of deleted rows that stood for themselves: one that was merged goes and returns with the kept one."""


@dataclass
class Removal:
    """What deleting rows does: rows that go with them, columns that are emptied, and what stands in the way of which.

    in_the_way: id of a row that can't be deleted -> how many rows of each table stand in its way; it stays whole.
    """

    gone: list[tuple[Table, list[dict[str, Any]]]] = field(default_factory=list)
    emptied: list[tuple[Column[Any], list[dict[str, Any]]]] = field(default_factory=list)
    in_the_way: dict[int, Counter[str]] = field(default_factory=dict)

    def block(self, table: str, roots: Iterable[int]) -> None:
        """Rows of this table stand in the way of these rows, one each time it is named."""
        for root in roots:
            self.in_the_way.setdefault(root, Counter())[table] += 1


@dataclass
class Walk:
    """Rows found on the way, and for each (table, id) the row to be deleted that it belongs to."""

    roots: dict[tuple[str, int], int]

    def root_of(self, table: Table, row: dict[str, Any]) -> int:
        """The row to be deleted to which a found row belongs."""
        return self.roots[table.name, row["id"]]

    def step(self, here: Table, column: Column[Any], rows: Iterable[dict[str, Any]]) -> list[int]:
        """Rows of another table that name rows of this one belong to whom those belong; whom, row by row."""
        roots = []
        for row in rows:
            root = self.roots[here.name, row[column.name]]
            roots.append(self.roots.setdefault((column.table.name, row["id"]), root))
        return roots


def removals_of(table: Table, row_ids: Collection[int]) -> Removal:
    """Walk the tables that name the rows: what erasure would erase goes with them, what is evidence blocks its row.

    One query a table and column, however many rows are deleted.
    """
    rows = _rows(table.c.id, row_ids)
    walk = Walk({(table.name, row["id"]): row["id"] for row in rows})
    removal, waiting = Removal(), [(table, rows)]
    while waiting:
        here, rows = waiting.pop(0)
        removal.gone.append((here, rows))
        ids = [row["id"] for row in rows]
        for column in pointing_at(here):
            found = _rows(column, ids)
            if not found:
                continue
            roots = walk.step(here, column, found)
            if _blocks(column):
                removal.block(column.table.name, roots)
            elif _is_emptied(column):
                removal.emptied.append((column, found))
            else:
                waiting.append((column.table, found))
    return _without_blocked(removal, walk)


def _without_blocked(removal: Removal, walk: Walk) -> Removal:
    """What is deleted once the rows that something stands in the way of are left as they are."""
    if not removal.in_the_way:
        return removal

    def free(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if walk.root_of(table, row) not in removal.in_the_way]

    gone = [(table, free(table, rows)) for table, rows in removal.gone]
    emptied = [(column, free(column.table, rows)) for column, rows in removal.emptied]
    return Removal(gone, emptied, removal.in_the_way)


def _rows(column: Column[Any], ids: Collection[int]) -> list[dict[str, Any]]:
    rows = db.session.execute(select(column.table).where(among(column, ids)).order_by(column.table.c.id))
    return [dict(row) for row in rows.mappings()]


def _blocks(column: Column[Any]) -> bool:
    """True for rows that must stay: what can't be undone, what erasure keeps; merged ones go with the kept."""
    declared = reference_of(column)
    if any(key.column.table is column.table for key in column.foreign_keys):
        return False
    if column.table.info.get("undo", "free") != "free":
        return True
    return declared is not None and declared.on_erase is OnErase.KEEP


def _is_emptied(column: Column[Any]) -> bool:
    declared = reference_of(column)
    return declared is not None and declared.on_erase is OnErase.ANONYMISE and bool(column.nullable)


# ---------- what was deleted ----------


@dataclass(frozen=True)
class Removed:
    """Something deleted lately: the act, what was deleted (its children went before it), and how many rows in all.

    entry: what the ledger tells of it.
    others: how many more records of its kind the act deleted, which come back together or one by one.
    """

    act: ChangeSet
    table: str
    row_id: int
    name: str
    size: int
    entry: LedgerEntry
    others: int = 0


def removed_lately(*, number: int = 1) -> Listing[Removed]:
    """Things deleted within the days in which they are offered and not all brought back, the newest first, one page."""
    undone = aliased(ChangeSet)
    last = select(func.max(LedgerEntry.id)).where(
        LedgerEntry.action == "delete", LedgerEntry.table_name.in_(NAMED_BY), ChangeSet.id == LedgerEntry.change_set_id
    )
    statement = (
        select(LedgerEntry)
        .join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
        .where(ChangeSet.at >= offered_since(clock.now()), ChangeSet.undoes_id.is_(None))
        .where(~select(undone.id).where(undone.undoes_id == ChangeSet.id).exists())
        .where(LedgerEntry.id == last.correlate(ChangeSet).scalar_subquery(), _is_any_away())
        .options(defer(LedgerEntry.salt))
        .order_by(LedgerEntry.id.desc())
    )
    found = listing(statement, number)
    return Listing(_told(found.rows), found.total, found.number, found.size)


def _is_any_away() -> ColumnElement[bool]:
    """True of an entry while a row of its kind that its act deleted is not there again, be it brought back alone."""
    deleted = aliased(LedgerEntry)
    tables = {name: Base.metadata.tables[name] for name in NAMED_BY}
    away = or_(
        *(
            (deleted.table_name == name) & ~select(table.c.id).where(table.c.id == deleted.row_id).exists()
            for name, table in tables.items()
        )
    )
    same = (deleted.change_set_id == LedgerEntry.change_set_id) & (deleted.table_name == LedgerEntry.table_name)
    return select(deleted.id).where(same, deleted.action == "delete", away).correlate(LedgerEntry).exists()


def _told(entries: Sequence[LedgerEntry]) -> list[Removed]:
    ids = [entry.change_set_id for entry in entries]
    acts = {act.id: act for act in db.session.scalars(select(ChangeSet).where(ChangeSet.id.in_(ids)))}
    sizes: Counter[int] = Counter()
    for (act_id, _table), count in _deleted_in(ids).items():
        sizes[act_id] += count
    records = _deleted_in(ids, IS_RECORD)
    told = ((entry, acts[entry.change_set_id]) for entry in entries)
    return [
        Removed(act, e.table_name, e.row_id, _name_of(e), sizes[act.id], e, records[act.id, e.table_name] - 1)
        for e, act in told
    ]


def _deleted_in(act_ids: Collection[int], *conditions: ColumnElement[bool]) -> Counter[tuple[int, str]]:
    """How many rows of each table each act deleted."""
    columns = (LedgerEntry.change_set_id, LedgerEntry.table_name)
    deleted = select(*columns, func.count()).where(LedgerEntry.change_set_id.in_(act_ids), IS_DELETED, *conditions)
    rows = db.session.execute(deleted.group_by(*columns))
    return Counter({(act_id, table): count for act_id, table, count in rows})


def removed_in(change_set_id: int, *, number: int = 1) -> Listing[Removed]:
    """The records that one act deleted lately, by number, one page; none once they are forgotten."""
    found = listing(_records_of(change_set_id).order_by(LedgerEntry.row_id), number)
    return Listing(_told(found.rows), found.total, found.number, found.size)


def removed_record(change_set_id: int, row_id: int) -> Removed | None:
    """One of the records that an act deleted lately, or None."""
    one = _records_of(change_set_id).where(LedgerEntry.row_id == row_id)
    return next(iter(_told(db.session.scalars(one).all())), None)


def _records_of(change_set_id: int) -> Select[LedgerEntry]:
    """What an act deleted of the kind that it deleted last, within the days in which it is offered.

    The children go before those to whom they belong.
    """
    last = select(LedgerEntry.table_name).where(
        LedgerEntry.change_set_id == change_set_id, IS_DELETED, LedgerEntry.table_name.in_(NAMED_BY)
    )
    table_name = last.order_by(LedgerEntry.id.desc()).limit(1).scalar_subquery()
    records = (
        select(LedgerEntry)
        .join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
        .where(ChangeSet.id == change_set_id, ChangeSet.at >= offered_since(clock.now()))
        .where(LedgerEntry.table_name == table_name, IS_DELETED, IS_RECORD)
    )
    return records.options(defer(LedgerEntry.salt))


def ids_back(removed: Sequence[Removed]) -> set[int]:
    """The ids of those records that are there again."""
    if not removed:
        return set()
    table = Base.metadata.tables[removed[0].table]
    return set(db.session.scalars(select(table.c.id).where(among(table.c.id, [one.row_id for one in removed]))))


def rows_of_record(change_set_id: int, table_name: str, row_id: int) -> set[tuple[str, int]]:
    """What an act deleted with one record: the record, what belonged to it alone, and what was emptied of its name."""
    nets: dict[str, dict[int, dict[str, Any]]] = {}
    for (name, id_), net in net_of(change_set_id).items():
        nets.setdefault(name, {})[id_] = net.before
    found = {(table_name, row_id)}
    waiting = [(Base.metadata.tables[table_name], {row_id})]
    while waiting:
        here, ids = waiting.pop()
        for column in pointing_at(here):
            name = column.table.name
            more = {id_ for id_, old in nets.get(name, {}).items() if old.get(column.name) in ids}
            more = {id_ for id_ in more if (name, id_) not in found}
            found |= {(name, id_) for id_ in more}
            waiting += [(column.table, more)] if more else []
    return found


def _name_of(entry: LedgerEntry) -> str:
    """What was deleted, by its old values; empty where they were erased."""
    old = {name: pair[0] for name, pair in (entry.changes or {}).items()}
    words = (str(old.get(name) or "") for name in NAMED_BY[entry.table_name])
    return " ".join(word for word in words if word)[:LONGEST_NAME]
