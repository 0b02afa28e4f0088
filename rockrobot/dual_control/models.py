"""Requested acts."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment, Word
from rockrobot.dual_control.rules import Decision
from rockrobot.references import OnErase, tells_of_party

APPROVED: Final = "approved"
"""Under what name the details of an act keep what was approved."""


class RequestedAct(Base):
    """An act that one person asked for, what a second decided, and when it was done.

    kind: as its room declared it. about_id: the row of that room that it is about, where there is one.
    details: words and ids that name nobody; they are kept for good. APPROVED: the measure of what was approved.
    """

    __tablename__ = "requested_acts"
    __table_args__ = (Index(None, "kind", "about_id"), {"info": {"undo": "never", "personal": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=tells_of_party(OnErase.KEEP))
    reason: Mapped[str] = mapped_column(Text, info=tells_of_party(OnErase.KEEP))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    decision: Mapped[Decision | None] = mapped_column(Word(Decision))
    decision_reason: Mapped[str] = mapped_column(Text, default="", info=tells_of_party(OnErase.KEEP))
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def is_own_approval(self) -> bool:
        """True when who asked approved it too (a firm of one)."""
        return self.decision is Decision.APPROVED and self.decided_by == self.asked_by
