"""Objections and consents: written once, never changed; only a later consent that names an objection lifts it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from rockrobot.contacts.models import Company, Person
from rockrobot.db import Base, Moment, Word
from rockrobot.objections.rules import Channel, Told
from rockrobot.purposes.rules import PurposeCode
from rockrobot.references import OnErase, OnMerge, refers_to

MAY_CHANGE = {"company_id", "person_id"}


class Consent(Base):
    """Somebody agreed to a purpose in a channel; without a purpose: to being contacted at all again."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) <> (person_id IS NULL)", name="one_party"),
        Index(None, "company_id"),
        Index(None, "person_id"),
        {"info": {"undo": "never", "personal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)
    purpose: Mapped[PurposeCode | None] = mapped_column(Word(PurposeCode))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    told_on: Mapped[date]
    told_by: Mapped[str] = mapped_column(String(120), default="")
    told: Mapped[Told] = mapped_column(Word(Told))
    wording: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(80))


class RememberedObjection(Base):
    """What is left of an objection once its party was erased: a keyed hash of one thing they are known by, no name."""

    __tablename__ = "remembered_objections"
    __table_args__ = (Index(None, "digest"), {"info": {"undo": "never"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[PurposeCode | None] = mapped_column(Word(PurposeCode))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    told_on: Mapped[date]
    remembered_at: Mapped[datetime] = mapped_column(Moment)


class Objection(Base):
    """Somebody forbade a purpose in a channel; without a purpose: any contact; with a consent: took that back."""

    __tablename__ = "objections"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) <> (person_id IS NULL)", name="one_party"),
        Index(None, "company_id"),
        Index(None, "person_id"),
        {"info": {"undo": "never", "personal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)
    purpose: Mapped[PurposeCode | None] = mapped_column(Word(PurposeCode))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    told_on: Mapped[date]
    told_by: Mapped[str] = mapped_column(String(120), default="")
    told: Mapped[Told] = mapped_column(Word(Told))
    note: Mapped[str] = mapped_column(Text, default="")
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consents.id"), unique=True)
    remembered_id: Mapped[int | None] = mapped_column(ForeignKey("remembered_objections.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(80))

    company: Mapped[Company | None] = relationship(lazy="raise_on_sql", viewonly=True)
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql", viewonly=True)


class ObjectionLift(Base):
    """A consent lifted an objection in its channels; wholly, when no channel is left."""

    __tablename__ = "objection_lifts"
    __table_args__ = (Index(None, "objection_id"), Index(None, "consent_id"), {"info": {"undo": "never"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("consents.id"))
    is_whole: Mapped[bool] = mapped_column(default=False)

    consent: Mapped[Consent] = relationship(lazy="raise_on_sql", viewonly=True)


class WrittenOnceError(RuntimeError):
    """An objection, a consent or what it lifted was about to be changed; only a merge gives it another party."""


@event.listens_for(Objection, "before_update")
@event.listens_for(Consent, "before_update")
@event.listens_for(ObjectionLift, "before_update")
def _refuse_change(_mapper: Mapper[Any], _connection: Connection, row: Any) -> None:
    changed = {attribute.key for attribute in inspect(row).attrs if attribute.history.has_changes()}
    if changed - MAY_CHANGE:
        raise WrittenOnceError(f"{row.__tablename__}: {sorted(changed)}")
