"""Takes the planned rows into the register, in chunks under one change set; keeps uploaded files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rockrobot import clock, ledger
from rockrobot.db import db
from rockrobot.devices.rules import is_outside_days
from rockrobot.exchange.rules import SHEETS
from rockrobot.import_plans.rules import Key, PlannedRow, SheetPlan, Status, StoredRow, merged_values
from rockrobot.imports.queries import (
    MODELS,
    REFERENCE_COLUMNS,
    columns_by_hand,
    columns_of,
    fitting_days,
    own_column,
    stored_values,
)
from rockrobot.imports.rules import BATCH_KEY, REFERENCES
from rockrobot.party_facts.actions import Facts, make_worksites, write_facts
from rockrobot.party_facts.rules import facts_of

CHUNK = 10_000
Progress = Callable[[int], None]
Changing = tuple[PlannedRow, Mapping[str, Any]]


class Ids:
    """Row ids by key: those stored, and those of rows made by this import."""

    def __init__(self, stored: Mapping[str, Mapping[Key, StoredRow]]) -> None:
        self.stored = stored
        self.made: dict[str, dict[Key, int]] = {}
        self.batch_days: dict[Key, tuple[Any, Any]] = {
            key: (row.values["received_on"], row.values["used_up_on"]) for key, row in stored.get("batches", {}).items()
        }

    def of(self, sheet: str, key: Key) -> int | None:
        """The id of the row with this key; None for an empty key."""
        if key[-1] is None:
            return None
        made = self.made.get(sheet, {}).get(key)
        return made if made is not None else self.stored[sheet][key].id


def apply_plan(
    plans: Sequence[SheetPlan], stored: Mapping[str, Mapping[Key, StoredRow]], *, progress: Progress | None = None
) -> None:
    """Write every new and changed row; commits after each chunk, all in the one running change set.

    A value that somebody changed by hand since the plan was made is left as it is.
    """
    ids, done = Ids(stored), 0
    for plan in plans:
        rows = [row for row in plan.rows if row.status in {Status.NEW, Status.CHANGED}]
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            _apply_chunk(plan.name, chunk, ids)
            db.session.commit()
            done += len(chunk)
            if progress:
                progress(done)
    _mark_outside_days(plans)
    for plan in plans:
        _unmark_agreed(plan)
    db.session.commit()


def _apply_chunk(sheet: str, rows: list[PlannedRow], ids: Ids) -> None:
    table = MODELS[sheet].__table__
    if sheet == "batches":
        for row in rows:
            merged = merged_values(row)
            ids.batch_days[row.key] = (merged.get("received_on"), merged.get("used_up_on"))
    new = [row for row in rows if row.status is Status.NEW]
    columns = [_columns(sheet, row, row.values, ids) for row in new]
    made = ledger.bulk_insert(table, columns)
    ids.made.setdefault(sheet, {}).update(zip((row.key for row in new), made, strict=True))
    still = list(_still_changing(sheet, [row for row in rows if row.status is Status.CHANGED]))
    updates = [pair for row, changes in still if (pair := _update(sheet, row, changes, ids))]
    if updates:
        ledger.bulk_update(table, updates)
    if sheet == "addresses":
        make_worksites(zip(made, columns, strict=True))
    written = [*((id_, row, row.values) for id_, row in zip(made, new, strict=True)), *_with_ids(still)]
    facts = (_facts(id_, row, changes, ids) for id_, row, changes in written)
    if facts_of(sheet):
        write_facts(sheet, facts, on=clock.today())


def _with_ids(rows: Sequence[Changing]) -> Iterator[tuple[int, PlannedRow, Mapping[str, Any]]]:
    return ((row.stored.id, row, changes) for row, changes in rows if row.stored)


def _facts(owner_id: int, row: PlannedRow, changes: Mapping[str, Any], ids: Ids) -> Facts:
    """What the file says of a party beside its own columns."""
    company_id = ids.of("companies", (row.values.get("customer_no"),)) if "customer_no" in changes else None
    return Facts(owner_id, changes, merged_values(row), company_id)


def _still_changing(sheet: str, rows: list[PlannedRow]) -> Iterator[Changing]:
    """The rows that are still there, with the changes to columns that nobody has changed by hand since the plan."""
    by_hand = columns_by_hand(sheet, [row.stored.id for row in rows if row.stored])
    for row in rows:
        if row.stored is None or row.stored.id not in by_hand:
            continue
        changes = {name: value for name, value in row.changes.items() if name not in by_hand[row.stored.id]}
        if changes:
            yield row, changes


def _update(
    sheet: str, row: PlannedRow, changes: Mapping[str, Any], ids: Ids
) -> tuple[int, dict[str, Any], dict[str, Any]] | None:
    """The row's id, its own columns before and after; None where only facts beside it change."""
    after = _columns(sheet, row, changes, ids)
    if row.stored is None or not after:
        return None
    before = {name: row.stored.values.get(name) for name in changes}
    return row.stored.id, _columns(sheet, row, before, ids), after


