"""Units of a case with who has them now; which open cases a machine is in."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from rockrobot.db import among, db
from rockrobot.devices.models import Device, Fitting
from rockrobot.letters.queries import numbers_taken
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import Batch, BatchBlock, LooseDelivery
from rockrobot.recalls.models import CaseDevice, CaseUnit, RecallCase
from rockrobot.recalls.rules import BEFORE_LETTERS, OPEN_STATES, CaseOrigin, CaseState, UnitState
from rockrobot.traces.queries import trace_serials
from rockrobot.traces.rules import (
    Reachable,
    TraceClass,
    class_by_build_day,
    class_of_fittings,
)

Suspect = tuple[int, str]


class OpenCase(NamedTuple):
    """A real case that is not closed and that a machine is open in, or would be once its draft is frozen."""

    case_id: int
    number: str
    title: str
    state: CaseState
    trace_class: TraceClass
    origin: CaseOrigin

    @property
    def is_draft(self) -> bool:
        """True while the scope is still being found out."""
        return self.state is CaseState.DRAFT


class Holder(NamedTuple):
    """Who has a unit today."""

    company_id: int | None
    person_id: int | None
    number: str
    name: str
    country: str
    reachable: Reachable | None


class UnitLine(NamedTuple):
    """A unit in a list, and who has it today; None where nobody is known."""

    unit: CaseUnit
    holder: Holder | None


def unit_lines(
    case_id: int,
    *,
    states: Collection[UnitState] = (),
    trace_class: TraceClass | None = None,
    number: int = 1,
    size: int = 50,
) -> Listing[UnitLine]:
    """Units of the current scope, one page; those in these states and of this class where given."""
    statement = (
        select(CaseUnit)
        .where(CaseUnit.case_id == case_id, CaseUnit.released_in_version.is_(None))
        .options(
            selectinload(CaseUnit.device), selectinload(CaseUnit.loose_delivery).selectinload(LooseDelivery.company)
        )
        .order_by(CaseUnit.state_on, CaseUnit.id)
    )
    if states:
        statement = statement.where(CaseUnit.state.in_(list(states)))
    if trace_class is not None:
        statement = statement.where(CaseUnit.trace_class == trace_class)
    found: Listing[CaseUnit] = listing(statement, number, size=size)
    return Listing(lines_of(found.rows), found.total, found.number, found.size)


def lines_of(units: Sequence[CaseUnit]) -> list[UnitLine]:
    """These units, with machines and deliveries loaded, and who has them today."""
    rows = {row.device_id: row for row in trace_serials([unit.device_id for unit in units if unit.device_id])}
    lines = []
    for unit in units:
        row = rows.get(unit.device_id)
        holder = None
        if row is not None and (row.owner_no or row.reachable is Reachable.STOCK):
            holder = Holder(row.company_id, row.person_id, row.owner_no, row.owner_name, row.country, row.reachable)
        elif unit.loose_delivery is not None:
            taker = unit.loose_delivery.company
            holder = Holder(taker.id, None, taker.customer_no, taker.name, taker.country, None)
        lines.append(UnitLine(unit, holder))
    return lines


def units_released_in(case_id: int, version: int) -> Sequence[CaseUnit]:
    """The units that left the scope with a version."""
    return _units(CaseUnit.case_id == case_id, CaseUnit.released_in_version == version)


def units_added_in(case_id: int, version: int) -> Sequence[CaseUnit]:
    """The units that entered the scope with a version and stand in it."""
    return _units(CaseUnit.case_id == case_id, CaseUnit.added_in_version == version)


def with_things(units: Sequence[CaseUnit]) -> Sequence[CaseUnit]:
    """These units with their machines and deliveries loaded."""
    return _units(CaseUnit.id.in_([unit.id for unit in units])) if units else []


def _units(*conditions: object) -> Sequence[CaseUnit]:
    statement = select(CaseUnit).where(*conditions).order_by(CaseUnit.id)  # type: ignore[arg-type]
    options = (selectinload(CaseUnit.device), selectinload(CaseUnit.loose_delivery).selectinload(LooseDelivery.company))
    return db.session.scalars(statement.options(*options)).all()


def may_withdraw(case: RecallCase) -> bool:
    """True while no letter of the case was written."""
    return case.state in BEFORE_LETTERS and not numbers_taken(case.number)


# ---------- the open cases of a machine ----------


def open_cases_of_devices(device_ids: Collection[int]) -> dict[int, list[OpenCase]]:
    """Open real recalls by machine, the oldest first, drafts after those with a scope: its red bars; drills never."""
    found: dict[int, list[OpenCase]] = {}
    for device_id, case in [*_open_cases(device_ids), *_drafts(device_ids)]:
        found.setdefault(device_id, []).append(case)
    return found


def _case_columns() -> tuple[Any, ...]:
    return RecallCase.id, RecallCase.number, RecallCase.title, RecallCase.state


def _open_cases(device_ids: Collection[int]) -> Iterator[tuple[int, OpenCase]]:
    columns = (CaseUnit.device_id, *_case_columns(), CaseUnit.trace_class, RecallCase.origin)
    statement = (
        select(*columns)
        .join_from(CaseUnit, RecallCase, RecallCase.id == CaseUnit.case_id)
        .where(
            among(CaseUnit.__table__.c.device_id, device_ids),
            CaseUnit.released_in_version.is_(None),
            CaseUnit.state.in_(OPEN_STATES),
            RecallCase.state != CaseState.CLOSED,
            RecallCase.is_drill.is_(False),
        )
        .order_by(RecallCase.id)
    )
    return ((row[0], OpenCase._make(row[1:])) for row in db.session.execute(statement))


def _drafts(device_ids: Collection[int]) -> Iterator[tuple[int, OpenCase]]:
    """Machines that would be in the scope of a draft if it were frozen now."""
    real = select(RecallCase).where(RecallCase.state == CaseState.DRAFT, RecallCase.is_drill.is_(False))
    drafts = db.session.scalars(real.order_by(RecallCase.id)).all() if device_ids else []
    if not drafts:
        return
    suspects = _named(device_ids) | _by_fittings(device_ids, [case.number for case in drafts])
    suspects |= _by_build_days(device_ids, [case for case in drafts if case.origin is CaseOrigin.BUILD_DATES])
    for case in drafts:
        for device_id in device_ids:
            if found := suspects.get((device_id, case.number)):
                yield device_id, OpenCase(case.id, case.number, case.title, case.state, found, case.origin)


def _named(device_ids: Collection[int]) -> dict[Suspect, TraceClass]:
    named = select(CaseDevice.device_id, RecallCase.number).join(RecallCase, RecallCase.id == CaseDevice.case_id)
    rows = db.session.execute(named.where(among(CaseDevice.__table__.c.device_id, device_ids)))
    return dict.fromkeys(rows, TraceClass.FITTED_NOW)


def _by_fittings(device_ids: Collection[int], case_numbers: Collection[str]) -> dict[Suspect, TraceClass]:
    """The machines with parts of batches that these cases block, or with parts that could be of them."""
    blocked = select(BatchBlock.source, Batch).join(Batch, Batch.id == BatchBlock.batch_id)
    blocked = blocked.where(BatchBlock.source.in_(case_numbers), BatchBlock.lifted_at.is_(None))
    bad: dict[str, list[Batch]] = {}
    for number, batch in db.session.execute(blocked):
        bad.setdefault(number, []).append(batch)
    fitted: dict[int, list[Fitting]] = {}
    if bad:
        for row in db.session.scalars(select(Fitting).where(among(Fitting.__table__.c.device_id, device_ids))):
            fitted.setdefault(row.device_id, []).append(row)
    return {
        (device_id, number): found
        for device_id, fittings in fitted.items()
        for number, batches in bad.items()
        if (found := class_of_fittings(fittings, batches))
    }


def _by_build_days(device_ids: Collection[int], drafts: Sequence[RecallCase]) -> dict[Suspect, TraceClass]:
    machines = db.session.scalars(select(Device).where(among(Device.__table__.c.id, device_ids))) if drafts else ()
    return {
        (machine.id, case.number): found
        for machine in machines
        for case in drafts
        if machine.device_model_id == case.device_model_id
        and (
            found := class_by_build_day(
                machine.built_on, machine.year, built_from=case.built_from, built_to=case.built_to
            )
        )
    }
