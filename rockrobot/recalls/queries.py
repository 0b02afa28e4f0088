"""Which cases there are, what is in their scope, what would enter it, what is to be done."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask_babel import lazy_gettext
from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import selectinload

from rockrobot import undo
from rockrobot.access import Role
from rockrobot.contacts.models import Address, Affiliation, Company
from rockrobot.db import among, db
from rockrobot.devices.models import Ownership
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import LooseDelivery
from rockrobot.recalls.models import (
    AuthorityEntry,
    CaseBatch,
    CaseDevice,
    CaseStep,
    CaseTask,
    CaseUnit,
    RecallCase,
    ScopeVersion,
)
from rockrobot.recalls.rules import BEFORE_LETTERS, OPEN_STATES, CaseOrigin, CaseState, TaskKind, UnitState
from rockrobot.traces.queries import trace_batches, trace_build_dates, trace_serials
from rockrobot.traces.rules import TraceClass, TraceRow

UnitKey = tuple[int | None, int | None]
SECOND_PERSONS = (Role.CUSTOMER_CARE,)
"""Who approve a recall, or confirm how a unit of it ended, after somebody else."""


class ScopeChange(NamedTuple):
    """How a fresh trace differs from the frozen scope."""

    added: list[TraceRow]
    removed: list[CaseUnit]
    kept: list[tuple[CaseUnit, TraceRow]]

    @property
    def is_empty(self) -> bool:
        """True when the frozen scope still holds."""
        return not self.added and not self.removed


class CaseLine(NamedTuple):
    """A case in the list of cases, with its units counted."""

    case: RecallCase
    units: int
    open_units: int


# ---------- cases ----------


def find_case(name: str) -> RecallCase | None:
    """The case with this number, or with this id in digits."""
    wanted = RecallCase.number == name.strip().upper()
    if name.strip().isdigit():
        wanted = or_(wanted, RecallCase.id == int(name))
    statement = select(RecallCase).where(wanted).options(selectinload(RecallCase.batches))
    return db.session.scalar(statement)


def case_for(case_id: int) -> RecallCase | None:
    """The case with its batches, or None."""
    return db.session.scalar(
        select(RecallCase).where(RecallCase.id == case_id).options(selectinload(RecallCase.batches))
    )


def cases_numbered(numbers: Collection[str]) -> dict[str, RecallCase]:
    """Cases by number."""
    return {case.number: case for case in db.session.scalars(select(RecallCase).where(RecallCase.number.in_(numbers)))}


def cases(*, is_drill: bool, number: int = 1) -> Listing[CaseLine]:
    """Real cases or drills, those not closed first, the newest first, with their units counted."""
    statement = (
        select(RecallCase)
        .where(RecallCase.is_drill.is_(is_drill))
        .order_by(RecallCase.state == CaseState.CLOSED, RecallCase.id.desc())
    )
    found: Listing[RecallCase] = listing(statement, number)
    counts = _unit_counts([case.id for case in found.rows])
    lines = [CaseLine(case, *counts.get(case.id, (0, 0))) for case in found.rows]
    return Listing(lines, found.total, found.number, found.size)


def count_open_cases() -> int:
    """How many real cases are not closed."""
    statement = select(func.count(RecallCase.id)).where(
        RecallCase.is_drill.is_(False), RecallCase.state != CaseState.CLOSED
    )
    return db.session.scalar(statement) or 0


def _unit_counts(case_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    is_open = func.sum(func.coalesce(CaseUnit.state.in_(OPEN_STATES).cast(db.Integer), 0))
    statement = (
        select(CaseUnit.case_id, func.count(CaseUnit.id), is_open)
        .where(CaseUnit.case_id.in_(list(case_ids)), CaseUnit.released_in_version.is_(None))
        .group_by(CaseUnit.case_id)
    )
    return {row[0]: (row[1], int(row[2])) for row in db.session.execute(statement)}


def numbers_like(series: str) -> list[str]:
    """Numbers of the cases of a series."""
    return list(db.session.scalars(select(RecallCase.number).where(RecallCase.number.startswith(series))))


# ---------- scope ----------


def fresh_trace(case: RecallCase, on: date | None = None) -> list[TraceRow]:
    """What the register says today of what the case recalls."""
    if case.origin is CaseOrigin.BATCH:
        return trace_batches(batch_ids_of(case.id), on)
    if case.origin is CaseOrigin.SERIALS:
        named = select(CaseDevice.device_id).where(CaseDevice.case_id == case.id)
        return trace_serials(db.session.scalars(named).all(), on)
    return trace_build_dates(case.device_model_id or 0, case.built_from, case.built_to, on)


def batch_ids_of(case_id: int) -> Sequence[int]:
    """The batches that a case recalls, as it names them."""
    return db.session.scalars(
        select(CaseBatch.batch_id).where(CaseBatch.case_id == case_id).order_by(CaseBatch.id)
    ).all()


def units_of(case_id: int) -> Sequence[CaseUnit]:
    """Every unit that is, or was once, in the scope of a case."""
    return db.session.scalars(select(CaseUnit).where(CaseUnit.case_id == case_id).order_by(CaseUnit.id)).all()


def scope_units(case_id: int) -> list[CaseUnit]:
    """The units in the current scope of a case."""
    return [unit for unit in units_of(case_id) if unit.released_in_version is None]


def key_of(row: CaseUnit | TraceRow) -> UnitKey:
    """What a unit is, whichever trace found it: a machine or a loose delivery."""
    return (row.device_id, row.loose_delivery_id)


def scope_change(case: RecallCase, rows: Iterable[TraceRow]) -> ScopeChange:
    """How a trace differs from the frozen scope of a case."""
    here = {key_of(unit): unit for unit in scope_units(case.id)}
    found = {key_of(row): row for row in rows}
    return ScopeChange(
        [row for key, row in found.items() if key not in here],
        [unit for key, unit in here.items() if key not in found],
        [(unit, found[key]) for key, unit in here.items() if key in found],
    )


def versions_of(case_id: int) -> Sequence[ScopeVersion]:
    """The frozen scopes of a case, the newest first."""
    return db.session.scalars(
        select(ScopeVersion).where(ScopeVersion.case_id == case_id).order_by(ScopeVersion.version.desc())
    ).all()


def latest_version(case_id: int) -> ScopeVersion | None:
    """The scope in force, or None before the first."""
    return next(iter(versions_of(case_id)), None)


def count_units(case_id: int) -> dict[TraceClass, Counter[UnitState]]:
    """Units of the current scope by class and state."""
    statement = (
        select(CaseUnit.trace_class, CaseUnit.state, func.count(CaseUnit.id))
        .where(CaseUnit.case_id == case_id, CaseUnit.released_in_version.is_(None))
        .group_by(CaseUnit.trace_class, CaseUnit.state)
    )
    counts: dict[TraceClass, Counter[UnitState]] = {trace_class: Counter() for trace_class in TraceClass}
    for trace_class, state, count in db.session.execute(statement):
        counts[trace_class][state] += count
    return counts


def steps_of(case_id: int) -> Sequence[CaseStep]:
    """From which state to which the case went, in order."""
    return db.session.scalars(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.id)).all()


def withdrawal_of(case: RecallCase) -> CaseStep | None:
    """The step by which a case was withdrawn before letters, with who did so and why, or None."""
    last = next(reversed(steps_of(case.id)), None)
    is_withdrawal = last and last.to_state is CaseState.CLOSED and last.from_state in BEFORE_LETTERS
    return last if is_withdrawal else None


# ---------- countries, tasks, authorities ----------


def countries_of(case_id: int) -> set[str]:
    """Countries of everybody who has, or had, a unit of the current scope (ISO codes)."""
    in_scope = (CaseUnit.case_id == case_id, CaseUnit.released_in_version.is_(None))
    had = Ownership.device_id == CaseUnit.device_id
    took = select(LooseDelivery.company_id).join(CaseUnit, CaseUnit.loose_delivery_id == LooseDelivery.id)
    companies: Any = union(select(Ownership.company_id).join(CaseUnit, had).where(*in_scope), took.where(*in_scope))
    people = select(Ownership.person_id).join(CaseUnit, had).where(*in_scope)
    found = union(
        select(Company.country).where(Company.id.in_(companies)),
        select(Company.country).join(Affiliation).where(Affiliation.person_id.in_(people)),
        select(Address.country).where(Address.company_id.in_(companies)),
        select(Address.country).where(Address.person_id.in_(people)),
    )
    return {country.upper() for country in db.session.scalars(found) if country}


def no_task_is_open_in_a_closed_case(task_ids: Collection[int]) -> bool:
    """False when one of these tasks is not done though its case is closed."""
    mine = (among(CaseTask.__table__.c.id, task_ids), CaseTask.done_on.is_(None), RecallCase.state == CaseState.CLOSED)
    open_ones = select(CaseTask.id).join(RecallCase, RecallCase.id == CaseTask.case_id).where(*mine)
    return db.session.scalar(open_ones.limit(1)) is None


STILL_CLOSED = lazy_gettext("Ei kumottu: tapaus on suljettu. Avaa se ensin uudelleen.")
undo.declare_check("case_tasks", undo.Check(no_task_is_open_in_a_closed_case, STILL_CLOSED))


def tasks_of(case_id: int) -> Sequence[CaseTask]:
    """Tasks of a case, those open first."""
    return db.session.scalars(
        select(CaseTask).where(CaseTask.case_id == case_id).order_by(CaseTask.done_on.is_not(None), CaseTask.id)
    ).all()


def open_tasks_by_kind(case_id: int) -> dict[TaskKind, list[CaseTask]]:
    """Tasks of a case that wait, in the order of their kinds."""
    by_kind: dict[TaskKind, list[CaseTask]] = {}
    for task in sorted(tasks_of(case_id), key=lambda task: (list(TaskKind).index(task.kind), task.id)):
        if task.done_on is None:
            by_kind.setdefault(task.kind, []).append(task)
    return by_kind


def authorities_told(case_id: int) -> Sequence[AuthorityEntry]:
    """What authorities were told and answered, in order."""
    return db.session.scalars(
        select(AuthorityEntry)
        .where(AuthorityEntry.case_id == case_id)
        .order_by(AuthorityEntry.told_on, AuthorityEntry.id)
    ).all()
