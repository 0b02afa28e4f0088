"""What happened and what waits: change sets, their rows, jobs, tasks of open cases."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Date, Integer, and_, exists, func, or_, select
from sqlalchemy.orm import defer

from rockrobot import ledger, search_index
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person, Worksite
from rockrobot.db import Base, Moment, Word, db
from rockrobot.desk.rules import BLANK, TELL_OF_NOBODY, who_acted
from rockrobot.devices.models import Device, Ownership
from rockrobot.enquiries.models import Disclosure
from rockrobot.events.models import EventPerson
from rockrobot.events.queries import people_of_events
from rockrobot.jobs import FAILED, QUEUED, RUNNING, Job
from rockrobot.lists import Listing, listing
from rockrobot.privacy_requests import queries as privacy_requests
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.recalls.models import CaseBatch, CaseTask, RecallCase
from rockrobot.recalls.rules import CaseState
from rockrobot.referrals.models import DisclosureNotice
from rockrobot.undo import has_way, undoable

search_index.declare(search_index.Kind("case", RecallCase.__table__, codes=("number",), columns=("title",)))
HISTORY_ROWS = 50
ENTRY_ROWS = 100
SMALL_ACT = 20
NO_TEXT = (Boolean, Date, Integer, Moment, Word)
OWNED: tuple[Any, ...] = (Address, Affiliation, ContactPoint, Ownership)


def is_register_empty() -> bool:
    """True on the first day: no person, no company and no machine."""
    filled = or_(*(exists().where(model.id > 0) for model in (Company, Person, Device)))  # by the key: no table is read
    return not db.session.scalar(select(filled))


@dataclass
class Act:
    """One change set as a record's history shows it: what it did to the record, and whether it can be undone here."""

    change_set: ChangeSet
    size: int
    is_undoable: bool
    entries: list[LedgerEntry] = field(default_factory=list)


def history_of(keys: Mapping[str, Collection[int]], *, limit: int = 12) -> list[Act]:
    """What was done to these rows (table: ids), newest first; views are left out.

    Undo is offered for small acts only: a whole import is undone on its own page.
    """
    mine = [and_(LedgerEntry.table_name == table, LedgerEntry.row_id.in_(list(ids))) for table, ids in keys.items()]
    touched = select(LedgerEntry).where(or_(*mine), LedgerEntry.action != "view").options(defer(LedgerEntry.salt))
    entries = db.session.scalars(touched.order_by(LedgerEntry.id.desc()).limit(limit * 4)).all()
    newest = sorted({entry.change_set_id for entry in entries}, reverse=True)[:limit]
    sets = select(ChangeSet).where(ChangeSet.id.in_(newest)).order_by(ChangeSet.id.desc())
    return acts_of(db.session.scalars(sets).all(), entries)


def acts_of(change_sets: Sequence[ChangeSet], entries: Iterable[LedgerEntry]) -> list[Act]:
    """Change sets as a history shows them, each with its entries among these."""
    by_act: dict[int, list[LedgerEntry]] = {}
    for entry in entries:
        by_act.setdefault(entry.change_set_id, []).append(entry)
    sizes = _sizes([row.id for row in change_sets])
    offered = undoable([row.id for row in change_sets if sizes[row.id] <= SMALL_ACT or has_way(row.event)])
    return [Act(row, sizes[row.id], row.id in offered, by_act.get(row.id, [])) for row in change_sets]


def _sizes(change_set_ids: Iterable[int]) -> dict[int, int]:
    statement = (
        select(LedgerEntry.change_set_id, func.count())
        .where(LedgerEntry.change_set_id.in_(list(change_set_ids)))
        .group_by(LedgerEntry.change_set_id)
    )
    return dict(db.session.execute(statement).all())


def latest_change_sets(*, number: int = 1, with_views: bool = False) -> tuple[Listing[ChangeSet], dict[int, int]]:
    """Change sets, newest first, one page, and how many rows each touched; views of people only when asked for."""
    statement = select(ChangeSet).order_by(ChangeSet.id.desc())
    if not with_views:
        changing = select(LedgerEntry.id).where(LedgerEntry.change_set_id == ChangeSet.id, LedgerEntry.action != "view")
        statement = statement.where(changing.exists())
    found: Listing[ChangeSet] = listing(statement, number)
    return found, _sizes([row.id for row in found.rows])


def change_set_with(change_set_id: int) -> ChangeSet | None:
    """The change set with this id, or None."""
    return db.session.get(ChangeSet, change_set_id)


def change_set_of(entry_id: int) -> int | None:
    """The id of the change set that a ledger entry belongs to, or None."""
    return db.session.scalar(select(LedgerEntry.change_set_id).where(LedgerEntry.id == entry_id))


