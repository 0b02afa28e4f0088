"""What would go with a row that is deleted, what stands in the way, and what was deleted lately."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, func, select
from sqlalchemy.orm import aliased, defer

from rockrobot import clock
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import among, db
from rockrobot.lists import Listing, listing
from rockrobot.references import OnErase, pointing_at, reference_of
from rockrobot.trash.rules import offered_since

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
}
LONGEST_NAME = 80


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
    """True for rows that must stay: what can't be undone, and what erasure keeps."""
    declared = reference_of(column)
    if column.table.info.get("undo", "free") != "free":
        return True
    return declared is not None and declared.on_erase is OnErase.KEEP


def _is_emptied(column: Column[Any]) -> bool:
    declared = reference_of(column)
    return declared is not None and declared.on_erase is OnErase.ANONYMISE and bool(column.nullable)


# ---------- what was deleted ----------


@dataclass(frozen=True)
class Removed:
    """Something deleted lately: the act, what was deleted (its children went before it), and how many rows in all."""

    act: ChangeSet
    table: str
    row_id: int
    name: str
    size: int


def removed_lately(*, number: int = 1) -> Listing[Removed]:
    """Things deleted within the days in which they are offered and not brought back yet, the newest first, one page."""
    undone = aliased(ChangeSet)
    last = select(func.max(LedgerEntry.id)).where(
        LedgerEntry.action == "delete", LedgerEntry.table_name.in_(NAMED_BY), ChangeSet.id == LedgerEntry.change_set_id
    )
    statement = (
        select(LedgerEntry)
        .join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
        .where(ChangeSet.at >= offered_since(clock.now()), ChangeSet.undoes_id.is_(None))
        .where(~select(undone.id).where(undone.undoes_id == ChangeSet.id).exists())
        .where(LedgerEntry.id == last.correlate(ChangeSet).scalar_subquery())
        .options(defer(LedgerEntry.salt))
        .order_by(LedgerEntry.id.desc())
    )
    found = listing(statement, number)
    return Listing(_told(found.rows), found.total, found.number, found.size)


def _told(entries: Sequence[LedgerEntry]) -> list[Removed]:
    ids = [entry.change_set_id for entry in entries]
    acts = {act.id: act for act in db.session.scalars(select(ChangeSet).where(ChangeSet.id.in_(ids)))}
    gone = (LedgerEntry.change_set_id.in_(ids), LedgerEntry.action == "delete")
    sizes = dict(
        db.session.execute(
            select(LedgerEntry.change_set_id, func.count()).where(*gone).group_by(LedgerEntry.change_set_id)
        ).all()
    )
    return [
        Removed(acts[e.change_set_id], e.table_name, e.row_id, _name_of(e), sizes[e.change_set_id]) for e in entries
    ]


def _name_of(entry: LedgerEntry) -> str:
    """What was deleted, by its old values; empty where they were erased."""
    old = {name: pair[0] for name, pair in (entry.changes or {}).items()}
    words = (str(old.get(name) or "") for name in NAMED_BY[entry.table_name])
    return " ".join(word for word in words if word)[:LONGEST_NAME]


def people_among(removed: Iterable[Removed]) -> list[int]:
    """Ids of the people whose data the list shows."""
    return [one.row_id for one in removed if one.table == "people"]
