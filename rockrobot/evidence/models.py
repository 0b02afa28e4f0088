from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment
from rockrobot.evidence.rules import Seal


class ChainCheck(Base):
    """One walk over the whole chain; where nothing was wrong, its head is a seal that may be printed.

    fault: what was wrong and where, empty when nothing was.
    """

    __tablename__ = "chain_checks"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
    made_by: Mapped[str] = mapped_column(String(80))
    entries: Mapped[int]
    last_entry_id: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    fault: Mapped[str] = mapped_column(String(200), default="")

    @property
    def seal(self) -> Seal:
        """What stands on the sheet in the cabinet."""
        return Seal(self.last_entry_id, self.entries, self.head)
