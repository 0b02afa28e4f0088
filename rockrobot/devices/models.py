"""Models, machines, what was fitted where and when, owners over time and fates."""

from datetime import date
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import WORKERS
from rockrobot.contacts.models import Company, Person
from rockrobot.db import UNNESTED, Base, Word
from rockrobot.devices.rules import Fate, FittingReason, OwnershipKind, PictureKind
from rockrobot.ledger import HandChanged
from rockrobot.parts.models import Batch, Part
from rockrobot.references import OnErase, OnMerge, refers_to

CHILDREN_LOAD: Final = "raise_on_sql"
WORKED_ON: Final = {"info": {"undone_by": WORKERS}}


class DeviceModel(HandChanged, Base):
    """A machine model."""

    __tablename__ = "device_models"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    plate_place: Mapped[str] = mapped_column(Text, default="")


class ModelPicture(Base):
    """A picture that letters need: the product, and the place of its rating plate."""

    __tablename__ = "model_pictures"
    __table_args__ = (UniqueConstraint("device_model_id", "kind"), {"info": {"undo": "compensating"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    device_model_id: Mapped[int] = mapped_column(ForeignKey("device_models.id"))
    kind: Mapped[PictureKind] = mapped_column(Word(PictureKind))
    media_type: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Device(HandChanged, Base):
    """A machine; the same serial can occur in two models."""

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint("device_model_id", "serial"),
        Index(None, "serial"),
        Index(None, "built_on"),
        WORKED_ON,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_model_id: Mapped[int] = mapped_column(ForeignKey("device_models.id"))
    serial: Mapped[str] = mapped_column(String(80))
    year: Mapped[int | None]
    built_on: Mapped[date | None]

    device_model: Mapped[DeviceModel] = relationship(lazy="joined", innerjoin=UNNESTED)


class Fitting(HandChanged, Base):
    """A part in a machine from one day to another; batch and day may be unknown."""

    __tablename__ = "fittings"
    __table_args__ = (
        CheckConstraint("removed_on >= fitted_on", name="removed_after_fitted"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
        Index("ix_fittings_batch", "batch_id", "device_id", "fitted_on", "removed_on", "pieces"),
        Index(
            "ix_fittings_unknown_batch",
            "part_id",
            "supplier",
            "fitted_on",
            sqlite_where=text("batch_id IS NULL"),
            postgresql_where=text("batch_id IS NULL"),
        ),
        Index(None, "device_id"),
        WORKED_ON,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    part_id: Mapped[int] = mapped_column(ForeignKey("parts.id"))
    supplier: Mapped[str] = mapped_column(String(200), default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    fitted_on: Mapped[date | None]
    removed_on: Mapped[date | None]
    reason: Mapped[FittingReason | None] = mapped_column(Word(FittingReason))
    pieces: Mapped[int] = mapped_column(default=1)
    ordinal: Mapped[int] = mapped_column(default=0)
    is_outside_batch_days: Mapped[bool] = mapped_column(default=False)
    override_reason: Mapped[str] = mapped_column(Text, default="")

    device: Mapped[Device] = relationship(lazy=CHILDREN_LOAD)
    part: Mapped[Part] = relationship(lazy=CHILDREN_LOAD)
    batch: Mapped[Batch | None] = relationship(lazy=CHILDREN_LOAD)


class Ownership(HandChanged, Base):
    """Who owns or holds a machine, from one day to another; a return names nobody."""

    __tablename__ = "ownerships"
    __table_args__ = (
        CheckConstraint("company_id IS NULL OR person_id IS NULL", name="at_most_one_party"),
        Index("ix_ownerships_device", "device_id", "from_on", "to_on"),
        Index(None, "company_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.ASK, erase=OnErase.KEEP)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.ASK, erase=OnErase.KEEP)
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    kind: Mapped[OwnershipKind] = mapped_column(Word(OwnershipKind))

    device: Mapped[Device] = relationship(lazy=CHILDREN_LOAD)
    company: Mapped[Company | None] = relationship(lazy=CHILDREN_LOAD)
    person: Mapped[Person | None] = relationship(lazy=CHILDREN_LOAD)


class DeviceFate(HandChanged, Base):
    """How a machine left its life in use."""

    __tablename__ = "device_fates"
    __table_args__ = WORKED_ON

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), unique=True)
    fate: Mapped[Fate] = mapped_column(Word(Fate))
    on: Mapped[date | None]
