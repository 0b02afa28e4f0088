"""Make worksites, and move machines to them and away."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from rockrobot.contacts.actions import add_address
from rockrobot.contacts.models import Company, Person, Worksite
from rockrobot.contacts.rules import AddressKind
from rockrobot.db import db
from rockrobot.devices.models import Device
from rockrobot.worksites.models import WorksiteStay
from rockrobot.worksites.queries import worksite_of_address


class LaterStayError(ValueError):
    """The machine was moved somewhere on this day or later already; row is that stay."""

    def __init__(self, row: WorksiteStay) -> None:
        super().__init__("a later stay")
        self.row = row


def add_worksite(party: Company | Person, place: dict[str, Any], **values: Any) -> Worksite:
    """A new worksite of a company or person at a place (street, postcode, city, country, valid_from, valid_to).

    values: name, access_note, contact_id, and the place's latitude and longitude in millionths of a degree.
    """
    address = add_address(party, kind=AddressKind.WORKSITE, **place)
    worksite = worksite_of_address(address.id)
    if worksite is None:
        raise ValueError("an address of a worksite makes its worksite")
    change_worksite(worksite, {}, **values)
    return worksite


def change_worksite(worksite: Worksite, place: dict[str, Any], **values: Any) -> None:
    """Set these fields of a worksite and of its address; without a name it is called by its street."""
    for name, value in place.items():
        setattr(worksite.address, name, value)
    for name, value in values.items():
        setattr(worksite, name, value)
    worksite.name = worksite.name or worksite.address.street
    db.session.flush()


def move_devices(devices: Iterable[Device], worksite: Worksite | None, *, on: date) -> list[WorksiteStay]:
    """From this day on the machines stand at the worksite; None: they left, and where they are is not known.

    A stay that runs on that day ends then. Raises LaterStayError when a machine has a stay that begins later, so that
    the past is corrected knowingly and not by a slip of the day.
    """
    machines = {device.id: device for device in devices}
    for stay in _ending(list(machines), on):
        stay.to_on = on
    fresh = [WorksiteStay(device_id=id_, worksite_id=worksite.id, from_on=on) for id_ in machines] if worksite else []
    db.session.add_all(fresh)
    db.session.flush()
    return fresh


def _ending(device_ids: list[int], on: date) -> list[WorksiteStay]:
    rows = db.session.scalars(select(WorksiteStay).where(WorksiteStay.device_id.in_(device_ids))).all()
    for row in rows:
        if row.from_on and row.from_on > on:
            raise LaterStayError(row)
    return [row for row in rows if row.to_on is None or row.to_on > on]
