"""Attempts, units and replies of cases: who was asked, who answered, what waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from rockrobot.attempts.models import Attempt, AttemptUnit, Reply
from rockrobot.attempts.rules import AttemptState
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceFate
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import LooseDelivery
from rockrobot.recalls.models import CaseBatch, CaseUnit, RecallCase, UnitStep
from rockrobot.recalls.rules import CaseState, UnitState
from rockrobot.replies.rules import FIRST_REMINDER
from rockrobot.traces.queries import bad_batches


def recalled_batches() -> set[int]:
    """Ids of the batches that open real cases recall, with everything that contains them."""
    statement = (
        select(CaseBatch.batch_id)
        .join(RecallCase, RecallCase.id == CaseBatch.case_id)
        .where(RecallCase.state != CaseState.CLOSED, RecallCase.is_drill.is_(False))
    )
    named = db.session.scalars(statement).all()
    return set(bad_batches(named)) if named else set()


def fate_of(device_id: int) -> DeviceFate | None:
    """How a machine left its life in use, or None."""
    return db.session.scalar(select(DeviceFate).where(DeviceFate.device_id == device_id))


def unit_with(unit_id: int) -> CaseUnit | None:
    """A unit with its machine or delivery loaded."""
    return db.session.scalar(
        select(CaseUnit)
        .where(CaseUnit.id == unit_id)
        .options(
            joinedload(CaseUnit.device).joinedload(Device.device_model),
            joinedload(CaseUnit.loose_delivery).joinedload(LooseDelivery.company),
        )
    )


def steps_of(unit_id: int) -> Sequence[UnitStep]:
    """The steps of a unit, newest first."""
    return db.session.scalars(
        select(UnitStep).where(UnitStep.case_unit_id == unit_id).order_by(UnitStep.id.desc())
    ).all()


def replies_of(unit_id: int) -> Sequence[Reply]:
    """The replies about a unit, newest first."""
    return db.session.scalars(select(Reply).where(Reply.case_unit_id == unit_id).order_by(Reply.id.desc())).all()


def attempts_of(unit_id: int) -> Sequence[Attempt]:
    """The attempts to reach the owner of a unit, newest first, with their letters and parties."""
    return db.session.scalars(
        select(Attempt)
        .join(AttemptUnit, AttemptUnit.attempt_id == Attempt.id)
        .where(AttemptUnit.case_unit_id == unit_id)
        .options(joinedload(Attempt.letter), joinedload(Attempt.company), joinedload(Attempt.person))
        .order_by(Attempt.id.desc())
    ).all()


def latest_attempt(unit_id: int) -> Attempt | None:
    """The newest attempt about a unit."""
    return next(iter(attempts_of(unit_id)), None)


def attempt_of_letter(letter_id: int) -> Attempt | None:
    """The attempt that a letter is."""
    return db.session.scalar(select(Attempt).where(Attempt.letter_id == letter_id))


@dataclass(frozen=True)
class UnitLine:
    """A unit as a list shows it."""

    unit: CaseUnit
    name: str
    batch: str


def unit_line(unit: CaseUnit) -> UnitLine:
    """What a unit is called: model and serial, or the loose delivery."""
    batch = " ".join(part for part in (unit.part_no, unit.batch_no) if part)
    if unit.device is not None:
        return UnitLine(unit, f"{unit.device.device_model.model_code} {unit.device.serial}", batch)
    company = unit.loose_delivery.company.name if unit.loose_delivery else ""
    return UnitLine(unit, f"{company}: {unit.quantity}", batch)


def lines_of_attempt(attempt_id: int) -> list[UnitLine]:
    """The units of an attempt, ready to be ticked."""
    statement = (
        select(CaseUnit)
        .join(AttemptUnit, AttemptUnit.case_unit_id == CaseUnit.id)
        .where(AttemptUnit.attempt_id == attempt_id)
        .options(
            joinedload(CaseUnit.device).joinedload(Device.device_model),
            joinedload(CaseUnit.loose_delivery).joinedload(LooseDelivery.company),
        )
        .order_by(CaseUnit.id)
    )
    return [unit_line(unit) for unit in db.session.scalars(statement)]


def steps_to_confirm(case_id: int) -> Sequence[Any]:
    """Steps that wait for a second person, of units that have not gone on since: (step, unit)."""
    return db.session.execute(
        select(UnitStep, CaseUnit)
        .join(CaseUnit, CaseUnit.id == UnitStep.case_unit_id)
        .where(CaseUnit.case_id == case_id, UnitStep.needs_second, UnitStep.confirmed_at.is_(None))
        .where(UnitStep.from_state == CaseUnit.state)
        .options(joinedload(CaseUnit.device).joinedload(Device.device_model))
        .order_by(UnitStep.id)
    ).all()


def silent_letters(case_id: int, today: date, number: int) -> Listing[Letter]:
    """The newest letter of each recipient who was told 14 days ago or more and has units without any answer: a page."""
    return listing(_silent(case_id, today), number)


def silent_among(case_id: int, today: date, letter_ids: Collection[int]) -> Sequence[Letter]:
    """Those of these letters that are silent still, with their parties."""
    parties = (joinedload(Letter.company), joinedload(Letter.person))
    return db.session.scalars(_silent(case_id, today).where(Letter.id.in_(letter_ids)).options(*parties)).all()


def _silent(case_id: int, today: date) -> Select[Any]:
    open_units = (
        select(AttemptUnit.attempt_id)
        .join(CaseUnit, CaseUnit.id == AttemptUnit.case_unit_id)
        .where(CaseUnit.case_id == case_id, CaseUnit.state == UnitState.NOTIFIED)
    )
    newest = (
        select(func.max(Attempt.id))
        .where(Attempt.case_id == case_id, Attempt.letter_id.is_not(None))
        .group_by(Attempt.company_id, Attempt.person_id)
    )
    return (
        select(Letter)
        .join(Attempt, Attempt.letter_id == Letter.id)
        .where(
            Attempt.id.in_(newest),
            Attempt.id.in_(open_units),
            Attempt.state.in_((AttemptState.POSTED, AttemptState.REPLIED)),
            Letter.posted_on <= today - FIRST_REMINDER,
            Letter.kind != LetterKind.IMPORTER,
            ~_has_letter_waiting(),
        )
        .order_by(Letter.id)
    )


def _has_letter_waiting() -> ColumnElement[bool]:
    """True for letters whose party has another one of the case that is written and not printed yet."""
    other = aliased(Letter)
    same_party = or_(other.company_id == Letter.company_id, other.person_id == Letter.person_id)
    waits = (other.print_batch_id.is_(None), other.posted_on.is_(None))
    return exists().where(other.case_number == Letter.case_number, same_party, *waits)


def step_for(step_id: int) -> UnitStep | None:
    """A step of a unit."""
    return db.session.get(UnitStep, step_id)
