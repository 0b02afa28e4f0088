"""Search the register for pairs that are likely one, every night and when asked; decide that two are two."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from rockrobot import clock, jobs, ledger
from rockrobot.contacts.models import Affiliation
from rockrobot.db import Base, among, db, reading
from rockrobot.duplicates import queries
from rockrobot.duplicates.models import DuplicatePair, NotSame
from rockrobot.duplicates.queries import DECIDED_OF, SCAN
from rockrobot.duplicates.rules import Kind, LikelyPair, likely_companies, likely_people
from rockrobot.traits.queries import traits_of_companies, traits_of_people

MOST_AT_ONCE = 20
TELLING = {
    Kind.PEOPLE: {"people": "id", "contact_points": "person_id", "addresses": "person_id", "affiliations": "person_id"},
    Kind.COMPANIES: {"companies": "id", "contact_points": "company_id", "addresses": "company_id"},
}
"""The tables that tell a record from others, and the column of each that names the record."""
_pairs = DuplicatePair.__table__


# ---------- the scan ----------


def scan(progress: Callable[[int, int], None] = lambda _done, _total: None) -> dict[str, Any]:
    """Find the likely pairs of the whole register anew and commit them; how many were looked at and found.

    progress: told of steps done and in all. Reads without holding others up, writes at once.
    """
    begin = time.perf_counter()
    with reading():
        people, companies = traits_of_people(), traits_of_companies()
        db.session.rollback()
    progress(1, 3)
    found = {Kind.PEOPLE: likely_people(people), Kind.COMPANIES: likely_companies(companies)}
    progress(2, 3)
    db.session.execute(_pairs.delete())
    for kind, pairs in found.items():
        _insert(kind, pairs)
    db.session.commit()
    looked_at = {Kind.PEOPLE: len(people), Kind.COMPANIES: len(companies)}
    seconds = round(time.perf_counter() - begin, 2)
    return {kind.value: {"records": looked_at[kind], "pairs": len(found[kind])} for kind in Kind} | {"seconds": seconds}


def _insert(kind: Kind, pairs: Iterable[LikelyPair]) -> None:
    rows = [pair._asdict() | {"kind": kind} for pair in pairs]
    if rows:
        db.session.execute(insert(_pairs), rows)


# ---------- at once ----------


def _note_changed(session: Session) -> None:
    """Compare anew whom somebody at a screen changed: on a card, by undo, by unmerging; the night sees to long acts."""
    if not ledger.actor().startswith("staff:"):
        return
    session.flush()
    for kind in Kind:
        ids = _changed(session, kind)
        if 0 < len(ids) <= MOST_AT_ONCE:
            keep_pairs(kind, ids, queries.pairs_of(kind, ids))


def _changed(session: Session, kind: Kind) -> set[int]:
    """The ids of people or companies of whom this transaction changed what tells them from others."""
    found: set[int] = set()
    updated: dict[str, set[int]] = {}
    for action, table, row_id, changes in ledger.pending_of(session).rows:
        owner = TELLING[kind].get(table)
        if owner == "id" and action != "view":
            found.add(row_id)
        elif owner and action == "update" and owner not in (changes or {}):
            updated.setdefault(table, set()).add(row_id)
        elif owner:
            found |= {id_ for id_ in (changes or {}).get(owner, ()) if id_}
    if kind is Kind.PEOPLE:
        found |= _working_at(session, _renamed_companies(session))
    for table, ids in updated.items():
        columns = Base.metadata.tables[table].c
        owners = select(columns[TELLING[kind][table]]).where(among(columns.id, ids))
        found |= {id_ for id_ in session.connection().scalars(owners) if id_}
    return found


def _renamed_companies(session: Session) -> set[int]:
    updated = (row for row in ledger.pending_of(session).rows if row[:2] == ("update", "companies"))
    return {id_ for _action, _table, id_, changes in updated if "name" in (changes or {})}


def _working_at(session: Session, company_ids: Collection[int]) -> set[int]:
    """People at these companies, whom their names tell too; those of a house of many wait for the night."""
    if not company_ids:
        return set()
    at = select(Affiliation.person_id).where(among(Affiliation.__table__.c.company_id, company_ids)).distinct()
    found = set(session.connection().scalars(at.limit(MOST_AT_ONCE + 1)))
    return found if len(found) <= MOST_AT_ONCE else set()


def keep_pairs(kind: Kind, ids: Collection[int], pairs: Sequence[LikelyPair]) -> None:
    """Keep the pairs that these records are likely in; what was kept of them is forgotten."""
    its_own = among(_pairs.c.first_id, ids) | among(_pairs.c.second_id, ids)
    db.session.execute(_pairs.delete().where(_pairs.c.kind == kind, its_own))
    _insert(kind, pairs)


def queue_likely(kind: Kind, ids: Collection[int]) -> None:
    """Queue whom records that were just taken in are likely to be, and commit; others may write meanwhile."""
    with reading():
        pairs = queries.pairs_of(kind, ids)
        db.session.rollback()
    keep_pairs(kind, ids, pairs)
    db.session.commit()


event.listen(Session, "before_commit", _note_changed, insert=True)


# ---------- every night ----------


@jobs.kind(SCAN)
def scan_in_background(job: jobs.Job) -> dict[str, Any]:
    """The scan as a job."""
    db.session.rollback()
    return scan(lambda done, total: jobs.progress(job, done, total))


@jobs.sweep
def scan_nightly() -> int:
    """Queue the night's scan where none was asked for since last night, also the first ever; the worker calls this."""
    with reading():
        last = queries.latest_scan()
        is_due = last is None or last.made_at < clock.last_night()
        db.session.rollback()
    if not is_due:
        return 0
    with ledger.change_set(SCAN, actor="worker"):
        jobs.enqueue(SCAN, {}, key=f"{SCAN}:{clock.last_night().isoformat()}")
        db.session.commit()
    return 1


# ---------- decisions ----------


def say_not_same(kind: Kind, one_id: int, other_id: int) -> NotSame:
    """Somebody decided that two people or companies are two; deciding it again changes nothing."""
    first_id, second_id = sorted((one_id, other_id))
    decided = queries.decision_of(kind, first_id, second_id)
    if decided is None:
        named = zip(DECIDED_OF[kind], (first_id, second_id), strict=True)
        values: dict[str, Any] = {column.key: id_ for column, id_ in named}
        decided = NotSame(**values, decided_at=clock.now(), decided_by=ledger.actor())
        db.session.add(decided)
        db.session.flush()
    return decided


def take_back(decision: NotSame) -> None:
    """They may be one after all: the pair waits again."""
    db.session.delete(decision)
    db.session.flush()
