"""Filters kept by name."""

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import REGISTER_READERS
from rockrobot.db import Base, Word
from rockrobot.staff.models import StaffMember
from rockrobot.tags.rules import Register


class SavedFilter(Base):
    """A filter of a list, kept by somebody for themselves or for all; words: filter -> value, as in the address."""

    __tablename__ = "saved_filters"
    __table_args__ = (
        Index(None, "register"),
        {"info": {"undone_by": REGISTER_READERS, "undone_by_oneself": True}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[Register] = mapped_column(Word(Register))
    name: Mapped[str] = mapped_column(String(60))
    words: Mapped[dict[str, str]] = mapped_column(JSON)
    sort: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"))
    is_shared: Mapped[bool] = mapped_column(default=False)

    owner: Mapped[StaffMember] = relationship(lazy="joined", innerjoin=True, viewonly=True)
