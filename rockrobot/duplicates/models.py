"""Pairs of records that are likely one, as the last scan found them, and what people decided of pairs."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment, Word
from rockrobot.duplicates.rules import Kind
from rockrobot.references import OnErase, refers_to


class DuplicatePair(Base):
    """Two records that are likely one; worked out anew by each scan, so no fact of the register: ids and codes only."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("kind", "first_id", "second_id"),
        Index(None, "kind", "second_id"),
        {"info": {"ledger": False}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    first_id: Mapped[int]
    second_id: Mapped[int]
    score: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON)

    @property
    def ids(self) -> tuple[int, int]:
        """Both records, the lower id first."""
        return self.first_id, self.second_id


class NotSame(Base):
    """Somebody decided that two people or two companies are two.

    Stays as it was written when one of them is merged: who reads it asks for the record that was kept, so that the
    decision holds for that one and is there again once the merge is undone.
    """

    __tablename__ = "not_same"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN first_person_id < second_person_id AND first_company_id IS NULL AND second_company_id IS NULL"
            " THEN 1 WHEN first_company_id < second_company_id AND first_person_id IS NULL AND second_person_id IS NULL"
            " THEN 1 ELSE 0 END = 1",
            name="one_pair",
        ),
        UniqueConstraint("first_person_id", "second_person_id"),
        UniqueConstraint("first_company_id", "second_company_id"),
        Index(None, "second_person_id"),
        Index(None, "second_company_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_person_id: Mapped[int | None] = refers_to("people.id", erase=OnErase.ERASE)
    second_person_id: Mapped[int | None] = refers_to("people.id", erase=OnErase.ERASE)
    first_company_id: Mapped[int | None] = refers_to("companies.id", erase=OnErase.ERASE)
    second_company_id: Mapped[int | None] = refers_to("companies.id", erase=OnErase.ERASE)
    decided_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(80))

    @property
    def kind(self) -> Kind:
        """Of what the two are."""
        return Kind.COMPANIES if self.first_person_id is None else Kind.PEOPLE

    @property
    def ids(self) -> tuple[int, int]:
        """Both records as they were named, the lower id first."""
        return self.first_person_id or self.first_company_id or 0, self.second_person_id or self.second_company_id or 0
