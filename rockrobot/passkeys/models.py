"""Passkeys, and the questions that were answered."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment


class Passkey(Base):
    """The public half of a passkey; its other half never leaves the member's device."""

    __tablename__ = "passkeys"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info={"secret": True})
    public_key: Mapped[bytes] = mapped_column(LargeBinary, info={"secret": True})
    sign_count: Mapped[int] = mapped_column(default=0, info={"secret": True})
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment, info={"secret": True})


class AnsweredQuestion(Base):
    """A challenge that was answered once, by its digest; it is never taken again."""

    __tablename__ = "answered_questions"
    __table_args__ = {"info": {"ledger": False}}

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
