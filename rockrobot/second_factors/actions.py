"""Take an app into use, use a code, make recovery codes, take all of it away."""

from sqlalchemy import select

from rockrobot import clock
from rockrobot.db import db
from rockrobot.second_factors.models import AppKey, RecoveryCode
from rockrobot.second_factors.queries import app_key_of, waiting_key_of
from rockrobot.second_factors.rules import (
    RECOVERY_CODES,
    matching_step,
    new_recovery_code,
    new_secret,
    recovery_digest,
)


def offer_key(member_id: int) -> AppKey:
    """A key for a member's app, which counts once a code of it was right; an earlier offer is withdrawn."""
    for key in db.session.scalars(
        select(AppKey).where(AppKey.staff_member_id == member_id, AppKey.confirmed_at.is_(None))
    ):
        db.session.delete(key)
    key = AppKey(staff_member_id=member_id, secret=new_secret(), made_at=clock.now())
    db.session.add(key)
    db.session.flush()
    return key


def make_key(member_id: int) -> AppKey:
    """A key for a member's app that counts at once: whoever runs the command hands it over themselves."""
    key = offer_key(member_id)
    key.confirmed_at = key.made_at
    db.session.flush()
    return key


def confirm_key(member_id: int, code: str) -> list[str] | None:
    """Take the offered key into use when the code is right, in place of an earlier one: new recovery codes, or None."""
    key = waiting_key_of(member_id, lock=True)
    step = matching_step(key.secret, code, clock.now(), key.last_step) if key else None
    if key is None or step is None:
        return None
    for earlier in db.session.scalars(select(AppKey).where(AppKey.staff_member_id == member_id, AppKey.id != key.id)):
        db.session.delete(earlier)
    key.confirmed_at, key.last_step = clock.now(), step
    return make_recovery_codes(member_id)


def make_recovery_codes(member_id: int) -> list[str]:
    """New recovery codes in place of all earlier ones, told here once."""
    _forget_codes(member_id)
    codes, now = [new_recovery_code() for _ in range(RECOVERY_CODES)], clock.now()
    db.session.add_all(
        RecoveryCode(staff_member_id=member_id, code_digest=recovery_digest(code), made_at=now) for code in codes
    )
    db.session.flush()
    return codes


def use_code(member_id: int, code: str) -> bool:
    """True when this is a code of the member's app or an unused recovery code; either way it is worth nothing after."""
    key = app_key_of(member_id, lock=True)
    step = matching_step(key.secret, code, clock.now(), key.last_step) if key else None
    if key is not None and step is not None:
        key.last_step = step
        db.session.flush()
        return True
    unused = select(RecoveryCode).where(
        RecoveryCode.staff_member_id == member_id,
        RecoveryCode.code_digest == recovery_digest(code),
        RecoveryCode.used_at.is_(None),
    )
    recovery = db.session.scalar(unused.with_for_update().execution_options(populate_existing=True))
    if recovery is None:
        return False
    recovery.used_at = clock.now()
    db.session.flush()
    return True


def remove_factors(member_id: int) -> None:
    """Take a member's app and recovery codes away."""
    for key in db.session.scalars(select(AppKey).where(AppKey.staff_member_id == member_id)):
        db.session.delete(key)
    _forget_codes(member_id)
    db.session.flush()


def _forget_codes(member_id: int) -> None:
    for code in db.session.scalars(select(RecoveryCode).where(RecoveryCode.staff_member_id == member_id)):
        db.session.delete(code)
    db.session.flush()
