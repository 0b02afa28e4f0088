"""Requests about a person's own data."""

from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.contacts.models import Person
from rockrobot.db import Base, Moment, Word
from rockrobot.events.rules import Channel
from rockrobot.privacy_requests.rules import Outcome, Right, Stage, stage_of
from rockrobot.references import OnErase, OnMerge, refers_to, tells_of_party


class PrivacyRequest(Base):
    """What somebody asked, when it reached us, and how it ended; kept after an erasure as proof that it was answered.

    who: whoever asks, as far as known. due_on: worked out by the engine of that number from received_on.
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        Index(None, "closed_on", "due_on"),
        Index(None, "person_id"),
        {"info": {"undo": "never", "personal": True}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[Right] = mapped_column(Word(Right))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    received_on: Mapped[date]
    due_on: Mapped[date]
    due_engine: Mapped[int]
    who: Mapped[str] = mapped_column(String(200), info=tells_of_party(OnErase.KEEP))
    about: Mapped[str] = mapped_column(Text, default="", info=tells_of_party(OnErase.KEEP))
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.KEEP)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_by: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="", info=tells_of_party(OnErase.KEEP))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    closed_on: Mapped[date | None]

    person: Mapped[Person | None] = relationship(lazy="raise_on_sql", viewonly=True)

    @property
    def number(self) -> str:
        """What the request is called on the screen and in its letter."""
        return f"TS-{self.id}"

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return stage_of(self.outcome, self.closed_on)
