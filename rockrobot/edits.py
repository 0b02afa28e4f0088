"""Two people editing one row: what only one of them changed lands, what both changed is shown to the second.

A form of a stored row carries a digest of each value as it was when the form was shown. When it comes back, a field
that nobody else touched is taken; a field that only the other one changed keeps the other's value; a field that both
changed stays in the form as typed, with the other's value and name beside it, and nothing is stored.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import Field

from rockrobot.access import LOOKING
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import Base, db
from rockrobot.fields import DateField, format_day
from rockrobot.forms import PageForm, kept_field

SEEN_FIELD, THEIRS_FIELD = "seen_values", "take_theirs"
ENTRIES_READ = 50


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else changed while it was being edited: their value, who they are (an actor), and when."""

    theirs: str
    actor: str
    at: datetime | None


def _digest(value: Any) -> str:
    return hashlib.sha256(str("" if value is None else value).encode()).hexdigest()[:16]


class EditForm(PageForm):
    """A form of a row that may be stored already; without one it is a form like any other.

    row: the stored row, where it is not given as obj.
    """

    def __init__(self, *args: Any, row: Base | None = None, **options: Any) -> None:
        given = row if row is not None else options.get("obj")
        self.row: Base | None = given if isinstance(given, Base) and given in db.session else None
        if self.row is not None and request.method not in LOOKING:
            _lock(self.row)
        super().__init__(*args, **options)
        self.conflicts: dict[str, Conflict] = {}

    @property
    def seen(self) -> str:
        """What the form carries: the digest of each value as it is shown, empty for a row not stored yet."""
        if self.row is None:
            return ""
        shown = json.dumps({field.name: _digest(field.object_data) for field in self._edited()})
        return (self.has_kept and kept_field(SEEN_FIELD)) or shown

    def _edited(self) -> list[Field]:
        return [field for field in self if field.type != "CSRFTokenField"]

    def validate_on_submit(self, *args: Any, **options: Any) -> bool:
        """True when the form is sent, valid, and in nobody's way; otherwise its errors say what to do."""
        if not self.is_submitted():
            return False
        self._settle(_seen_values())
        is_valid = bool(super().validate_on_submit(*args, **options))
        for name, conflict in self.conflicts.items():
            self[name].errors = [*self[name].errors, _("Toinen muutti tätä samalla: %(value)s", value=conflict.theirs)]
        return is_valid and not self.conflicts

    def _settle(self, seen: Mapping[str, Any]) -> None:
        if self.row is None:
            return
        taken = request.form.getlist(THEIRS_FIELD)
        for field in self._edited():
            stored, typed = _digest(field.object_data), _digest(field.data)
            if seen.get(field.name) in {None, stored} or typed == stored:
                continue
            if typed == seen[field.name] or field.name in taken:
                field.process_data(field.object_data)
                field.raw_data = None
            else:
                field.conflict = self.conflicts[field.name] = _conflict(self.row, field)


def _lock(row: Base) -> None:
    """On PostgreSQL two writers of one row wait for each other; on SQLite they do already."""
    names = [column.key for column in row.__mapper__.column_attrs if not column.deferred]
    db.session.refresh(row, attribute_names=names, with_for_update=True)


def _seen_values() -> Mapping[str, Any]:
    """The digests that the form brought back; none for a form that never had them."""
    try:
        seen = json.loads(request.form.get(SEEN_FIELD) or "{}")
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _conflict(row: Base, field: Field) -> Conflict:
    statement = (
        select(LedgerEntry.changes, ChangeSet.actor, ChangeSet.at)
        .join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
        .where(LedgerEntry.table_name == row.__table__.name, LedgerEntry.row_id == row.id)  # type: ignore[attr-defined]
        .order_by(LedgerEntry.id.desc())
        .limit(ENTRIES_READ)
    )
    latest = [(actor, at) for changes, actor, at in db.session.execute(statement) if field.name in (changes or {})]
    actor, at = latest[0] if latest else ("", None)
    return Conflict(_shown(field), actor, at)


def _shown(field: Field) -> str:
    """The stored value as the field would show it: the label of a choice, a day as people write it."""
    if isinstance(field, DateField) and field.object_data:
        return format_day(field.object_data)
    labels = {str(choice.value): str(choice.label) for choice in getattr(field, "iter_choices", list)()}
    stored = str("" if field.object_data is None else field.object_data)
    return labels.get(stored, stored) or str(_("tyhjä"))
