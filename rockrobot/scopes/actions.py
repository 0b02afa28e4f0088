"""Freeze the scope of a case: units enter, leave with a reason, and bring their tasks; or withdraw it whole."""

from collections.abc import Iterable, Sequence
from typing import Any

from rockrobot import clock, ledger
from rockrobot.db import db
from rockrobot.recalls import queries
from rockrobot.recalls.actions import (
    NewTask,
    ReasonMissingError,
    add_tasks,
    close_case,
    end_task,
    hold,
    require_public_notice,
    set_state,
)
from rockrobot.recalls.models import CaseUnit, RecallCase, ScopeVersion, UnitStep
from rockrobot.recalls.rules import OPEN_STATES, StepError, TaskKind, UnitState, state_after_freezing
from rockrobot.scopes.queries import may_withdraw
from rockrobot.traces.rules import Reachable, TraceClass, TraceRow, gets_letter

FOLLOWED = ("trace_class", "quantity", "part_no", "supplier", "batch_no", "fitted_on", "removed_on")


class NoChangeError(ValueError):
    """The scope would be the same as the one that stands."""


def freeze_scope(case: RecallCase, reason: str = "") -> ScopeVersion:
    """Freeze what the register says today as the next version of the scope.

    Units that left it are released with the reason; units that entered are identified. Nothing is deleted.
    Raises StepError for a closed case, ReasonMissingError without a reason from version 2 on, NoChangeError when a
    later version would be the same.
    """
    state = state_after_freezing(case.state)
    last = queries.latest_version(case.id)
    if last and not reason.strip():
        raise ReasonMissingError
    change = queries.scope_change(case, queries.fresh_trace(case))
    if last and change.is_empty:
        raise NoChangeError
    version = ScopeVersion(
        case_id=case.id,
        version=last.version + 1 if last else 1,
        frozen_at=clock.now(),
        frozen_by=ledger.actor(),
        reason=reason.strip(),
        unit_count=len(change.kept) + len(change.added),
        added_count=len(change.added),
        removed_count=len(change.removed),
    )
    db.session.add(version)
    _release(change.removed, version)
    _follow(change.kept)
    unit_ids = _take_in(case, change.added, version)
    _make_tasks(case, change.added, unit_ids)
    set_state(case, state, version.reason)
    case.listed_at = case.listed_at or clock.now()
    db.session.flush()
    return version


def _release(units: Sequence[CaseUnit], version: ScopeVersion) -> None:
    steps = [_step(unit, UnitState.RELEASED, version) for unit in units]
    for unit in units:
        unit.state, unit.state_on = UnitState.RELEASED, clock.today()
        unit.released_in_version = version.version
    ledger.bulk_insert(UnitStep.__table__, steps)


def _step(unit: CaseUnit, to: UnitState, version: ScopeVersion) -> dict[str, Any]:
    return {
        "case_unit_id": unit.id,
        "from_state": unit.state,
        "to_state": to,
        "on": clock.today(),
        "at": clock.now(),
        "by": ledger.actor(),
        "evidence": f"scope {version.version}",
        "note": version.reason,
    }


def _follow(kept: Iterable[tuple[CaseUnit, TraceRow]]) -> None:
    """An open unit stands in the class that the register gives it now; a settled one stays as it was settled."""
    for unit, row in kept:
        if unit.state in OPEN_STATES:
            for name in FOLLOWED:
                setattr(unit, name, getattr(row, name))


def _take_in(case: RecallCase, rows: Sequence[TraceRow], version: ScopeVersion) -> list[int]:
    """The ids of the rows' units, in order; a unit released earlier comes back as itself."""
    released = {queries.key_of(u): u for u in queries.units_of(case.id) if u.released_in_version is not None}
    back = [(u, row) for row in rows if (u := released.get(queries.key_of(row))) and u.state is UnitState.RELEASED]
    ledger.bulk_insert(UnitStep.__table__, [_step(unit, UnitState.IDENTIFIED, version) for unit, _ in back])
    for unit, _ in back:
        unit.state, unit.state_on, unit.released_in_version = UnitState.IDENTIFIED, clock.today(), None
        unit.added_in_version = version.version
    _follow(back)
    fresh = [row for row in rows if queries.key_of(row) not in released]
    ids = ledger.bulk_insert(CaseUnit.__table__, [_unit(case, row, version) for row in fresh])
    by_key = {queries.key_of(row): id_ for row, id_ in zip(fresh, ids, strict=True)}
    by_key |= {queries.key_of(unit): unit.id for unit, _ in back}
    return [by_key[queries.key_of(row)] for row in rows]


def _unit(case: RecallCase, row: TraceRow, version: ScopeVersion) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "device_id": row.device_id,
        "loose_delivery_id": row.loose_delivery_id,
        "state": UnitState.IDENTIFIED,
        "state_on": clock.today(),
        "added_in_version": version.version,
    } | {name: getattr(row, name) for name in FOLLOWED}


def _tasks_for(row: TraceRow, unit_id: int) -> list[NewTask]:
    what = f"{row.model_code} {row.serial}".strip()
    if row.trace_class in (TraceClass.REMOVED_EARLIER, TraceClass.REMOVED_POSSIBLY):
        return [NewTask(TaskKind.FIND_PART, unit_id, what)]
    if row.reachable is Reachable.STOCK:
        return [NewTask(TaskKind.WORKSHOP_STOCK, unit_id, what)]
    if row.reachable is Reachable.NO and gets_letter(row.trace_class, row.fate):
        return [NewTask(TaskKind.FIND_ADDRESS, unit_id, what)]
    return []


def _make_tasks(case: RecallCase, rows: Sequence[TraceRow], unit_ids: Sequence[int]) -> None:
    """Tasks of the units that entered the scope, and the public notice once a unit's owner can't be reached (R2)."""
    tasks = [task for row, id_ in zip(rows, unit_ids, strict=True) for task in _tasks_for(row, id_)]
    add_tasks(case, tasks)
    unreachable = sum(row.reachable is Reachable.NO for row in rows)
    if unreachable:
        require_public_notice(case)


def withdraw_case(case: RecallCase, reason: str) -> None:
    """Close a case that nobody was written to about: its batches are free again, its tasks end.

    Raises StepError once letters were written, ReasonMissingError.
    """
    hold(case)
    if not may_withdraw(case):
        raise StepError("letters were written")
    if not reason.strip():
        raise ReasonMissingError
    close_case(case, reason.strip())
    for task in queries.tasks_of(case.id):
        if task.done_on is None:
            end_task(task, clock.today(), reason.strip())
    db.session.flush()