def _unmark_agreed(plan: SheetPlan) -> None:
    """What the file says as well is by hand no longer; a value changed since the plan was made still is."""
    agreed = {row.stored.id: row for row in plan.rows if row.stored and row.agreed and row.fault is None}
    marks = []
    for id_, by_hand, values in stored_values(plan.name) if agreed else ():
        if row := agreed.get(id_):
            same = {column for column in row.agreed if values[column] == row.values[column]}
            left = [attribute for attribute in by_hand if not columns_of(plan.name, [attribute]) <= same]
            marks.append((id_, {"hand_changed": by_hand}, {"hand_changed": left}))
    if marks:
        ledger.bulk_update(MODELS[plan.name].__table__, marks)


def _mark_outside_days(plans: Sequence[SheetPlan]) -> None:
    """New days of a batch change which of its stored fittings lie outside them."""
    changed = [
        row.stored.id
        for plan in plans
        if plan.name == "batches"
        for row in plan.rows
        if row.stored and row.status is Status.CHANGED and {"received_on", "used_up_on"} & row.changes.keys()
    ]
    marks = []
    for id_, is_outside, *days in fitting_days(changed):
        if is_outside != is_outside_days(*days):
            marks.append((id_, {"is_outside_batch_days": is_outside}, {"is_outside_batch_days": not is_outside}))
    if marks:
        ledger.bulk_update(MODELS["fittings"].__table__, marks)


def _columns(sheet: str, row: PlannedRow, values: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """The table's columns for these columns of the sheet."""
    columns = _reference_columns(sheet, row, values, ids)
    referred = {name for names in REFERENCE_COLUMNS.get(sheet, {}).values() for name in names}
    referred |= facts_of(sheet)
    if sheet == "fittings":
        referred -= {"supplier"}
    for definition in SHEETS[sheet].columns:
        name = definition.name
        if name in values and name not in referred:
            own = own_column(sheet, name)
            is_required = not MODELS[sheet].__table__.c[own].nullable
            columns[own] = "" if values[name] is None and is_required else values[name]
    if SHEETS[sheet].has_ordinal and row.status is Status.NEW:
        columns["ordinal"] = row.key[-1]
    if sheet == "fittings" and "fitted_on" in values:
        days = ids.batch_days.get(tuple(row.values.get(name) for name in BATCH_KEY), (None, None))
        columns["is_outside_batch_days"] = is_outside_days(values["fitted_on"], *days)
    return columns


def _reference_columns(sheet: str, row: PlannedRow, values: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """The foreign keys: all of a new row, else those of which the file gives a new one."""
    targets = dict(REFERENCES.get(sheet, ()))
    return {
        column: ids.of(targets[names], tuple(values.get(name) for name in names))
        for column, names in REFERENCE_COLUMNS.get(sheet, {}).items()
        if row.status is Status.NEW or (len(names) == 1 and names[0] in values)
    }
