"""The rights that a request can be about, how far it is, and how it ended. Pure."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """What somebody asks for, in the order in which a form offers it."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    RECIPIENTS = "recipients"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"


class Outcome(StrEnum):
    """How a request was decided."""

    DONE = "done"
    REFUSED = "refused"
    ERASED = "erased"


class Stage(StrEnum):
    """How far a request is; the clock stops at the last one alone."""

    OPEN = "open"
    TO_SEND = "to_send"
    CLOSED = "closed"


class Urgency(StrEnum):
    """How a request that is not closed stands against its day."""

    OVERDUE = "overdue"
    SOON = "soon"
    IN_TIME = "in_time"


ARTICLES: Final = {
    Right.ACCESS: "15",
    Right.RECTIFICATION: "16",
    Right.ERASURE: "17",
    Right.RESTRICTION: "18",
    Right.RECIPIENTS: "19",
    Right.PORTABILITY: "20",
    Right.OBJECTION: "21",
    Right.WITHDRAWAL: "7(3)",
}
SOON: Final = timedelta(days=10)


def stage_of(outcome: Outcome | None, closed_on: date | None) -> Stage:
    """How far a request is: decided is not enough, its answer has to be on its way. Source: GDPR Art. 12(3)."""
    if closed_on is not None:
        return Stage.CLOSED
    return Stage.OPEN if outcome is None else Stage.TO_SEND


def urgency_of(due_on: date, today: date) -> Urgency:
    """How a request that is not closed stands; both are days in Finland, the due day itself is in time.

    Source: due day by GDPR Art. 12(3); ten days before it counts as soon: our choice.
    """
    if today > due_on:
        return Urgency.OVERDUE
    return Urgency.SOON if today >= due_on - SOON else Urgency.IN_TIME
