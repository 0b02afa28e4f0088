"""Who wants a mail in the morning, and who had it when."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base


class Digest(Base):
    """A member's wish and the day of their last mail; without a row they want it and never had one."""

    __tablename__ = "digests"
    __table_args__ = {"info": {"ledger": False}}

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), unique=True)
    is_wanted: Mapped[bool] = mapped_column(default=True)
    last_on: Mapped[date | None]