def tables_added_to(change_set_id: int) -> set[str]:
    """Names of the tables that got new rows from a change set."""
    added = LedgerEntry.action == "insert"
    statement = select(LedgerEntry.table_name).where(LedgerEntry.change_set_id == change_set_id, added).distinct()
    return set(db.session.scalars(statement))


def undone_by(change_set_id: int) -> int | None:
    """The id of the change set that undid this one, or None."""
    return db.session.scalar(select(ChangeSet.id).where(ChangeSet.undoes_id == change_set_id))


def entries_of(change_set_id: int, *, number: int = 1) -> Listing[LedgerEntry]:
    """The rows that a change set touched, in order, one page."""
    statement = select(LedgerEntry).where(LedgerEntry.change_set_id == change_set_id).order_by(LedgerEntry.id)
    return listing(statement.options(defer(LedgerEntry.salt)), number, size=ENTRY_ROWS)


def is_personal(entry: LedgerEntry) -> bool:
    """True when the entry's values tell of a person."""
    table = Base.metadata.tables.get(entry.table_name)
    return table is not None and bool(table.info.get("personal"))


def told_to(entry: LedgerEntry, *, sees_people: bool) -> dict[str, list[Any] | None]:
    """What an entry says, by column: [before, after], or None where its reader may not see that.

    Who sees no people gets of a table that tells of them nothing, of the others numbers, days, words of the trade, who
    acted, and the texts that are listed as telling of nobody: whatever else somebody typed may name somebody.
    """
    changes = entry.changes or {}
    if sees_people:
        return dict(changes)
    table = Base.metadata.tables.get(entry.table_name)
    if table is None or is_personal(entry):
        return {}
    said = {name: pair for name, pair in changes.items() if any(one not in BLANK for one in pair)}
    return {name: pair if _tells_of_nobody(table.c.get(name), pair) else None for name, pair in said.items()}


def _tells_of_nobody(column: Column[Any] | None, pair: list[Any]) -> bool:
    if column is None:
        return False
    is_listed = column.name in TELL_OF_NOBODY.get(column.table.name, ())
    return is_listed or isinstance(column.type, NO_TEXT) or all(who_acted(column.name, value) for value in pair)


def enquiries_in(entries: Iterable[LedgerEntry]) -> set[int]:
    """Ids of the enquiries whose senders' data these entries show, also by what was disclosed of them."""
    shown: dict[str, set[int]] = {"enquiries": set(), "disclosures": set(), "disclosure_notices": set()}
    for entry in entries:
        if entry.table_name in shown:
            shown[entry.table_name].add(entry.row_id)
    if shown["disclosures"] or shown["disclosure_notices"]:
        noticed = select(DisclosureNotice.disclosure_id).where(DisclosureNotice.id.in_(shown["disclosure_notices"]))
        named = or_(Disclosure.id.in_(shown["disclosures"]), Disclosure.id.in_(noticed))
        shown["enquiries"].update(db.session.scalars(select(Disclosure.enquiry_id).where(named)))
    return shown["enquiries"]


def log_shown(entries: Sequence[LedgerEntry], *, also: Iterable[int] = ()) -> None:
    """Write down whose data these entries are about to show: people of the register, and who wrote to us.

    also: ids of people whom the page shows besides.
    """
    requests = privacy_requests.told_of(_requests_in(entries))
    people, enquiries = [*also, *people_in(entries), *requests["people"]], sorted(enquiries_in(entries))
    ledger.log_views({**requests, "people": people, "enquiries": enquiries})


def _requests_in(entries: Iterable[LedgerEntry]) -> Sequence[PrivacyRequest]:
    ids = {*_rows_of(entries, PrivacyRequest.__tablename__), *_named(entries, "request_id")}
    return db.session.scalars(select(PrivacyRequest).where(PrivacyRequest.id.in_(ids))).all() if ids else []


def people_in(entries: Iterable[LedgerEntry]) -> list[int]:
    """Ids of the people whose data these entries show; of what is gone, those whose it was."""
    told = list(entries)
    sites = [entry for entry in told if entry.table_name == "worksites"]
    found = (
        *_rows_of(told, "people"),
        *_named(told, "person_id"),
        *_owners_of(told),
        *_people_of_events({*_rows_of(told, "events"), *_named(told, "event_id")}),
        *_owners_of_sites(
            {*_rows_of(told, "worksites"), *_named(told, "worksite_id", of=ContactPoint)}, _named(sites, "address_id")
        ),
    )
    return list(dict.fromkeys(found))


def _rows_of(entries: Iterable[LedgerEntry], table_name: str) -> list[int]:
    return [entry.row_id for entry in entries if entry.table_name == table_name]


