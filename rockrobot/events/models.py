"""Events of the timeline, whom and what they concern, and the follow-ups that came of them."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import WORKERS
from rockrobot.contacts.models import Company, Person, Worksite
from rockrobot.contacts.rules import Source
from rockrobot.db import UNNESTED, Base, Moment, Word
from rockrobot.devices.models import Device
from rockrobot.events.rules import Channel, Direction, Result
from rockrobot.references import OnErase, OnMerge, refers_to, tells_of_party
from rockrobot.staff.models import StaffMember

CHILDREN_LOAD: Final = "raise_on_sql"


class Event(Base):
    """A meeting, call, message, letter, visit or service; one with a reference was written by the register itself."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "reference"),
        {"info": {"personal": True, "undone_by": WORKERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    direction: Mapped[Direction] = mapped_column(Word(Direction))
    happened_at: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[Source] = mapped_column(Word(Source), default=Source.OTHER)
    result: Mapped[Result | None] = mapped_column(Word(Result))
    text: Mapped[str] = mapped_column(Text, default="", info=tells_of_party(OnErase.ERASE))
    reference: Mapped[str] = mapped_column(String(60), default="")
    written_by: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(Moment)

    people: Mapped[list[Person]] = relationship(secondary="event_people", lazy=CHILDREN_LOAD, viewonly=True)
    companies: Mapped[list[Company]] = relationship(secondary="event_companies", lazy=CHILDREN_LOAD, viewonly=True)
    devices: Mapped[list[Device]] = relationship(secondary="event_devices", lazy=CHILDREN_LOAD, viewonly=True)
    worksites: Mapped[list[Worksite]] = relationship(secondary="event_worksites", lazy=CHILDREN_LOAD, viewonly=True)
    files: Mapped[list["Attachment"]] = relationship(lazy=CHILDREN_LOAD, viewonly=True, order_by="Attachment.id")
    tasks: Mapped[list["EventTask"]] = relationship(lazy=CHILDREN_LOAD, viewonly=True, order_by="EventTask.id")


class EventPerson(Base):
    """A person whom an event concerns; a merge may make two rows of one person, so nothing forbids that."""

    __tablename__ = "event_people"
    __table_args__ = (
        Index(None, "event_id"),
        Index(None, "person_id", "event_id"),
        {"info": {"personal": True, "undone_by": WORKERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    person_id: Mapped[int] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)


class EventCompany(Base):
    """A company that an event concerns."""

    __tablename__ = "event_companies"
    __table_args__ = (
        Index(None, "event_id"),
        Index(None, "company_id", "event_id"),
        {"info": {"undone_by": WORKERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    company_id: Mapped[int] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)


class EventDevice(Base):
    """A machine that an event concerns."""

    __tablename__ = "event_devices"
    __table_args__ = (
        Index(None, "event_id"),
        Index(None, "device_id", "event_id"),
        {"info": {"undone_by": WORKERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))


class EventWorksite(Base):
    """A worksite that an event concerns."""

    __tablename__ = "event_worksites"
    __table_args__ = (
        Index(None, "event_id"),
        Index(None, "worksite_id", "event_id"),
        {"info": {"undone_by": WORKERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    worksite_id: Mapped[int] = refers_to("worksites.id", erase=OnErase.ERASE)


class EventTask(Base):
    """What is to be done after an event, until when and by whom."""

    __tablename__ = "event_tasks"
    __table_args__ = (
        Index(None, "event_id"),
        Index(None, "due_on"),
        {"info": {"personal": True, "undone_by": WORKERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    what: Mapped[str] = mapped_column(String(200), info=tells_of_party(OnErase.ERASE))
    due_on: Mapped[date]
    assigned_to_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[str] = mapped_column(String(80), default="")

    event: Mapped[Event] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    assigned_to: Mapped[StaffMember] = relationship(lazy="joined", innerjoin=UNNESTED, viewonly=True)


class AttachmentBody(Base):
    """The bytes of a file, in a row of their own: a file taken off its event can come back."""

    __tablename__ = "attachment_bodies"
    __table_args__ = {"info": {"personal": True, "undone_by": WORKERS}, "sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    thumbnail: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Attachment(Base):
    """A photo or a file of an event."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index(None, "event_id"),
        Index(None, "content_id"),
        {"info": {"personal": True, "undone_by": WORKERS}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    content_id: Mapped[int] = mapped_column(ForeignKey("attachment_bodies.id"))
    file_name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(60))
    size_bytes: Mapped[int]

    @property
    def is_photo(self) -> bool:
        """True for a picture that we re-made; it has a small copy."""
        return self.media_type.startswith("image/")

    content: Mapped[AttachmentBody] = relationship(lazy=CHILDREN_LOAD)
