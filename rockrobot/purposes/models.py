"""The register of purposes."""

from datetime import date

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.access import Role
from rockrobot.db import Base, Word
from rockrobot.purposes.rules import PurposeCode


class Purpose(Base):
    """One purpose in our words: what it is, its ground in GDPR Art. 6, whence that is, who checked it and when."""

    __tablename__ = "purposes"
    __table_args__ = {"info": {"undone_by": (Role.DATA_PROTECTION,)}}

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[PurposeCode] = mapped_column(Word(PurposeCode), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(100), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    checked_by: Mapped[str] = mapped_column(String(120), default="")
    checked_on: Mapped[date | None]
