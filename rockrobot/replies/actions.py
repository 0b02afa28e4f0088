"""Replies, outcomes of units, posting and returned mail; each leaves a step that is never edited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from rockrobot import clock, ledger
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.devices.actions import change_owner, record_fate
from rockrobot.devices.models import Device
from rockrobot.devices.rules import Fate, OwnershipKind
from rockrobot.events.actions import Links, NewEvent, add_events
from rockrobot.events.rules import Channel as EventChannel
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.organisation.queries import organisation
from rockrobot.outcomes.models import Attempt, AttemptUnit, Reply
from rockrobot.outcomes.rules import AttemptState, Channel, ReplyKind
from rockrobot.recalls.actions import NewTask, add_tasks, move_case
from rockrobot.recalls.models import CaseUnit, RecallCase, UnitStep
from rockrobot.recalls.rules import NEEDS_SECOND_PERSON, OPEN_STATES, CaseState, TaskKind, UnitState
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
LETTER_WORDS = {
    LetterKind.REMINDER: "Muistutus takaisinvedosta",
    LetterKind.HOLDER_COPY: "Takaisinvetokirjeen kopio haltijalle",
    LetterKind.IMPORTER: "Takaisinvetokirje maahantuojalle",
}
NOON = time(12)
HANDED_OVER = {ReplyKind.SOLD: OwnershipKind.RESOLD, ReplyKind.HIRED_OUT: OwnershipKind.HIRED}


class OutcomeError(ValueError):
    """An outcome can't be recorded; fault says why."""

    def __init__(self, fault: OutcomeFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class SecondPersonError(ValueError):
    """Who recorded a step may not confirm it."""


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


# ---------- steps of a unit ----------


def record_outcome(unit: CaseUnit, outcome: Outcome) -> UnitStep:
    """Take a unit to a state with its proof; refused and untraceable wait for a second person.

    Raises OutcomeError.
    """
    fault = outcome_fault(
        outcome.state,
        state=unit.state,
        on=outcome.on,
        today=clock.today(),
        note=outcome.note,
        evidence=outcome.evidence,
    ) or (new_part_fault(outcome.new_batch_id, queries.recalled_batches()) if outcome.new_batch_id else None)
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

    Raises SecondPersonError.
    """
    if step.by == ledger.actor():
        house = organisation()
        if not (house and house.may_approve_own_cases and own_reason.strip()):
            raise SecondPersonError
        step.own_confirmation_reason = own_reason.strip()
    step.confirmed_by, step.confirmed_at = ledger.actor(), clock.now()
    _arrive(db.session.get_one(CaseUnit, step.case_unit_id), step)


def _walk(units: Iterable[CaseUnit], to: UnitState, on: date, note: str) -> None:
    """Take open units to an open state, one step each."""
    now, by = clock.now(), ledger.actor()
    for unit in units:
        step = UnitStep(case_unit_id=unit.id, from_state=unit.state, to_state=to, on=on, at=now, by=by, note=note)
        db.session.add(step)
        unit.state, unit.state_on = to, on


# ---------- replies ----------


def record_reply(unit: CaseUnit, answer: Answer, attempt: Attempt | None = None) -> Reply:
    """What an owner answered: the unit's step, the attempt's end, the new owner and the tasks that follow.

    Raises OutcomeError where the answer settles the unit and words are missing.
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
    if to is not unit.state:
        if to in OPEN_STATES:
            _walk([unit], to, answer.received_on, answer.kind.value)
        else:
            statement = Evidence.OWNER_STATEMENT.value
            record_outcome(unit, Outcome(to, answer.received_on, statement, answer.note or answer.kind.value))
    case = db.session.get_one(RecallCase, unit.case_id)
    if consequence.task and not case.is_drill:
        add_tasks(case, [NewTask(consequence.task, unit.id, answer.note.strip())])
    if answer.party is not None and consequence.names_party:
        _hand_over(case, unit, answer)


def _hand_over(case: RecallCase, unit: CaseUnit, answer: Answer) -> None:
    """The machine belongs, or is hired, to somebody new from the day of the answer; a drill changes no owner."""
    if unit.device_id and not case.is_drill:
        device = db.session.get_one(Device, unit.device_id)
        change_owner(device, answer.party, kind=HANDED_OVER[answer.kind], on=answer.received_on)
    if answer.kind is ReplyKind.SOLD and unit.state in OPEN_STATES:
        _walk([unit], UnitState.IDENTIFIED, answer.received_on, "new owner")


# ---------- posting and returned mail ----------


def mark_posted(letters: Sequence[Letter], on: date, tracking_no: str = "") -> int:
    """A person says: these were posted on this day. Printing is not posting. How many were marked.

    Letters posted already stay as they are; their units become notified; the case goes to notifying.
    """
    fresh = [letter for letter in letters if letter.posted_on is None]
    by, tracking = ledger.actor(), tracking_no.strip()
    for letter in fresh:
        letter.posted_on, letter.posted_by, letter.tracking_no = on, by, tracking
    attempts = queries.attempts_of_letters([letter.id for letter in fresh])
    for attempt in attempts:
        attempt.reached_on = attempt.reached_on or on
        if attempt.state in {AttemptState.QUEUED, AttemptState.PRINTED}:
            attempt.state = AttemptState.POSTED
    units = queries.units_of_attempts([attempt.id for attempt in attempts])
    _walk([u for u in units if u.state is UnitState.IDENTIFIED], UnitState.NOTIFIED, on, "posted")
    for case in queries.cases_of_attempts([attempt.id for attempt in attempts]):
        if case.state is CaseState.APPROVED:
            move_case(case, CaseState.NOTIFYING)
    db.session.flush()
    _tell_timelines([letter for letter in fresh if not letter.is_drill], on)
    return len(fresh)


def _tell_timelines(letters: Sequence[Letter], on: date) -> None:
    """Each letter becomes an event of its recipient and of the machines it is about.

    Nobody says at what hour it was posted: noon of the day, or now while that is still to come.
    """
    devices = queries.devices_of_units({unit["case_unit_id"] for letter in letters for unit in letter.units})
    posted_at = min(clock.moment_of(on, NOON), clock.now())
    add_events(
        [NewEvent(_links(one, devices), EventChannel.LETTER, posted_at, _told(one), one.reference) for one in letters]
    )


def _links(letter: Letter, devices: Mapping[int, int]) -> Links:
    about = [devices[unit["case_unit_id"]] for unit in letter.units if unit["case_unit_id"] in devices]
    return {
        "companies": [letter.company_id] if letter.company_id else [],
        "people": [letter.person_id] if letter.person_id else [],
        "devices": about,
    }


def _told(letter: Letter) -> str:
    tracking = f" Seurantatunnus {letter.tracking_no}." if letter.tracking_no else ""
    return f"{LETTER_WORDS.get(letter.kind, 'Takaisinvetokirje')} {letter.reference} postitettu.{tracking}"


def mark_returned(letter: Letter, on: date, reason: str) -> list[CaseUnit]:
    """A letter came back: the attempt ends, its units that nobody else was told of are identified again; those units.

    The next address, where there is one, is the caller's next letter; where there is none an address is looked for.
    """
    letter.returned_on, letter.returned_reason = on, reason.strip()
    attempts = queries.attempts_of_letters([letter.id])
    for attempt in attempts:
        attempt.state = AttemptState.RETURNED
    units = [u for u in queries.units_of_attempts([a.id for a in attempts]) if u.state is UnitState.NOTIFIED]
    _walk(units, UnitState.IDENTIFIED, on, "returned mail")
    db.session.flush()
    return units


def ask_for_addresses(case: RecallCase, lost: Iterable[tuple[int, str]]) -> None:
    """Make the tasks of finding an address, one a unit: (unit's id, whose address)."""
    add_tasks(case, [NewTask(TaskKind.FIND_ADDRESS, unit_id, name) for unit_id, name in lost])


def record_attempt(case: RecallCase, units: Sequence[CaseUnit], *, channel: Channel, on: date, note: str) -> Attempt:
    """A call or a visit that reached, or tried to reach, the owner of these units."""
    attempt = Attempt(
        case_id=case.id,
        channel=channel,
        state=AttemptState.POSTED,
        made_at=clock.now(),
        made_by=ledger.actor(),
        reached_on=on,
        note=note.strip(),
    )
    db.session.add(attempt)
    db.session.flush()
    db.session.add_all(AttemptUnit(attempt_id=attempt.id, case_unit_id=unit.id) for unit in units)
    _walk([u for u in units if u.state is UnitState.IDENTIFIED], UnitState.NOTIFIED, on, channel.value)
    db.session.flush()
    return attempt
