"""Words of the machines' trade, and who owns a machine on a day."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from rockrobot.contacts.rules import runs_on


class OwnershipKind(StrEnum):
    """How a machine came to somebody."""

    SOLD = "sold"
    RESOLD = "resold"
    HIRED = "hired"
    RETURNED = "returned"


class Fate(StrEnum):
    """How a machine left its life in use."""

    SCRAPPED = "scrapped"
    STOLEN = "stolen"
    EXPORTED = "exported"


class FittingReason(StrEnum):
    """Why a part was fitted."""

    BUILD = "build"
    SERVICE = "service"


class PictureKind(StrEnum):
    """Which picture of a model."""

    PRODUCT = "product"
    PLATE = "plate"


OWNING = frozenset({OwnershipKind.SOLD, OwnershipKind.RESOLD})


class DatedOwnership(Protocol):
    """What the owner chain needs to know of a row."""

    id: int
    kind: OwnershipKind
    from_on: date | None
    to_on: date | None


AnyOwnership = TypeVar("AnyOwnership", bound=DatedOwnership)


def _begin(row: DatedOwnership) -> date:
    return row.from_on or date.min


def is_in_stock(rows: Iterable[DatedOwnership], day: date) -> bool:
    """True when the machine is ours on a day: never sold yet, or the last row of the owner chain says returned.

    Hired rows do not count: the holder stands beside the owner. Rows that begin after the day do not count yet.
    On one and the same day a return stands before a sale that still runs.
    Source: exchange format, reachable = stock.
    """
    chain = [r for r in rows if r.kind is not OwnershipKind.HIRED and _begin(r) <= day]
    if not chain:
        return True
    last = max(_begin(r) for r in chain)
    at_last = [r for r in chain if _begin(r) == last]
    if any(r.kind in OWNING and runs_on(day, r.from_on, r.to_on) for r in at_last):
        return False
    return any(r.kind is OwnershipKind.RETURNED for r in at_last)


def owner_on(rows: Iterable[AnyOwnership], day: date) -> AnyOwnership | None:
    """The sold or resold row that runs on a day; None when nobody owns the machine or it is ours.

    from counts, to does not. Of several (bad data) the one that began last, then the newest row.
    Source: exchange format, owner on a day.
    """
    rows = list(rows)
    if is_in_stock(rows, day):
        return None
    running = [r for r in rows if r.kind in OWNING and runs_on(day, r.from_on, r.to_on)]
    return max(running, key=lambda r: (_begin(r), r.id), default=None)


def holders_on(rows: Iterable[AnyOwnership], day: date) -> list[AnyOwnership]:
    """The hired rows that run on a day: who has the machine beside its owner."""
    return [r for r in rows if r.kind is OwnershipKind.HIRED and runs_on(day, r.from_on, r.to_on)]


def overlap(first: DatedOwnership, second: DatedOwnership) -> bool:
    """True when two owners (sold, resold) would own the machine on one and the same day.

    An empty from or to is open; a row that ends on the day it begins owns no day. Source: exchange format.
    """
    if first.kind not in OWNING or second.kind not in OWNING:
        return False
    later = max(_begin(first), _begin(second))
    return later < min(first.to_on or date.max, second.to_on or date.max)


def runs_at_all(row: DatedOwnership) -> bool:
    """False for a row that ends on the day it begins: it owns no day. Source: exchange format."""
    return row.to_on is None or _begin(row) < row.to_on


def is_outside_days(on: date | None, received_on: date | None, used_up_on: date | None) -> bool:
    """True when a part was fitted outside its batch's days of use; both ends count, empty ends are open.

    An unknown day is never outside. Source: exchange format, a fitting outside its batch's days is marked.
    """
    if on is None:
        return False
    return bool((received_on and on < received_on) or (used_up_on and on > used_up_on))
