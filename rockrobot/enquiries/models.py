"""Enquiries as they reached us, and what of them was disclosed to an importer."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import PEOPLE_READERS
from rockrobot.contacts.models import Company, Person
from rockrobot.db import Base, Moment, Word
from rockrobot.enquiries.rules import Stage, stage_of
from rockrobot.events.rules import Channel
from rockrobot.letters.models import OutboxMessage
from rockrobot.references import OnErase, OnMerge, refers_to, tells_of_party
from rockrobot.staff.models import StaffMember

CHILDREN_LOAD: Final = "raise_on_sql"


class Enquiry(Base):
    """Somebody asked something: who, from where, what in words, and who of us sees to it.

    What they said of themselves stays as they said it; person_id or company_id names whom of the register they are,
    once somebody said so.
    """

    __tablename__ = "enquiries"
    __table_args__ = (
        CheckConstraint("person_id IS NULL OR company_id IS NULL", name="at_most_one_party"),
        Index(None, "ended_on", "came_on"),
        Index(None, "person_id"),
        Index(None, "company_id"),
        {"info": {"personal": True, "undone_by": PEOPLE_READERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    came_on: Mapped[date]
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    name: Mapped[str] = mapped_column(String(200), default="")
    company_name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    question: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.ANONYMISE)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    ended_on: Mapped[date | None]
    ended_why: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    company: Mapped[Company | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    taken_by: Mapped[StaffMember | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)

    disclosure: Mapped["Disclosure | None"] = relationship(lazy=CHILDREN_LOAD, viewonly=True)

    @property
    def who(self) -> str:
        """Who asks, as lists and headings say it."""
        return ", ".join(filter(None, (self.name, self.company_name)))

    @property
    def is_erased(self) -> bool:
        """True when whoever sent it was erased from the register: what is left of it stays as it is."""
        return self.person is not None and self.person.erased_on is not None

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return stage_of(self.taken_by_id, self.ended_on, is_referred=self.disclosure is not None)


class Disclosure(Base):
    """An enquiry was referred to an importer: to whom, why, and field by field what left; never changed, never undone.

    sent_fields: what the mail said, by the names of the enquiry's columns.
    """

    __tablename__ = "disclosures"
    __table_args__ = (
        CheckConstraint("country IN ('NO', 'SE', 'DK')", name="may_be_referred"),
        Index(None, "company_id"),
        {"info": {"undo": "never", "personal": True}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = refers_to("enquiries.id", erase=OnErase.KEEP, unique=True)
    company_id: Mapped[int] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.KEEP)
    recipient_name: Mapped[str] = mapped_column(String(200))
    outbox_message_id: Mapped[int] = mapped_column(ForeignKey("outbox_messages.id"), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    sent_fields: Mapped[dict[str, Any]] = mapped_column(JSON, info=tells_of_party(OnErase.ERASE))
    why: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))

    enquiry: Mapped[Enquiry] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    company: Mapped[Company] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    message: Mapped[OutboxMessage] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
