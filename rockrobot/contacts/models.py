"""Companies, people, whom people represent, how they are reached, their addresses and worksites."""

from datetime import date
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot import clock
from rockrobot.contacts.rules import AddressKind, PointKind, Source, main_point
from rockrobot.db import UNNESTED, Base, Word
from rockrobot.ledger import HandChanged
from rockrobot.references import OnErase, OnMerge, refers_to
from rockrobot.staff.models import StaffMember

CHILDREN_LOAD: Final = "raise_on_sql"


class Company(HandChanged, Base):
    """A company: customer, importer, supplier. One that was merged stays as a tombstone that names the kept one."""

    __tablename__ = "companies"
    __table_args__ = (Index(None, "contact_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_no: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    business_id: Mapped[str] = mapped_column(String(40), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    contact_type: Mapped[str] = mapped_column(String(60), default="")
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"), index=True)
    merged_into_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.KEEP, index=True)

    responsible: Mapped[StaffMember | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    addresses: Mapped[list["Address"]] = relationship(lazy=CHILDREN_LOAD, back_populates="company")
    points: Mapped[list["ContactPoint"]] = relationship(lazy=CHILDREN_LOAD, viewonly=True)

    @property
    def phone(self) -> "ContactPoint | None":
        """The number to call today; points must be loaded."""
        return main_point(self.points, (PointKind.SWITCHBOARD, PointKind.PHONE, PointKind.MOBILE), clock.today())


class Person(HandChanged, Base):
    """A person, with or without a company. One that was merged stays as a tombstone that names the kept one.

    Of one that was erased only what recalls need is left; no list, search or export shows them.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_name", "last_name", "first_name", "id"),
        Index(None, "contact_type"),
        {"info": {"personal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_no: Mapped[str] = mapped_column(String(60), unique=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    contact_type: Mapped[str] = mapped_column(String(60), default="")
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"), index=True)
    merged_into_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.KEEP, index=True)
    erased_on: Mapped[date | None]

    responsible: Mapped[StaffMember | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    affiliations: Mapped[list["Affiliation"]] = relationship(
        lazy=CHILDREN_LOAD, viewonly=True, order_by="Affiliation.id"
    )
    addresses: Mapped[list["Address"]] = relationship(lazy=CHILDREN_LOAD, back_populates="person")
    points: Mapped[list["ContactPoint"]] = relationship(lazy=CHILDREN_LOAD, viewonly=True)

    @property
    def name(self) -> str:
        """First and last name, as written on a letter."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def phone(self) -> "ContactPoint | None":
        """The number to call today; points must be loaded."""
        return main_point(self.points, (PointKind.DIRECT, PointKind.MOBILE, PointKind.PHONE), clock.today())

    @property
    def affiliation(self) -> "Affiliation | None":
        """Whom the person represents first of all; affiliations must be loaded."""
        return next((row for row in self.affiliations if row.is_primary), None)

    @property
    def company(self) -> Company | None:
        """The company that the person represents first of all."""
        return self.affiliation.company if self.affiliation else None

    @property
    def title(self) -> str:
        """The person's title there."""
        return self.affiliation.title if self.affiliation else ""


class Affiliation(Base):
    """What a person is, and for whom, from one day to another; without a company it is a title of their own."""

    __tablename__ = "affiliations"
    __table_args__ = (Index(None, "person_id", "is_primary"), Index(None, "company_id"), {"info": {"personal": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = refers_to("people.id", merge=OnMerge.ASK, erase=OnErase.ERASE)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.ASK, erase=OnErase.ERASE)
    title: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(120), default="")
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    is_primary: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    company: Mapped[Company | None] = relationship(lazy="joined")


class Address(HandChanged, Base):
    """Where a company or a person is, is written to, works or takes deliveries, from one day to another."""

    __tablename__ = "addresses"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
        Index(None, "company_id", "valid_from"),
        Index(None, "person_id", "valid_from"),
        {"info": {"personal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.ASK, erase=OnErase.ERASE)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.ASK, erase=OnErase.ERASE)
    kind: Mapped[AddressKind] = mapped_column(Word(AddressKind))
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    company: Mapped[Company | None] = relationship(lazy=CHILDREN_LOAD, back_populates="addresses")
    person: Mapped[Person | None] = relationship(lazy=CHILDREN_LOAD, back_populates="addresses")


class Worksite(Base):
    """A worksite; where it is, whose and from when to when, its address says (one of kind worksite)."""

    __tablename__ = "worksites"
    __table_args__ = (Index(None, "contact_id"), {"info": {"personal": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    address_id: Mapped[int] = refers_to("addresses.id", erase=OnErase.ERASE, unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    access_note: Mapped[str] = mapped_column(Text, default="")
    latitude_microdegrees: Mapped[int | None]
    longitude_microdegrees: Mapped[int | None]
    contact_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.ANONYMISE)

    address: Mapped[Address] = relationship(lazy="joined", innerjoin=UNNESTED)
    contact: Mapped[Person | None] = relationship(lazy=CHILDREN_LOAD)


class ContactPoint(Base):
    """How a company, a person or a worksite is reached: as typed, in normal form, from one day to another, and whence.

    Never shared: a switchboard belongs to its company and is only shown on the company's people.
    """

    __tablename__ = "contact_points"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN company_id IS NULL THEN 0 ELSE 1 END + CASE WHEN person_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN worksite_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_owner",
        ),
        Index(None, "company_id", "kind"),
        Index(None, "person_id", "kind"),
        Index(None, "worksite_id"),
        Index(None, "normal"),
        {"info": {"personal": True, "told_together": (("kind", "raw", "normal", "extension"),)}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.ASK, erase=OnErase.ERASE)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.ASK, erase=OnErase.ERASE)
    worksite_id: Mapped[int | None] = refers_to("worksites.id", erase=OnErase.ERASE)
    kind: Mapped[PointKind] = mapped_column(Word(PointKind))
    raw: Mapped[str] = mapped_column(String(254))
    normal: Mapped[str] = mapped_column(String(254))
    extension: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[Source] = mapped_column(Word(Source), default=Source.OTHER)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_primary: Mapped[bool] = mapped_column(default=False)

    company: Mapped[Company | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    person: Mapped[Person | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
    worksite: Mapped[Worksite | None] = relationship(lazy=CHILDREN_LOAD, viewonly=True)
