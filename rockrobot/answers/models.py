"""Answers as they were made."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.answers.rules import SentHow
from rockrobot.contacts.rules import Language
from rockrobot.db import Base, Moment, Word
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.references import OnErase, tells_of_party


class Answer(Base):
    """The one answer to a request: its exact bytes never change, only how it went out is added. Proof, so kept."""

    __tablename__ = "privacy_answers"
    __table_args__ = {"info": {"undo": "never", "personal": True}, "sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("privacy_requests.id"), unique=True)
    language: Mapped[Language] = mapped_column(Word(Language))
    address_lines: Mapped[list[str]] = mapped_column(JSON, info=tells_of_party(OnErase.KEEP))
    content: Mapped[dict[str, Any]] = mapped_column(JSON, info=tells_of_party(OnErase.KEEP))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sent_on: Mapped[date | None]
    sent_how: Mapped[SentHow | None] = mapped_column(Word(SentHow))
    sent_to: Mapped[str] = mapped_column(String(254), default="", info=tells_of_party(OnErase.KEEP))
    sent_by: Mapped[str] = mapped_column(String(80), default="")

    request: Mapped[PrivacyRequest] = relationship(lazy="raise_on_sql")
