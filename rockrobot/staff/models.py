"""Staff members and their sign-ins."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import Role
from rockrobot.db import Base, Moment, Word
from rockrobot.staff.rules import Outcome, Step


class StaffMember(UserMixin, Base):
    """Somebody who may sign in; without a password (empty hash) they are invited and have not come yet."""

    __tablename__ = "staff_members"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="", info={"secret": True})
    password_set_at: Mapped[datetime | None] = mapped_column(Moment)
    role: Mapped[Role] = mapped_column(Word(Role))
    theme: Mapped[str] = mapped_column(String(10), default="")
    language: Mapped[str] = mapped_column(String(2), default="")
    has_keys: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def is_invited(self) -> bool:
        """True until they have chosen a password."""
        return not self.password_hash


class SignIn(Base):
    """One sign-in on one browser; the cookie holds only its key's plain text, the row its digest."""

    __tablename__ = "sign_ins"
    __table_args__ = {"info": {"ledger": False}}

    id: Mapped[int] = mapped_column(primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    waits_for: Mapped[Step] = mapped_column(Word(Step), default=Step.NOTHING)
    browser: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    purpose: Mapped[str] = mapped_column(String(60), default="")

    staff_member: Mapped[StaffMember] = relationship(lazy="joined")


class SignInFact(Base):
    """A try to sign in and how it ended, kept for good; without a member when the name is nobody's.

    door: the event of the page or act that was denied; empty for what is no denial.
    """

    __tablename__ = "sign_in_facts"
    __table_args__ = (Index(None, "staff_member_id", "at"), {"info": {"undo": "never"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    staff_member_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    address: Mapped[str] = mapped_column(String(45), default="")
    door: Mapped[str] = mapped_column(String(120), default="")