def _named(entries: Iterable[LedgerEntry], name: str, *, of: type[Base] | None = None) -> set[int]:
    """What a column that names others said before or says after; of: the entries of this table alone."""
    told = (entry for entry in entries if of is None or entry.table_name == of.__tablename__)
    return {id_ for entry in told for id_ in (entry.changes or {}).get(name, []) if id_}


def _owners_of(entries: Iterable[LedgerEntry]) -> Iterator[int]:
    """Whose the rows are that the entries tell of, where they do not say so themselves."""
    for model in OWNED:
        ids = _rows_of(entries, model.__tablename__)
        found = select(model.person_id).where(model.id.in_(ids), model.person_id.is_not(None))
        yield from db.session.scalars(found) if ids else ()


def _people_of_events(event_ids: Collection[int]) -> Iterator[int]:
    """Whom events concern, or did until they were deleted with what said so."""
    if not event_ids:
        return
    yield from people_of_events(event_ids)
    acts = select(LedgerEntry.change_set_id).where(*_deleted("events", event_ids))
    gone = select(LedgerEntry.changes[("person_id", 0)].as_integer()).where(
        LedgerEntry.change_set_id.in_(acts),
        LedgerEntry.table_name == EventPerson.__tablename__,
        LedgerEntry.action == "delete",
        LedgerEntry.changes[("event_id", 0)].as_integer().in_(list(event_ids)),
    )
    yield from db.session.scalars(gone)


def _owners_of_sites(site_ids: Collection[int], address_ids: Collection[int]) -> Iterator[int]:
    """The people whose these worksites are, or were until they were deleted; addresses that are known already too."""
    of_sites = [*_values_of(Worksite, site_ids, "address_id"), *address_ids]
    yield from _values_of(Address, of_sites, "person_id")


def _values_of(model: type[Base], ids: Collection[int], name: str) -> Iterator[int]:
    """What a column of these rows says, or said when they were deleted; those that say nothing are left out."""
    if not ids:
        return
    column = model.__table__.c[name]
    gone = select(LedgerEntry.changes[(name, 0)].as_integer()).where(*_deleted(model.__tablename__, ids))
    for statement in (select(column).where(model.__table__.c.id.in_(list(ids))), gone):
        yield from (value for value in db.session.scalars(statement) if value is not None)


def _deleted(table_name: str, ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    entry = LedgerEntry
    return entry.table_name == table_name, entry.row_id.in_(list(ids)), entry.action == "delete"


# ---------- jobs and what waits ----------


def jobs(*, number: int = 1) -> Listing[Job]:
    """Jobs, the newest first, one page."""
    return listing(select(Job).order_by(Job.id.desc()), number)


def unfinished_jobs() -> Sequence[Job]:
    """Jobs that wait, run, or failed lately, the newest first."""
    newest = select(func.max(Job.id)).scalar_subquery()
    failed = and_(Job.state == FAILED, Job.id > newest - HISTORY_ROWS)
    return db.session.scalars(
        select(Job).where(or_(Job.state.in_((QUEUED, RUNNING)), failed)).order_by(Job.id.desc()).limit(10)
    ).all()


def open_tasks(*, limit: int = 20) -> list[tuple[CaseTask, RecallCase, int]]:
    """Tasks not done of real cases that are not closed, one a kind and case, with how many there are of the kind."""
    of_kind = (
        select(func.min(CaseTask.id).label("id"), func.count().label("many"))
        .join(RecallCase, RecallCase.id == CaseTask.case_id)
        .where(CaseTask.done_on.is_(None), RecallCase.state != CaseState.CLOSED, RecallCase.is_drill.is_(False))
        .group_by(CaseTask.case_id, CaseTask.kind)
        .subquery()
    )
    statement = (
        select(CaseTask, RecallCase, of_kind.c.many)
        .join(of_kind, of_kind.c.id == CaseTask.id)
        .join(RecallCase, RecallCase.id == CaseTask.case_id)
        .order_by(CaseTask.id)
        .limit(limit)
    )
    return [(task, case, many) for task, case, many in db.session.execute(statement)]


def cases_with(ids: Iterable[int]) -> dict[int, RecallCase]:
    """Recall cases by id."""
    return {row.id: row for row in db.session.scalars(select(RecallCase).where(RecallCase.id.in_(list(ids))))}


def cases_of_batch(batch_id: int) -> Sequence[RecallCase]:
    """Recall cases that name this batch, the newest first."""
    statement = (
        select(RecallCase)
        .join(CaseBatch, CaseBatch.case_id == RecallCase.id)
        .where(CaseBatch.batch_id == batch_id)
        .order_by(RecallCase.id.desc())
    )
    return db.session.scalars(statement).all()
