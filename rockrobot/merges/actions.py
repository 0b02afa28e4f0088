"""Make two records one, and apart again. Nothing is deleted: the merged record stays and names the kept one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select

from rockrobot import clock, ledger, undo
from rockrobot.comparisons.queries import Comparison, Party, dated_of, ids_naming, kind_of
from rockrobot.comparisons.rules import Clash, ClashKind, Holds, Settled, settle
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.rules import PointKind, column_of_point
from rockrobot.db import Base, among, db
from rockrobot.merges import queries
from rockrobot.merges.queries import EVENT, Touched
from rockrobot.references import moving_with

Update = tuple[int, dict[str, Any], dict[str, Any]]


class MergeError(ValueError):
    """These two can't be merged; code says why: same, kinds, merged."""


def check(kept: Party, other: Party) -> None:
    """Raises MergeError where two records can't become one."""
    if type(kept) is not type(other):
        raise MergeError("kinds")
    if kept.id == other.id:
        raise MergeError("same")
    if kept.merged_into_id is not None or other.merged_into_id is not None:
        raise MergeError("merged")


def merge(found: Comparison, picked: Mapping[str, Holds], decided: Mapping[str, Holds]) -> None:
    """The other record becomes part of the kept one; the caller's act is named merges.merge.

    picked: whose value of each differing field holds. decided: which row of each clash holds. What nobody picked or
    decided is as proposed. Raises MergeError.
    """
    kept, other = found.kept, found.other
    check(kept, other)
    kind = kind_of(kept)
    chosen = {clash.key: decided.get(clash.key, clash.chosen) for clash in found.clashes}
    settled = settle(found.clashes, chosen, lambda table: dated_of(kind, table), clock.today())
    values = {d.name: d.other for d in found.differing if picked.get(d.name, d.chosen) is Holds.OTHER}
    _write_party(kept, values, _facts_by_hand(found.clashes, kept))
    _move_rows(kept, other, settled)
    other_id, old = other.id, {"merged_into_id": None}
    ledger.bulk_update(other.__table__, [(other_id, old, {"merged_into_id": kept.id})])
    db.session.expire_all()


def _facts_by_hand(clashes: list[Clash], kept: Party) -> set[str]:
    """The columns of the exchange format that somebody decided here, so that a later import lets them be."""
    is_company = isinstance(kept, Company)
    names: set[str] = set()
    for clash in clashes:
        if clash.table == "contact_points" and clash.kind is not ClashKind.UNIQUE:
            column = column_of_point(PointKind(clash.kept["kind"]), is_company=is_company)
            names |= {column} if column else set()
        if clash.table == "affiliations" and isinstance(kept, Person):
            names |= {"customer_no", "title"}
    return names


def _write_party(kept: Party, values: dict[str, Any], by_hand: set[str]) -> None:
    marks = sorted({*(kept.hand_changed or []), *values, *by_hand})
    changes = values | ({"hand_changed": marks} if marks != sorted(kept.hand_changed or []) else {})
    if changes:
        before = {name: getattr(kept, name) for name in changes}
        ledger.bulk_update(kept.__table__, [(kept.id, before, changes)])


def _move_rows(kept: Party, other: Party, settled: Settled) -> None:
    """Every row that names the other record names the kept one, with what was settled of it, in one change a row."""
    wanted = {key: dict(values) for key, values in settled.changes.items()}
    for column in moving_with(other.__table__):
        for id_ in ids_naming(column, other.id):
            if (column.table.name, id_) not in settled.stays:
                wanted.setdefault((column.table.name, id_), {})[column.name] = kept.id
    by_table: dict[str, dict[int, dict[str, Any]]] = {}
    for (name, id_), values in wanted.items():
        by_table.setdefault(name, {})[id_] = values
    for name, rows in by_table.items():
        _update(Base.metadata.tables[name], rows)


def _update(table: Table, wanted: Mapping[int, dict[str, Any]]) -> None:
    """Set columns of rows by id; what is so already is left out."""
    stored = db.session.connection().execute(select(table).where(among(table.c.id, list(wanted)))).mappings()
    updates: list[Update] = []
    for row in stored:
        values = {name: value for name, value in wanted[row["id"]].items() if row[name] != value}
        if values:
            updates.append((row["id"], {name: row[name] for name in values}, values))
    if updates:
        ledger.bulk_update(table, updates)


# ---------- apart again ----------


def unmerge(change_set_id: int) -> undo.Undone:
    """Give back field by field what a merge changed, save what somebody changed since, which is listed.

    A row goes back to the record it came from even when something else of it was corrected meanwhile; rows added to
    the kept record stay with it. Tables that are otherwise never undone are pointed back too.
    """
    undone = undo.Undone(told_on="merges.show")
    by_table: dict[str, list[Update]] = {}
    for row in queries.touched_by(change_set_id):
        update = _back(row)
        if update is not None:
            by_table.setdefault(row.table, []).append(update)
            undone.count += 1
    undone.left = sorted({(table, id_) for table, id_, _ in queries.edited_since(queries.touched_by(change_set_id))})
    with ledger.change_set("merges.unmerge", undoes_id=change_set_id, is_import=True):
        for name, updates in by_table.items():
            ledger.bulk_update(Base.metadata.tables[name], updates)
        ledger.open_change_set()
    db.session.expire_all()
    return undone


def _back(row: Touched) -> Update | None:
    """What puts a row back: fields that are still as the merge left them; marks of hand changes made since stay."""
    if row.now is None:
        return None
    table = Base.metadata.tables[row.table]
    still = {name for name, after in row.after.items() if ledger.plain(row.now[name]) == after}
    values = undo.stored_values(table, {name: row.before[name] for name in still})
    if "hand_changed" in row.after and "hand_changed" not in still:
        ours = set(row.after["hand_changed"]) - set(row.before["hand_changed"] or ())
        values["hand_changed"] = [name for name in row.now["hand_changed"] if name not in ours]
    return (row.row_id, {name: row.now[name] for name in values}, values) if values else None


undo.declare(EVENT, undo.Way(queries.may_come_apart, unmerge))
