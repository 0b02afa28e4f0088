"""Carries an erasure out, in one transaction."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from rockrobot import clock, forgetting, ledger
from rockrobot.contacts.models import Person
from rockrobot.contacts.queries import person_with, points_of
from rockrobot.db import Base, among, db, reading
from rockrobot.drafts.models import Draft
from rockrobot.drafts.queries import fields_of
from rockrobot.duplicates.models import DuplicatePair
from rockrobot.duplicates.rules import Kind
from rockrobot.erasures import queries
from rockrobot.erasures.models import Erasure
from rockrobot.erasures.queries import Entry, Plan
from rockrobot.erasures.rules import RESIDUE
from rockrobot.exports.rules import Subject
from rockrobot.full_exports.actions import empty
from rockrobot.full_exports.models import FullExport
from rockrobot.jobs import Job, sweep
from rockrobot.objections.actions import remember_after_erasure
from rockrobot.referrals.actions import withdraw_mails_of
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.uploads.models import ImportRun
from rockrobot.uploads.queries import ROWS_TOLD, refused_path


def erase_person(person: Person, *, request_id: int | None = None) -> Erasure:
    """Erase a person now: rows, what the ledger says of them, files, the index, what else tells of them.

    What they had forbidden is remembered as keyed hashes first. request_id: the request that asked for it, None where
    a restored backup is brought up to date. Not undone by anything; commit is the caller's, clear_file comes after it.
    """
    db.session.refresh(person, with_for_update={"of": Person})  # who names them now waits
    plan, words = queries.plan_of(person), words_of(person)
    remember_after_erasure(person)
    row = Erasure(
        person_id=person.id,
        request_id=request_id,
        person_digest=queries.digest_of(person),
        has_residue=plan.residue is not None,
        stays_until=plan.residue.until if plan.residue else None,
        erased_rows=plan.counts["gone"],
        kept_rows=plan.counts["kept"],
        erased_at=clock.now(),
        erased_by=ledger.actor(),
    )
    db.session.add(row)
    db.session.flush()
    _forget(plan, person.id)
    _forget_elsewhere(plan, words)
    withdraw_mails_of(plan.people)
    db.session.expire_all()
    return row


def words_of(person: Person) -> set[str]:
    """By what texts elsewhere tell of a person: names, number, phones and addresses, in small letters."""
    first, last = person.first_name, person.last_name
    told = [f"{first} {last}", f"{last} {first}", f"{last}, {first}", person.person_no]
    told += [value for point in points_of(person) for value in (point.raw, point.normal)]
    return {word for one in told if len(word := one.strip().casefold()) > 2}


def _forget(plan: Plan, person_id: int) -> None:
    for column, ids in plan.cleared:
        rows = [(id_, {column.name: person_id}, {column.name: None}) for id_ in sorted(ids)]
        if rows:
            ledger.bulk_update(column.table, rows)
    for table in reversed(Base.metadata.sorted_tables):
        if plan.gone.get(table.name):
            forgetting.erase(table, plan.gone[table.name])
    for name, ids in plan.blanked.items():
        if name != "people":
            forgetting.blank(Base.metadata.tables[name], ids)
    today, people = clock.today(), Person.__table__
    stays = RESIDUE if plan.residue else ()
    forgetting.blank(people, {person_id}, but={*stays, "erased_on"}, erased_on=today)
    forgetting.blank(people, plan.people - {person_id}, but={"erased_on"}, erased_on=today)
    forgetting.empty_ledger(plan.told_of)


def _forget_elsewhere(plan: Plan, words: set[str]) -> None:
    """What is no fact of the register and still tells of somebody."""
    _forget_filters(words)
    _forget_imports(words)
    for job in db.session.scalars(select(Job)):
        if _tells([job.result, job.fault], words):
            job.result, job.fault = {}, ""
    for draft in db.session.scalars(select(Draft)):
        if _tells([draft.path, fields_of(draft)], {*words, *(f"/people/{id_}/" for id_ in plan.people)}):
            db.session.delete(draft)
    for export in db.session.scalars(select(FullExport).with_for_update()):  # one being made waits, and looks anew
        if plan.people & set(export.parties.get(Subject.PEOPLE, ())):
            empty(export)
    pairs = DuplicatePair.__table__
    named = among(pairs.c.first_id, plan.people) | among(pairs.c.second_id, plan.people)
    db.session.execute(pairs.delete().where(pairs.c.kind == Kind.PEOPLE, named))
    db.session.flush()


def _forget_filters(words: set[str]) -> None:
    filters = [one.id for one in db.session.scalars(select(SavedFilter)) if _tells(one.words.values(), words)]
    if filters:
        forgetting.erase(SavedFilter.__table__, filters)
        forgetting.empty_ledger({SavedFilter.__tablename__: filters})


def _forget_imports(words: set[str]) -> None:
    for run in db.session.scalars(select(ImportRun)):
        if _tells([run.report, run.choice, run.file_name], words):
            run.report = {**run.report, **{name: [] for name in ROWS_TOLD}}
            run.choice = {}
            refused_path(run).unlink(missing_ok=True)


def _tells(values: Iterable[Any], words: set[str]) -> bool:
    text = " ".join(map(str, values)).casefold()
    return any(word in text for word in words)


# ---------- the register outside the database ----------


@sweep
def keep_register() -> int:
    """Write down outside the database who was erased, ids and keyed hashes only; how many are new. The worker calls it.

    A backup made before an erasure has the person still: whoever restores it replays this file before the app opens.
    """
    with reading():
        rows = {Entry(row.person_id, row.person_digest): row for row in db.session.scalars(select(Erasure))}
        db.session.rollback()
    path = queries.register_path()
    missing = rows.keys() - queries.read_register(path)
    if missing:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as register:
            register.writelines(queries.register_line(rows[entry]) for entry in sorted(missing))
    return len(missing)


class Replayed(NamedTuple):
    """How many people were erased again, and the ids of those who are not known for the ones that the register names.

    Another person has such an id: in another register, or after an earlier restore lost who came since the backup. Or
    the line is of an earlier version, which knew people by their number alone.
    """

    erased: int
    unknown: list[int]


def replay(path: Path) -> Replayed:
    """Erase again in a restored database whom this register names; who was erased already is passed over. Commits."""
    count, known, unknown = 0, set(), set()
    for entry in queries.read_register(path):
        person = person_with(entry.person_id)
        if person is not None and queries.digest_of(person) == entry.person_digest:
            erase_person(person)
            db.session.commit()
            known.add(entry.person_id)
            count += 1
        elif person is not None:
            unknown.add(entry.person_id)
    db.session.rollback()
    forgetting.clear_file()
    return Replayed(count, sorted(unknown - known))
