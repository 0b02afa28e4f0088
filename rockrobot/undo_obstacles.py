"""Which rows an undo can't bring back, for want of what they point to or of their place, or take away while needed."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, select

from rockrobot.chain import CHUNK, LedgerEntry
from rockrobot.db import among, db
from rockrobot.references import OnErase, pointing_at, reference_of

Rows = Mapping[int, Mapping[str, Any]]


def obstructed(table: Table, rows: Rows) -> set[int]:
    """The ids of those rows of a table that the database would refuse as they are to be.

    rows: by id, what each is to be; of a row that only changes its changed columns, and those in whose company they
    have to be the only ones. A few queries, however many rows.
    """
    return {*_orphans(table, rows), *_doubles(table, rows)}


def with_company(table: Table, rows: Rows) -> dict[int, dict[str, Any]]:
    """Rows that change, with the stored values of the columns in whose company the changed ones must be unique."""
    changed = {name for values in rows.values() for name in values}
    names = {name for unique in _uniques(table) if unique & changed for name in unique}
    if not names:
        return {id_: dict(values) for id_, values in rows.items()}
    columns = [table.c.id.label("row_id"), *(table.c[name] for name in names)]
    stored = db.session.execute(select(*columns).where(among(table.c.id, list(rows)))).mappings()
    return {row["row_id"]: {name: row[name] for name in names} | dict(rows[row["row_id"]]) for row in stored}


def _orphans(table: Table, rows: Rows) -> Iterator[int]:
    """Rows that would point to a row that is not there; a table that points to itself brings its parents with it."""
    for key in table.foreign_keys:
        name, target = key.parent.name, key.column
        wanted = {values[name] for values in rows.values() if values.get(name) is not None}
        if not wanted or target.table is table:
            continue
        there = set(
            db.session.scalars(select(target).where(among(target, list(wanted)), *_may_be_told_of(key.parent, target)))
        )
        yield from (id_ for id_, values in rows.items() if values.get(name) in wanted - there)


def _may_be_told_of(column: Column[Any], target: Column[Any]) -> list[ColumnElement[bool]]:
    """What goes with a person who is erased is not brought back to one who was."""
    erased_on, declared = target.table.c.get("erased_on"), reference_of(column)
    goes_along = declared is None or declared.on_erase is not OnErase.KEEP
    return [erased_on.is_(None)] if erased_on is not None and goes_along else []


def _doubles(table: Table, rows: Rows) -> Iterator[int]:
    """Rows whose unique values another row has now."""
    for unique in _uniques(table):
        names = sorted(unique)
        own = {id_: tuple(values.get(name) for name in names) for id_, values in rows.items() if unique <= set(values)}
        own = {id_: said for id_, said in own.items() if None not in said}
        if own:
            taken = _taken(table, names, own)
            yield from (id_ for id_, said in own.items() if said in taken)


def _taken(table: Table, names: Collection[str], own: Mapping[int, tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """What other rows than these say in the unique columns, of what these are to say."""
    columns = [table.c[name] for name in names]
    near = [_near(column, {said[place] for said in own.values()}) for place, column in enumerate(columns)]
    others = select(table.c.id, *columns).where(*(one for one in near if one is not None))
    return {tuple(said) for id_, *said in db.session.execute(others) if id_ not in own}


def _near(column: Column[Any], values: Collection[Any]) -> Any:
    """Narrows to rows that have one of these values; None for values that can't be listed so."""
    is_plain = all(isinstance(value, int | str) for value in values)
    return among(column, list(values)) if is_plain else None


def _uniques(table: Table) -> Iterator[set[str]]:
    """The columns that may stand only once together."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield {column.name for column in constraint.columns}
    for index in table.indexes:
        if index.unique and index.dialect_options["sqlite"].get("where") is None:
            yield {column.name for column in index.columns}


def still_needed(table: Table, ids: list[int]) -> set[int]:
    """Those rows that rows of other tables still point to."""
    needed: set[int] = set()
    for column in pointing_at(table):
        others = select(column).distinct()
        others = others.where(~among(table.c.id, ids)) if column.table is table else others
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            needed.update(db.session.scalars(others.where(column.in_(chunk))))
    return needed


def erased_since(change_set_id: int) -> set[tuple[str, int]]:
    """The rows (table, id) that a change set deleted and that were erased later: they never come back."""
    emptied = select(LedgerEntry.table_name, LedgerEntry.row_id).where(
        LedgerEntry.change_set_id == change_set_id, LedgerEntry.action == "delete", LedgerEntry.salt.is_(None)
    )
    return {(table, row_id) for table, row_id in db.session.execute(emptied)}
