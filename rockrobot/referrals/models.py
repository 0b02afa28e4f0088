"""What importers were told later of the data that they had been given."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment, Word
from rockrobot.objections.rules import Told
from rockrobot.references import OnErase, refers_to, tells_of_party
from rockrobot.referrals.rules import NoticeReason


class DisclosureNotice(Base):
    """An importer was told what is true now of what it had been given, or that it must erase it; never undone.

    told_fields: what the listed fields say from then on; nothing once they are erased.
    """

    __tablename__ = "disclosure_notices"
    __table_args__ = (
        Index(None, "disclosure_id"),
        {"info": {"undo": "never", "personal": True}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    disclosure_id: Mapped[int] = refers_to("disclosures.id", erase=OnErase.KEEP)
    reason: Mapped[NoticeReason] = mapped_column(Word(NoticeReason))
    told_on: Mapped[date]
    told: Mapped[Told] = mapped_column(Word(Told))
    note: Mapped[str] = mapped_column(String(200), default="")
    told_fields: Mapped[dict[str, Any]] = mapped_column(JSON, info=tells_of_party(OnErase.ERASE))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(80))
