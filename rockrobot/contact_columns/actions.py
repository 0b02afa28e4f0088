"""Keeps column mappings by name."""

from collections.abc import Sequence

from rockrobot import clock
from rockrobot.contact_columns.models import ColumnMapping
from rockrobot.contact_columns.queries import mapping_named
from rockrobot.contact_columns.rules import Target, signature
from rockrobot.db import db


def keep_mapping(name: str, header: Sequence[object], fields: Sequence[Target]) -> ColumnMapping:
    """Keep what each column says under a name; the same name again is replaced."""
    titles = signature(header)
    words = [field.value if field else "" for field in fields][: len(titles)]
    mapping = mapping_named(name)
    if mapping is None:
        mapping = ColumnMapping(name=name)
        db.session.add(mapping)
    mapping.header, mapping.fields, mapping.kept_at = titles, words, clock.now()
    db.session.flush()
    return mapping
