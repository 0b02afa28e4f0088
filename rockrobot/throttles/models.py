"""Counted tries."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment


class Throttle(Base):
    """Tries without success at one account, from one address, in one sign-in, or at one member's codes.

    The subject is a keyed hash, so that names typed by mistake (a password, say) can't be read here.
    """

    __tablename__ = "throttles"
    __table_args__ = {"info": {"ledger": False}}

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)
