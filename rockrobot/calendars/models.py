"""Calendars that follow a member's follow-ups."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.db import Base, Moment
from rockrobot.staff.models import StaffMember


class CalendarFeed(Base):
    """The secret address at which a member's calendar reads their follow-ups; the row holds only its token's digest."""

    __tablename__ = "calendar_feeds"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), unique=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    made_at: Mapped[datetime] = mapped_column(Moment)

    staff_member: Mapped[StaffMember] = relationship(lazy="joined")
