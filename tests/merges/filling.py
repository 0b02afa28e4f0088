"""Rows for every table that names a party, made from the tables themselves, so that a new table is tested unasked."""

import hashlib
import itertools
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, LargeBinary, Table, UniqueConstraint, select

from rockrobot import clock, ledger
from rockrobot.chain import canonical
from rockrobot.db import Base, Moment, Word, db
from rockrobot.references import PARTIES, moving_with
from rockrobot.search_index import SearchEntry

UNTOLD = {"version", "updated_at"}
_numbers = itertools.count(1)


def snapshot() -> str:
    """A hash of every row of every table under the ledger, versions and moments of change apart, and of the index."""
    db.session.expire_all()
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if ledger.is_covered(table):
            for row in db.session.connection().execute(select(table).order_by(table.c.id)).mappings():
                told = {name: ledger.plain(value) for name, value in row.items() if name not in UNTOLD}
                digest.update(canonical([table.name, told]))
    found = select(SearchEntry.kind, SearchEntry.row_id, SearchEntry.words)
    for entry in sorted(tuple(row) for row in db.session.execute(found)):
        digest.update(canonical(entry))
    return digest.hexdigest()


def counts(table: Table) -> dict[str, int]:
    """How many rows each table has that can name a party of this table."""
    return {
        column.table.name: len(db.session.scalars(select(column.table.c.id)).all()) for column in moving_with(table)
    }


def naming(column: Column[Any], *ids: int) -> int:
    """How many rows name one of these parties."""
    return len(db.session.scalars(select(column.table.c.id).where(column.in_(ids))).all())


def fill(table: Table, chance: random.Random, **given: Any) -> int:
    """One valid row with these values and what else the table needs (a party, where it can name one); its id."""
    values: dict[str, Any] = {}
    able = [c for c in table.columns if c.nullable and any(k.column.table.name in PARTIES for k in c.foreign_keys)]
    if table.name not in PARTIES and able and not any(column.name in given for column in able):
        given[able[0].name] = fill(next(iter(able[0].foreign_keys)).column.table, chance)
    for column in table.columns:
        if column.name in given or column.primary_key:
            continue
        keys = list(column.foreign_keys)
        if keys and not column.nullable:
            values[column.name] = fill(keys[0].column.table, chance)
        elif not keys and (not column.nullable or isinstance(column.type, Date)):
            values[column.name] = _value(column, chance)
    return ledger.bulk_insert(table, [values | given])[0]


def _value(column: Column[Any], chance: random.Random) -> Any:
    kind = column.type
    if isinstance(kind, Word):
        return chance.choice(list(kind.words))
    if isinstance(kind, Moment):
        return clock.now()
    if isinstance(kind, Date):
        is_end = column.name in {"to_on", "valid_to", "removed_on", "used_up_on"}
        return None if is_end and column.nullable else date(2024, chance.randint(1, 12), 1)
    if isinstance(kind, Boolean):
        return chance.random() < 0.5
    if isinstance(kind, JSON):
        return []
    if isinstance(kind, LargeBinary):
        return b"bytes"
    if kind.python_type is int:
        return chance.randint(1, 3)
    return _text(column, chance)


def _text(column: Column[Any], chance: random.Random) -> str:
    """A text of a small set, so that rows clash; one of its own where the column must be unique."""
    if column.name == "country":
        return chance.choice(("NO", "SE"))
    is_number = column.unique or any(column.name in names for names in _keys_beside_parties(column.table))
    text = f"n{next(_numbers)}" if is_number else f"v{chance.randint(1, 2)}"
    return text[: getattr(column.type, "length", None) or len(text)]


def _keys_beside_parties(table: Table) -> Iterator[list[str]]:
    """The columns of each key that tells rows apart whomever they name."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            targets = {key.column.table.name for column in constraint.columns for key in column.foreign_keys}
            if not targets.intersection(PARTIES):
                yield [column.name for column in constraint.columns]
