"""Contact attempts and replies."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.attempts.rules import AttemptState, Channel, ReplyKind
from rockrobot.contacts.models import Company, Person
from rockrobot.db import Base, Moment, Word
from rockrobot.letters.models import Letter
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.references import OnErase, OnMerge, refers_to

NEVER = {"info": {"undo": "never"}}


class Attempt(Base):
    """One attempt to reach one party about its units."""

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint("company_id IS NULL OR person_id IS NULL", name="at_most_one_party"),
        Index(None, "case_id", "state"),
        NEVER,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    state: Mapped[AttemptState] = mapped_column(Word(AttemptState))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), unique=True)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.KEEP, index=True)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.KEEP, index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))
    reached_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[RecallCase] = relationship(lazy="raise_on_sql")
    letter: Mapped[Letter | None] = relationship(lazy="raise_on_sql")
    company: Mapped[Company | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class AttemptUnit(Base):
    """A unit that an attempt was about."""

    __tablename__ = "attempt_units"
    __table_args__ = (UniqueConstraint("attempt_id", "case_unit_id"), Index(None, "case_unit_id"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    case_unit_id: Mapped[int] = mapped_column(ForeignKey("case_units.id"))

    case_unit: Mapped[CaseUnit] = relationship(lazy="raise_on_sql")


class Reply(Base):
    """What an owner answered about a unit."""

    __tablename__ = "replies"
    __table_args__ = (
        Index(None, "case_unit_id"),
        Index(None, "attempt_id"),
        {"info": {"undo": "never", "personal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_unit_id: Mapped[int] = mapped_column(ForeignKey("case_units.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    kind: Mapped[ReplyKind] = mapped_column(Word(ReplyKind))
    received_on: Mapped[date]
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(80))
