"""Which importer serves which part of a country, and where enquiries for it are sent."""

from typing import Final

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.contacts.models import Company
from rockrobot.db import Base
from rockrobot.references import OnErase, OnMerge, refers_to

REFERRED_TO: Final = "country IN ('NO', 'SE', 'DK')"


class Territory(Base):
    """A country, or a range of its postcodes, both ends in it; postcodes are digits alone."""

    __tablename__ = "territories"
    __table_args__ = (
        CheckConstraint(REFERRED_TO, name="may_be_referred"),
        CheckConstraint("(postcode_from = '') = (postcode_to = '')", name="whole_or_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.ERASE, index=True)
    country: Mapped[str] = mapped_column(String(2))
    postcode_from: Mapped[str] = mapped_column(String(5), default="")
    postcode_to: Mapped[str] = mapped_column(String(5), default="")
    email: Mapped[str] = mapped_column(String(254))

    company: Mapped[Company] = relationship(lazy="raise_on_sql", viewonly=True)
