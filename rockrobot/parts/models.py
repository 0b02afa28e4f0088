"""Parts, batches, what a batch contains, how many pieces we hold, loose deliveries and blocked batches."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import WORKERS
from rockrobot.contacts.models import Company
from rockrobot.db import UNNESTED, Base, Moment
from rockrobot.ledger import HandChanged
from rockrobot.references import OnErase, OnMerge, refers_to

CHILDREN_LOAD: Final = "raise_on_sql"
WORKED_ON: Final = {"info": {"undone_by": WORKERS}}


class Part(HandChanged, Base):
    """A spare part or sub-assembly."""

    __tablename__ = "parts"
    __table_args__ = WORKED_ON

    id: Mapped[int] = mapped_column(primary_key=True)
    part_no: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")


class Batch(HandChanged, Base):
    """A batch of a part from one supplier; two suppliers may both have a 003."""

    __tablename__ = "batches"
    __table_args__ = (UniqueConstraint("part_id", "supplier", "batch_no"), Index(None, "batch_no"), WORKED_ON)

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("parts.id"))
    supplier: Mapped[str] = mapped_column(String(200), default="")
    batch_no: Mapped[str] = mapped_column(String(60))
    supplier_batch_no: Mapped[str] = mapped_column(String(60), default="", index=True)
    received_on: Mapped[date | None]
    used_up_on: Mapped[date | None]
    quantity: Mapped[int | None]

    part: Mapped[Part] = relationship(lazy="joined", innerjoin=UNNESTED)


class BatchContent(HandChanged, Base):
    """Parts of one batch were built into another, so many into each of its pieces."""

    __tablename__ = "batch_contents"
    __table_args__ = (
        UniqueConstraint("batch_id", "contained_batch_id"),
        Index(None, "contained_batch_id"),
        CheckConstraint("batch_id <> contained_batch_id", name="not_itself"),
        WORKED_ON,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    contained_batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    pieces: Mapped[int] = mapped_column(default=1)


class BatchStock(HandChanged, Base):
    """A count of what we hold of a batch or got rid of; the latest day counts."""

    __tablename__ = "batch_stock"
    __table_args__ = (UniqueConstraint("batch_id", "counted_on"), WORKED_ON)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    counted_on: Mapped[date]
    in_stock: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    scrapped: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)


class LooseDelivery(HandChanged, Base):
    """Spares delivered to a customer and not fitted by us."""

    __tablename__ = "loose_deliveries"
    __table_args__ = (Index(None, "batch_id"), Index(None, "company_id"), WORKED_ON)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    company_id: Mapped[int] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.KEEP)
    quantity: Mapped[int]
    delivered_on: Mapped[date | None]
    ordinal: Mapped[int] = mapped_column(default=0)
    override_reason: Mapped[str] = mapped_column(Text, default="")

    batch: Mapped[Batch] = relationship(lazy="raise_on_sql")
    company: Mapped[Company] = relationship(lazy="raise_on_sql")


class BatchBlock(Base):
    """A batch that may not be fitted or delivered; a later room writes it and lifts it."""

    __tablename__ = "batch_blocks"
    __table_args__ = (Index(None, "batch_id"), {"info": {"undo": "compensating"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(60), default="")
    is_drill: Mapped[bool] = mapped_column(default=False)
    blocked_at: Mapped[datetime] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
