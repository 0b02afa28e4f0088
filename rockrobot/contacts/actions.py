"""Add and change companies, people, whom they represent, how they are reached, their addresses and worksites."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person, Worksite
from rockrobot.contacts.queries import next_customer_no, next_person_no, points_of
from rockrobot.contacts.rules import (
    PHONES,
    AddressKind,
    PointKind,
    Source,
    column_of_point,
    normal_point,
    split_numbers,
)
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


def change(row: Company | Person | Address | Affiliation | Worksite, **values: Any) -> None:
    """Set these fields of a row."""
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()


def _mark_changed_by_hand(owner: Company | Person, *columns: str) -> None:
    """Facts of a party that stand in rows of their own are hand-made too, so that a later import lets them be."""
    owner.hand_changed = sorted({*(owner.hand_changed or []), *columns})


def mark_removed_by_hand(row: ContactPoint | Affiliation) -> None:
    """A fact that somebody deletes stays deleted: no later import brings it back."""
    if isinstance(row, Affiliation):
        _mark_changed_by_hand(db.session.get_one(Person, row.person_id), "customer_no", "title")
    else:
        _mark_point(_owner_of(row), row.kind)


# ---------- addresses and worksites ----------


def add_address(party: Company | Person, **values: Any) -> Address:
    """A new address of a company or person; older ones stay. One of kind worksite makes its worksite."""
    owner = {"company_id": party.id} if isinstance(party, Company) else {"person_id": party.id}
    address = Address(**(values | owner))
    db.session.add(address)
    db.session.flush()
    _ensure_worksite(address)
    return address


def change_address(address: Address, **values: Any) -> None:
    """Correct an address; one that becomes a worksite's gets its worksite."""
    change(address, **values)
    _ensure_worksite(address)


def _ensure_worksite(address: Address) -> None:
    known = db.session.scalar(select(Worksite.id).where(Worksite.address_id == address.id))
    if address.kind == AddressKind.WORKSITE and known is None:
        db.session.add(Worksite(address_id=address.id, name=address.street))
        db.session.flush()


def end_address(address: Address, *, on: date) -> None:
    """The address is not valid from this day on. Raises ValueError when it begins later."""
    if address.valid_from and on < address.valid_from:
        raise ValueError("ends before it begins")
    address.valid_to = on
    db.session.flush()


# ---------- contact points ----------


def add_point(
    owner: Company | Person | Worksite, kind: PointKind, raw: str, *, is_primary: bool | None = None, **rest: Any
) -> ContactPoint:
    """A new way to reach somebody; the first of its kind becomes the primary one.

    raw: as typed. is_primary: None leaves it to that rule. rest: source, note, extension, valid_from, valid_to.
    """
    others = [point for point in points_of(owner) if point.kind is kind and point.is_primary]
    makes_primary = not others if is_primary is None else is_primary
    if makes_primary:
        for other in others:
            other.is_primary = False
    normal, extension = normal_point(kind, raw, region_of(owner))
    point = ContactPoint(kind=kind, raw=raw, normal=normal, is_primary=makes_primary, **_owner_key(owner))
    point.extension = rest.pop("extension", "") or extension
    point.source = rest.pop("source", Source.OTHER)
    for name, value in rest.items():
        setattr(point, name, value)
    db.session.add(point)
    _mark_point(owner, kind)
    db.session.flush()
    return point


def add_points(owner: Company | Person, values: Mapping[PointKind, str | None]) -> None:
    """Ways to reach somebody that were typed with them; several numbers in one field become a row each."""
    for kind, text in values.items():
        for raw in split_numbers(text or "") if kind in PHONES else [text] if text else []:
            add_point(owner, kind, raw)


def region_of(owner: Company | Person | Worksite) -> str:
    """The country whose phone numbers the owner writes without a country code (ISO code; empty = at home)."""
    return owner.country if isinstance(owner, Company) else ""


def _owner_key(owner: Company | Person | Worksite) -> dict[str, int]:
    if isinstance(owner, Company):
        return {"company_id": owner.id}
    return {"person_id": owner.id} if isinstance(owner, Person) else {"worksite_id": owner.id}


