"""Which requests there are, which of them wait, and whose."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from rockrobot.db import db
from rockrobot.lists import Listing, listing
from rockrobot.privacy_requests.models import PrivacyRequest

WAITING = PrivacyRequest.closed_on.is_(None)


def request_with(request_id: int) -> PrivacyRequest | None:
    """The request with this id and the person it is of, or None."""
    statement = select(PrivacyRequest).where(PrivacyRequest.id == request_id)
    return db.session.scalar(statement.options(joinedload(PrivacyRequest.person)))


def find_requests(*, is_closed: bool = False, number: int = 1) -> Listing[PrivacyRequest]:
    """One page: those that wait, the first due first; or the closed ones, the last closed first."""
    order = (PrivacyRequest.closed_on.desc(),) if is_closed else (PrivacyRequest.due_on,)
    statement = select(PrivacyRequest).where(WAITING.is_not(is_closed)).order_by(*order, PrivacyRequest.id)
    return listing(statement, number)


def told_of(rows: Collection[PrivacyRequest]) -> dict[str, list[int]]:
    """Of whom requests tell, as ids by table: a person of the register, or else the request that names somebody."""
    named = [row.person_id for row in rows if row.person_id]
    return {"people": named, "privacy_requests": [row.id for row in rows if not row.person_id]}


def requests_of(person_id: int) -> Sequence[PrivacyRequest]:
    """A person's requests that wait, the first due first."""
    mine = select(PrivacyRequest).where(PrivacyRequest.person_id == person_id, WAITING)
    return db.session.scalars(mine.order_by(PrivacyRequest.due_on, PrivacyRequest.id)).all()


def count_waiting() -> int:
    """How many requests wait for their answer."""
    return db.session.scalar(select(func.count()).select_from(PrivacyRequest).where(WAITING)) or 0


def count_overdue(today: date) -> int:
    """How many requests that wait should have been answered before this day in Finland."""
    late = select(func.count()).select_from(PrivacyRequest).where(WAITING, PrivacyRequest.due_on < today)
    return db.session.scalar(late) or 0
