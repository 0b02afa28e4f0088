"""Tags and what they stand on."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base
from rockrobot.references import OnErase, OnMerge, refers_to
from rockrobot.tags.rules import KEYS, LONGEST


class Tag(Base):
    """A word that stands on rows of the registers; two writings that differ in case only are one tag."""

    __tablename__ = "tags"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST))
    name_key: Mapped[str] = mapped_column(String(3 * LONGEST), unique=True)


class Tagging(Base):
    """A tag on one person, company, machine or worksite; on each only once."""

    __tablename__ = "taggings"
    __table_args__ = (
        CheckConstraint(
            " + ".join(f"CASE WHEN {key} IS NULL THEN 0 ELSE 1 END" for key in KEYS.values()) + " = 1",
            name="one_owner",
        ),
        *(UniqueConstraint("tag_id", key, name=f"uq_taggings_tag_id_{key}") for key in KEYS.values()),
        *(Index(None, key) for key in KEYS.values()),
        {"info": {"personal": True}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"))
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.ERASE)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    worksite_id: Mapped[int | None] = refers_to("worksites.id", erase=OnErase.ERASE)
