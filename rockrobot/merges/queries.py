"""Which merges there were, what became of the rows that they touched, and what came after them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.comparisons.queries import MODELS, Party
from rockrobot.comparisons.rules import Row
from rockrobot.db import Base, among, db
from rockrobot.ledger import plain
from rockrobot.lists import Listing, listing
from rockrobot.references import moving_with
from rockrobot.undo import net_of

EVENT = "merges.merge"


@dataclass
class Merge:
    """A merge that was made: who was merged into whom, and the change set that undid it."""

    change_set: ChangeSet
    kind: str
    kept_id: int
    other_id: int
    undone_by: int | None = None
    kept: Party | None = None
    other: Party | None = None


def find_merges(*, number: int = 1) -> tuple[Listing[ChangeSet], list[Merge]]:
    """Merges, the newest first, one page."""
    merging = select(LedgerEntry.id).where(
        LedgerEntry.change_set_id == ChangeSet.id,
        LedgerEntry.action == "update",
        LedgerEntry.table_name.in_(list(MODELS)),
    )
    statement = select(ChangeSet).where(ChangeSet.event == EVENT, merging.exists()).order_by(ChangeSet.id.desc())
    found: Listing[ChangeSet] = listing(statement, number)
    return found, _merges(found.rows)


def merge_of(change_set_id: int) -> Merge | None:
    """The merge that a change set made, or None."""
    row = db.session.get(ChangeSet, change_set_id)
    return next(iter(_merges([row])), None) if row is not None and row.event == EVENT else None


def _merges(change_sets: Sequence[ChangeSet]) -> list[Merge]:
    if not change_sets:  # asked for the entries of no act at all, a database reads them all
        return []
    ids = [row.id for row in change_sets]
    named = _pairs(ids)
    undone = dict(
        db.session.execute(select(ChangeSet.undoes_id, ChangeSet.id).where(ChangeSet.undoes_id.in_(ids))).all()
    )
    merges = [Merge(row, *named[row.id], undone.get(row.id)) for row in change_sets if row.id in named]
    for kind, model in MODELS.items():
        wanted = {id_ for merge in merges if merge.kind == kind for id_ in (merge.kept_id, merge.other_id)}
        parties = {p.id: p for p in db.session.scalars(select(model).where(model.id.in_(wanted)))} if wanted else {}
        for merge in merges:
            if merge.kind == kind:
                merge.kept, merge.other = parties.get(merge.kept_id), parties.get(merge.other_id)
    return merges


def _pairs(change_set_ids: Sequence[int]) -> dict[int, tuple[str, int, int]]:
    """Kind, kept and merged id of each merge, as the ledger tells it."""
    entries = select(LedgerEntry.change_set_id, LedgerEntry.table_name, LedgerEntry.row_id, LedgerEntry.changes).where(
        LedgerEntry.change_set_id.in_(change_set_ids),
        LedgerEntry.table_name.in_(list(MODELS)),
        LedgerEntry.action == "update",
    )
    named: dict[int, tuple[str, int, int]] = {}
    for set_id, table, row_id, changes in db.session.execute(entries.order_by(LedgerEntry.id)):
        before, after = (changes or {}).get("merged_into_id", (None, None))
        if before is None and after is not None:
            named[set_id] = (table, after, row_id)
    return named


def may_come_apart(change_set_id: int) -> bool:
    """True for a merge whose kept record was not merged on; told by the ledger alone, without a look at anybody."""
    pair = _pairs([change_set_id]).get(change_set_id)
    if pair is None:
        return False
    kind, kept_id, _ = pair
    entries = select(LedgerEntry.changes).where(
        LedgerEntry.table_name == kind, LedgerEntry.row_id == kept_id, LedgerEntry.action == "update"
    )
    for changes in db.session.scalars(entries.order_by(LedgerEntry.id.desc())):
        if "merged_into_id" in (changes or {}):
            return changes["merged_into_id"][1] is None
    return True


@dataclass(frozen=True)
class Touched:
    """A row that a merge touched, with what it was before, what the merge made of it, and what it is now."""

    table: str
    row_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    now: Row | None


def touched_by(change_set_id: int) -> list[Touched]:
    """Every row that a merge touched, as it is now."""
    by_table: dict[str, dict[int, Any]] = {}
    for (touched, row_id), net in net_of(change_set_id).items():
        by_table.setdefault(touched, {})[row_id] = net
    found = []
    for name, nets in by_table.items():
        table = Base.metadata.tables[name]
        rows = db.session.connection().execute(select(table).where(among(table.c.id, list(nets)))).mappings()
        now = {row["id"]: dict(row) for row in rows}
        found += [Touched(name, id_, net.before, net.after, now.get(id_)) for id_, net in nets.items()]
    return found


def edited_since(rows: Iterable[Touched]) -> list[tuple[str, int, str]]:
    """(table, row, field) that somebody changed after the merge: unmerging leaves them as they are."""
    return [
        (row.table, row.row_id, name)
        for row in rows
        for name, after in row.after.items()
        if name != "hand_changed" and (row.now is None or plain(row.now[name]) != after)
    ]


def left_as_edited(merge: Merge) -> list[tuple[str, int, str]]:
    """(table, row, field) that unmerging leaves, or has left, because somebody changed them after the merge."""
    if merge.undone_by is None:
        return edited_since(touched_by(merge.change_set.id))
    undone = net_of(merge.undone_by)
    return [
        (table, row_id, name)
        for (table, row_id), net in net_of(merge.change_set.id).items()
        for name in net.after
        if name != "hand_changed" and ((table, row_id) not in undone or name not in undone[table, row_id].after)
    ]


def added_since(merge: Merge) -> list[LedgerEntry]:
    """The rows that came to the kept record while the merge was in force: they stay with it."""
    found: list[LedgerEntry] = []
    for column in moving_with(MODELS[merge.kind].__table__):
        table = column.table
        statement = (
            select(LedgerEntry)
            .join(table, table.c.id == LedgerEntry.row_id)
            .where(
                LedgerEntry.table_name == table.name,
                LedgerEntry.action == "insert",
                LedgerEntry.change_set_id > merge.change_set.id,
                column == merge.kept_id,
            )
        )
        if merge.undone_by is not None:
            statement = statement.where(LedgerEntry.change_set_id < merge.undone_by)
        found += db.session.scalars(statement.order_by(LedgerEntry.id))
    return found
