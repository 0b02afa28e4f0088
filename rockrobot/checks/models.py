"""Checks of a case and the units each has drawn."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.checks.rules import CheckLevel, CheckSubject
from rockrobot.db import Base, Moment, Word
from rockrobot.recalls.models import CaseUnit

NEVER: dict[str, Any] = {"info": {"undo": "never"}}


class EffectivenessCheck(Base):
    """A sample was drawn from the units of a case; seed and population let anybody draw it again."""

    __tablename__ = "effectiveness_checks"
    __table_args__ = (Index(None, "case_id"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    subject: Mapped[CheckSubject] = mapped_column(Word(CheckSubject))
    level: Mapped[CheckLevel] = mapped_column(Word(CheckLevel))
    seed: Mapped[str] = mapped_column(String(64))
    population: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    drawn_by: Mapped[str] = mapped_column(String(80))


class CheckedUnit(Base):
    """A unit that a check has drawn, and what the person who looked found; is_right None = not looked at yet."""

    __tablename__ = "checked_units"
    __table_args__ = (UniqueConstraint("check_id", "case_unit_id"), Index(None, "case_unit_id"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("effectiveness_checks.id"))
    case_unit_id: Mapped[int] = mapped_column(ForeignKey("case_units.id"))
    is_right: Mapped[bool | None]
    checked_on: Mapped[date | None]
    checked_by: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    check: Mapped[EffectivenessCheck] = relationship(lazy="raise_on_sql")
    case_unit: Mapped[CaseUnit] = relationship(lazy="raise_on_sql")
