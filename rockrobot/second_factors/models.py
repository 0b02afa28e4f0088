"""Keys of authenticator apps, and recovery codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment


class AppKey(Base):
    """The secret that a member's authenticator app shares with us; counts once a first code of it was right."""

    __tablename__ = "app_keys"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    secret: Mapped[str] = mapped_column(String(64), info={"secret": True})
    last_step: Mapped[int | None] = mapped_column(info={"secret": True})
    made_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Base):
    """A code that replaces the app once; the row holds only its digest."""

    __tablename__ = "recovery_codes"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
