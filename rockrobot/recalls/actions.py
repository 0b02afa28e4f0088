"""Open a case, freeze its scope, move it on, make and end its tasks, note what authorities were told."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, text

from rockrobot import clock, ledger
from rockrobot.db import db, is_sqlite
from rockrobot.devices.models import DeviceModel
from rockrobot.organisation.models import Organisation
from rockrobot.parts.actions import block_batch, lift_blocks
from rockrobot.recalls import queries
from rockrobot.recalls.models import (
    AuthorityEntry,
    CaseBatch,
    CaseDevice,
    CaseStep,
    CaseTask,
    CaseUnit,
    RecallCase,
    ScopeVersion,
    UnitStep,
)
from rockrobot.recalls.rules import (
    OPEN_STATES,
    CaseOpening,
    CaseState,
    TaskKind,
    UnitState,
    check_step,
    number_after,
    series_of,
    state_after_freezing,
)
from rockrobot.traces.queries import bad_batches
from rockrobot.traces.rules import Reachable, TraceClass, TraceRow, gets_letter

NUMBERS_LOCK = 7_311_001
FOLLOWED = ("trace_class", "quantity", "part_no", "supplier", "batch_no", "fitted_on", "removed_on")


class NoChangeError(ValueError):
    """The scope would be the same as the one that stands."""


class ReasonMissingError(ValueError):
    """An act that must say why."""


class NewTask(NamedTuple):
    """A task about to be made."""

    kind: TaskKind
    case_unit_id: int | None
    text: str


# ---------- open ----------


def open_case(opening: CaseOpening) -> RecallCase:
    """A new case in draft, numbered; its batches and all that contain them are blocked (a drill's block only shows).

    Raises ValueError when what it is opened from names nothing.
    """
    if not (opening.batch_ids or opening.device_ids or opening.device_model_id):
        raise ValueError("nothing to recall")
    now, house = clock.now(), db.session.get(Organisation, 1)
    case = RecallCase(
        number=_next_number(opening.is_drill),
        title=opening.title,
        is_drill=opening.is_drill,
        origin=opening.origin,
        origin_text=opening.origin_text,
        device_model_id=opening.device_model_id,
        built_from=opening.built_from,
        built_to=opening.built_to,
        known_on=clock.today(),
        opened_at=now,
        opened_by=ledger.actor(),
        brand=house.brand if house else "",
        service_phone=house.phone if house else "",
        service_email=house.email if house else "",
        service_online=house.website if house else "",
    )
    case.batches = [CaseBatch(batch_id=id_) for id_ in dict.fromkeys(opening.batch_ids)]
    db.session.add(case)
    db.session.flush()
    named = [{"case_id": case.id, "device_id": id_} for id_ in dict.fromkeys(opening.device_ids)]
    ledger.bulk_insert(CaseDevice.__table__, named)
    _block(case)
    case.product_name = _product_name(case)
    return case


def _next_number(is_drill: bool) -> str:
    """Numbers follow each other; where many can write at once, one at a time."""
    if not is_sqlite():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBERS_LOCK})
    series = series_of(clock.today().year, is_drill=is_drill)
    return number_after(series, queries.numbers_like(series))


def _product_name(case: RecallCase) -> str:
    """Names of the models in the case, as a first proposal."""
    codes = sorted({row.model_code for row in queries.fresh_trace(case) if row.model_code})
    known = select(DeviceModel).where(DeviceModel.model_code.in_(codes)).order_by(DeviceModel.model_code)
    names = [model.name or model.model_code for model in db.session.scalars(known)]
    return ", ".join(dict.fromkeys(names))[:200]


# ---------- scope ----------


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


# ---------- tasks ----------


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


def require_public_notice(case: RecallCase) -> None:
    """Make the task of a public notice, unless one waits already."""
    waiting = select(CaseTask.id).where(
        CaseTask.case_id == case.id, CaseTask.kind == TaskKind.PUBLIC_NOTICE, CaseTask.done_on.is_(None)
    )
    if db.session.scalar(waiting) is None:
        add_tasks(case, [NewTask(TaskKind.PUBLIC_NOTICE, None, "")])


def add_tasks(case: RecallCase, tasks: Iterable[NewTask]) -> list[int]:
    """New tasks of a case; their ids."""
    now = clock.now()
    rows = [{"case_id": case.id, "made_at": now} | task._asdict() for task in tasks]
    return ledger.bulk_insert(CaseTask.__table__, rows)


def end_task(task: CaseTask, on: date, note: str = "") -> None:
    """A task is done."""
    task.done_on, task.done_by, task.note = on, ledger.actor(), note


# ---------- the case itself ----------


def set_state(case: RecallCase, to: CaseState, reason: str = "") -> None:
    """Put the case into a state and keep who did so, when and why; nothing when it is there already."""
    if to is case.state:
        return
    step = CaseStep(
        case_id=case.id, from_state=case.state, to_state=to, at=clock.now(), by=ledger.actor(), reason=reason
    )
    db.session.add(step)
    case.state = to


def move_case(case: RecallCase, to: CaseState, reason: str = "") -> None:
    """Take the case one lawful step on; reopening a closed one needs a reason and blocks its batches again.

    Raises StepError, ReasonMissingError.
    """
    check_step(case.state, to)
    if case.state is CaseState.CLOSED:
        if not reason.strip():
            raise ReasonMissingError
        case.closed_at, case.closed_by = None, ""
        _block(case)
    set_state(case, to, reason.strip())


def close_case(case: RecallCase) -> None:
    """Close the case and lift its blocks; whoever calls has checked that nothing is open."""
    check_step(case.state, CaseState.CLOSED)
    set_state(case, CaseState.CLOSED)
    case.closed_at, case.closed_by = clock.now(), ledger.actor()
    lift_blocks(case.number)


def _block(case: RecallCase) -> None:
    batch_ids = [row.batch_id for row in case.batches]
    if batch_ids:
        block_batch(bad_batches(batch_ids), case.title, case.number, case.is_drill)


def tell_authority(case: RecallCase, entry: AuthorityEntry) -> AuthorityEntry:
    """Note that an authority was told, or answered."""
    entry.case_id, entry.recorded_by = case.id, ledger.actor()
    db.session.add(entry)
    db.session.flush()
    return entry
