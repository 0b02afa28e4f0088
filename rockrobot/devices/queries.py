"""Which models and machines there are, what is in a machine, who owns it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from rockrobot import search, search_index, storage, undo
from rockrobot.db import among, db
from rockrobot.devices.models import Device, DeviceFate, DeviceModel, Fitting, ModelPicture, Ownership
from rockrobot.devices.rules import OWNING, OwnershipKind, PictureKind, overlap
from rockrobot.lists import Listing, listing

search_index.declare(search_index.Kind("model", DeviceModel.__table__, codes=("model_code",), columns=("name",)))
search_index.declare(
    search_index.Kind(
        "device",
        Device.__table__,
        codes=("serial",),
        through=(search_index.Through("device_model_id", DeviceModel.__table__, "model_code", "model"),),
    )
)
storage.count_bodies(ModelPicture)


@dataclass(frozen=True)
class DeviceFilter:
    """What narrows the list of machines.

    owner: owned, hired, stock, unknown or empty; fate: a Fate, "none" for machines in use, or empty.
    """

    text: str = ""
    model_id: int | None = None
    owner: str = ""
    fate: str = ""
    company_id: int | None = None
    person_id: int | None = None


def _runs(row: Any, day: date) -> ColumnElement[bool]:
    begun = or_(row.from_on.is_(None), row.from_on <= day)
    return and_(begun, or_(row.to_on.is_(None), row.to_on > day))


def _is_ours(day: date) -> ColumnElement[bool]:
    """SQL of rules.is_in_stock."""
    row = aliased(Ownership)
    begin = func.coalesce(row.from_on, date.min)
    last = (
        select(func.max(begin))
        .where(row.device_id == Device.id, row.kind != OwnershipKind.HIRED, begin <= day)
        .correlate(Device)
        .scalar_subquery()
    )
    at_last = and_(Ownership.device_id == Device.id, func.coalesce(Ownership.from_on, date.min) == last)
    is_running = exists().where(at_last, Ownership.kind.in_(OWNING), _runs(Ownership, day))
    is_back = exists().where(at_last, Ownership.kind == OwnershipKind.RETURNED)
    return or_(last.is_(None), and_(~is_running, is_back))


def _has_owner(day: date) -> ColumnElement[bool]:
    return exists().where(Ownership.device_id == Device.id, Ownership.kind.in_(OWNING), _runs(Ownership, day))


def _owner_condition(owner: str, day: date) -> ColumnElement[bool]:
    if owner == "hired":
        hired = Ownership.kind == OwnershipKind.HIRED
        return exists().where(Ownership.device_id == Device.id, hired, _runs(Ownership, day))
    if owner == "owned":
        return and_(~_is_ours(day), _has_owner(day))
    return and_(~_is_ours(day), ~_has_owner(day)) if owner == "unknown" else _is_ours(day)


def _text_condition(text: str, day: date) -> ColumnElement[bool]:
    """The serial or model matches, or the company that owns or holds the machine."""
    of_company = select(Ownership.device_id).where(
        Ownership.company_id.in_(search.matching("company", text)), _runs(Ownership, day)
    )
    return or_(Device.id.in_(search.matching("device", text)), Device.id.in_(of_company))


def narrowing(wanted: DeviceFilter, day: date) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter; owner states are those of the day."""
    if wanted.text.strip():
        yield _text_condition(wanted.text, day)
    if wanted.model_id is not None:
        yield Device.device_model_id == wanted.model_id
    if wanted.owner:
        yield _owner_condition(wanted.owner, day)
    if wanted.fate:
        has_fate = exists().where(DeviceFate.device_id == Device.id)
        yield has_fate.where(DeviceFate.fate == wanted.fate) if wanted.fate != "none" else ~has_fate
    for column, id_ in ((Ownership.company_id, wanted.company_id), (Ownership.person_id, wanted.person_id)):
        if id_ is not None:
            yield Device.id.in_(select(Ownership.device_id).where(column == id_))


def find_devices(wanted: DeviceFilter, *, day: date, number: int = 1) -> Listing[Device]:
    """Machines by model and serial, one page; owner states are those of the day."""
    statement = select(Device).where(*narrowing(wanted, day)).order_by(Device.device_model_id, Device.serial)
    return listing(statement, number)


def find_models(*, text: str = "", number: int = 1) -> Listing[DeviceModel]:
    """Models by code, one page."""
    statement = select(DeviceModel).order_by(DeviceModel.model_code)
    if text.strip():
        statement = statement.where(DeviceModel.id.in_(search.matching("model", text)))
    return listing(statement, number)


def all_models() -> Sequence[DeviceModel]:
    """Every model by code, for choosing one."""
    return db.session.scalars(select(DeviceModel).order_by(DeviceModel.model_code)).all()


