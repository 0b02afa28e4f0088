"""The purposes, as edited or else as shipped."""

from sqlalchemy import select

from rockrobot.db import db
from rockrobot.purposes.models import Purpose
from rockrobot.purposes.rules import SHIPPED, PurposeCode
from rockrobot.screen_words import stored_text


def purposes() -> dict[PurposeCode, Purpose]:
    """Every purpose by its code, in their fixed order; one that nobody has edited is as shipped and not stored."""
    stored = {row.code: row for row in db.session.scalars(select(Purpose))}
    return {code: stored.get(code) or Purpose(code=code, checked_by="", **SHIPPED[code]) for code in PurposeCode}


def purpose_names() -> dict[PurposeCode, str]:
    """The name of each purpose, in the language of the screen where it is as shipped."""
    return {code: stored_text(row.name) for code, row in purposes().items()}
