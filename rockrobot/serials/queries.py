"""Which machines a list of serials names."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select

from rockrobot.db import among, db
from rockrobot.devices.models import Device, DeviceModel
from rockrobot.serials.rules import Expression
from rockrobot.wordings.rules import range_prefix, serials_between


class Named(NamedTuple):
    """The machines named; serials and ranges that name none; serials that several models have, with their codes."""

    device_ids: list[int]
    missing: list[str]
    shared: dict[str, list[str]]


def machines_named(expression: Expression, device_model_id: int | None = None) -> Named:
    """The machines whose serials an expression names, exactly as written; of one model when given.

    A serial that several models have names all of them and is listed as shared; nothing is left out silently.
    """
    by_serial: dict[str, list[tuple[int, str]]] = {}
    missing = []
    singles = _rows_of(expression.singles, device_model_id)
    for serial in expression.singles:
        if serial not in singles:
            missing.append(serial)
    by_serial |= singles
    for first, last in expression.ranges:
        inside = _between(first, last, device_model_id)
        if not inside:
            missing.append(f"{first}–{last}")
        by_serial |= inside
    ids = sorted({id_ for machines in by_serial.values() for id_, _ in machines})
    shared = {serial: sorted(code for _, code in rows) for serial, rows in by_serial.items() if len(rows) > 1}
    return Named(ids, missing, shared)


def _statement(device_model_id: int | None) -> Any:
    columns = select(Device.id, Device.serial, DeviceModel.model_code).join_from(Device, DeviceModel)
    return columns.where(Device.device_model_id == device_model_id) if device_model_id else columns


def _grouped(rows: Iterable[Any]) -> dict[str, list[tuple[int, str]]]:
    by_serial: dict[str, list[tuple[int, str]]] = {}
    for id_, serial, model_code in rows:
        by_serial.setdefault(serial, []).append((id_, model_code))
    return by_serial


def _rows_of(serials: list[str], device_model_id: int | None) -> dict[str, list[tuple[int, str]]]:
    wanted = among(Device.__table__.c.serial, serials)
    return _grouped(db.session.execute(_statement(device_model_id).where(wanted)))


def _between(first: str, last: str, device_model_id: int | None) -> dict[str, list[tuple[int, str]]]:
    prefix = range_prefix(first, last)
    near = _statement(device_model_id)
    if prefix:
        near = near.where(Device.serial.startswith(prefix, autoescape=True))
    known = _grouped(db.session.execute(near).all())
    return {serial: known[serial] for serial in serials_between(first, last, known)}
