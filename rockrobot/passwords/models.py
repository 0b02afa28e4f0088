"""One-time links."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.db import Base, Moment, Word
from rockrobot.passwords.rules import LinkKind
from rockrobot.staff.models import StaffMember


class OneTimeLink(Base):
    """A link made by an administrator and handed over by them; the row holds only the digest of its token."""

    __tablename__ = "one_time_links"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(Word(LinkKind))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))
    ends_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    staff_member: Mapped[StaffMember] = relationship(lazy="joined")
