"""How far an enquiry is: pure."""

from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    """How far an enquiry is, in the order in which the inbox shows them."""

    OPEN = "open"
    TAKEN = "taken"
    REFERRED = "referred"
    CLOSED = "closed"


def stage_of(taken_by_id: int | None, ended_on: date | None, *, is_referred: bool = False) -> Stage:
    """How far an enquiry is: referred for good once an importer has it, closed once it ended, taken while somebody sees
    to it, open until then.

    Source: our choice.
    """
    if is_referred:
        return Stage.REFERRED
    if ended_on:
        return Stage.CLOSED
    return Stage.TAKEN if taken_by_id else Stage.OPEN
