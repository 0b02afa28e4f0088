"""Units of a case with who has them now."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from rockrobot.db import db
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import LooseDelivery
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.rules import UnitState
from rockrobot.traces.queries import trace_serials
from rockrobot.traces.rules import Reachable, TraceClass


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
