"""Calendars that follow a member's follow-ups."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.db import Base, Moment, Word
from rockrobot.staff.models import StaffMember
from rockrobot.staff.rules import Ending


class CalendarFeed(Base):
    """The secret address at which a member's calendar reads their follow-ups; the row holds only its token's digest.

    read_at, read_from: when it was last noted that a calendar read it, and the address that asked. ended_for: why it
    ended; None where the member ended it.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), unique=True)
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True, info={"secret": True})
    made_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    read_from: Mapped[str] = mapped_column(String(45), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_for: Mapped[Ending | None] = mapped_column(Word(Ending))

    staff_member: Mapped[StaffMember] = relationship(lazy="joined")

    @property
    def is_in_use(self) -> bool:
        """True until the address ends."""
        return self.ended_at is None
