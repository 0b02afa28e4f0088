"""The register of erasures: ids, days and keyed hashes, no names."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment
from rockrobot.references import OnErase, refers_to


class Erasure(Base):
    """A person was erased; never undone. A restored backup erases them again by what stands outside the database.

    person_digest: keyed hash by which they are recognised in a backup, and nobody else is taken for them.
    """

    __tablename__ = "erasures"
    __table_args__ = (Index(None, "person_id"), {"info": {"undo": "never"}, "sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = refers_to("people.id", erase=OnErase.KEEP)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("privacy_requests.id"), unique=True)
    person_digest: Mapped[str] = mapped_column(String(64))
    has_residue: Mapped[bool]
    stays_until: Mapped[date | None]
    erased_rows: Mapped[int]
    kept_rows: Mapped[int]
    erased_at: Mapped[datetime] = mapped_column(Moment)
    erased_by: Mapped[str] = mapped_column(String(80))
