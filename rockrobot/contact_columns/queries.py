"""Column mappings kept by name, and the one to begin with."""

from collections.abc import Sequence

from sqlalchemy import select

from rockrobot.contact_columns.models import ColumnMapping
from rockrobot.contact_columns.rules import Field, Target, field_of, signature, suggest
from rockrobot.db import db


def mapping_named(name: str) -> ColumnMapping | None:
    """The mapping with this name, or None."""
    return db.session.scalar(select(ColumnMapping).where(ColumnMapping.name == name))


def mapping_for(header: Sequence[object]) -> ColumnMapping | None:
    """The mapping kept last for a file with the same header, or None."""
    wanted = signature(header)
    newest = select(ColumnMapping).order_by(ColumnMapping.kept_at.desc(), ColumnMapping.id.desc())
    return next((row for row in db.session.scalars(newest) if row.header == wanted), None)


def fields_of(mapping: ColumnMapping, header: Sequence[object]) -> list[Target]:
    """What a kept mapping says of each column of a file, told by the column's title, wherever it stands now."""
    known: dict[str, list[str]] = {}
    for title, field in zip(mapping.header, mapping.fields, strict=False):
        known.setdefault(title, []).append(field)
    words = (known.get(title, [""]) for title in signature(header))
    fields = [Field(word) if (word := (left.pop(0) if len(left) > 1 else left[0])) else None for left in words]
    return [*fields, *(field_of(title) for title in header[len(fields) :])]


def first_fields(header: Sequence[object], rows: Sequence[Sequence[str]]) -> tuple[list[Target], str]:
    """What each column says to begin with, and the name of the kept mapping that says so (empty: a suggestion)."""
    kept = mapping_for(header)
    return (fields_of(kept, header), kept.name) if kept else (suggest(header, rows), "")
