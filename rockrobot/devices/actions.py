"""Write down models, machines, changes of owner, parts fitted and removed, and fates."""

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import func, select

from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceFate, DeviceModel, Fitting, ModelPicture, Ownership
from rockrobot.devices.queries import ownerships_of, pictures_of
from rockrobot.devices.rules import (
    OWNING,
    Fate,
    FittingReason,
    OwnershipKind,
    PictureKind,
    is_outside_days,
    overlap,
    runs_at_all,
)
from rockrobot.parts.actions import BlockedBatchError
from rockrobot.parts.models import Batch, Part
from rockrobot.parts.queries import block_of


class OwnerOverlapError(ValueError):
    """Two owners would own the machine on one day; row is the one in the way."""

    def __init__(self, row: Ownership) -> None:
        super().__init__("overlapping owners")
        self.row = row


def add_model(model_code: str, name: str, plate_place: str = "") -> DeviceModel:
    """A new machine model."""
    model = DeviceModel(model_code=model_code, name=name, plate_place=plate_place)
    db.session.add(model)
    db.session.flush()
    return model


def change_model(model: DeviceModel, *, name: str, plate_place: str) -> None:
    """Set a model's name and where its rating plate is."""
    model.name, model.plate_place = name, plate_place
    db.session.flush()


def set_model_picture(model: DeviceModel, kind: PictureKind, body: bytes) -> ModelPicture:
    """Keep this picture of a model instead of the one before; body is JPEG or PNG as rockrobot.pictures made it."""
    picture = pictures_of(model.id).get(kind)
    if picture is None:
        picture = ModelPicture(device_model_id=model.id, kind=kind)
        db.session.add(picture)
    picture.body = body
    picture.sha256 = hashlib.sha256(body).hexdigest()
    picture.media_type = "image/png" if body.startswith(b"\x89PNG") else "image/jpeg"
    db.session.flush()
    return picture


def add_device(model: DeviceModel, serial: str, *, year: int | None, built_on: date | None) -> Device:
    """A new machine."""
    device = Device(device_model_id=model.id, serial=serial, year=year, built_on=built_on)
    device.device_model = model
    db.session.add(device)
    db.session.flush()
    return device


# ---------- owners ----------


def change_owner(device: Device, party: Company | Person | None, *, kind: OwnershipKind, on: date) -> Ownership:
    """From this day on the machine is the party's (sold, resold), held by it (hired) or ours again (returned).

    Sold, resold and returned end what ran on that day, hires too when it came back. The day belongs to the new row.
    Raises OwnerOverlapError when a row that is there already would own the machine on the same day.
    """
    chain = ownerships_of([device.id]).get(device.id, [])
    row = Ownership(device_id=device.id, kind=kind, from_on=on, to_on=None, **_party(party))
    if kind is not OwnershipKind.HIRED:
        _end_running(chain, on, with_hires=kind is OwnershipKind.RETURNED)
    later = [other for other in chain if other.kind is not OwnershipKind.HIRED and runs_at_all(other)]
    for other in later:
        if overlap(row, other) or (kind is OwnershipKind.RETURNED and (other.to_on or date.max) > on):
            db.session.expire_all()
            raise OwnerOverlapError(other)
    db.session.add(row)
    db.session.flush()
    return row


def _party(party: Company | Person | None) -> dict[str, Any]:
    return {
        "company_id": party.id if isinstance(party, Company) else None,
        "person_id": party.id if isinstance(party, Person) else None,
    }


def _end_running(chain: list[Ownership], on: date, *, with_hires: bool) -> None:
    ending = {*OWNING, OwnershipKind.HIRED} if with_hires else OWNING
    for row in chain:
        begun_before = row.from_on is None or row.from_on < on
        if row.kind in ending and begun_before and (row.to_on is None or row.to_on > on):
            row.to_on = on


def end_hire(row: Ownership, *, on: date) -> None:
    """The hirer has the machine no longer from this day on. Raises ValueError when the hire begins later."""
    if row.from_on and on < row.from_on:
        raise ValueError("ends before it begins")
    row.to_on = on
    db.session.flush()


# ---------- parts ----------


def fit_part(
    device: Device, part: Part, batch: Batch | None, *, on: date | None, pieces: int = 1, **rest: Any
) -> Fitting:
    """A part was fitted; batch None means that nobody knows which batch it is of.

    rest: supplier (where the batch is unknown), reason (build or service), override_reason.
    Raises BlockedBatchError when the batch is blocked and override_reason is empty.
    """
    override: str = rest.get("override_reason", "")
    if batch is not None and block_of(batch.id) and not override:
        raise BlockedBatchError
    fitting = Fitting(
        device_id=device.id,
        part_id=part.id,
        supplier=batch.supplier if batch else rest.get("supplier", ""),
        batch_id=batch.id if batch else None,
        fitted_on=on,
        pieces=pieces,
        reason=rest.get("reason", FittingReason.SERVICE),
        override_reason=override,
        is_outside_batch_days=batch is not None and is_outside_days(on, batch.received_on, batch.used_up_on),
    )
    fitting.ordinal = _ordinal(fitting)
    db.session.add(fitting)
    db.session.flush()
    return fitting


def _ordinal(fitting: Fitting) -> int:
    """The place among fittings of the same machine, part, supplier, batch and day."""
    names = ("device_id", "part_id", "supplier", "batch_id", "fitted_on")
    same = [getattr(Fitting, name).is_not_distinct_from(getattr(fitting, name)) for name in names]
    newest = db.session.scalar(select(func.max(Fitting.ordinal)).where(*same))
    return 0 if newest is None else newest + 1


def remove_part(fitting: Fitting, *, on: date) -> None:
    """The part was taken out on this day. Raises ValueError when it was fitted later, or is out already."""
    if fitting.removed_on is not None or (fitting.fitted_on and on < fitting.fitted_on):
        raise ValueError("removed before it was fitted, or twice")
    fitting.removed_on = on
    db.session.flush()


def record_fate(device: Device, fate: Fate, *, on: date | None) -> DeviceFate:
    """The machine was scrapped, stolen or exported; an earlier fate is replaced."""
    row = db.session.scalar(select(DeviceFate).where(DeviceFate.device_id == device.id))
    if row is None:
        row = DeviceFate(device_id=device.id, fate=fate, on=on)
        db.session.add(row)
    row.fate, row.on = fate, on
    db.session.flush()
    return row
