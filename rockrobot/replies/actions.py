"""Replies and outcomes of units; each leaves a step that is never edited."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rockrobot import clock, ledger
from rockrobot.attempts.models import Attempt, Reply
from rockrobot.attempts.rules import AttemptState, Channel, ReplyKind
from rockrobot.contact_cells.rules import split_name
from rockrobot.contacts.actions import add_address, add_company, add_person
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.rules import AddressKind, language_of_country
from rockrobot.db import db
from rockrobot.devices.actions import change_owner, record_fate
from rockrobot.devices.models import Device
from rockrobot.devices.queries import ownerships_of
from rockrobot.devices.rules import Fate, OwnershipKind, holders_on, owner_on
from rockrobot.dispatches.actions import walk
from rockrobot.dual_control.queries import may_sign_own
from rockrobot.dual_control.rules import signature_fault
from rockrobot.recalls.actions import NewTask, add_tasks
from rockrobot.recalls.models import CaseUnit, RecallCase, UnitStep
from rockrobot.recalls.queries import SECOND_PERSONS
from rockrobot.recalls.rules import NEEDS_SECOND_PERSON, OPEN_STATES, UNANSWERED, CaseState, UnitState
from rockrobot.recipients.queries import key_of
from rockrobot.replies import queries
from rockrobot.replies.rules import (
    CONSEQUENCES,
    Evidence,
    OutcomeFault,
    new_part_fault,
    outcome_fault,
    state_after_reply,
)

FATES = {UnitState.SCRAPPED: Fate.SCRAPPED, UnitState.STOLEN: Fate.STOLEN, UnitState.EXPORTED: Fate.EXPORTED}
HANDED_OVER = {ReplyKind.SOLD: OwnershipKind.RESOLD, ReplyKind.HIRED_OUT: OwnershipKind.HIRED}


class OutcomeError(ValueError):
    """An outcome can't be recorded; fault says why."""

    def __init__(self, fault: OutcomeFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class SecondPersonError(ValueError):
    """Who recorded a step may not confirm it."""


class StaleStepError(ValueError):
    """The unit has gone on since the step was recorded, or its case is closed."""


@dataclass(frozen=True)
class Outcome:
    """How a unit ended, or which open state it goes to."""

    state: UnitState
    on: date
    evidence: str = ""
    note: str = ""
    new_batch_id: int | None = None


@dataclass(frozen=True)
class Answer:
    """What an owner answered about a unit; party is who has it now, where the answer names somebody."""

    kind: ReplyKind
    received_on: date
    channel: Channel = Channel.LETTER
    note: str = ""
    party: Company | Person | None = None


class NewParty(NamedTuple):
    """Who has a machine now and is not in the register yet, and where they are written to; country is an ISO code.

    A person's name is split into first and last as names in a cell are.
    """

    is_person: bool
    name: str
    street: str
    postcode: str
    city: str
    country: str


# ---------- steps of a unit ----------


def record_outcome(unit: CaseUnit, outcome: Outcome) -> UnitStep:
    """Take a unit to a state with its proof; refused and untraceable wait for a second person.

    Raises OutcomeError.
    """
    fault = _fault_of(unit, outcome)
    if fault:
        raise OutcomeError(fault)
    step = UnitStep(
        case_unit_id=unit.id,
        from_state=unit.state,
        to_state=outcome.state,
        on=outcome.on,
        at=clock.now(),
        by=ledger.actor(),
        evidence=outcome.evidence,
        note=outcome.note.strip(),
        new_batch_id=outcome.new_batch_id,
        needs_second=outcome.state in NEEDS_SECOND_PERSON,
    )
    db.session.add(step)
    if not step.needs_second:
        _arrive(unit, step)
    db.session.flush()
    return step


def _fault_of(unit: CaseUnit, outcome: Outcome) -> OutcomeFault | None:
    """Why this outcome can't be recorded; the units of a closed case stand as they were counted when it closed."""
    if _is_closed(unit):
        return OutcomeFault.CASE_CLOSED
    fault = outcome_fault(
        outcome.state,
        state=unit.state,
        on=outcome.on,
        today=clock.today(),
        note=outcome.note,
        evidence=outcome.evidence,
    )
    if fault or not outcome.new_batch_id:
        return fault
    return new_part_fault(outcome.new_batch_id, queries.recalled_batches())


def _is_closed(unit: CaseUnit) -> bool:
    return db.session.get_one(RecallCase, unit.case_id).state is CaseState.CLOSED


def _arrive(unit: CaseUnit, step: UnitStep) -> None:
    unit.state, unit.state_on = step.to_state, step.on
    case = db.session.get_one(RecallCase, unit.case_id)
    fate = FATES.get(step.to_state)
    if fate and unit.device_id and not case.is_drill:
        device = db.session.get_one(Device, unit.device_id)
        if queries.fate_of(device.id) is None:
            record_fate(device, fate, on=step.on)


def confirm_outcome(step: UnitStep, own_reason: str = "") -> None:
    """A second person confirms a step that waited; a firm of one may confirm its own with a written reason.

    Raises StaleStepError, SecondPersonError.
    """
    unit = db.session.get_one(CaseUnit, step.case_unit_id)
    if unit.state is not step.from_state or _is_closed(unit):
        raise StaleStepError
    me = ledger.actor()
    is_own, may_own = step.by == me, may_sign_own(me, SECOND_PERSONS)
    if signature_fault(is_own=is_own, may_sign_own=may_own, own_reason=own_reason):
        raise SecondPersonError
    if is_own:
        step.own_confirmation_reason = own_reason.strip()
    step.confirmed_by, step.confirmed_at = me, clock.now()
    _arrive(unit, step)


# ---------- replies ----------


def take_in_party(party: NewParty) -> Company | Person:
    """A new company or person whom an answer named; written to in the language of the country."""
    language = language_of_country(party.country)
    if party.is_person:
        first_name, last_name = split_name(party.name)
        taken: Company | Person = add_person(first_name=first_name, last_name=last_name, language=language)
    else:
        taken = add_company(name=party.name, country=party.country, language=language)
    place = {"street": party.street, "postcode": party.postcode, "city": party.city, "country": party.country}
    add_address(taken, kind=AddressKind.POSTAL, valid_from=clock.today(), **place)
    return taken


def record_reply(unit: CaseUnit, answer: Answer, attempt: Attempt | None = None) -> Reply:
    """What an owner answered: the unit's step, the attempt's end, the new owner and the tasks that follow.

    Raises OutcomeError where the answer settles the unit and words are missing, OwnerOverlapError where the machine has
    somebody else on that day or a later one.
    """
    attempt = attempt or queries.latest_attempt(unit.id)
    reply = Reply(
        case_unit_id=unit.id,
        attempt_id=attempt.id if attempt else None,
        kind=answer.kind,
        received_on=answer.received_on,
        channel=answer.channel,
        note=answer.note.strip(),
        recorded_at=clock.now(),
        recorded_by=ledger.actor(),
    )
    db.session.add(reply)
    if attempt and attempt.state in {AttemptState.PRINTED, AttemptState.POSTED}:
        attempt.state = AttemptState.REPLIED
        attempt.reached_on = attempt.reached_on or answer.received_on
    _follow_reply(unit, answer)
    db.session.flush()
    return reply


def _follow_reply(unit: CaseUnit, answer: Answer) -> None:
    consequence = CONSEQUENCES[answer.kind]
    to = state_after_reply(answer.kind, unit.state)
    if to in NEEDS_SECOND_PERSON and unit.state in UNANSWERED:
        walk([unit], UnitState.RESPONDED, answer.received_on, answer.kind.value)
    if to is not unit.state:
        if to in OPEN_STATES:
            walk([unit], to, answer.received_on, answer.kind.value)
        else:
            statement = Evidence.OWNER_STATEMENT.value
            record_outcome(unit, Outcome(to, answer.received_on, statement, answer.note or answer.kind.value))
    case = db.session.get_one(RecallCase, unit.case_id)
    if consequence.task and not case.is_drill:
        add_tasks(case, [NewTask(consequence.task, unit.id, "")])
    if answer.party is not None and consequence.names_party:
        _hand_over(case, unit, answer)


def _hand_over(case: RecallCase, unit: CaseUnit, answer: Answer) -> None:
    """The machine belongs, or is hired, to somebody new from the day of the answer; a drill changes no owner.

    Nor does an answer that names who is known to have it. Raises OwnerOverlapError.
    """
    if unit.device_id and not case.is_drill and not _has_it(unit.device_id, answer):
        device = db.session.get_one(Device, unit.device_id)
        change_owner(device, answer.party, kind=HANDED_OVER[answer.kind], on=answer.received_on)
    if answer.kind is ReplyKind.SOLD and unit.state in OPEN_STATES:
        walk([unit], UnitState.IDENTIFIED, answer.received_on, "new owner")


def _has_it(device_id: int, answer: Answer) -> bool:
    """True when the one named has, on the day of the answer, what the answer says."""
    chain = ownerships_of([device_id]).get(device_id, [])
    owner = owner_on(chain, answer.received_on)
    having = [owner] if answer.kind is ReplyKind.SOLD and owner else []
    having += holders_on(chain, answer.received_on) if answer.kind is ReplyKind.HIRED_OUT else []
    return answer.party is not None and key_of(answer.party) in {(row.company_id, row.person_id) for row in having}
