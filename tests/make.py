"""Smallest valid objects for tests; name only what the test is about."""

import itertools
from datetime import date
from typing import Any, TypeVar

from rockrobot.access import Role
from rockrobot.contacts import actions as contacts
from rockrobot.contacts.models import Address, Company, Person, Worksite
from rockrobot.contacts.rules import AddressKind, PointKind
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceModel, Fitting, Ownership
from rockrobot.devices.rules import OwnershipKind
from rockrobot.parts.models import Batch, Part
from rockrobot.staff.actions import make_member
from rockrobot.staff.models import StaffMember

Thing = TypeVar("Thing")
_numbers = itertools.count(1)
PASSWORD = "pitkä salasana riittää"


def _saved(thing: Thing) -> Thing:
    db.session.add(thing)
    db.session.commit()
    return thing


def staff_member(role: Role, name: str = "Testi", email: str | None = None) -> StaffMember:
    member = make_member(name, email or f"{next(_numbers)}@rockrobot.example", role, PASSWORD)
    db.session.commit()
    return member


def company(name: str = "Kivi Oy", *, switchboard: str = "", email: str = "", **rest: Any) -> Company:
    made = _saved(Company(**({"customer_no": f"A{next(_numbers):05}", "name": name} | rest)))
    return _reached(made, {PointKind.SWITCHBOARD: switchboard, PointKind.EMAIL: email})


def person(
    first_name: str = "Matti",
    last_name: str = "Meikäläinen",
    *,
    company: Company | None = None,
    title: str = "",
    direct_phone: str = "",
    email: str = "",
    **rest: Any,
) -> Person:
    names = {"person_no": f"P{next(_numbers):05}", "first_name": first_name, "last_name": last_name}
    made = _saved(Person(**(names | rest)))
    if company or title:
        contacts.add_affiliation(made, company, title=title)
    return _reached(made, {PointKind.DIRECT: direct_phone, PointKind.EMAIL: email})


def _reached(party: Thing, values: dict[PointKind, str]) -> Thing:
    contacts.add_points(party, values)
    db.session.commit()
    return party


def address(owner: Company | Person, **rest: Any) -> Address:
    values = {
        "kind": AddressKind.POSTAL,
        "street": "Kivitie 1",
        "postcode": "32800",
        "city": "Kokemäki",
        "country": "FI",
    }
    party = {"company_id": owner.id} if isinstance(owner, Company) else {"person_id": owner.id}
    return _saved(Address(**(values | party | rest)))


def device_model(model_code: str = "RR-200", name: str = "Kivirobotti 200") -> DeviceModel:
    return _saved(DeviceModel(model_code=model_code, name=name))


def device(model: DeviceModel | None = None, serial: str | None = None, **rest: Any) -> Device:
    model = model or device_model(f"M{next(_numbers)}")
    return _saved(Device(device_model_id=model.id, serial=serial or f"SN-{next(_numbers):05}", **rest))


def part(part_no: str | None = None, name: str = "Painetiiviste") -> Part:
    return _saved(Part(part_no=part_no or f"PT-{next(_numbers)}", name=name))


def batch(of: Part | None = None, batch_no: str | None = None, supplier: str = "Tiiviste Oy", **rest: Any) -> Batch:
    values = {"received_on": date(2024, 1, 1), "used_up_on": date(2024, 12, 31), "quantity": 100}
    of = of or part()
    return _saved(
        Batch(
            **(values | {"part_id": of.id, "supplier": supplier, "batch_no": batch_no or f"E{next(_numbers)}"} | rest)
        )
    )


def fitting(machine: Device, of: Batch, **rest: Any) -> Fitting:
    values = {"device_id": machine.id, "part_id": of.part_id, "supplier": of.supplier, "batch_id": of.id}
    return _saved(Fitting(**(values | {"fitted_on": date(2024, 3, 1)} | rest)))


def ownership(machine: Device, owner: Company | Person, **rest: Any) -> Ownership:
    party = {"company_id": owner.id} if isinstance(owner, Company) else {"person_id": owner.id}
    values = {"device_id": machine.id, "from_on": date(2024, 6, 1), "kind": OwnershipKind.SOLD}
    return _saved(Ownership(**(values | party | rest)))


def worksite(owner: Company | Person | None = None, name: str = "Satama") -> Worksite:
    """A worksite at an address of its own."""
    place = address(owner or company(), kind=AddressKind.WORKSITE)
    return _saved(Worksite(address_id=place.id, name=name))
