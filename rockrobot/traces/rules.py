"""Which class of a trace a machine stands in: pure, no database."""

from datetime import date
from enum import StrEnum


class TraceClass(StrEnum):
    """Where the bad part is, in the order in which classes apply."""

    FITTED_NOW = "fitted_now"
    POSSIBLY = "possibly"
    REMOVED_EARLIER = "removed_earlier"
    REMOVED_POSSIBLY = "removed_possibly"
    LOOSE = "loose"


class Reachable(StrEnum):
    """Whether a letter can reach the owner; stock = the machine is ours."""

    YES = "yes"
    NO = "no"
    STOCK = "stock"


LETTER_CLASSES = frozenset({TraceClass.FITTED_NOW, TraceClass.POSSIBLY, TraceClass.LOOSE})


def class_of(*, is_known_bad: bool, is_removed: bool) -> TraceClass:
    """The class that one fitting gives its machine.

    is_known_bad: fitted from a bad batch; else its batch is unknown and could be bad. Source: exchange format.
    """
    if is_known_bad:
        return TraceClass.REMOVED_EARLIER if is_removed else TraceClass.FITTED_NOW
    return TraceClass.REMOVED_POSSIBLY if is_removed else TraceClass.POSSIBLY


def could_be_bad(
    *, fitted_on: date | None, supplier: str, batch_supplier: str, received_on: date | None, used_up_on: date | None
) -> bool:
    """True when a fitting without batch number, of the bad batch's part, could come from that batch.

    supplier: empty where unknown. Both ends of the batch's days count; an empty end or fitted_on is open.
    Source: exchange format, what the trace answers.
    """
    if supplier and supplier != batch_supplier:
        return False
    if fitted_on is None:
        return True
    return (received_on is None or received_on <= fitted_on) and (used_up_on is None or fitted_on <= used_up_on)
