"""Official headings of recall notices, with their source and who checked them."""

from datetime import date

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.contacts.rules import Language
from rockrobot.db import Base, Word


class NoticeHeading(Base):
    """The words that head a recall notice in one language; unchecked until a person names themself."""

    __tablename__ = "notice_headings"

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[Language] = mapped_column(Word(Language), unique=True)
    words: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    checked_by: Mapped[str] = mapped_column(String(120), default="")
    checked_on: Mapped[date | None]
