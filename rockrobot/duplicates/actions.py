"""Search the register for pairs that are likely one, every night and when asked; decide that two are two."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import insert

from rockrobot import clock, jobs, ledger
from rockrobot.db import db, reading
from rockrobot.duplicates import queries
from rockrobot.duplicates.models import DuplicatePair, NotSame
from rockrobot.duplicates.queries import DECIDED_OF, SCAN
from rockrobot.duplicates.rules import Kind, LikelyPair, likely_companies, likely_people
from rockrobot.likeness.rules import Likeness
from rockrobot.traits.queries import traits_of_companies, traits_of_people

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


def note_likely(kind: Kind, id_: int, likely: Mapping[int, Likeness]) -> None:
    """Keep whom a record that was just saved is likely to be; what the last scan kept of it is forgotten."""
    its_own = (_pairs.c.first_id == id_) | (_pairs.c.second_id == id_)
    db.session.execute(_pairs.delete().where(_pairs.c.kind == kind, its_own))
    _insert(
        kind,
        [LikelyPair(min(id_, other), max(id_, other), found.score, found.reasons) for other, found in likely.items()],
    )


def note_person(person_id: int) -> None:
    """Keep whom a person who was just saved is likely to be."""
    traits = traits_of_people([person_id])
    if person_id in traits:
        note_likely(Kind.PEOPLE, person_id, queries.people_like(traits[person_id], but=person_id))


def note_company(company_id: int) -> None:
    """Keep which company one that was just saved is likely to be."""
    traits = traits_of_companies([company_id])
    if company_id in traits:
        note_likely(Kind.COMPANIES, company_id, queries.companies_like(traits[company_id], but=company_id))


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