def _mark_point(owner: Company | Person | Worksite | None, kind: PointKind) -> None:
    if isinstance(owner, Company | Person):
        column = column_of_point(kind, is_company=isinstance(owner, Company))
        if column:
            _mark_changed_by_hand(owner, column)


def _owner_of(point: ContactPoint) -> Company | Person | Worksite | None:
    return point.company or point.person or point.worksite


def change_point(point: ContactPoint, *, raw: str, **rest: Any) -> None:
    """Correct a contact point: what was typed, and any of kind, extension, note, source, valid_from, valid_to.

    Nothing is written, and nothing marked as changed by hand, when all of it stands so already.
    """
    owner, old_kind = _owner_of(point), point.kind
    kind = rest.get("kind", old_kind)
    normal, extension = normal_point(kind, raw, region_of(owner) if owner else "")
    values = rest | {"raw": raw, "normal": normal, "extension": rest.get("extension") or extension}
    if all(getattr(point, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(point, name, value)
    _mark_point(owner, old_kind)
    _mark_point(owner, kind)
    db.session.flush()


def end_point(point: ContactPoint, *, on: date) -> None:
    """The contact point is not used from this day on; the newest other one of its kind becomes primary.

    Raises ValueError when it begins later.
    """
    if point.valid_from and on < point.valid_from:
        raise ValueError("ends before it begins")
    point.valid_to = on
    owner = _owner_of(point)
    if point.is_primary and owner is not None:
        point.is_primary = False
        running = [p for p in points_of(owner) if p.kind is point.kind and p is not point and p.valid_to is None]
        if running:
            max(running, key=lambda p: p.id).is_primary = True
    _mark_point(owner, point.kind)
    db.session.flush()


def make_primary(point: ContactPoint) -> None:
    """This contact point is the one to use of its kind."""
    owner = _owner_of(point)
    for other in points_of(owner) if owner is not None else ():
        other.is_primary = other is point if other.kind is point.kind else other.is_primary
    _mark_point(owner, point.kind)
    db.session.flush()


# ---------- whom a person represents ----------


def add_affiliation(person: Person, company: Company | None, *, is_primary: bool = False, **rest: Any) -> Affiliation:
    """A person represents a company from now on; the first affiliation is the primary one.

    rest: title, role, from_on, to_on.
    """
    others = _primaries_of(person)
    row = Affiliation(
        person_id=person.id, company_id=company.id if company else None, is_primary=is_primary or not others, **rest
    )
    if row.is_primary:
        for other in others:
            other.is_primary = False
    db.session.add(row)
    _mark_changed_by_hand(person, "customer_no", "title")
    db.session.flush()
    db.session.expire(person, ["affiliations"])
    return row


def _primaries_of(person: Person) -> list[Affiliation]:
    mine = select(Affiliation).where(Affiliation.person_id == person.id, Affiliation.is_primary)
    return list(db.session.scalars(mine))


def change_affiliation(row: Affiliation, *, is_primary: bool, **values: Any) -> None:
    """Correct whom a person represents; a new primary one takes the place of the one before."""
    person = db.session.get_one(Person, row.person_id)
    if is_primary:
        for other in _primaries_of(person):
            other.is_primary = other is row
    row.is_primary = is_primary
    change(row, **values)
    _mark_changed_by_hand(person, "customer_no", "title")


def end_affiliation(row: Affiliation, *, on: date) -> None:
    """The person does not represent the company from this day on. Raises ValueError when that begins later."""
    if row.from_on and on < row.from_on:
        raise ValueError("ends before it begins")
    row.to_on, row.is_primary = on, False
    _mark_changed_by_hand(db.session.get_one(Person, row.person_id), "customer_no", "title")
    db.session.flush()


def change_employer(
    person: Person, company: Company, *, on: date, ended_points: list[ContactPoint], **rest: Any
) -> Affiliation:
    """A person left one company for another: closes what was primary, opens the new one, ends what went with it.

    ended_points: contact points of the old employer (its e-mail, its phone). rest: title, role. One change set, so one
    undo takes all of it back. Raises ValueError when the old one begins later than the day.
    """
    for row in _primaries_of(person):
        end_affiliation(row, on=on)
    for point in ended_points:
        end_point(point, on=on)
    return add_affiliation(person, company, is_primary=True, from_on=on, **rest)
