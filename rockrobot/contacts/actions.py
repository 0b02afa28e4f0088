"""Add and change companies, people and their addresses."""

from datetime import date
from typing import Any

from rockrobot.contacts.models import Address, Company, Person
from rockrobot.contacts.queries import next_customer_no, next_person_no
from rockrobot.db import db


def add_company(**values: Any) -> Company:
    """A new company; without a customer number it gets the next free one."""
    company = Company(**(values | {"customer_no": values.get("customer_no") or next_customer_no()}))
    db.session.add(company)
    db.session.flush()
    return company


def add_person(**values: Any) -> Person:
    """A new person; without a number they get the next free one."""
    person = Person(**(values | {"person_no": values.get("person_no") or next_person_no()}))
    db.session.add(person)
    db.session.flush()
    return person


def change(row: Company | Person | Address, **values: Any) -> None:
    """Set these fields of a company, person or address."""
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()


def add_address(party: Company | Person, **values: Any) -> Address:
    """A new address of a company or person; older ones stay."""
    owner = {"company_id": party.id} if isinstance(party, Company) else {"person_id": party.id}
    address = Address(**(values | owner))
    db.session.add(address)
    db.session.flush()
    return address


def end_address(address: Address, *, on: date) -> None:
    """The address is not valid from this day on. Raises ValueError when it begins later."""
    if address.valid_from and on < address.valid_from:
        raise ValueError("ends before it begins")
    address.valid_to = on
    db.session.flush()
