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
    """What deleting a row does: rows that go with it, columns that are emptied, and how many rows stand in the way."""

    gone: list[tuple[Table, list[dict[str, Any]]]] = field(default_factory=list)
    emptied: list[tuple[Column[Any], list[dict[str, Any]]]] = field(default_factory=list)
    in_the_way: Counter[str] = field(default_factory=Counter)


def removal_of(table: Table, row_id: int) -> Removal:
    """Walk the tables that name the row: what erasure would erase goes with it, what is evidence stands in the way."""
    removal, waiting = Removal(), [(table, _rows(table.c.id, [row_id]))]
    while waiting:
        here, rows = waiting.pop(0)
        removal.gone.append((here, rows))
        ids = [row["id"] for row in rows]
        for column in pointing_at(here):
            found = _rows(column, ids)
            if not found:
                continue
            if _blocks(column):
                removal.in_the_way[column.table.name] += len(found)
            elif _is_emptied(column):
                removal.emptied.append((column, found))
            else:
                waiting.append((column.table, found))
    return removal


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
