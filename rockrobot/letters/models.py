"""Letters as they were made, print batches, copies and the outbox of e-mails."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.rules import Language
from rockrobot.db import Base, Moment, Word
from rockrobot.references import OnErase, OnMerge, refers_to, tells_of_party


class LetterKind(StrEnum):
    """Why a letter was written."""

    FIRST = "first"
    HOLDER_COPY = "holder_copy"
    NEW_OWNER = "new_owner"
    NEXT_ADDRESS = "next_address"
    REMINDER = "reminder"
    IMPORTER = "importer"


class OutboxState(StrEnum):
    """How far an e-mail got; unknown means: the line was cut after sending began, a person must check."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    BY_HAND = "by_hand"


class PrintBatch(Base):
    """One PDF of letters in one language, exactly as it was printed."""

    __tablename__ = "print_batches"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[str] = mapped_column(String(40), index=True)
    language: Mapped[Language] = mapped_column(Word(Language))
    letter_count: Mapped[int]
    is_duplex: Mapped[bool] = mapped_column(default=False)
    is_drill: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(Moment)
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Letter(Base):
    """One letter to one recipient; what it says and where it went never changes, only what happened to it."""

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("company_id IS NULL OR person_id IS NULL", name="at_most_one_party"),
        Index(None, "case_number"),
        Index(None, "company_id"),
        Index(None, "person_id"),
        Index(None, "print_batch_id"),
        {"info": {"undo": "never", "personal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    case_number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    language: Mapped[Language] = mapped_column(Word(Language))
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.KEEP)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.KEEP)
    address_id: Mapped[int | None] = refers_to("addresses.id", erase=OnErase.KEEP)
    recipient_name: Mapped[str] = mapped_column(String(200), info=tells_of_party(OnErase.KEEP))
    address_lines: Mapped[list[str]] = mapped_column(JSON, info=tells_of_party(OnErase.KEEP))
    address_faults: Mapped[list[str]] = mapped_column(JSON, default=list, info=tells_of_party(OnErase.KEEP))
    units: Mapped[list[dict[str, Any]]] = mapped_column(JSON, info=tells_of_party(OnErase.KEEP))
    content: Mapped[dict[str, Any]] = mapped_column(JSON, info=tells_of_party(OnErase.KEEP))
    text_version: Mapped[int]
    is_drill: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(Moment)
    print_batch_id: Mapped[int | None] = mapped_column(ForeignKey("print_batches.id"))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    posted_on: Mapped[date | None]
    posted_by: Mapped[str] = mapped_column(String(80), default="")
    tracking_no: Mapped[str] = mapped_column(String(80), default="")
    returned_on: Mapped[date | None]
    returned_reason: Mapped[str] = mapped_column(String(200), default="")

    company: Mapped[Company | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class LetterBody(Base):
    """The exact bytes of one letter."""

    __tablename__ = "letter_bodies"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class LetterCopy(Base):
    """A letter was printed again as a copy, byte for byte."""

    __tablename__ = "letter_copies"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))


class OutboxMessage(Base):
    """An e-mail, sent once by the worker or by hand; most carry a letter."""

    __tablename__ = "outbox_messages"
    __table_args__ = (Index(None, "state", "lease_until"), {"info": {"undo": "never", "personal": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), unique=True)
    to_address: Mapped[str] = mapped_column(String(254), info=tells_of_party(OnErase.KEEP))
    subject: Mapped[str] = mapped_column(String(200))
    body_text: Mapped[str] = mapped_column(Text, info=tells_of_party(OnErase.KEEP))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[OutboxState] = mapped_column(Word(OutboxState), default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_by_hand_on: Mapped[date | None]
    fault: Mapped[str] = mapped_column(String(200), default="")

    letter: Mapped[Letter | None] = relationship(lazy="raise_on_sql")
