"""Companies, people and their addresses."""

from datetime import date
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.contacts.rules import AddressKind
from rockrobot.db import Base, Word
from rockrobot.ledger import HandChanged

CHILDREN_LOAD: Final = "raise_on_sql"


class Company(HandChanged, Base):
    """A company: customer, importer, supplier."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_no: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    business_id: Mapped[str] = mapped_column(String(40), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    switchboard: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    contact_type: Mapped[str] = mapped_column(String(60), default="")

    addresses: Mapped[list["Address"]] = relationship(lazy=CHILDREN_LOAD, back_populates="company")


class Person(HandChanged, Base):
    """A person, with or without a company."""

    __tablename__ = "people"
    __table_args__ = {"info": {"personal": True}}

    id: Mapped[int] = mapped_column(primary_key=True)
    person_no: Mapped[str] = mapped_column(String(60), unique=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="", index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"), index=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    direct_phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(10), default="")

    company: Mapped[Company | None] = relationship(lazy=CHILDREN_LOAD)
    addresses: Mapped[list["Address"]] = relationship(lazy=CHILDREN_LOAD, back_populates="person")

    @property
    def name(self) -> str:
        """First and last name, as written on a letter."""
        return f"{self.first_name} {self.last_name}".strip()


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
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[AddressKind] = mapped_column(Word(AddressKind))
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    company: Mapped[Company | None] = relationship(lazy=CHILDREN_LOAD, back_populates="addresses")
    person: Mapped[Person | None] = relationship(lazy=CHILDREN_LOAD, back_populates="addresses")
