"""Keeps the register of purposes."""

from typing import Any

from sqlalchemy import select

from rockrobot.db import db
from rockrobot.purposes.models import Purpose
from rockrobot.purposes.rules import SHIPPED, PurposeCode


def ensure_purposes() -> None:
    """Store the shipped purposes that are not stored yet."""
    stored = set(db.session.scalars(select(Purpose.code)))
    db.session.add_all(Purpose(code=code, **words) for code, words in SHIPPED.items() if code not in stored)
    db.session.flush()


def change_purpose(code: PurposeCode, **values: Any) -> Purpose:
    """Set these words of a purpose."""
    ensure_purposes()
    purpose = db.session.scalars(select(Purpose).where(Purpose.code == code)).one()
    for name, value in values.items():
        setattr(purpose, name, value)
    db.session.flush()
    return purpose
