"""What happened and what waits: change sets, their rows, jobs, tasks of open cases."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import defer

from rockrobot import ledger, search_index
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person
from rockrobot.db import Base, db
from rockrobot.devices.models import Device, Ownership
from rockrobot.enquiries.models import Disclosure
from rockrobot.events.queries import people_of_events
from rockrobot.jobs import FAILED, QUEUED, RUNNING, Job
from rockrobot.lists import Listing, listing
from rockrobot.recalls.models import CaseBatch, CaseTask, RecallCase
from rockrobot.recalls.rules import CaseState
from rockrobot.referrals.models import DisclosureNotice
from rockrobot.undo import has_way, undoable

search_index.declare(search_index.Kind("case", RecallCase.__table__, codes=("number",), columns=("title",)))
HISTORY_ROWS = 50
ENTRY_ROWS = 100
SMALL_ACT = 20
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
    """Write down whose data these entries are about to show: people of the register, and senders of enquiries.

    also: ids of people whom the page shows besides.
    """
    people, enquiries = [*also, *people_in(entries)], enquiries_in(entries)
    ledger.log_view(people)
    ledger.log_view(sorted(enquiries), table="enquiries")


def people_in(entries: Iterable[LedgerEntry]) -> list[int]:
    """Ids of the people whose data these entries show."""
    people: dict[int, None] = {}
    owned: dict[str, list[int]] = {model.__tablename__: [] for model in OWNED}
    told: set[int] = set()
    for entry in entries:
        if entry.table_name == "events":
            told.add(entry.row_id)
        told.update(id_ for id_ in (entry.changes or {}).get("event_id", []) if id_)
        if entry.table_name == "people":
            people[entry.row_id] = None
        people.update(dict.fromkeys(id_ for id_ in (entry.changes or {}).get("person_id", []) if id_))
        if entry.table_name in owned:
            owned[entry.table_name].append(entry.row_id)
    for model in OWNED:
        column, ids = model.person_id, owned[model.__tablename__]
        found = db.session.scalars(select(column).where(model.id.in_(ids), column.is_not(None))) if ids else ()
        people.update(dict.fromkeys(found))
    people.update(dict.fromkeys(people_of_events(told)))
    return list(people)


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
