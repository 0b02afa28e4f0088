"""The controller and its settings."""

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.access import Role
from rockrobot.db import Base


class Organisation(Base):
    """The one controller of this register; every letter and report prints it."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        {"info": {"undone_by": (Role.ADMINISTRATOR,), "undone_when_fresh": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    brand: Mapped[str] = mapped_column(String(100), default="")
    business_id: Mapped[str] = mapped_column(String(20), default="")
    visiting_street: Mapped[str] = mapped_column(String(200), default="")
    visiting_postcode: Mapped[str] = mapped_column(String(20), default="")
    visiting_city: Mapped[str] = mapped_column(String(100), default="")
    postal_street: Mapped[str] = mapped_column(String(200), default="")
    postal_postcode: Mapped[str] = mapped_column(String(20), default="")
    postal_city: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="FI")
    contact_person: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    may_approve_own_cases: Mapped[bool] = mapped_column(default=False)
    duplex_letters: Mapped[bool] = mapped_column(default=False)
    recall_note: Mapped[str] = mapped_column(Text, default="")
