"""Which devices the staff have, and which of them a browser is."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from rockrobot import clock
from rockrobot.db import among, db
from rockrobot.lists import Listing, listing
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import digest_of
from rockrobot.staff_devices.models import DeviceCheck, DeviceSignIn, StaffDevice
from rockrobot.staff_devices.rules import CHECK_EVERY, PROTECTIONS, Finding, Found, latest_findings

IN_USE = and_(StaffDevice.lost_on.is_(None), StaffDevice.retired_on.is_(None))


def find_devices(number: int = 1, *, size: int | None = None) -> Listing[StaffDevice]:
    """A page of the devices: those in use first, by owner; size: rows a page where not the usual."""
    order = (~IN_USE, StaffMember.name, StaffDevice.name, StaffDevice.id)
    statement = select(StaffDevice).join(StaffMember).order_by(*order)
    return listing(statement, number, size=size) if size else listing(statement, number)


def devices_of(member_id: int) -> Sequence[StaffDevice]:
    """The devices in use of a member."""
    return db.session.scalars(
        select(StaffDevice).where(StaffDevice.owner_id == member_id, IN_USE).order_by(StaffDevice.name)
    ).all()


def device_with(device_id: int) -> StaffDevice | None:
    """The device with this id, or None."""
    return db.session.get(StaffDevice, device_id)


def checks_of(device_id: int) -> Sequence[DeviceCheck]:
    """The checks of a device, the newest first."""
    theirs = select(DeviceCheck).where(DeviceCheck.device_id == device_id)
    return db.session.scalars(theirs.order_by(DeviceCheck.checked_on.desc(), DeviceCheck.id.desc())).all()


def findings_of(device_ids: Collection[int]) -> dict[int, dict[str, Found]]:
    """What is known of the protections of each of these devices."""
    checks: dict[int, list[DeviceCheck]] = {id_: [] for id_ in device_ids}
    theirs = select(DeviceCheck).where(among(DeviceCheck.__table__.c.device_id, device_ids)).order_by(DeviceCheck.id)
    for check in db.session.scalars(theirs):
        checks[check.device_id].append(check)
    return {id_: latest_findings([(one.checked_on, one.findings) for one in rows]) for id_, rows in checks.items()}


def count_due(today: date) -> int:
    """How many devices in use have a protection that nobody looked at for 180 days."""
    lately = DeviceCheck.checked_on > today - CHECK_EVERY
    columns = [getattr(DeviceCheck, name) for name in PROTECTIONS]
    unseen = or_(*(~_looked_at(lately, column != Finding.UNKNOWN) for column in columns))
    return db.session.scalar(select(func.count()).select_from(StaffDevice).where(IN_USE, unseen)) or 0


def _looked_at(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(DeviceCheck.id).where(DeviceCheck.device_id == StaffDevice.id, *conditions).exists()


# ---------- which device a browser is ----------


def device_of_key(key: str) -> StaffDevice | None:
    """The device in use that a browser's device key stands for, or None."""
    if not key:
        return None
    return db.session.scalar(select(StaffDevice).where(StaffDevice.key_digest == digest_of(key), IN_USE))


def sign_ins_on_devices_of(member_id: int) -> Select[int]:
    """Which sign-ins were made on devices that a member took into use and still has."""
    theirs = (StaffDevice.owner_id == member_id, StaffDevice.key_digest.is_not(None), IN_USE)
    return select(DeviceSignIn.sign_in_id).join(StaffDevice, StaffDevice.id == DeviceSignIn.device_id).where(*theirs)


def device_of_link(token: str, *, lock: bool = False) -> StaffDevice | None:
    """The device that a link takes into use, while it works; lock: nobody else uses it up at the same time."""
    wanted = select(StaffDevice).where(StaffDevice.link_digest == digest_of(token), IN_USE)
    if lock:
        wanted = wanted.with_for_update(of=StaffDevice).execution_options(populate_existing=True)
    device = db.session.scalar(wanted)
    if device is None or device.link_ends_at is None or clock.now() >= device.link_ends_at:
        return None
    return device


def is_any_enrolled() -> bool:
    """True once a first device was taken into use, whatever became of it."""
    return db.session.scalar(select(StaffDevice.id).where(StaffDevice.enrolled_at.is_not(None)).limit(1)) is not None
