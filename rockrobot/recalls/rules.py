"""States of a recall case and of its units, and which steps between them are lawful."""

from enum import StrEnum


class CaseOrigin(StrEnum):
    """What a case was opened from."""

    BATCH = "batch"
    SERIALS = "serials"
    BUILD_DATES = "build_dates"


class CaseState(StrEnum):
    """How far a case is."""

    DRAFT = "draft"
    SCOPED = "scoped"
    APPROVED = "approved"
    NOTIFYING = "notifying"
    MONITORING = "monitoring"
    CLOSING = "closing"
    CLOSED = "closed"


class UnitState(StrEnum):
    """Where a unit stands: four open states, ten terminal outcomes."""

    IDENTIFIED = "identified"
    NOTIFIED = "notified"
    RESPONDED = "responded"
    SCHEDULED = "scheduled"
    CORRECTED = "corrected"
    INSPECTED_OK = "inspected_ok"
    REMOVED_EARLIER = "removed_earlier"
    RETURNED = "returned"
    SCRAPPED = "scrapped"
    STOLEN = "stolen"
    EXPORTED = "exported"
    REFUSED = "refused"
    UNTRACEABLE = "untraceable"
    RELEASED = "released"


class TaskKind(StrEnum):
    """What somebody must do."""

    PUBLIC_NOTICE = "public_notice"
    WORKSHOP_STOCK = "workshop_stock"
    FIND_PART = "find_part"
    DATA_ERROR = "data_error"
    FIND_ADDRESS = "find_address"
    PLAIN_ENVELOPE = "plain_envelope"
    PHONE_CALL = "phone_call"
    IMPORTER_LIST = "importer_list"
    OTHER = "other"


OPEN_STATES = (UnitState.IDENTIFIED, UnitState.NOTIFIED, UnitState.RESPONDED, UnitState.SCHEDULED)
TERMINAL_STATES = tuple(state for state in UnitState if state not in OPEN_STATES)
NEEDS_SECOND_PERSON = frozenset({UnitState.REFUSED, UnitState.UNTRACEABLE})

CASE_STEPS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.SCOPED}),
    CaseState.SCOPED: frozenset({CaseState.SCOPED, CaseState.APPROVED}),
    CaseState.APPROVED: frozenset({CaseState.SCOPED, CaseState.NOTIFYING}),
    CaseState.NOTIFYING: frozenset({CaseState.MONITORING}),
    CaseState.MONITORING: frozenset({CaseState.NOTIFYING, CaseState.CLOSING}),
    CaseState.CLOSING: frozenset({CaseState.MONITORING, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.MONITORING}),
}
