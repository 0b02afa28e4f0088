"""What two records disagree about, what merging them would move, and which of their rows clash."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Index, Table, UniqueConstraint, func, select

from rockrobot import clock
from rockrobot.comparisons.rules import (
    Clash,
    ClashKind,
    Dated,
    Difference,
    Holds,
    Row,
    differences,
    is_empty,
    primaries,
    twins,
)
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.queries import companies_with, people_with
from rockrobot.contacts.rules import AddressKind
from rockrobot.db import db
from rockrobot.devices.queries import devices_with
from rockrobot.devices.rules import OWNING
from rockrobot.references import OnMerge, moving_with, reference_of

Party = Company | Person
MODELS: dict[str, Any] = {"companies": Company, "people": Person}
NUMBERS = {"companies": "customer_no", "people": "person_no"}
DATED = {
    "contact_points": Dated("valid_from", "valid_to", same=("kind", "normal"), group=("kind",), has_primary=True),
    "addresses": Dated("valid_from", "valid_to", same=("kind", "postcode", "street")),
    "ownerships": Dated("from_on", "to_on", same=("device_id",)),
}
AFFILIATED = {
    "companies": Dated("from_on", "to_on", same=("person_id",), group=("person_id",), has_primary=True),
    "people": Dated("from_on", "to_on", same=("company_id",), has_primary=True),
}


def dated_of(kind: str, table: str) -> Dated:
    """How rows of a table tell what they say and when; kind: companies or people, whose records are merged."""
    return AFFILIATED[kind] if table == "affiliations" else DATED[table]


def number_of(party: Party) -> str:
    """The customer number or person number of a party."""
    return party.customer_no if isinstance(party, Company) else party.person_no


def kind_of(party: Party) -> str:
    """The table of a party: companies or people."""
    return str(party.__table__.name)


def party_with(kind: str, id_: int) -> Party | None:
    """The company or person with this id, a tombstone too, or None."""
    party: Party | None = db.session.get(MODELS[kind], id_)
    return party


@dataclass
class Comparison:
    """Two records side by side: fields that differ and that agree, how many rows move, clashes to decide."""

    kept: Party
    other: Party
    differing: list[Difference] = field(default_factory=list)
    agreeing: list[tuple[str, Any]] = field(default_factory=list)
    moving: dict[str, int] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)

    @property
    def asked(self) -> list[Clash]:
        """The clashes that a person decides."""
        return [clash for clash in self.clashes if clash.is_asked]


def compare(kept: Party, other: Party) -> Comparison:
    """What merging the other record into the kept one means."""
    names = [c.name for c in kept.__table__.columns if c.name not in _unpicked(kept)]
    both = [{name: getattr(party, name) for name in names} for party in (kept, other)]
    differing = differences(both[0], both[1], names)
    told = {one.name for one in differing}
    agreeing = [(name, both[0][name]) for name in names if name not in told and not is_empty(both[0][name])]
    moving: dict[str, int] = {}
    for column, count in _counts(other):
        moving[column.table.name] = moving.get(column.table.name, 0) + count
    return Comparison(kept, other, differing, agreeing, moving, [*_clashes(kept, other)])


def names_in(clashes: Sequence[Clash]) -> dict[str, dict[int, str]]:
    """Names of the companies, people and machines that clashing rows name, by column and id."""
    rows = [row for clash in clashes for row in (clash.kept, clash.other)]
    ids = {name: {row[name] for row in rows if row.get(name)} for name in ("company_id", "person_id", "device_id")}
    devices = devices_with(ids["device_id"]).items()
    return {
        "company_id": {id_: company.name for id_, company in companies_with(ids["company_id"]).items()},
        "person_id": {id_: person.name for id_, person in people_with(ids["person_id"]).items()},
        "device_id": {id_: f"{device.device_model.model_code} {device.serial}" for id_, device in devices},
    }


def _unpicked(party: Party) -> set[str]:
    """Columns that no one picks: both numbers go on naming the kept record."""
    return {"id", "hand_changed", "merged_into_id", NUMBERS[kind_of(party)]}


def _counts(party: Party) -> Iterator[tuple[Column[Any], int]]:
    """The columns that name a party and would name the kept one, with how many rows do."""
    for column in moving_with(party.__table__):
        count = db.session.scalar(select(func.count()).select_from(column.table).where(column == party.id)) or 0
        if count:
            yield column, count


def _rows_of(column: Column[Any], party_id: int) -> list[Row]:
    """The rows whose column names a party, all their columns, the oldest first."""
    table = column.table
    statement = select(table).where(column == party_id).order_by(*table.primary_key)
    return [dict(row) for row in db.session.connection().execute(statement).mappings()]


def ids_naming(column: Column[Any], party_id: int) -> list[int]:
    """The ids of the rows whose column names a party."""
    return list(db.session.scalars(select(column.table.c.id).where(column == party_id)))


def _clashes(kept: Party, other: Party) -> Iterator[Clash]:
    for column in moving_with(kept.__table__):
        unique = list(_unique_clashes(column, kept.id, other.id))
        yield from unique
        declared = reference_of(column)
        if declared and declared.on_merge is OnMerge.ASK:
            yield from _dated_clashes(column, kept, other)


def _dated_clashes(column: Column[Any], kept: Party, other: Party) -> Iterator[Clash]:
    table, day = column.table.name, clock.today()
    dated = dated_of(kind_of(kept), table)
    mine, theirs = _rows_of(column, kept.id), _rows_of(column, other.id)
    if table == "ownerships":
        mine, theirs = ([row for row in rows if row["kind"] in OWNING] for rows in (mine, theirs))
    pairs = [(a, b) for a, b in twins(mine, theirs, dated) if _runs_both(a, b, dated)]
    for first, second in pairs:
        yield Clash(ClashKind.TWIN, table, first, second, chosen=_usual(table, first, second))
    told = {(first["id"], second["id"]) for first, second in pairs}
    rivals = primaries(theirs, dated, day)
    for group, first in primaries(mine, dated, day).items():
        if group in rivals and (first["id"], rivals[group]["id"]) not in told:
            choices = (Holds.KEPT, Holds.OTHER)
            yield Clash(ClashKind.PRIMARY, table, first, rivals[group], choices=choices)


def _runs_both(first: Row, second: Row, dated: Dated) -> bool:
    day = clock.today()
    return all(row[dated.ends] is None or row[dated.ends] > day for row in (first, second))


def _usual(table: str, first: Row, second: Row) -> Holds:
    """What holds unless somebody says otherwise: one of two equal rows, both where each may be true."""
    is_place = table == "addresses" and first["kind"] == AddressKind.WORKSITE
    says_more = table == "affiliations" and any(
        second[name] and second[name] != first[name] for name in ("title", "role")
    )
    return Holds.BOTH if is_place or says_more or table == "ownerships" else Holds.KEPT


def _unique_clashes(column: Column[Any], kept_id: int, other_id: int) -> Iterator[Clash]:
    """Rows of the other record that the table allows only once for the kept one (two links to one and the same)."""
    table = column.table
    seen: set[int] = set()
    for names, condition in _uniques(table):
        if column.name not in names:
            continue
        shared = [name for name in names if name != column.name]
        sides = []
        for party_id in (kept_id, other_id):
            statement = select(table).where(column == party_id)
            statement = statement if condition is None else statement.where(condition)
            sides.append([dict(row) for row in db.session.connection().execute(statement).mappings()])
        mine = {tuple(row[name] for name in shared): row for row in sides[0]}
        for row in sides[1]:
            rival = mine.get(tuple(row[name] for name in shared))
            if rival is not None and None not in tuple(row[name] for name in shared) and row["id"] not in seen:
                seen.add(row["id"])
                yield _unique_clash(table, rival, row, tuple(names))


def _unique_clash(table: Table, rival: Row, row: Row, names: tuple[str, ...]) -> Clash:
    may_rewrite = table.info.get("undo", "free") == "free"
    choices = (Holds.KEPT, Holds.OTHER) if may_rewrite else (Holds.KEPT,)
    return Clash(ClashKind.UNIQUE, table.name, rival, row, choices=choices, shared=names)


def _uniques(table: Table) -> Iterator[tuple[list[str], Any]]:
    """Columns that may stand only once together, with the condition of a partial index."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns], None
    for index in table.indexes:
        if isinstance(index, Index) and index.unique:
            yield [column.name for column in index.columns], index.dialect_options["sqlite"].get("where")
