"""Which machine stood at which worksite, from one day to another."""

from datetime import date
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import WORKERS
from rockrobot.contacts.models import Worksite
from rockrobot.db import Base
from rockrobot.devices.models import Device
from rockrobot.references import OnErase, refers_to

CHILDREN_LOAD: Final = "raise_on_sql"


class WorksiteStay(Base):
    """A machine at a worksite; the day of moving away belongs to the next place."""

    __tablename__ = "worksite_stays"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="ends_after_beginning"),
        Index(None, "device_id", "from_on"),
        Index(None, "worksite_id", "from_on"),
        {"info": {"undone_by": WORKERS}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    worksite_id: Mapped[int] = refers_to("worksites.id", erase=OnErase.KEEP)
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]

    device: Mapped[Device] = relationship(lazy=CHILDREN_LOAD)
    worksite: Mapped[Worksite] = relationship(lazy=CHILDREN_LOAD)
