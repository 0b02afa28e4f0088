"""Staff members and their sign-ins."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import Role
from rockrobot.db import Base, Moment, Word


class StaffMember(UserMixin, Base):
    """Somebody who may sign in."""

    __tablename__ = "staff_members"
    __table_args__ = {"info": {"undo": "compensating"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), info={"secret": True})
    role: Mapped[Role] = mapped_column(Word(Role))
    theme: Mapped[str] = mapped_column(String(10), default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class SignIn(Base):
    """One sign-in on one browser; the cookie holds only its key's plain text, the row its digest."""

    __tablename__ = "sign_ins"
    __table_args__ = {"info": {"ledger": False}}

    id: Mapped[int] = mapped_column(primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    staff_member: Mapped[StaffMember] = relationship(lazy="joined")
