"""Imports that were uploaded, looked at and taken or left."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment, Word


class ImportState(StrEnum):
    """How far an import is."""

    READING = "reading"
    CHOOSING = "choosing"
    READ = "read"
    BROKEN = "broken"
    APPLYING = "applying"
    APPLIED = "applied"
    LEFT = "left"


class ImportRun(Base):
    """One uploaded file: what was understood of it, and the change set that took it.

    room: whose file it is, the register's (imports) or a contact list's (contact_files). choice: what a person chose.
    """

    __tablename__ = "import_runs"
    __table_args__ = {"info": {"ledger": False}}

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    stored_name: Mapped[str] = mapped_column(String(80))
    state: Mapped[ImportState] = mapped_column(Word(ImportState), default=ImportState.READING)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))
    room: Mapped[str] = mapped_column(String(40), default="imports")
    choice: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    job_id: Mapped[int | None]
    change_set_id: Mapped[int | None]
