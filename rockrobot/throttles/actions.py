"""Count a try before it is made, and take it back when it succeeded."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.dialects import postgresql, sqlite

from rockrobot import clock
from rockrobot.db import db, is_sqlite
from rockrobot.keyed_hash import keyed_hash
from rockrobot.throttles.models import Throttle
from rockrobot.throttles.rules import FREE_TRIES, Kind, Subject, is_forgotten, seconds_left

KEPT = timedelta(days=1)
table = Throttle.__table__


def _digest(subject: Subject) -> str:
    return keyed_hash(f"throttle {subject.kind}", subject.text.strip().casefold())


def take_try(subjects: Iterable[Subject]) -> int:
    """Count one try for each of these; or else the whole seconds that it has to wait, and nothing is counted.

    To be committed before the secret is looked at, so that many tries at once can't slip through.
    """
    now, waits, counted = clock.now(), [], []
    by_digest = {_digest(subject): subject for subject in subjects}
    db.session.execute(table.delete().where(table.c.last_at < now - KEPT))
    for digest in sorted(by_digest):  # in one order, so that two requests never wait for each other
        row = _locked(digest, now)
        tries = 0 if is_forgotten(row.last_at, now) else row.tries
        waits.append(seconds_left(tries, row.last_at, now, FREE_TRIES[by_digest[digest].kind]))
        counted.append((digest, tries + 1))
    if not any(waits):
        for digest, tries in counted:
            db.session.execute(table.update().where(table.c.subject == digest).values(tries=tries, last_at=now))
    return max(waits, default=0)


def _locked(digest: str, now: datetime) -> Row[Any]:
    """The row of a subject, made where there is none, which nobody else changes until we commit."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    made = insert(table).values(subject=digest, tries=0, last_at=now)
    kept = made.on_conflict_do_update(index_elements=[table.c.subject], set_={"tries": table.c.tries})
    return db.session.execute(kept.returning(table.c.tries, table.c.last_at)).one()


def forgive(subjects: Iterable[Subject]) -> None:
    """The try succeeded: an account starts afresh, an address gets the one try back."""
    for digest, subject in sorted((_digest(subject), subject) for subject in subjects):
        one = table.c.subject == digest
        if subject.kind is Kind.ADDRESS:
            db.session.execute(table.update().where(one, table.c.tries > 0).values(tries=table.c.tries - 1))
        else:
            db.session.execute(table.delete().where(one))
