"""The checks of a case and what they found."""

from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from rockrobot.checks.models import CheckedUnit, EffectivenessCheck
from rockrobot.checks.rules import CheckSubject
from rockrobot.db import db
from rockrobot.effectiveness.queries import units_of
from rockrobot.effectiveness.rules import ENDED
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import LooseDelivery
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.rules import OPEN_STATES


class CheckResult(NamedTuple):
    """A check with its units counted."""

    check: EffectivenessCheck
    drawn: int
    checked: int
    wrong: int


def population_of(case_id: int, subject: CheckSubject) -> list[int]:
    """The units of the current scope that a check of this subject draws from."""
    scope = [unit for unit in units_of(case_id) if not unit.is_released]
    if subject is CheckSubject.ENDED:
        return [unit.id for unit in scope if unit.state in ENDED]
    return [unit.id for unit in scope if unit.state in OPEN_STATES and unit.notified_on and not unit.responded_on]


def checks_of(case_id: int) -> list[CheckResult]:
    """The checks of a case with their results, the newest first."""
    wrong = func.sum(case((CheckedUnit.is_right.is_(False), 1), else_=0))
    statement = (
        select(EffectivenessCheck, func.count(CheckedUnit.id), func.count(CheckedUnit.is_right), wrong)
        .outerjoin(CheckedUnit, CheckedUnit.check_id == EffectivenessCheck.id)
        .where(EffectivenessCheck.case_id == case_id)
        .group_by(EffectivenessCheck.id)
        .order_by(EffectivenessCheck.id.desc())
    )
    return [CheckResult(row[0], row[1], row[2], int(row[3])) for row in db.session.execute(statement)]


def check_with(check_id: int) -> EffectivenessCheck | None:
    """The check with this id, or None."""
    return db.session.get(EffectivenessCheck, check_id)


def units_drawn(check_id: int, *, number: int = 1) -> Listing[CheckedUnit]:
    """The units of a check with their machines, those not looked at yet first, one page."""
    unit = joinedload(CheckedUnit.case_unit)
    statement = (
        select(CheckedUnit)
        .where(CheckedUnit.check_id == check_id)
        .order_by(CheckedUnit.is_right.is_not(None), CheckedUnit.id)
        .options(
            unit.joinedload(CaseUnit.device), unit.joinedload(CaseUnit.loose_delivery).joinedload(LooseDelivery.company)
        )
    )
    return listing(statement, number)


def checked_unit(checked_unit_id: int) -> CheckedUnit | None:
    """A drawn unit with its check, or None."""
    return db.session.get(CheckedUnit, checked_unit_id, options=[joinedload(CheckedUnit.check)])
