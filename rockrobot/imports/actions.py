"""Takes the planned rows into the register, in chunks under one change set; keeps uploaded files."""

import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from rockrobot import clock, jobs, ledger
from rockrobot.db import db
from rockrobot.exchange.rules import SHEETS
from rockrobot.imports.models import ImportRun, ImportState
from rockrobot.imports.queries import MODELS, REFERENCE_COLUMNS, own_column
from rockrobot.imports.rules import (
    BATCH_KEY,
    REFERENCES,
    Key,
    PlannedRow,
    SheetPlan,
    Status,
    StoredRow,
    is_outside_batch_days,
    merged_values,
)

CHUNK = 10_000
SUFFIXES = frozenset({".xlsx", ".zip", ".csv"})
Progress = Callable[[int], None]


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
    """Write every new and changed row; commits after each chunk, all in the one running change set."""
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


def _apply_chunk(sheet: str, rows: list[PlannedRow], ids: Ids) -> None:
    table = MODELS[sheet].__table__
    if sheet == "batches":
        for row in rows:
            merged = merged_values(row)
            ids.batch_days[row.key] = (merged.get("received_on"), merged.get("used_up_on"))
    new = [row for row in rows if row.status is Status.NEW]
    made = ledger.bulk_insert(table, [_columns(sheet, row, row.values, ids) for row in new])
    ids.made.setdefault(sheet, {}).update(zip((row.key for row in new), made, strict=True))
    changed = [row for row in rows if row.status is Status.CHANGED and row.stored]
    updates = []
    for row in changed:
        before = {name: row.stored.values.get(name) for name in row.changes} if row.stored else {}
        updates.append((row.stored.id, _columns(sheet, row, before, ids), _columns(sheet, row, row.changes, ids)))  # type: ignore[union-attr]
    if updates:
        ledger.bulk_update(table, updates)


def _columns(sheet: str, row: PlannedRow, values: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """The table's columns for these columns of the sheet."""
    columns = _reference_columns(sheet, row, values, ids)
    referred = {name for names in REFERENCE_COLUMNS.get(sheet, {}).values() for name in names}
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
        columns["is_outside_batch_days"] = is_outside_batch_days(values["fitted_on"], *days)
    return columns


def _reference_columns(sheet: str, row: PlannedRow, values: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """The foreign keys: all of a new row, else those of which the file gives a new one."""
    targets = dict(REFERENCES.get(sheet, ()))
    return {
        column: ids.of(targets[names], tuple(values.get(name) for name in names))
        for column, names in REFERENCE_COLUMNS.get(sheet, {}).items()
        if row.status is Status.NEW or (len(names) == 1 and names[0] in values)
    }


# ---------- uploaded files ----------


class ImportStateError(ValueError):
    """The file was taken or left already."""


def keep_upload(stream: BinaryIO, file_name: str, folder: Path) -> ImportRun:
    """Keep an uploaded file under a name of our own and queue its reading; the person's name for it is only shown."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = Path(file_name).suffix.lower()
    stored_name = secrets.token_hex(16) + (suffix if suffix in SUFFIXES else ".bin")
    path = folder / stored_name
    with path.open("wb") as target:
        shutil.copyfileobj(stream, target)
    path.chmod(0o600)
    run = ImportRun(file_name=file_name[-200:], stored_name=stored_name, made_at=clock.now(), made_by=ledger.actor())
    db.session.add(run)
    db.session.flush()
    run.job_id = jobs.enqueue("imports.read", {"run_id": run.id}, key=f"imports.read:{run.id}").id
    return run


def take(run: ImportRun, *, is_good_only: bool) -> None:
    """Queue the taking of a read file. Raises ImportStateError when it was taken or left already."""
    if run.state is not ImportState.READ:
        raise ImportStateError
    run.state = ImportState.APPLYING
    payload = {"run_id": run.id, "good_only": is_good_only}
    run.job_id = jobs.enqueue("imports.apply", payload, key=f"imports.apply:{run.id}").id


def leave(run: ImportRun) -> None:
    """Do not take a file."""
    if run.state not in {ImportState.READ, ImportState.BROKEN}:
        raise ImportStateError
    run.state = ImportState.LEFT
