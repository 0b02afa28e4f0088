"""The outbox: what waits, what was sent, what a person must check."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from rockrobot import clock
from rockrobot.db import among, db, is_sqlite
from rockrobot.letters.models import Letter, LetterBody, OutboxMessage, OutboxState
from rockrobot.lists import Listing, listing

NEED_A_PERSON = (OutboxState.UNKNOWN, OutboxState.FAILED, OutboxState.BY_HAND)
NOT_LEFT = (OutboxState.QUEUED, OutboxState.FAILED)


def next_message(now: datetime) -> OutboxMessage | None:
    """The oldest message that waits and whose pause is over, locked for us where the database can."""
    statement = (
        select(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.QUEUED,
            or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until < now),
        )
        .order_by(OutboxMessage.id)
        .limit(1)
    )
    if not is_sqlite():
        statement = statement.with_for_update(skip_locked=True)
    return db.session.scalar(statement)


def interrupted_messages(now: datetime) -> Sequence[OutboxMessage]:
    """Messages whose sending began and whose worker was never heard of again."""
    return db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.state == OutboxState.SENDING, OutboxMessage.lease_until < now)
    ).all()


def body_of(letter_id: int) -> bytes:
    """The exact bytes of a letter. Raises LookupError when it has none yet."""
    body = db.session.scalar(select(LetterBody.body).where(LetterBody.letter_id == letter_id))
    if body is None:
        raise LookupError(letter_id)
    return body


def reference_of(letter_id: int) -> str:
    """The reference of a letter."""
    return str(db.session.scalar(select(Letter.reference).where(Letter.id == letter_id)))


def messages_of(case_number: str, number: int = 1) -> Listing[OutboxMessage]:
    """The e-mails of a case with their letters, a page of them; those that need a person first."""
    return listing(
        select(OutboxMessage)
        .join(Letter, Letter.id == OutboxMessage.letter_id)
        .where(Letter.case_number == case_number)
        .options(joinedload(OutboxMessage.letter))
        .order_by(OutboxMessage.state.not_in(NEED_A_PERSON), OutboxMessage.id),
        number,
    )


def counts_of(case_number: str) -> dict[str, int]:
    """How many e-mails of a case stand in each state."""
    rows: Sequence[Any] = db.session.execute(
        select(OutboxMessage.state, func.count())
        .join(Letter, Letter.id == OutboxMessage.letter_id)
        .where(Letter.case_number == case_number)
        .group_by(OutboxMessage.state)
    ).all()
    return {state.value: count for state, count in rows}


def sent_on(letter_ids: Collection[int]) -> dict[int, date]:
    """The day in Finland on which the e-mail of each letter was sent, by the worker or by hand; others are left out."""
    outbox = OutboxMessage.__table__.c
    columns = select(outbox.letter_id, outbox.sent_at, outbox.sent_by_hand_on)
    sent = columns.where(among(outbox.letter_id, letter_ids), outbox.state == OutboxState.SENT)
    return {
        letter_id: by_hand or at.astimezone(clock.HOME).date() for letter_id, at, by_hand in db.session.execute(sent)
    }


def letters_with_mail(letter_ids: Collection[int]) -> set[int]:
    """Those letters that have an e-mail already."""
    return set(db.session.scalars(select(OutboxMessage.letter_id).where(OutboxMessage.letter_id.in_(letter_ids))))


def message_with(message_id: int) -> OutboxMessage | None:
    """A message, with its letter where it carries one."""
    return db.session.scalar(
        select(OutboxMessage).where(OutboxMessage.id == message_id).options(joinedload(OutboxMessage.letter))
    )
