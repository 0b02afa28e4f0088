"""Kept forms."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment


class Draft(Base):
    """A form that arrived after its sender's sign-in had ended; the content is sealed, and gone within a day."""

    __tablename__ = "drafts"
    __table_args__ = {"info": {"ledger": False}}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    path: Mapped[str] = mapped_column(String(500))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    had_files: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
