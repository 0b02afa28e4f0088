"""From a reply to a unit's state, what each outcome must prove, and the ladder of contact attempts. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rockrobot.attempts.rules import ReplyKind
from rockrobot.recalls.rules import OPEN_STATES, TERMINAL_STATES, TaskKind, UnitState

FIRST_REMINDER = timedelta(days=14)
SECOND_REMINDER = timedelta(days=30)
PHONE = timedelta(days=45)


class Evidence(StrEnum):
    """What proves how a unit ended."""

    OWNER_STATEMENT = "owner_statement"
    SERVICE_REPORT = "service_report"
    PHOTO = "photo"
    RECEIPT = "receipt"
    POLICE_REPORT = "police_report"
    RETURNED_GOODS = "returned_goods"
    PUBLIC_NOTICE = "public_notice"
    OWN_RECORD = "own_record"


class LadderStep(StrEnum):
    """What to try next with a silent owner."""

    WAIT = "wait"
    REMINDER = "reminder"
    OTHER_ADDRESS = "other_address"
    PHONE = "phone"


class OutcomeFault(StrEnum):
    """Why an outcome can't be recorded as it stands."""

    NEEDS_NOTE = "needs_note"
    NEEDS_EVIDENCE = "needs_evidence"
    IN_THE_FUTURE = "in_the_future"
    RECALLED_BATCH = "recalled_batch"
    SAME_STATE = "same_state"
    ONLY_BY_SCOPE = "only_by_scope"
    CASE_CLOSED = "case_closed"


@dataclass(frozen=True)
class Consequence:
    """What a reply does: the unit's next state, a task, and whether it names somebody new."""

    state: UnitState
    task: TaskKind | None = None
    names_party: bool = False


CONSEQUENCES: Mapping[ReplyKind, Consequence] = {
    ReplyKind.STOPPED_USE: Consequence(UnitState.RESPONDED),
    ReplyKind.ON_SHELF: Consequence(UnitState.RESPONDED),
    ReplyKind.SOLD: Consequence(UnitState.RESPONDED, names_party=True),
    ReplyKind.HIRED_OUT: Consequence(UnitState.RESPONDED, names_party=True),
    ReplyKind.SCRAPPED: Consequence(UnitState.SCRAPPED),
    ReplyKind.STOLEN: Consequence(UnitState.STOLEN),
    ReplyKind.NEVER_HAD: Consequence(UnitState.IDENTIFIED, TaskKind.DATA_ERROR),
    ReplyKind.WRONG_CONTACT: Consequence(UnitState.IDENTIFIED, TaskKind.FIND_ADDRESS),
    ReplyKind.WANTS_APPOINTMENT: Consequence(UnitState.RESPONDED, TaskKind.PHONE_CALL),
    ReplyKind.REFUSES: Consequence(UnitState.REFUSED),
}
NEEDS_NOTE = frozenset({UnitState.REFUSED, UnitState.UNTRACEABLE, UnitState.EXPORTED, UnitState.REMOVED_EARLIER})


def outcome_fault(
    to: UnitState,
    *,
    state: UnitState,
    on: date,
    today: date,
    note: str,
    evidence: str,
) -> OutcomeFault | None:
    """Why a unit can't go to a state, or None.

    on, today: calendar days in Finland; a day to come only for an appointment. Terminal states need evidence; refused,
    untraceable, exported and removed earlier need words; going back to an open state needs the reason. Released is said
    by a change of scope alone.
    Source: recall reference, state machine; our choice of which need words.
    """
    if UnitState.RELEASED in {to, state}:
        return OutcomeFault.ONLY_BY_SCOPE
    if to is state and to is not UnitState.SCHEDULED:
        return OutcomeFault.SAME_STATE
    if on > today and to is not UnitState.SCHEDULED:
        return OutcomeFault.IN_THE_FUTURE
    goes_back = state in TERMINAL_STATES and to in OPEN_STATES
    if (goes_back or to in NEEDS_NOTE) and not note.strip():
        return OutcomeFault.NEEDS_NOTE
    if to in TERMINAL_STATES and evidence not in set(Evidence):
        return OutcomeFault.NEEDS_EVIDENCE
    return None


def new_part_fault(batch_id: int | None, recalled: Collection[int]) -> OutcomeFault | None:
    """Why a new part can't correct a unit: its batch is itself in an open recall, or in one that contains it.

    recalled: ids of bad batches of every open case. Source: recall reference (T1).
    """
    return OutcomeFault.RECALLED_BATCH if batch_id in recalled else None


def state_after_reply(kind: ReplyKind, state: UnitState) -> UnitState:
    """The state of a unit after a reply; a settled unit stays settled, an appointment stands. Source: our choice."""
    to = CONSEQUENCES[kind].state
    if state in TERMINAL_STATES:
        return state
    if to is UnitState.RESPONDED and state is UnitState.SCHEDULED:
        return state
    return to


def ladder_step(*, posted_on: date, today: date, letters: int, is_serious: bool, has_other_address: bool) -> LadderStep:
    """What to try next with an owner who has not answered.

    posted_on: day of the first letter; letters: how many were posted to this owner so far. Day 14 a reminder, day 30
    one to another kind of address where there is one, day 45 the phone; a serious risk asks for the phone from day 14
    on beside the reminder, which the list says. Source: recall reference, ladder (our choice).
    """
    gone = today - posted_on
    if gone >= PHONE or (is_serious and letters >= 2 and gone >= SECOND_REMINDER and not has_other_address):
        return LadderStep.PHONE
    if letters == 1 and gone >= FIRST_REMINDER:
        return LadderStep.REMINDER
    if letters == 2 and gone >= SECOND_REMINDER:
        return LadderStep.OTHER_ADDRESS if has_other_address else LadderStep.REMINDER
    return LadderStep.WAIT
