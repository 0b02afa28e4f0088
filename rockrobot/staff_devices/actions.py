"""List a device, check it, give it its key, take it away."""

import secrets
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import or_, select

from rockrobot import clock, jobs, ledger
from rockrobot.db import db, forget
from rockrobot.passkeys.queries import passkeys_of
from rockrobot.staff.actions import end_these, end_what_else_lets_in, ends_with_sign_ins
from rockrobot.staff.models import SignIn, StaffMember
from rockrobot.staff.queries import digest_of, row_of_key
from rockrobot.staff.rules import Ending
from rockrobot.staff_devices.models import DeviceCheck, DeviceSignIn, StaffDevice
from rockrobot.staff_devices.queries import device_of_key, sign_ins_on_devices_of
from rockrobot.staff_devices.rules import LINK_PATH, LINK_WORKS_FOR, SIGN_INS_KEPT_FOR

KEY_BYTES = 32


def make_device(**values: Any) -> StaffDevice:
    """List a device: owner_id, kind, name, serial."""
    device = StaffDevice(**values)
    db.session.add(device)
    db.session.flush()
    return device


def change_device(device: StaffDevice, **values: Any) -> None:
    """Give a device another name, serial, kind or owner; another owner takes it into use anew."""
    if values.get("owner_id", device.owner_id) != device.owner_id:
        _void(device)
    for name, value in values.items():
        setattr(device, name, value)
    db.session.flush()


def record_check(device: StaffDevice, checked_on: date, *, note: str = "", **findings: Any) -> DeviceCheck:
    """Write down what a check of the device found; findings: one for each protection."""
    check = DeviceCheck(device_id=device.id, checked_on=checked_on, note=note, checked_by=ledger.actor(), **findings)
    db.session.add(check)
    db.session.flush()
    return check


def make_link(device: StaffDevice) -> str:
    """A token that takes the device into use once, told here once; an earlier one works no more."""
    token = secrets.token_urlsafe(KEY_BYTES)
    device.link_digest, device.link_ends_at = digest_of(token), clock.now() + LINK_WORKS_FOR
    db.session.flush()
    return token


def address_of(token: str) -> str:
    """The address of a link, from the settings alone."""
    return f"{current_app.config['BASE_URL']}{LINK_PATH}{token}"


def enrol(device: StaffDevice, row: SignIn) -> str:
    """The browser with this sign-in is the device from now on; its key, told here once. The link is used up."""
    _void(device)
    key = secrets.token_urlsafe(KEY_BYTES)
    device.key_digest, device.enrolled_at = digest_of(key), clock.now()
    db.session.flush()
    remember(row, device)
    return key


def note_device(key: str, device_key: str) -> None:
    """Note on which device the sign-in of this key was made, where the browser is a listed one."""
    row, device = row_of_key(key), device_of_key(device_key)
    if row is not None and device is not None:
        remember(row, device)


def remember(row: SignIn, device: StaffDevice) -> None:
    """Note that a sign-in was made on a device, so that it ends with it."""
    db.session.flush()
    db.session.merge(DeviceSignIn(sign_in_id=row.id, device_id=device.id))


def lose(device: StaffDevice, *, here: SignIn | None = None) -> tuple[int, int]:
    """The device is lost: its key is worth nothing, sign-ins and its owner's passkeys end; how many of each.

    All of its owner's sign-ins end, since a device that nobody took into use has none that are known as its own; save
    those on their other devices in use, and here, in which it is told. So does what else lets its owner in.
    """
    owner_id = device.owner_id
    device.lost_on, passkeys = clock.today(), len(passkeys_of(owner_id))
    end_what_else_lets_in(device.owner, Ending.LOST_DEVICE)
    ended = _void(device)
    here_id = here.id if here else 0
    spared = or_(SignIn.id == here_id, SignIn.id.in_(sign_ins_on_devices_of(owner_id)))
    return ended + end_these(select(SignIn.id).where(SignIn.staff_member_id == owner_id, ~spared)), passkeys


def retire(device: StaffDevice) -> int:
    """The device is used no more: its key is worth nothing and its sign-ins end; how many there were."""
    device.retired_on = clock.today()
    return _void(device)


@ends_with_sign_ins
def _void_links_when_restored(member: StaffMember, why: Ending) -> None:
    """A link that took a device into use after the backup would take another."""
    if why is Ending.RESTORED:
        for device in db.session.scalars(select(StaffDevice).where(StaffDevice.owner_id == member.id)):
            device.link_digest = device.link_ends_at = None
        db.session.flush()


def _void(device: StaffDevice) -> int:
    device.key_digest = device.link_digest = device.link_ends_at = None
    db.session.flush()
    return end_these(select(DeviceSignIn.sign_in_id).where(DeviceSignIn.device_id == device.id))


@jobs.sweep
def forget_old_sign_ins() -> int:
    """Forget sign-ins that ran out long ago, and on which device each was; how many. The worker calls this.

    That somebody signed in, and when, stays among the facts of signing in.
    """
    old = SignIn.begun_at <= clock.now() - SIGN_INS_KEPT_FOR - current_app.config["SESSION_LENGTH"]
    forget(DeviceSignIn, DeviceSignIn.sign_in_id.in_(select(SignIn.id).where(old)))
    return forget(SignIn, old)
