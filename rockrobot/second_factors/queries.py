"""Which second factors a member has."""

from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select

from rockrobot.db import db
from rockrobot.second_factors.models import AppKey, RecoveryCode
from rockrobot.staff.rules import Step


def _keys_of(member_id: int) -> Select[Any]:
    return select(AppKey).where(AppKey.staff_member_id == member_id).order_by(AppKey.id.desc())


def app_key_of(member_id: int, *, lock: bool = False) -> AppKey | None:
    """The key of the app that a member signs in with, or None; lock: nobody else uses a code at the same time."""
    wanted = _keys_of(member_id).where(AppKey.confirmed_at.is_not(None)).limit(1)
    return db.session.scalar(_locked(wanted) if lock else wanted)


def waiting_key_of(member_id: int, *, lock: bool = False) -> AppKey | None:
    """The key that a member is taking into use, or None."""
    wanted = _keys_of(member_id).where(AppKey.confirmed_at.is_(None)).limit(1)
    return db.session.scalar(_locked(wanted) if lock else wanted)


def _locked(wanted: Select[Any]) -> Select[Any]:
    return wanted.with_for_update().execution_options(populate_existing=True)


def codes_left(member_id: int) -> int:
    """How many recovery codes a member has not used."""
    unused = select(func.count()).select_from(RecoveryCode)
    return (
        db.session.scalar(unused.where(RecoveryCode.staff_member_id == member_id, RecoveryCode.used_at.is_(None))) or 0
    )


def lacks_codes(member_id: int) -> bool:
    """True when a member signs in with an app and has no recovery code for the day on which it is lost."""
    return app_key_of(member_id) is not None and codes_left(member_id) == 0


def step_after_password(member_id: int) -> Step:
    """What a member still has to do after the password is right."""
    if app_key_of(member_id) is not None:
        return Step.SECOND_FACTOR
    return Step.ENROLMENT if current_app.config["SECOND_FACTOR_REQUIRED"] else Step.NOTHING
