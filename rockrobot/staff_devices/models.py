"""Devices of the staff, their checks, and the sign-ins made on them."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.db import Base, Moment, Word
from rockrobot.staff.models import StaffMember
from rockrobot.staff_devices.rules import PROTECTIONS, DeviceKind, Finding


class StaffDevice(Base):
    """A phone or computer that customers are cared for with; known by a key of which the row holds the digest."""

    __tablename__ = "staff_devices"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"), index=True)
    kind: Mapped[DeviceKind] = mapped_column(Word(DeviceKind))
    name: Mapped[str] = mapped_column(String(80))
    serial: Mapped[str] = mapped_column(String(80), default="")
    link_digest: Mapped[str | None] = mapped_column(String(64), unique=True, info={"secret": True})
    link_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    key_digest: Mapped[str | None] = mapped_column(String(64), unique=True, info={"secret": True})
    enrolled_at: Mapped[datetime | None] = mapped_column(Moment)
    lost_on: Mapped[date | None]
    retired_on: Mapped[date | None]

    owner: Mapped[StaffMember] = relationship(lazy="joined")

    @property
    def is_in_use(self) -> bool:
        """True until it is lost or taken out of use."""
        return self.lost_on is None and self.retired_on is None


class DeviceCheck(Base):
    """Somebody looked at a device and wrote down what they found; never changed after."""

    __tablename__ = "device_checks"
    __table_args__ = (Index(None, "device_id", "checked_on"), {"info": {"undo": "never"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("staff_devices.id"))
    checked_on: Mapped[date]
    screen_lock: Mapped[Finding] = mapped_column(Word(Finding))
    firewall: Mapped[Finding] = mapped_column(Word(Finding))
    security_software: Mapped[Finding] = mapped_column(Word(Finding))
    disk_encryption: Mapped[Finding] = mapped_column(Word(Finding))
    note: Mapped[str] = mapped_column(String(500), default="")
    checked_by: Mapped[str] = mapped_column(String(80))

    @property
    def findings(self) -> Mapping[str, Finding]:
        """What was found of each protection."""
        return {name: getattr(self, name) for name in PROTECTIONS}


class DeviceSignIn(Base):
    """On which listed device a sign-in was made."""

    __tablename__ = "device_sign_ins"
    __table_args__ = {"info": {"ledger": False}}

    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_ins.id"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("staff_devices.id"), index=True)
