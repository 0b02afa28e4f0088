"""Which rows make up a record, those deleted since too, and what was done to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, and_, or_, select
from sqlalchemy.orm import defer

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import Base, among, db
from rockrobot.desk.queries import Act, acts_of
from rockrobot.lists import Listing, listing

Keys = dict[str, list[int]]


@dataclass(frozen=True)
class Record:
    """A kind of record: its table, the endpoint of its card and what that calls its id, and what belongs to it.

    column: what names it in the rows that belong to it, where that is not what its card's address calls it.
    register: the endpoint that one must be let into to read the history, where it asks for more than the card.
    """

    table: str
    card: str
    key: str
    children: tuple[str, ...] = ()
    column: str = ""
    register: str = ""


OF_PARTIES: Final = ("addresses", "contact_points", "taggings", "objections", "consents")
RECORDS: Final = {
    "people": Record("people", "people.show", "person_id", (*OF_PARTIES, "affiliations")),
    "companies": Record("companies", "companies.show", "company_id", OF_PARTIES, register="companies.index"),
    "devices": Record(
        "devices", "devices.show", "device_id", ("fittings", "ownerships", "device_fates", "worksite_stays", "taggings")
    ),
    "worksites": Record("worksites", "worksites.show", "worksite_id", ("contact_points", "taggings")),
    "events": Record("events", "events.show", "event_id", ("event_tasks", "attachments")),
    "parts": Record("parts", "parts.show", "part_id"),
    "batches": Record("batches", "parts.show_batch", "batch_id", ("batch_stock", "loose_deliveries")),
    "enquiries": Record("enquiries", "enquiries.show", "enquiry_id"),
    "models": Record("device_models", "catalogue.show", "model_id", ("model_pictures",), "device_model_id"),
}
"""The records that have a history of their own, by their word in addresses."""


def is_there(kind: str, row_id: int) -> bool:
    """True when the record is there."""
    table = Base.metadata.tables[RECORDS[kind].table]
    return db.session.scalar(select(table.c.id).where(table.c.id == row_id)) is not None


def rows_of(kind: str, row_id: int) -> Keys:
    """The rows whose history is the record's, by table: itself, those merged into it, what belongs to it or did."""
    record = RECORDS[kind]
    table = Base.metadata.tables[record.table]
    keys: Keys = {record.table: [row_id]}
    if "merged_into_id" in table.c:
        keys[record.table] += db.session.scalars(select(table.c.id).where(table.c.merged_into_id == row_id))
    if kind == "worksites":
        keys["addresses"] = list(db.session.scalars(select(table.c.address_id).where(table.c.id == row_id)))
    column = record.column or record.key
    for name in record.children:
        keys[name] = _children(Base.metadata.tables[name], column, row_id)
    for name, id_ in _deleted(record.children, column, row_id):
        keys[name].append(id_)
    return keys


def _children(table: Table, column: str, row_id: int) -> list[int]:
    return list(db.session.scalars(select(table.c.id).where(table.c[column] == row_id)))


def _deleted(tables: Sequence[str], column: str, row_id: int) -> Sequence[Any]:
    """(table, id) of rows that belonged to the record when they were deleted, as the ledger tells it."""
    if not tables:
        return ()
    named = LedgerEntry.changes[(column, 0)].as_integer() == row_id
    gone = (LedgerEntry.table_name.in_(tables), LedgerEntry.action == "delete", named)
    return db.session.execute(select(LedgerEntry.table_name, LedgerEntry.row_id).where(*gone).distinct()).all()


def history_page(keys: Mapping[str, Collection[int]], *, number: int) -> Listing[Act]:
    """What was done to these rows (table: ids), one page of acts, the newest first; views are left out."""
    rows = LedgerEntry.__table__.c
    mine = [and_(rows.table_name == table, among(rows.row_id, ids)) for table, ids in keys.items() if ids]
    touching = (or_(*mine), LedgerEntry.action != "view")
    acts = select(ChangeSet).where(ChangeSet.id.in_(select(LedgerEntry.change_set_id).where(*touching)))
    found: Listing[ChangeSet] = listing(acts.order_by(ChangeSet.id.desc()), number)
    ids = [one.id for one in found.rows]
    entries = select(LedgerEntry).where(LedgerEntry.change_set_id.in_(ids), *touching).options(defer(LedgerEntry.salt))
    told = acts_of(found.rows, db.session.scalars(entries.order_by(LedgerEntry.id)).all())
    return Listing(told, found.total, found.number, found.size)