def models_with(ids: Iterable[int]) -> dict[int, DeviceModel]:
    """Models by id."""
    return {row.id: row for row in db.session.scalars(select(DeviceModel).where(DeviceModel.id.in_(list(ids))))}


def device_counts(model_ids: Iterable[int]) -> dict[int, int]:
    """How many machines each model has."""
    statement = (
        select(Device.device_model_id, func.count())
        .where(Device.device_model_id.in_(list(model_ids)))
        .group_by(Device.device_model_id)
    )
    return dict(db.session.execute(statement).all())


def model_with(model_id: int) -> DeviceModel | None:
    """The model with this id, or None."""
    return db.session.get(DeviceModel, model_id)


def model_coded(model_code: str) -> DeviceModel | None:
    """The model with this code, or None."""
    return db.session.scalar(select(DeviceModel).where(DeviceModel.model_code == model_code.strip()))


def device_with(device_id: int) -> Device | None:
    """The machine with this id, with its model, or None."""
    return db.session.get(Device, device_id)


def device_numbered(model_id: int, serial: str) -> Device | None:
    """The machine of this model with this serial, or None."""
    return db.session.scalar(select(Device).where(Device.device_model_id == model_id, Device.serial == serial.strip()))


def devices_with(ids: Iterable[int]) -> dict[int, Device]:
    """Machines by id."""
    return {row.id: row for row in db.session.scalars(select(Device).where(Device.id.in_(list(ids))))}


def ownerships_of(device_ids: Collection[int]) -> dict[int, list[Ownership]]:
    """All rows of the owner chains by machine, the oldest first, with their companies and people."""
    statement = (
        select(Ownership)
        .where(among(Ownership.__table__.c.device_id, device_ids))
        .options(selectinload(Ownership.company), selectinload(Ownership.person))
    )
    chains: dict[int, list[Ownership]] = {}
    for row in sorted(db.session.scalars(statement), key=lambda row: (row.from_on or date.min, row.id)):
        chains.setdefault(row.device_id, []).append(row)
    return chains


def owners_agree(ownership_ids: Collection[int]) -> bool:
    """False when one of the machines of these rows would have two owners on one day."""
    touched = select(Ownership.device_id).where(among(Ownership.__table__.c.id, ownership_ids)).distinct()
    chains = ownerships_of(db.session.scalars(touched).all())
    return not any(overlap(one, other) for chain in chains.values() for one, other in combinations(chain, 2))


TWO_OWNERS = lazy_gettext("Ei kumottu: laitteella olisi kaksi omistajaa. Kumoa ensin myöhempi omistajan muutos.")
undo.declare_check("ownerships", undo.Check(owners_agree, TWO_OWNERS))


def ownership_with(ownership_id: int) -> Ownership | None:
    """The row of an owner chain with this id, or None."""
    return db.session.get(Ownership, ownership_id)


def fates_of(device_ids: Collection[int]) -> dict[int, DeviceFate]:
    """Fates by machine; machines in use are absent."""
    statement = select(DeviceFate).where(among(DeviceFate.__table__.c.device_id, device_ids))
    return {row.device_id: row for row in db.session.scalars(statement)}


def fittings_of(device_id: int) -> Sequence[Fitting]:
    """Every part ever fitted to a machine with its batch: those in it first, then the removed, the newest first."""
    statement = (
        select(Fitting)
        .where(Fitting.device_id == device_id)
        .options(joinedload(Fitting.part), joinedload(Fitting.batch))
    )
    rows = list(db.session.scalars(statement))
    rows.sort(key=lambda row: (row.fitted_on or date.min, row.id), reverse=True)
    return sorted(rows, key=lambda row: (row.removed_on is not None, row.part.part_no))


def fitting_with(fitting_id: int) -> Fitting | None:
    """The fitting with this id, with its part and batch, or None."""
    return db.session.get(Fitting, fitting_id, options=[joinedload(Fitting.part), joinedload(Fitting.batch)])


def machines_with_batch(batch_id: int, *, number: int = 1) -> Listing[Fitting]:
    """Where pieces of a batch were fitted, one page of fittings with their machines."""
    statement = (
        select(Fitting)
        .where(Fitting.batch_id == batch_id)
        .order_by(Fitting.device_id, Fitting.fitted_on, Fitting.id)
        .options(selectinload(Fitting.device))
    )
    return listing(statement, number)


def pictures_of(model_id: int) -> dict[PictureKind, ModelPicture]:
    """The pictures of a model by kind, without their bytes."""
    statement = select(ModelPicture).where(ModelPicture.device_model_id == model_id)
    return {row.kind: row for row in db.session.scalars(statement)}
