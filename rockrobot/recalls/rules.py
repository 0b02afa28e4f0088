"""States of a recall case and of its units, which steps between them are lawful, and which authority is told."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple


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
UNANSWERED = frozenset({UnitState.IDENTIFIED, UnitState.NOTIFIED})
TERMINAL_STATES = tuple(state for state in UnitState if state not in OPEN_STATES)
NEEDS_SECOND_PERSON = frozenset({UnitState.REFUSED, UnitState.UNTRACEABLE})

CASE_STEPS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.SCOPED, CaseState.CLOSED}),
    CaseState.SCOPED: frozenset({CaseState.SCOPED, CaseState.APPROVED, CaseState.CLOSED}),
    CaseState.APPROVED: frozenset({CaseState.SCOPED, CaseState.NOTIFYING, CaseState.CLOSED}),
    CaseState.NOTIFYING: frozenset({CaseState.MONITORING}),
    CaseState.MONITORING: frozenset({CaseState.NOTIFYING, CaseState.CLOSING}),
    CaseState.CLOSING: frozenset({CaseState.MONITORING, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.MONITORING}),
}

BEFORE_LETTERS = frozenset({CaseState.DRAFT, CaseState.SCOPED, CaseState.APPROVED})
HOME_COUNTRY = "FI"
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)
REAL_SERIES, DRILL_SERIES = "TV", "HARJ"


class StepError(ValueError):
    """A step that the state of the case does not allow."""


class CaseOpening(NamedTuple):
    """What a case is opened from: batches, machines by serial, or the build dates of a model."""

    origin: CaseOrigin
    title: str
    is_drill: bool = False
    batch_ids: Collection[int] = ()
    device_ids: Collection[int] = ()
    origin_text: str = ""
    device_model_id: int | None = None
    built_from: date | None = None
    built_to: date | None = None


class AuthorityDuty(NamedTuple):
    """An authority to tell, and the countries because of which."""

    authority: str
    countries: tuple[str, ...]


def series_of(year: int, *, is_drill: bool) -> str:
    """The beginning of the numbers of a year's cases; drills have a series of their own. Source: our choice."""
    return f"{DRILL_SERIES if is_drill else REAL_SERIES}-{year}-"


def number_after(series: str, numbers: Collection[str]) -> str:
    """The next case number of a series: TV-2026-001, TV-2026-002, …; gaps are never filled. Source: our choice."""
    taken = [int(rest) for number in numbers if (rest := number.removeprefix(series)).isdigit()]
    return f"{series}{max(taken, default=0) + 1:03}"


def check_step(state: CaseState, to: CaseState) -> None:
    """Raise StepError unless a case may go from one state to another."""
    if to not in CASE_STEPS[state]:
        raise StepError(f"{state} -> {to}")


def state_after_freezing(state: CaseState) -> CaseState:
    """The state of a case whose scope was frozen anew.

    Before letters it is scoped again and wants approval; once letters went out it stays where it is, except that
    closing goes back to monitoring, since there may be open units again. A closed case must be reopened first
    (StepError). Source: our choice.
    """
    if state is CaseState.CLOSED:
        raise StepError("closed")
    if state in BEFORE_LETTERS:
        return CaseState.SCOPED
    return CaseState.MONITORING if state is CaseState.CLOSING else state


def duties_to_tell(countries: Collection[str]) -> list[AuthorityDuty]:
    """Which authorities are told of machines that are, or were, in these countries (ISO codes).

    Finland: Tukes, always, since the maker is here. Other EU and EEA countries: the Safety Business Gateway, once for
    all. Every other country: its own authority, named by the country. Unknown countries are left out.
    Source: GPSR 20, 35, Tukes' instruction; reference R5.
    """
    known = sorted({country.upper() for country in countries if country})
    union = tuple(c for c in known if c in EEA and c != HOME_COUNTRY)
    duties = [AuthorityDuty("Tukes", (HOME_COUNTRY,))]
    if union:
        duties.append(AuthorityDuty("Safety Business Gateway", union))
    return duties + [AuthorityDuty(c, (c,)) for c in known if c not in EEA]
